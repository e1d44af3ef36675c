"""Reads the questions that people wrote for other collections (`shared/train`: SQuAD, Natural Questions, BoolQ and others, its README names
each source), in the form of `prepare.py`.

Held apart, never trained on: the titles in `topics.json`, every 33rd title of the search engine's questions and every 33rd paragraph of
`en_squad_2` (by hash), and the yes/no questions with human evidence. Texts that share 50 letters with one of these are left out.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import bm25s

HARD = 4  # wrong passages kept for a question
NEAR = 40  # letters of a window by which copies of a held text are found
YES_NO = re.compile(
    r"(is|are|am|was|were|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had)\b(?!.*\bor\b)", re.IGNORECASE
)
"""How an English question begins that a yes or a no would answer."""


def read_people(folder: Path, held_titles: list[str]) -> tuple[dict[str, str], list[dict]]:
    """Articles (one a text) and questions; `kind` is "words", "sentence" (all of it answers) or "decision" (yes or no)."""
    rows = [(path.stem, row) for path in sorted(folder.glob("*_*.jsonl")) if path.stem != "questions_it_en" for row in _rows(path)]
    held = {row["id"] for file, row in rows if _is_held(file, row, set(held_titles))}
    taken = {window for _, row in rows if row["id"] in held for window in _windows(row["context"], 1)}
    articles, questions, names = {}, [], dict[str, str]()
    for file, row in rows:
        if row["id"] not in held and any(window in taken for window in _windows(row["context"], 10)):
            continue
        name = names.setdefault(row["context"], f"{row['language']}/people/{file}/{len(names)}")
        articles[name] = row["context"]
        questions.append(_question(file, row, name) | {"held": row["id"] in held})
    questions += list(_pairs(folder / "questions_it_en.jsonl", articles))
    _rank(articles, questions)
    return articles, [question for question in questions if question["article"]]


def _rows(path: Path) -> Iterator[dict]:
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _is_held(file: str, row: dict, titles: set[str]) -> bool:
    human = any(evidence["by"] == "human" for evidence in row.get("evidence") or ())
    by_title = row["title"] in titles or (file == "en_qed" and zlib.crc32(row["title"].encode()) % 33 == 0)
    return human or by_title or (file == "en_squad_2" and zlib.crc32(row["context"].encode()) % 33 == 0)


def _windows(text: str, step: int) -> list[str]:
    letters = re.sub(r"\W+", "", text.lower())
    return [letters[at : at + NEAR] for at in range(0, len(letters) - NEAR + 1, step)]


def _question(file: str, row: dict, name: str) -> dict:
    kind = {"en_yesno": "decision", "en_sentence_evidence": "sentence"}.get(file, "words")
    marked = row.get("evidence") or row["answers"] or ([{"text": row["context"], "start": 0}] if kind == "decision" else [])
    spans = [(each["start"], each["start"] + len(each["text"])) for each in marked] if row["answerable"] else []
    language = row["language"]
    return {
        "id": row["id"], "direction": f"{language}_on_{language}", "topic": f"people/{file}", "article": name, "question": row["question"],
        "paragraph": [0, len(row["context"])], "answers": [answer["text"] for answer in row["answers"]], "spans": sorted(set(spans)),
        "kind": kind, "decision": kind == "decision" or (language == "en" and bool(YES_NO.match(row["question"]))),
    }  # fmt: skip


def _pairs(path: Path, articles: dict[str, str]) -> Iterator[dict]:
    """The pairs without a text, each question beside an English passage that does not answer it (found by `_rank`)."""
    for row in _rows(path):
        decision = bool(YES_NO.match(row["question_en"]))
        for language in ("it", "en"):
            yield {
                "id": f"{row['id']}:{language}", "direction": f"{language}_on_en", "topic": "people/questions_it_en", "article": "",
                "question": row[f"question_{language}"], "query": row["question_en"], "paragraph": [0, 1], "answers": row["answers"],
                "spans": [], "kind": "words", "decision": decision, "held": False,
            }  # fmt: skip


def _rank(articles: dict[str, str], questions: list[dict]) -> None:
    """Adds `hard`, the nearest other passages by BM25 that do not hold an answer; a question without a text gets the nearest as its own."""
    for language in ("en", "fr"):
        names = [name for name in articles if name.startswith(language)]
        mine = [q for q in questions if q["direction"].endswith(language)]
        model = bm25s.BM25()
        model.index(bm25s.tokenize([articles[name] for name in names], show_progress=False, return_ids=False), show_progress=False)
        asked = [q.get("query", q["question"]) for q in mine]
        tokens = bm25s.tokenize(asked, show_progress=False, return_ids=False)
        found, _ = model.retrieve(tokens, k=min(3 * HARD, len(names)), show_progress=False)
        for question, rows in zip(mine, found, strict=True):
            others = [names[row] for row in rows if names[row] != question["article"] and not _holds(articles[names[row]], question)]
            question["hard"] = [[name, 0] for name in others[:HARD]]
            if not question["article"] and others:
                question["article"], question["paragraph"] = others[0], [0, len(articles[others[0]])]


def _holds(text: str, question: dict) -> bool:
    return any(answer.lower() in text.lower() for answer in question["answers"])
