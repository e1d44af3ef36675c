"""Fits the weights and the confidence of `index/answers/answering.py` on the topics that the reader was not trained on.

    python training/answering.py --eval ../shared/eval --indexes build/fusion [--reader none] [--questions 150]

Builds the indexes it needs below --indexes. Every figure printed is cross-validated: a topic is scored by weights fitted on the others.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from index.answers import answering
from index.answers.answering import Candidate, by_reading, by_sentence
from index.answers.retrieval import retrieve
from index.evaluation import metrics
from index.evaluation.report import Question, read_questions
from index.models.cosine_scale import Scale
from index.models.embedder import load_embedder
from index.models.reader import Reader
from index.storage.generation import Generation, open_current
from index.storage.inverted_index import Keywords
from index.types import Sought

DIRECTIONS = ("it_on_it", "en_on_it", "en_on_en", "it_on_en")
TOPICS = json.loads(Path(__file__).with_name("topics.json").read_text(encoding="utf-8"))
HELD_OUT = TOPICS["held_out"]
READER = Path(__file__).with_name("reader18")
ALL = 1000  # candidates: more than there are
Row = dict[str, Any]


def main() -> None:
    """Prints cross-validated figures per direction, then the weights fitted on all held-out topics."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--eval", type=Path, default=Path("../shared/eval"))
    options.add_argument("--indexes", type=Path, default=Path("build/fusion"))
    options.add_argument("--reader", default=str(READER))
    options.add_argument(
        "--questions", type=int, default=150, help="of each direction, with the paragraphs there and with a quarter removed"
    )
    options.add_argument("--features", type=Path, default=Path("build/features.json"), help="kept here; read again when there")
    given = options.parse_args()
    if not given.features.exists():
        given.features.write_text(
            json.dumps([row for direction in DIRECTIONS for gap in ("", "_gap") for row in gather(given, direction, gap)])
        )
    rows = json.loads(given.features.read_text())
    compared = (answering.BY_SENTENCE if given.reader == "none" else answering.BY_READING).compared
    scored = [row for topic in HELD_OUT for row in judged(rows, topic, compared)]
    for name in (*DIRECTIONS, "all"):
        print(name, figures([row for row in scored if name in (row["direction"], "all")]))
    promise = fit_promise(rows)
    rows = promising(rows, promise, compared)
    weights = fit_candidates(rows)
    print("promise", np.round(promise, 3).tolist())
    print("candidate", np.round(weights, 3).tolist())
    print("confidence", np.round(fit_confidence(rows, weights), 3).tolist())


def gather(given: argparse.Namespace, direction: str, gap: str) -> Iterator[Row]:
    """The candidates of a sample of questions: their signals, whether each is right, and the words each marks."""
    language, text = direction.split("_on_")
    generation, keywords = opened(given, text + gap)
    embedder, reader = load_embedder(), None if given.reader == "none" else Reader.load(Path(given.reader))
    weights = replace(answering.BY_READING if reader else answering.BY_SENTENCE, compared=ALL)
    for question in sample(given.eval / "squad4" / f"questions_{direction}{gap}.jsonl", given.questions):
        sought = Sought(question.question, language, embedder.encode_questions([question.question])[0])
        hits = retrieve(generation, {text: keywords}, sought, Scale(), 10)
        if reader:
            candidates = by_reading(sought, hits, embedder, generation.sentence_vectors, Scale(), reader, weights)
        else:
            candidates = by_sentence(sought, hits, embedder, generation.sentence_vectors, Scale(), weights)
        yield {
            "direction": direction, "gap": bool(gap), "topic": topic_of(question), "answerable": question.answerable,
            "candidates": [described(candidate, question) for candidate in candidates],
        }  # fmt: skip


def opened(given: argparse.Namespace, name: str) -> tuple[Generation, Keywords]:
    folder, text = given.indexes / name, name[:2]
    if not (folder / "CURRENT").exists():
        articles = given.eval / "squad4" / f"articles_{name}"
        subprocess.run([sys.executable, "-m", "bot", "build", "--articles", articles, "--index", folder], check=True)
    generation = open_current(folder)
    return generation, Keywords(generation.folder / text / "keywords", text)


