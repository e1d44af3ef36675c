"""From a question set and a collection to a report: finding, quoting, exact words and abstaining, by language direction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.engine import Engine
from index.errors import QuestionError
from index.evaluation import metrics
from index.types import Answer, Language, Passage

WORDS_RIGHT = 0.8  # token F1 with a gold answer from which exact words count as right
_BY_KIND = ("shown and right", "true among answer", "share of unsure", "absent told as answer", "exact words right")
_ASKED_WORDS = {
    "who": "who chi whom whose", "what": "what cosa che", "which": "which quale quali qual", "when": "when quando",
    "where": "where dove dov", "why": "why perché perche", "how many": "quanto quanta quanti quante quant", "how": "how come com",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a question set. ``answers`` are strings of the text; ``article``, ``start`` and ``end`` place the gold paragraph.

    ``kind`` names a group that is reported by itself; ``exact`` are the words that answer where they are shorter than ``answers``.
    """

    id: str
    question: str
    language: Language
    answerable: bool
    answers: tuple[str, ...]
    article: str | None = None
    start: int = 0
    end: int = 0
    kind: str | None = None
    exact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question got, scored. ``rank`` is that of the first hit that holds the gold paragraph or answer, None without one.

    ``quoted``: a gold answer stands in the quote (or in ``related`` where refused), in the right passage.
    """

    question: Question
    answer: Answer
    direction: str
    rank: int | None
    quoted: bool
    exact_match: float
    f1: float
    took_ms: float


def read_questions(path: Path) -> list[Question]:
    """Reads a question set (JSON lines). Raises QuestionError naming the file, the line and the reason."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"the question set {path} cannot be read ({error}): name a JSONL file in UTF-8") from error
    questions = [_question(f"{path}, line {number}", line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise QuestionError(f"the question set {path} holds no question: write one JSON object a line")
    return questions


def _question(place: str, line: str) -> Question:
    try:
        fields = json.loads(line)
        if fields["language"] not in ("it", "en"):
            raise ValueError(f"language is {fields['language']!r}, not 'it' or 'en'")
        gold = (fields.get("article"), int(fields.get("start") or 0), int(fields.get("end") or 0))
        answers = tuple(fields["answers"])
        kind, exact = fields.get("kind"), tuple(fields.get("exact") or ())
        return Question(
            str(fields["id"]), str(fields["question"]), fields["language"], bool(fields["answerable"]), answers, *gold, kind, exact
        )
    except (ValueError, TypeError, KeyError) as error:
        raise QuestionError(f"{place}: {error!r}: write a JSON object with id, question, language, answerable and answers") from error


def ask_all(engine: Engine, questions: Iterable[Question], progress: Callable[[int], None] = lambda done: None) -> list[Outcome]:
    """Asks every question of the engine, with its language detected as for any asker, and scores what comes back."""
    languages = {article.id: article.language for article in engine.articles()}
    outcomes = []
    for done, question in enumerate(questions, 1):
        started = time.perf_counter()
        answer = engine.answer(question.question)
        outcomes.append(_score(question, answer, languages, (time.perf_counter() - started) * 1000))
        progress(done)
    return outcomes


def _score(question: Question, answer: Answer, languages: dict[str, Language], took_ms: float) -> Outcome:
    text_language = languages.get(question.article or "") or "+".join(sorted(set(languages.values())))
    rank = next((rank for rank, hit in enumerate(answer.hits, 1) if _right(hit.passage, question)), None)
    quote = answer.quote or answer.related
    quoted = quote is not None and _right(quote, question) and _holds(quote, question)
    words = answer.exact.text if answer.exact else ""
    return Outcome(
        question, answer, f"{question.language} on {text_language}", rank, quoted,
        metrics.exact_match(words, question.exact or question.answers), metrics.f1(words, question.exact or question.answers), took_ms,
    )  # fmt: skip


def _right(passage: Passage, question: Question) -> bool:
    """Whether a passage overlaps the gold paragraph or, where none is placed, holds a gold answer."""
    if question.article is None or not question.end:
        return question.article in (None, passage.article.id) and _holds(passage, question)
    return passage.article.id == question.article and passage.start < question.end and question.start < passage.end


def _holds(passage: Passage, question: Question) -> bool:
    return any(answer in passage.text for answer in question.answers)


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of all outcomes, of each direction, of each kind and of each question word; the slowest questions; every miss."""
    slowest = sorted(outcomes, key=lambda outcome: -outcome.took_ms)[:5]
    return {
        "all": figures(outcomes),
        "directions": _by(outcomes, lambda outcome: outcome.direction),
        "kinds": _by(outcomes, lambda outcome: outcome.question.kind),
        "question_words": _by(outcomes, lambda outcome: _asked_word(outcome.question.question)),
        "reliability": metrics.reliability(*calibration(outcomes)),
        "slowest": [{"question": outcome.question.question, "took_ms": round(outcome.took_ms, 1)} for outcome in slowest],
        "misses": [_miss(outcome) for outcome in outcomes if _is_miss(outcome)],
    }


def _by(outcomes: Sequence[Outcome], name_of: Callable[[Outcome], str | None]) -> dict[str, Any]:
    """The figures of each group, by name; outcomes without one belong to none."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if name := name_of(outcome):
            groups.setdefault(name, []).append(outcome)
    return {name: figures(group) for name, group in sorted(groups.items())}


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Every figure of a group as {"value", "low", "high", "count"}: 95 % bootstrap interval; None where there is nothing to count."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    given: dict[str, list[Outcome]] = {"answer": [], "unsure": [], "absent": []}
    for outcome in outcomes:
        given[outcome.answer.verdict].append(outcome)
    refused, shown = given["absent"], [*given["answer"], *given["unsure"]]
    absent = [outcome for outcome in outcomes if not outcome.question.answerable]
    exact = [outcome for outcome in answerable if outcome.answer.exact is not None]
    values = {
        "recall@1": [metrics.recall_at(outcome.rank, 1) for outcome in answerable],
        "recall@5": [metrics.recall_at(outcome.rank, 5) for outcome in answerable],
        "recall@10": [metrics.recall_at(outcome.rank, 10) for outcome in answerable],
        "MRR@10": [metrics.reciprocal_rank(outcome.rank) for outcome in answerable],
        "quote accuracy": [float(outcome.quoted) for outcome in answerable],
        "exact match": [outcome.exact_match for outcome in exact],
        "F1": [outcome.f1 for outcome in exact],
        "shown and right": [float(outcome.quoted and outcome.answer.verdict != "absent") for outcome in answerable],
        "true among answer": [float(_is_true(outcome)) for outcome in given["answer"]],
        "true among unsure": [float(_is_true(outcome)) for outcome in given["unsure"]],
        "true among absent": [float(not outcome.question.answerable) for outcome in refused],
        "share of answer": [float(outcome.answer.verdict == "answer") for outcome in outcomes],
        "share of unsure": [float(outcome.answer.verdict == "unsure") for outcome in outcomes],
        "absent told as answer": [float(outcome.answer.verdict == "answer") for outcome in absent],
        "refusal recall": [float(outcome.answer.verdict == "absent") for outcome in absent],
        "wrong among shown": [float(not _is_true(outcome)) for outcome in shown],
        "exact words right": [float(outcome.f1 >= WORDS_RIGHT) for outcome in exact if outcome.quoted],
    }
    measured: dict[str, Any] = {name: _mean(found) for name, found in values.items()}
    measured["refusal AUROC"] = _auroc(outcomes)
    measured["calibration error"] = _single(metrics.calibration_error(*calibration(outcomes)), len(outcomes))
    measured["took ms p50"] = _single(float(np.quantile([outcome.took_ms for outcome in outcomes], 0.5)), len(outcomes))
    measured["took ms p95"] = _single(float(np.quantile([outcome.took_ms for outcome in outcomes], 0.95)), len(outcomes))
    return measured


def _is_true(outcome: Outcome) -> bool:
    """Whether the quote answers."""
    return outcome.question.answerable and outcome.quoted


def _mean(values: Sequence[float]) -> dict[str, Any] | None:
    if not values:
        return None
    low, high = metrics.bootstrap(values)
    return {"value": float(np.mean(values)), "low": low, "high": high, "count": len(values)}


def _auroc(outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
    scores = np.array([outcome.answer.confidence for outcome in outcomes])
    labels = np.array([outcome.question.answerable for outcome in outcomes])
    value = metrics.auroc(scores.tolist(), labels.tolist())
    if value is None:
        return None

    def resampled(draw: np.ndarray) -> float:
        found = metrics.auroc(scores[draw].tolist(), labels[draw].tolist())
        return value if found is None else found

    low, high = metrics.bootstrap(range(len(outcomes)), resampled, rounds=200)
    return {"value": value, "low": low, "high": high, "count": len(outcomes)}


def _single(value: float, count: int) -> dict[str, Any]:
    return {"value": value, "low": None, "high": None, "count": count}


def calibration(outcomes: Sequence[Outcome]) -> tuple[list[float], list[bool]]:
    """The confidence of each question and whether its best quote answers."""
    confidences = [outcome.answer.confidence for outcome in outcomes]
    return confidences, [_is_true(outcome) for outcome in outcomes]


def _asked_word(question: str) -> str:
    for word in question.lower().replace("'", " ").replace("’", " ").replace("?", " ").split():
        for name, forms in _ASKED_WORDS.items():
            if word in forms.split():
                many = name == "how" and any(f"how {much}" in question.lower() for much in ("many", "much", "long", "far", "large", "old"))
                return "how many" if many else name
    return "other"


def _is_miss(outcome: Outcome) -> bool:
    if outcome.question.answerable:
        return not outcome.quoted or outcome.answer.verdict == "absent"
    return outcome.answer.verdict != "absent"


def _miss(outcome: Outcome) -> dict[str, Any]:
    question, answer = outcome.question, outcome.answer
    shown = answer.quote or answer.related
    if not question.answerable:
        kind = f"{answer.verdict} though the text does not tell"
    elif outcome.rank is None:
        kind = "passage not found"
    elif not outcome.quoted:
        kind = "another sentence"
    else:
        kind = "right but refused"
    return {
        "id": question.id, "kind": kind, "question": question.question, "answers": list(question.answers),
        "verdict": answer.verdict, "confidence": round(answer.confidence, 3), "shown": shown.text if shown else None,
    }  # fmt: skip


def table(measured: dict[str, Any]) -> str:
    """The report as a table for people, with the misses below it."""
    groups = {"all": measured["all"], **measured["directions"]}
    lines = ["figure".ljust(20) + "".join(name.rjust(22) for name in groups)]
    for figure in measured["all"]:
        cells = (_cell(group[figure]) for group in groups.values())
        lines.append(figure.ljust(20) + "".join(cell.rjust(22) for cell in cells))
    if measured["kinds"]:
        lines += ["", "kind".ljust(20) + "".join(figure.rjust(24) for figure in _BY_KIND)]
        for name, group in measured["kinds"].items():
            lines.append(name.ljust(20) + "".join(_cell(group[figure]).rjust(24) for figure in _BY_KIND))
    lines += ["", "misses"] + [_miss_line(miss) for miss in measured["misses"]]
    return "\n".join(lines)


def _cell(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return "-"
    digits = 3 if figure["value"] <= 1 else 1
    interval = f" ({figure['low']:.2f}-{figure['high']:.2f})" if figure["low"] is not None else ""
    return f"{figure['value']:.{digits}f}{interval}"


def _miss_line(miss: dict[str, Any]) -> str:
    wanted = " | ".join(miss["answers"]) or "a refusal"
    return f"- {miss['question']}\n    {miss['kind']}: wanted {wanted}; shown ({miss['confidence']}): {miss['shown']}"
