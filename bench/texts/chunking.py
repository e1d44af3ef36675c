"""Which passage size finds and shows most: the sizes table of docs/chunking.md, by the bundled model alone, some minutes.

Eight Italian articles of ../shared/eval/squad4 in one index, questions in both languages. A passage is right when it lies in the gold
paragraph and holds an answer. A reader has a budget in characters, not in passages, so the answer is also looked for in the first 2,000
and 4,000 of them.
"""

from __future__ import annotations

import json
import random
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from bench import SQUAD4, table
from index.models.embedder import Embedder, load_embedder
from index.texts import chunking
from index.texts.articles import read_article
from index.texts.language import detect
from index.types import Article, Passage

ARTICLES = ("docente", "geologia", "nikola-tesla", "normanni", "ossigeno", "parlamento-scozzese", "programma-apollo", "ugonotti")
SIZES = ((400, 200, 0), (600, 300, 150), (750, 350, 150), (900, 400, 0), (900, 400, 200), (1300, 600, 200))
QUESTIONS = 300
"""Of each direction, drawn with a fixed seed; the standard error of a share is at most 0.03."""

Vectors = NDArray[np.float32]


def run() -> dict[str, Any]:
    """One row per size and direction: passages, recall at 1 and 5, share answered within a budget, characters of five passages."""
    embedder = load_embedder(None)
    articles = [read_article(name, SQUAD4 / "articles_it" / f"{name}.txt", detect) for name in ARTICLES]
    directions = {name: _questions(name) for name in ("it_on_it", "en_on_it")}
    asked = {name: embedder.encode_questions([row["question"] for row in rows]) for name, rows in directions.items()}
    known: dict[str, Vectors] = {}
    found = []
    for largest, smallest, overlap in SIZES:
        with patch.multiple(chunking, _LARGEST=largest, _SMALLEST=smallest, _OVERLAP=overlap):
            passages = [passage for article in articles for passage in chunking.passages(article)]
        vectors = _encode(embedder, passages, known)
        for name, rows in directions.items():
            ranks = np.argsort(-(asked[name] @ vectors.T), axis=1)[:, :40]
            figures = [_figures([passages[at] for at in order], row) for order, row in zip(ranks, rows, strict=True)]
            shares = {key: float(f"{np.mean([each[key] for each in figures]):.3g}") for key in figures[0]}
            found.append(
                {"largest": largest, "smallest": smallest, "overlap": overlap, "direction": name, "passages": len(passages), **shares}
            )
    return {"articles": len(articles), "questions": {name: len(rows) for name, rows in directions.items()}, "sizes": found}


def page(result: dict[str, Any]) -> str:
    """The table of docs/chunking.md."""
    return table(result["sizes"])


def _questions(direction: str) -> list[dict[str, Any]]:
    lines = (SQUAD4 / f"questions_{direction}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["answerable"] and row["article"] in ARTICLES]
    return random.Random(0).sample(rows, QUESTIONS)


def _encode(embedder: Embedder, passages: list[Passage], known: dict[str, Vectors]) -> Vectors:
    """The passages' vectors, encoding only texts that no earlier size had."""
    new = sorted({passage.text for passage in passages} - known.keys())
    if new:
        known.update(zip(new, embedder.encode_passages(new), strict=True))
    return np.stack([known[passage.text] for passage in passages])


def _figures(order: list[Passage], row: dict[str, Any]) -> dict[str, float]:
    right = [_is_right(passage, row) for passage in order]
    read = np.cumsum([passage.end - passage.start for passage in order])
    reach = int(read[right.index(True)]) if any(right) else 10**9
    return {"R@1": right[0], "R@5": any(right[:5]), "in 2000": reach <= 2000, "in 4000": reach <= 4000, "characters of 5": int(read[4])}


def _is_right(passage: Passage, row: dict[str, Any]) -> bool:
    article: Article = passage.article
    inside = article.id == row["article"] and passage.start < row["end"] and passage.end > row["start"]
    return inside and any(answer in passage.text for answer in row["answers"])
