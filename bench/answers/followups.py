"""Follow-ups: how often they are recognised and what their readings find, on tests/data/followups.jsonl.

The rules were written on the pairs marked "rules", not on those marked "held". The collection is the seed article and nine of squad4; the
answer before a follow-up is given. A passage or quote (else the related sentence) is right when it is of the article and holds an answer.
"Left alone": answerable questions of squad4, nearly all of which stand on their own, read after the one before them in their file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench import EVAL, ROOT, SQUAD4
from index.bundled import READER
from index.engine import Engine
from index.models.embedder import load_embedder
from index.questions.follow_ups import understand
from index.storage.build import build_index
from index.texts.language import detect
from index.types import Answer, Article, Passage

ARTICLES = {
    "it": "reno ossigeno nikola-tesla dinastia-yuan ugonotti geologia programma-apollo imperialismo",
    "en": "normans",
}
FIRST = 3


def run() -> dict[str, Any]:
    """Shares by split, and every miss with its reading."""
    if not EVAL.is_dir():
        return {"skipped": f"{EVAL} is not there: it holds the articles that these questions are about"}
    pairs = [json.loads(line) for line in (ROOT / "tests/data/followups.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(Path(folder))
        outcomes = [(pair, _asked(engine, pair, follow=True), _asked(engine, pair, follow=False)) for pair in pairs]
    shares = {split: _shares([outcome for outcome in outcomes if outcome[0]["split"] == split]) for split in ("rules", "held")}
    return shares | {"squad4_left_alone": {path.stem: _left_alone(path) for path in sorted((SQUAD4).glob("questions_??_on_??.jsonl"))}}


def _engine(folder: Path) -> Engine:
    articles = folder / "articles"
    articles.mkdir()
    shutil.copy(EVAL / "seed_article.txt", articles)
    for language, names in ARTICLES.items():
        for name in names.split():
            shutil.copy(SQUAD4 / f"articles_{language}" / f"{name}.txt", articles)
    build_index(articles, folder / "index", load_embedder(None))
    return Engine.load(folder / "index", reader=READER if (READER / "reader.onnx").exists() else None)


def _left_alone(path: Path) -> float:
    rows = [row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()) if row["answerable"]]
    return _mean(
        [understand(row["question"], before["question"], before["answers"][0], row["language"]) is None for before, row in pairwise(rows)]
    )


def _asked(engine: Engine, pair: dict[str, Any], follow: bool) -> Answer:
    """The answer to the second question, as a follow-up or literally."""
    language = detect(pair["previous"])
    given = Article("given", "", None, None, language, pair["exact"])
    before = Answer(pair["previous"], language, exact=Passage(given, 0, len(given.text)), confidence=1.0)
    return engine.answer(pair["question"], previous=before if follow else None)


def _shares(outcomes: list[tuple[dict[str, Any], Answer, Answer]]) -> dict[str, Any]:
    follow = [outcome for outcome in outcomes if outcome[0]["answers"]]
    alone = [outcome for outcome in outcomes if not outcome[0]["answers"]]
    return {
        "follow_ups": len(follow),
        "recognised": _mean([read.understood is not None for _, read, _ in follow]),
        "passage_in_first_three": _mean([_found(pair, read) for pair, read, _ in follow]),
        "passage_in_first_three_literally": _mean([_found(pair, literal) for pair, _, literal in follow]),
        "quote_right": _mean([_quoted(pair, read) for pair, read, _ in follow]),
        "quote_right_literally": _mean([_quoted(pair, literal) for pair, _, literal in follow]),
        "standing_alone": len(alone),
        "left_alone": _mean([read.understood is None for _, read, _ in alone]),
        "misses": [_told(pair, read) for pair, read, _ in follow if not _quoted(pair, read) or read.understood is None]
        + [_told(pair, read) for pair, read, _ in alone if read.understood is not None],
    }


def _found(pair: dict[str, Any], answer: Answer) -> bool:
    passages = [hit.passage for hit in answer.hits[:FIRST]]
    return any(passage.article.id == pair["article"] and any(gold in passage.text for gold in pair["answers"]) for passage in passages)


def _quoted(pair: dict[str, Any], answer: Answer) -> bool:
    quote = answer.quote or answer.related
    return quote is not None and quote.article.id == pair["article"] and any(gold in quote.text for gold in pair["answers"])


def _told(pair: dict[str, Any], answer: Answer) -> dict[str, Any]:
    shown = answer.quote or answer.related
    asked = {"previous": pair["previous"], "question": pair["question"], "understood": answer.understood, "answers": pair["answers"]}
    return {**asked, "passage_found": _found(pair, answer), "shown": shown.text if shown else None}


def _mean(values: list[bool]) -> float:
    return round(sum(values) / len(values), 3)
