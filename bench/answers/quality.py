"""Answers to squad4 in four language directions, beside BM25 alone, vectors alone, their plain sum, and answers without the reader.

Squad4 is asked with the reader that was trained on 18 of its 24 topics (``training/reader18``), and only about the other six; all 24
articles of a language are in the index. The shipped reader has seen all 24 and answers the first article's questions.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import EVAL, ROOT, SQUAD4
from index.engine import Engine
from index.evaluation.report import Outcome, Question, ask_all, read_questions, report
from index.models.embedder import load_embedder
from index.storage.generation import open_current
from index.types import Language

SAMPLE = int(os.environ.get("SAMPLE", "200"))
READER = Path(__file__).parents[2] / "training" / "reader18"
INDEXES = Path("build/quality")
DIRECTIONS: list[tuple[Language, Language]] = [("it", "it"), ("en", "it"), ("en", "en"), ("it", "en")]
TOPICS = json.loads((ROOT / "training" / "topics.json").read_text(encoding="utf-8"))
_SHOWN = {
    "without reader": "recall@1, recall@5, recall@10, quote accuracy",
    "found and quoted": "recall@1, recall@5, recall@10, MRR@10, quote accuracy, exact match, F1, calibration error",
    "refusals": "refusal AUROC, true among answer, true among unsure, true among absent, share of unsure, calibration error",
}
Scores = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]


def run() -> dict[str, Any]:
    """For each direction: figures with every paragraph there, refusals with a quarter of the paragraphs removed, and the baselines."""
    result: dict[str, Any] = {"questions of each set": SAMPLE, "seed article": _seed()}
    for language, text in DIRECTIONS:
        name = f"{language}_on_{text}"
        questions = _sample(SQUAD4 / f"questions_{name}.jsonl", answerable=True)
        gap = _sample(SQUAD4 / f"questions_{name}_gap.jsonl", answerable=False)
        result[name] = {
            "found and quoted": _measured(_outcomes(text, questions)),
            "without reader": _measured(_outcomes(text, questions, reader=None)),
            "refusals": _measured(_outcomes(f"{text}_gap", gap)),
            "baselines": _baselines(text, questions),
        }
    return result


def _measured(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    found = report(outcomes)
    return {"figures": found["all"], "kinds of misses": _counted(found["misses"])}


def _counted(misses: list[dict[str, Any]]) -> dict[str, int]:
    kinds = [miss["kind"] for miss in misses]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def _seed() -> dict[str, Any]:
    folder = INDEXES / "articles_seed"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seed_article.txt").write_bytes((EVAL / "seed_article.txt").read_bytes())
    engine = Engine.load(_index("seed", folder), announce=_tell)
    return _measured(ask_all(engine, read_questions(EVAL / "seed_article_questions.jsonl")))


def _outcomes(name: str, questions: list[Question], reader: Path | None = READER) -> list[Outcome]:
    return ask_all(Engine.load(_index(name, SQUAD4 / f"articles_{name}"), reader=reader, announce=_tell), questions)


def _index(name: str, articles: Path) -> Path:
    subprocess.run([sys.executable, "-m", "bot", "build", "--articles", articles, "--index", INDEXES / name], check=True, stdout=sys.stderr)
    return INDEXES / name


def _sample(path: Path, *, answerable: bool) -> list[Question]:
    """Questions on held-out topics: answerable ones, or half and half."""
    held = [question for question in read_questions(path) if TOPICS["twins"].get(question.article, question.article) in TOPICS["held_out"]]
    random.Random(5).shuffle(held)
    present = [question for question in held if question.answerable]
    if answerable:
        return present[:SAMPLE]
    absent = [question for question in held if not question.answerable][: SAMPLE // 2]
    return present[: SAMPLE - len(absent)] + absent


def _baselines(text: Language, questions: list[Question]) -> dict[str, dict[str, float]]:
    """Recall of simpler searches over the same passages."""
    generation = open_current(INDEXES / text)
    count = generation.manifest.passages[text]
    passages = generation.passages(text, range(count))
    vectors = np.stack([generation.vectors[text].reconstruct(row) for row in range(count)])
    asked = load_embedder().encode_questions([question.question for question in questions])
    methods: dict[str, Scores] = {
        "BM25 alone": lambda near, spoken: spoken,
        "vectors alone": lambda near, spoken: near,
        "sum of z-scores": lambda near, spoken: _standard(near) + _standard(spoken),
    }
    ranks: dict[str, list[int]] = {method: [] for method in methods}
    for question, vector in zip(questions, asked, strict=True):
        right = [p.article.id == question.article and p.start < question.end and question.start < p.end for p in passages]
        spoken = generation.keywords[text].scores(question.question, text)
        for method, scores in methods.items():
            order = np.argsort(-scores(vectors @ vector, spoken), kind="stable")
            ranks[method].append(int(np.flatnonzero(np.array(right)[order])[0]) + 1)
    return {method: {f"recall@{k}": float(np.mean([rank <= k for rank in found])) for k in (1, 5, 10)} for method, found in ranks.items()}


def _standard(values: NDArray[np.float32]) -> NDArray[np.float32]:
    standard: NDArray[np.float32] = (values - values.mean()) / (values.std() + 1e-9)
    return standard


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def page(result: dict[str, Any]) -> str:
    """The result as Markdown tables, a column a direction."""
    names = [f"{language}_on_{text}" for language, text in DIRECTIONS]
    head = ["| | " + " | ".join(name.replace("_on_", " → ") for name in names) + " |", "|---" * (len(names) + 1) + "|"]
    simple = [
        _row(f"recall@{k}, {method}", [f"{result[name]['baselines'][method][f'recall@{k}']:.3f}" for name in names])
        for k in (1, 5, 10)
        for method in ("BM25 alone", "vectors alone", "sum of z-scores")
    ]
    ours = [
        _row(f"{figure} ({part})", _cells(result, names, part, figure))
        for part, figures in _SHOWN.items()
        for figure in figures.split(", ")
    ]
    return "\n".join([*head, *simple, *ours, json.dumps(result["seed article"], indent=1, ensure_ascii=False)])


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def _cells(result: dict[str, Any], names: list[str], part: str, figure: str) -> list[str]:
    found = [result[name][part]["figures"][figure] for name in names]
    return [
        "-" if cell is None else f"{cell['value']:.3f}" + (f" ({cell['low']:.2f}-{cell['high']:.2f})" if cell["low"] is not None else "")
        for cell in found
    ]
