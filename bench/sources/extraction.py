"""What comes back of 11 known articles put into 13 forms of files: words in order, foreign words, whole paragraphs, answers.

Tokens are runs of letters and digits. Recovered: the longest common subsequence of the tokens put in and of those read, as a share of
the former; foreign: the rest of those read, as a share of them. `QUESTIONS=0` leaves the questions out, which take most of the time.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import LCSseq

from bench import EVAL, SQUAD4
from bench.sources._documents import FORMS, Made, articles, documents
from index.engine import Engine
from index.evaluation.report import Question, ask_all, figures, read_questions
from index.sources.errors import DocumentRefused
from index.sources.extraction import extract
from index.sources.types import Document

QUESTIONS = int(os.environ.get("QUESTIONS", "60"))
BUILD = Path("build/extraction")
TEXTS = BUILD / "texts"
PLAIN = "plain text"
ASKED = ("newspaper.html", "typed.pdf", "columns.pdf", "docx", "epub", "latin-1.txt", "utf-16.txt")
"""One form of each kind, and the two PDFs that differ most, are asked questions."""


def run() -> dict[str, Any]:
    """A row for each form of file, and the figures of the same questions on what was read of each form and on the plain text."""
    made = documents()
    result: dict[str, Any] = {
        "documents": len(made),
        "forms": {form: _form([each for each in made if each.form == form]) for form in FORMS},
    }
    if QUESTIONS:
        _write(PLAIN, ((article.name, Document(article.plain, article.title)) for article in articles()))
        questions = _questions()
        known: dict[str, dict[str, float]] = {}
        result["questions"] = {"asked": len(questions)} | {form: _answers(form, questions, known) for form in [PLAIN, *ASKED]}
    return result


def _form(made: list[Made]) -> dict[str, Any]:
    """The means and worst cases of all files of a form; for one that must be refused, how many were."""
    started = time.perf_counter()
    read = [_read(each) for each in made]
    seconds = (time.perf_counter() - started) / len(made)
    found = [(each, document) for each, document in zip(made, read, strict=True) if document]
    if not found:
        return {"files": len(made), "refused": len(made)}
    _write(made[0].form, ((each.article.name, document) for each, document in found))
    recovered, foreign = zip(*(_words(document.text, each.article.text) for each, document in found), strict=True)
    return {
        "files": len(made), "refused": len(made) - len(found),
        "recovered": _round(np.mean(recovered)), "least recovered": _round(min(recovered)),
        "foreign": _round(np.mean(foreign)), "most foreign": _round(max(foreign)),
        "whole paragraphs": _round(np.mean([_whole(document.text, each) for each, document in found])),
        **{name: sum(getattr(document, name) == getattr(each.article, name) for each, document in found)
           for name in ("title", "author", "published", "language")},
        "seconds": _round(seconds),
    }  # fmt: skip


def _read(made: Made) -> Document | None:
    try:
        return extract(made.path.read_bytes(), made.path.name)
    except DocumentRefused as error:
        print(error, file=sys.stderr)
        return None


def _words(found: str, known: str) -> tuple[float, float]:
    read, put = (re.findall(r"\w+", text) for text in (found, known))
    common = LCSseq.similarity(read, put)
    return common / len(put), 1 - common / max(1, len(read))


def _whole(found: str, made: Made) -> float:
    """The share of the headings, paragraphs, items and rows that were put in and came back as one line each, letter by letter."""
    lines = {re.sub(r"\A(?:## |- )", "", line.replace("\f", " ").strip()) for line in found.split("\n")}
    put = [line for line in made.article.text.split("\n") if line]
    return sum(line in lines for line in put) / len(put)


def _round(value: Any) -> float:
    return round(float(value), 4)


def _write(form: str, documents: Iterable[tuple[str, Document]]) -> None:
    folder = TEXTS / form
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents:
        title = f"---\ntitle: {json.dumps(document.title or name, ensure_ascii=False)}\n---\n"
        (folder / f"{name}.md").write_text(title + document.text, encoding="utf-8")


def _questions() -> list[Question]:
    """Half on the first article, half a sample of those on the other ten, judged by the words of the quote: the places differ by form."""
    names = {article.name for article in articles()}
    paths = [SQUAD4 / f"questions_{pair}.jsonl" for pair in ("it_on_it", "en_on_it", "en_on_en", "it_on_en")]
    others = [question for path in paths for question in read_questions(path) if question.article in names and question.answerable]
    seed = read_questions(EVAL / "seed_article_questions.jsonl")
    random.Random(7).shuffle(others)
    return [replace(question, article=None) for question in [*seed[: QUESTIONS // 2], *others[: QUESTIONS - QUESTIONS // 2]]]


def _answers(form: str, questions: list[Question], known: dict[str, dict[str, float]]) -> dict[str, float]:
    """The figures of a form's texts. One index serves all forms, since it encodes only passages that differ; equal texts are asked once."""
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted((TEXTS / form).iterdir()))
    if texts not in known:
        known[texts] = _asked(form, questions)
    return known[texts]


def _asked(form: str, questions: list[Question]) -> dict[str, float]:
    index = BUILD / "index"
    command = [sys.executable, "-m", "bot", "build", "--articles", str(TEXTS / form), "--index", str(index)]
    subprocess.run(command, check=True, stdout=sys.stderr)
    engine = Engine.load(index, announce=lambda line: print(line, file=sys.stderr))
    found = figures(ask_all(engine, questions))
    return {name: _round(found[name]["value"]) for name in ("recall@1", "recall@5", "quote accuracy")}


def page(result: dict[str, Any]) -> str:
    """The result as the two Markdown tables of docs/extraction.md."""
    shares = ("recovered", "least recovered", "foreign", "most foreign", "whole paragraphs")
    counts = ("title", "author", "published", "language")
    lines = ["| file | " + " | ".join((*shares, *counts, "seconds")) + " |", "|---" * 11 + "|"]
    for form, row in result["forms"].items():
        cells = [f"{100 * row[name]:.2f} %" for name in shares] if "recovered" in row else ["refused"] * len(shares)
        told = [f"{row[name]}/{row['files']}" if name in row else "-" for name in counts]
        lines.append(f"| {form} | " + " | ".join([*cells, *told, f"{row['seconds']:.1f}" if "seconds" in row else "-"]) + " |")
    if "questions" in result:
        asked = {form: row for form, row in result["questions"].items() if form != "asked"}
        lines += ["", "| text | " + " | ".join(asked[PLAIN]) + " |", "|---|---|---|---|"]
        lines += [f"| {form} | " + " | ".join(f"{value:.3f}" for value in row.values()) + " |" for form, row in asked.items()]
    return "\n".join(lines)
