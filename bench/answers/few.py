"""Answers from a few passages: parts of the held-out squad4 topics, of eight paragraphs and of three, each a collection of its own.

Half of the questions have their paragraph in the part, half have it in another part of the same topic and are to be refused. With the
reader that was trained on the other 18 topics; over all four directions, at ``CHIEDI_CAUTION=normal``.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import SQUAD4
from bench.answers.quality import DIRECTIONS, READER, TOPICS
from index.engine import Engine
from index.evaluation.report import Question, ask_all, figures, read_questions
from index.models.embedder import Embedder, load_embedder
from index.models.reader import Reader
from index.storage.build import build_index
from index.types import Language

SIZES = {8: 4, 3: 2}  # paragraphs of a part: questions of each kind and direction
PARTS = 4  # of each article
PARAGRAPH = re.compile(r"\S[^\n]*")


def run() -> dict[str, Any]:
    """Figures for each size of collection, with the number of its questions."""
    embedder, reader = load_embedder(), Reader.load(READER)
    result: dict[str, Any] = {}
    for size, asked in SIZES.items():
        asking = (pair for text in ("it", "en") for pair in collections(text, size, asked, embedder, reader))
        outcomes = [outcome for engine, questions in asking for outcome in ask_all(engine, questions)]
        shown = [outcome.answer.quote is not None for outcome in outcomes if outcome.question.answerable]
        measured = {name: round(figure["value"], 3) for name, figure in figures(outcomes).items() if figure}
        result[f"{size} paragraphs"] = measured | {"answered of answerable": sum(shown) / len(shown), "questions": len(outcomes)}
    return result


def collections(
    text: Language, size: int, asked: int, embedder: Embedder, reader: Reader | None
) -> Iterator[tuple[Engine, list[Question]]]:
    """An engine on each part of the held-out articles of a language, with the questions to ask of it; its files go with the next one."""
    rng = random.Random(5)
    questions = [
        question
        for language, over in DIRECTIONS
        if over == text
        for question in read_questions(SQUAD4 / f"questions_{language}_on_{text}.jsonl")
        if question.answerable
    ]
    for path in sorted((SQUAD4 / f"articles_{text}").iterdir()):
        if TOPICS["twins"].get(path.stem, path.stem) in TOPICS["held_out"]:
            body = path.read_text(encoding="utf-8")
            places = [found.span() for found in PARAGRAPH.finditer(body)]
            parts = [places[at : at + size] for at in range(0, len(places) - size // 2, size)]
            for part in rng.sample(parts, min(PARTS, len(parts))):
                start, end = part[0][0], part[-1][1]
                about = [question for question in questions if question.article == path.stem]
                with tempfile.TemporaryDirectory() as folder:
                    engine = _engine(Path(folder), path.stem, body[start:end], embedder, reader)
                    yield engine, list(_asked(rng, about, start, end, asked))


def _engine(folder: Path, name: str, text: str, embedder: Embedder, reader: Reader | None) -> Engine:
    (folder / "articles").mkdir()
    (folder / "articles" / f"{name}.txt").write_text(text, encoding="utf-8")
    build_index(folder / "articles", folder / "index", embedder)
    return Engine(folder / "index", embedder, reader)


def _asked(rng: random.Random, questions: list[Question], start: int, end: int, count: int) -> Iterator[Question]:
    """Of each language ``count`` questions on the part of the article from ``start`` to ``end``, and as many on the rest of it."""
    for language in ("it", "en"):
        spoken = rng.sample(questions, len(questions))
        inside = [start <= question.start and question.end <= end for question in spoken]
        for there in (True, False):
            chosen = [q for q, within in zip(spoken, inside, strict=True) if q.language == language and within == there][:count]
            for question in chosen:
                yield replace(question, answerable=there, start=question.start - start, end=question.end - start)
