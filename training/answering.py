"""Fits the weights, the confidence and the levels of `index/answers/calibration.py` on what the reader was not trained on.

    python training/answering.py --eval ../shared/eval --indexes build/fusion [--reader none] [--questions 150]

Questions on the held-out topics of squad4, with every paragraph there, with a quarter removed, and over collections of three and eight
paragraphs; and those of the newsroom set that may be read (`half` "dev"). Builds the indexes it needs below --indexes. Every figure printed
is cross-validated: a topic, or an article of the newsroom, is scored by weights fitted on the others.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.answers import few
from index.answers.answering import READ, Candidate, by_reading, by_sentence
from index.answers.calibration import BY_READING, BY_SENTENCE, LEVELS, WORDS
from index.answers.retrieval import retrieve
from index.evaluation import metrics
from index.evaluation.report import WORDS_RIGHT, Question, read_questions
from index.models.cosine_scale import Scale
from index.models.embedder import load_embedder
from index.models.reader import Reader
from index.questions.scope import Query
from index.storage.generation import Generation, open_current

DIRECTIONS = ("it_on_it", "en_on_it", "en_on_en", "it_on_en")
TOPICS = json.loads(Path(__file__).with_name("topics.json").read_text(encoding="utf-8"))
HELD_OUT = TOPICS["held_out"]
READER = Path(__file__).with_name("reader18")
NEWSROOM = Path(__file__).parents[1] / "bench" / "newsroom"
ALL = 1000  # candidates: more than there are
FOLDS = 6  # of the newsroom's articles
Row = dict[str, Any]


def main() -> None:
    """Prints cross-validated figures per direction, then the weights fitted on everything."""
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
        given.features.write_text(json.dumps(list(gathered(given))))
    rows = [row for row in json.loads(given.features.read_text()) if row["candidates"]]
    compared = (BY_SENTENCE if given.reader == "none" else BY_READING).compared
    scored = [row for topic in sorted({row["topic"] for row in rows}) for row in judged(rows, topic, compared)]
    for name in sorted({row["set"] for row in scored}):
        print(name, figures([row for row in scored if row["set"] == name]), sep="\n  ")
    promise = fit_promise(rows)
    rows = promising(rows, promise, compared)
    weights = fit_candidates(rows)
    print("promise", np.round(promise, 3).tolist())
    print("candidate", np.round(weights, 3).tolist())
    print("confidence", np.round(fit_confidence(rows, weights), 3).tolist())
    if given.reader != "none":
        print("words", np.round(fit_words(rows, weights), 3).tolist())


def gathered(given: argparse.Namespace) -> Iterator[Row]:
    """The candidates of a sample of questions: their signals, whether each is right, and the words each marks."""
    embedder, reader = load_embedder(), None if given.reader == "none" else Reader.load(Path(given.reader))
    for direction in DIRECTIONS:
        for gap in ("", "_gap"):
            generation = opened(given.indexes / (direction[-2:] + gap), given.eval / "squad4" / f"articles_{direction[-2:]}{gap}")
            questions = sample(given.eval / "squad4" / f"questions_{direction}{gap}.jsonl", given.questions)
            yield from rows_of(f"{direction}{gap}", generation, questions, embedder, reader)
    for size, asked in few.SIZES.items():
        for text in ("it", "en"):
            for engine, questions in few.collections(text, size, asked, embedder, None):
                yield from rows_of(f"{size} paragraphs", engine.generation, questions, embedder, reader)
    if NEWSROOM.exists():
        generation = opened(given.indexes / "newsroom", NEWSROOM / "articles")
        halves = [json.loads(line)["half"] for line in (NEWSROOM / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
        questions = [q for q, half in zip(read_questions(NEWSROOM / "questions.jsonl"), halves, strict=True) if half == "dev"]
        yield from rows_of("newsroom", generation, questions, embedder, reader)


def rows_of(name: str, generation: Generation, questions: Sequence[Question], embedder: Any, reader: Reader | None) -> Iterator[Row]:
    """A row a question, over one opened index."""
    weights = replace(BY_READING if reader else BY_SENTENCE, compared=ALL)
    for question in questions:
        query = Query(question.question, question.language, embedder.encode_questions([question.question])[0])
        hits = retrieve(generation, query, Scale(), 10)
        stored = generation.sentence_vectors
        if reader:
            candidates = by_reading(query, hits, embedder, stored, Scale(), reader, weights, first=READ)
        else:
            candidates = by_sentence(query, hits, embedder, stored, Scale(), weights)
        yield {
            "set": name, "topic": topic_of(question), "answerable": question.answerable, "kind": question.kind,
            "candidates": [described(candidate, question) for candidate in candidates],
        }  # fmt: skip


def opened(folder: Path, articles: Path) -> Generation:
    if not (folder / "CURRENT").exists():
        subprocess.run([sys.executable, "-m", "bot", "build", "--articles", articles, "--index", folder], check=True)
    return open_current(folder)


def sample(path: Path, count: int) -> list[Question]:
    """Questions on held-out topics; where some cannot be answered, half of the sample."""
    questions = [question for question in read_questions(path) if topic_of(question) in HELD_OUT]
    rng = random.Random(3)
    rng.shuffle(questions)
    absent = [question for question in questions if not question.answerable][: count // 2]
    return [question for question in questions if question.answerable][: count - len(absent)] + absent


def topic_of(question: Question) -> str:
    """The topic in squad4; of the newsroom's articles a sixth."""
    name = TOPICS["twins"].get(question.article or "", question.article or "")
    return name if name in HELD_OUT else f"newsroom {sum(name.encode()) % FOLDS}"


