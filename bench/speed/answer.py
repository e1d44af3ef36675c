"""How long one answer takes, with the reader and without: Engine.answer over the Italian squad4 articles."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench import SQUAD4
from index.bundled import READER
from index.engine import Engine
from index.evaluation.report import read_questions

ROUNDS = 150


def run() -> dict[str, Any]:
    """Milliseconds of p50 and p95, the two engines asked in turn."""
    articles, index = SQUAD4 / "articles_it", Path("build/answer")
    subprocess.run([sys.executable, "-m", "bot", "build", "--articles", articles, "--index", index], check=True, stdout=sys.stderr)
    engines = {"with reader": Engine.load(index, reader=READER), "without reader": Engine.load(index, reader=None)}
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for question in _questions():
        for name, engine in engines.items():
            started = time.perf_counter()
            engine.answer(question)
            taken[name].append((time.perf_counter() - started) * 1000)
    warm = {name: values[5:] for name, values in taken.items()}
    return {name: {"p50 ms": float(np.median(values)), "p95 ms": float(np.quantile(values, 0.95))} for name, values in warm.items()}


def _questions() -> list[str]:
    asked = [*read_questions(SQUAD4 / "questions_it_on_it.jsonl"), *read_questions(SQUAD4 / "questions_en_on_it.jsonl")]
    return [question.question for question in random.Random(2).sample(asked, ROUNDS)]
