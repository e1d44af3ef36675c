"""Answers to the newsroom set: 32 articles as local papers print them; the half that was tuned on and the one that was not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from index.engine import Engine
from index.evaluation.report import Outcome, ask_all, read_questions, report

FOLDER = Path(__file__).parents[1] / "newsroom"
INDEX = Path("build/quality/newsroom")


def run() -> dict[str, Any]:
    """For each half what is shown and right, what is wrongly claimed, and the kinds; misses of the half "dev" only."""
    build: list[str | Path] = [sys.executable, "-m", "bot", "build", "--articles", FOLDER / "articles", "--index", INDEX]
    subprocess.run(build, check=True, stdout=sys.stderr)
    engine, questions = Engine.load(INDEX), read_questions(FOLDER / "questions.jsonl")
    halves = [json.loads(line)["half"] for line in (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    result = {}
    for half in ("dev", "held"):
        outcomes = ask_all(engine, [question for question, other in zip(questions, halves, strict=True) if other == half])
        measured = report(outcomes)
        result[half] = claims(outcomes) | {
            "figures": {name: figure and round(figure["value"], 3) for name, figure in measured["all"].items()},
            "kinds": {
                name: round(kind["shown and right"]["value"], 2) for name, kind in measured["kinds"].items() if kind["shown and right"]
            },
        }
        if half == "dev":
            result[half]["misses"] = measured["misses"]
    return result


def claims(outcomes: list[Outcome]) -> dict[str, float]:
    """Of the questions with an answer: shown and right, and claimed wrongly; of those without: claimed to be answered."""
    there = [outcome for outcome in outcomes if outcome.question.answerable]
    absent = [outcome for outcome in outcomes if not outcome.question.answerable]
    claimed = [outcome.answer.verdict == "answer" for outcome in absent]
    return {
        "shown and right": round(sum(o.quoted and o.answer.verdict != "absent" for o in there) / len(there), 3),
        "answer and wrong": round(sum(o.answer.verdict == "answer" and not o.quoted for o in there) / len(there), 3),
        "absent as answer": round(sum(claimed) / len(claimed), 3),
    }