def described(candidate: Candidate, question: Question) -> Row:
    quote = candidate.quote
    placed = not question.end or (quote.start < question.end and question.start < quote.end)
    there = quote.article.id == question.article and placed
    holds = any(answer in quote.text for answer in question.answers)
    words = candidate.exact.text if candidate.exact else ""
    return {
        "signals": candidate.signals, "right": question.answerable and there and holds, "place": f"{quote.article.id}:{quote.start}",
        "f1": metrics.f1(words, question.exact or question.answers), "there": there, "words": candidate.word_signals,
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
    words = fit_words(others, weights) if any(each["words"] for row in others for each in row["candidates"]) else None
    for row in rows:
        if row["topic"] == topic and row["candidates"]:
            features, best = ranking(row, weights)
            told = sigmoid(words[0] + np.dot(words[1:], best["words"])) if words is not None and best["words"] else 0.0
            yield row | {"best": best, "confidence": sigmoid(confidence[0] + np.dot(confidence[1:], features)), "word confidence": told}


def sigmoid(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))


def fit_words(rows: list[Row], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bias and weights by which the signals of the exact words give the log-odds that they are right, in best quotes that are."""
    found = [best for row in rows for best in (ranking(row, weights)[1],) if best["right"] and best["words"]]
    model = LogisticRegression(C=100, max_iter=2000)
    model.fit([each["words"] for each in found], [each["f1"] >= WORDS_RIGHT for each in found])
    return np.concatenate([model.intercept_, model.coef_[0]])


def figures(rows: list[Row]) -> str:
    """Quotes and words where the answer is there; the verdicts over all rows."""
    there, right = [row for row in rows if row["answerable"]], [row["best"]["right"] for row in rows]
    confidences = np.array([row["confidence"] for row in rows])
    lines = [
        f"{len(rows)} questions",
        f"quote {mean([row['best']['right'] for row in there]):.3f}",
        f"first hit {mean([row['best']['there'] for row in there]):.3f}",
        f"F1 {mean([row['best']['f1'] for row in there]):.3f}",
        f"AUROC {metrics.auroc(confidences.tolist(), [row['answerable'] for row in rows]) or 0:.3f}",
        f"calibration error {metrics.calibration_error(confidences.tolist(), right):.3f}",
    ]
    worded = [row for row in there if row["best"]["right"] and row["best"]["words"]]
    bold = [row for row in worded if row["word confidence"] >= WORDS]
    lines.append(f"words shown {len(bold)}/{len(worded)}, right {mean([row['best']['f1'] >= WORDS_RIGHT for row in bold]):.3f}")
    return " · ".join(lines) + "".join(f"\n  {caution}: {verdicts(rows, *levels)}" for caution, levels in LEVELS.items())


def verdicts(rows: list[Row], answer: float, unsure: float) -> str:
    """How often each verdict is true and how many it covers, at two levels."""
    sure = [row for row in rows if row["confidence"] >= answer]
    middle = [row for row in rows if unsure <= row["confidence"] < answer]
    absent = [row for row in rows if row["confidence"] < unsure]
    there = [row for row in rows if row["answerable"]]
    return " · ".join(
        [
            f"answer {len(sure) / len(rows):.2f} true {mean([row['best']['right'] for row in sure]):.3f}",
            f"unsure {len(middle) / len(rows):.2f} true {mean([row['best']['right'] for row in middle]):.3f}",
            f"absent {len(absent) / len(rows):.2f} true {mean([not row['answerable'] for row in absent]):.3f}",
            f"shown and right {mean([row['best']['right'] and row['confidence'] >= unsure for row in there]):.3f}",
            f"absent told as answer {mean([row['confidence'] >= answer for row in rows if not row['answerable']]):.3f}",
        ]
    )


def mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


if __name__ == "__main__":
    main()
