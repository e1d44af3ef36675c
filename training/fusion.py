"""Fits how the cosines of passages and of their sentences and keyword scores are fused (`index/answers/retrieval.py`), by topic.

    python training/fusion.py --eval ../shared/eval --indexes build/fusion

Builds an index of the Italian and of the English articles below --indexes when they are not there.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from answering import DIRECTIONS, TOPICS, opened
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from index.models.embedder import load_embedder

SAMPLE, FOLDS, DEPTH = 600, 6, 100
LARGE = ("cosine", "keywords")
SMALL = (*LARGE, "sentence")


def main() -> None:
    """Prints recall per direction on topics apart from those fitted on, then the weights fitted on all; with and without sentences."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--eval", type=Path, default=Path("../shared/eval"))
    options.add_argument("--indexes", type=Path, default=Path("build/fusion"))
    given = options.parse_args()
    rows = [row for direction in DIRECTIONS for row in candidates(given, direction)]
    topics = sorted({row["topic"] for row in rows})
    folds = {topic: place % FOLDS for place, topic in enumerate(topics)}
    for name, used in (("small collection", SMALL), ("large collection", LARGE)):
        print(name)
        told = [row | {"features": row["features"][:, : len(used)]} for row in rows]
        for direction in DIRECTIONS:
            ranks = []
            for fold in range(FOLDS):
                model = fit([row for row in told if folds[row["topic"]] != fold], same(direction))
                ranks += [rank(row, model) for row in told if row["direction"] == direction and folds[row["topic"]] == fold]
            print(direction, *(f"recall@{k} {np.mean([place <= k for place in ranks]):.3f}" for k in (1, 5, 10)))
        for kind in (True, False):
            weights = zip(("bias", *used), fit(told, kind), strict=True)
            print("same language" if kind else "other language", *(f"{signal} {weight:.2f}" for signal, weight in weights))


def same(direction: str) -> bool:
    return direction[:2] == direction[-2:]


def candidates(given: argparse.Namespace, direction: str) -> Iterator[dict]:
    """For a sample of questions their candidates as (cosine, keyword score, highest cosine of a sentence) with the right ones marked."""
    language, text = direction.split("_on_")
    generation = opened(given.indexes / text, given.eval / "squad4" / f"articles_{text}")
    questions = [
        json.loads(line) for line in (given.eval / "squad4" / f"questions_{direction}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    questions = random.Random(1).sample([question for question in questions if question["answerable"]], SAMPLE)
    count = generation.manifest.passages[text]
    passages = generation.passages(text, range(count))
    vectors = load_embedder().encode_questions([question["question"] for question in questions])
    cosines = vectors @ generation.vectors[text].reconstruct_batch(np.arange(count)).T
    for question, vector, near in zip(questions, vectors, cosines, strict=True):
        spoken = generation.keywords[text].scores(question["question"], language)
        rows = np.union1d(np.argsort(-near)[:DEPTH], np.argsort(-spoken)[:DEPTH])
        right = [
            passages[row].article.id == question["article"]
            and passages[row].start < question["end"]
            and question["start"] < passages[row].end
            for row in rows
        ]
        yield {
            "direction": direction,
            "topic": TOPICS["twins"].get(question["article"], question["article"]),
            "features": np.stack([near[rows], spoken[rows], generation.sentences[text].best(vector, rows)], 1),
            "right": np.array(right),
        }


def fit(rows: list[dict], kind: bool) -> NDArray[np.float64]:
    """Bias and weights of a logistic regression over the candidates of one kind of direction."""
    chosen = [row for row in rows if same(row["direction"]) == kind]
    model = LogisticRegression(C=1e4, max_iter=1000)
    model.fit(np.concatenate([row["features"] for row in chosen]), np.concatenate([row["right"] for row in chosen]))
    return np.concatenate([model.intercept_, model.coef_[0]])


def rank(row: dict, model: NDArray[np.float64]) -> int:
    """The place, from 1, of the first right candidate; far beyond all when none is right."""
    scores: NDArray[np.float64] = row["features"] @ model[1:]
    places = np.flatnonzero(row["right"][np.argsort(-scores, kind="stable")])
    return int(places[0]) + 1 if len(places) else 10**6


if __name__ == "__main__":
    main()