def sample(path: Path, count: int) -> list[Question]:
    """Questions on held-out topics; where some cannot be answered, half of the sample."""
    questions = [question for question in read_questions(path) if topic_of(question) in HELD_OUT]
    rng = random.Random(3)
    rng.shuffle(questions)
    absent = [question for question in questions if not question.answerable][: count // 2]
    return [question for question in questions if question.answerable][: count - len(absent)] + absent


def topic_of(question: Question) -> str:
    return TOPICS["twins"].get(question.article or "", question.article or "")


def described(candidate: Candidate, question: Question) -> Row:
    quote = candidate.quote
    there = quote.article.id == question.article and quote.start < question.end and question.start < quote.end
    holds = any(answer in quote.text for answer in question.answers)
    words = candidate.exact.text if candidate.exact else ""
    place = f"{quote.article.id}:{quote.start}"
    return {
        "signals": candidate.signals, "right": question.answerable and there and holds, "place": place,
        "f1": metrics.f1(words, question.answers), "there": there,
    }  # fmt: skip


def fit_promise(rows: list[Row]) -> NDArray[np.float64]:
    """The weights by which the signals of a candidate but its cosine, the first, tell whether it is right."""
    uncompared = [row | {"candidates": [each | {"signals": each["signals"][1:]} for each in row["candidates"]]} for row in rows]
    return fit_candidates(uncompared)[1:]


def promising(rows: list[Row], promise: NDArray[np.float64], compared: int) -> list[Row]:
    """The rows with the candidates that are worth comparing with the question."""
    return [
        row | {"candidates": sorted(row["candidates"], key=lambda each: -float(np.dot(promise, each["signals"][1:])))[:compared]}
        for row in rows
    ]


def fit_candidates(rows: list[Row]) -> NDArray[np.float64]:
    """Bias and weights by which a candidate's signals give its log-odds of being right."""
    candidates = [candidate for row in rows for candidate in row["candidates"]]
    model = LogisticRegression(C=100, max_iter=2000)
    model.fit([candidate["signals"] for candidate in candidates], [candidate["right"] for candidate in candidates])
    return np.concatenate([model.intercept_, model.coef_[0]])


def fit_confidence(rows: list[Row], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bias and weights by which the best candidate's log-odds and lead give the probability that it is right."""
    rows = [row for row in rows if row["candidates"]]
    ranked = [ranking(row, weights) for row in rows]
    model = LogisticRegression(C=100, max_iter=2000)
    model.fit([features for features, _ in ranked], [best["right"] for _, best in ranked])
    return np.concatenate([model.intercept_, model.coef_[0]])


def ranking(row: Row, weights: NDArray[np.float64]) -> tuple[list[float], Row]:
    """(log-odds of the best candidate, its lead over the next with another quote) and that candidate."""
    scored = [(weights[0] + float(np.dot(weights[1:], candidate["signals"])), candidate) for candidate in row["candidates"]]
    scored.sort(key=lambda pair: -pair[0])
    best = scored[0]
    other = next((score for score, candidate in scored if candidate["place"] != best[1]["place"]), -np.inf)
    return [best[0], min(10.0, best[0] - other)], best[1]


def judged(rows: list[Row], topic: str, compared: int) -> Iterator[Row]:
    """The rows of one topic with the best candidate and its confidence by weights fitted on the other topics."""
    promise = fit_promise([row for row in rows if row["topic"] != topic])
    rows = promising(rows, promise, compared)
    others = [row for row in rows if row["topic"] != topic]
    weights = fit_candidates(others)
    confidence = fit_confidence(others, weights)
    for row in rows:
        if row["topic"] == topic and row["candidates"]:
            features, best = ranking(row, weights)
            yield row | {"best": best, "confidence": 1 / (1 + np.exp(-(confidence[0] + np.dot(confidence[1:], features))))}


def figures(rows: list[Row]) -> str:
    """Quote accuracy with every paragraph there; the rest over both sets."""
    full = [row for row in rows if row["answerable"] and not row["gap"]]
    gap = [row for row in rows if row["gap"]]
    refused = [row for row in gap if row["confidence"] < answering.THRESHOLDS["normal"]]
    absent = [row for row in gap if not row["answerable"]]
    confidences, right = [row["confidence"] for row in rows], [row["best"]["right"] for row in rows]
    return " · ".join(
        [
            f"{len(rows)} questions",
            f"quote {np.mean([row['best']['right'] for row in full]):.3f}",
            f"first hit {np.mean([row['best']['there'] for row in full]):.3f}",
            f"F1 {np.mean([row['best']['f1'] for row in full]):.3f}",
            f"AUROC on _gap {metrics.auroc([row['confidence'] for row in gap], [row['answerable'] for row in gap]):.3f}",
            f"refusals precision {np.mean([not row['answerable'] for row in refused]):.2f}",
            f"recall {np.mean([row['confidence'] < answering.THRESHOLDS['normal'] for row in absent]):.2f}",
            f"answered though answerable {np.mean([row['confidence'] >= answering.THRESHOLDS['normal'] for row in full]):.2f}",
            f"calibration error {metrics.calibration_error(confidences, right):.3f}",
        ]
    )


if __name__ == "__main__":
    main()
