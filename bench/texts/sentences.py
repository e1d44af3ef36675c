"""Sentence segmentation libraries on the fifty hard cases of tests/data/sentences.jsonl: cases right, speed, import (processor time).

The libraries that were not chosen are optional: `pip install pysbd==0.3.4 syntok==1.4.4 segtok==1.5.11 blingfire==0.1.8 spacy==3.8.18`.
Every library gets one line of the text at a time, as index/texts/chunking.py does; white space is not compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from bench import ROOT, table
from index.texts.chunking import sentences

Segment = Callable[[str, str], Iterable[str]]
WRAPPED = "a line wrapped in the middle of a sentence"


def run() -> dict[str, Any]:
    """One row per library that is installed, and one for index.chunking as it is."""
    cases = [json.loads(line) for line in (ROOT / "tests" / "data" / "sentences.jsonl").read_text(encoding="utf-8").splitlines()]
    article = (ROOT / "data" / "articles" / "putin-in-kazakistan.md").read_text(encoding="utf-8").partition("---\n")[2]
    rows = []
    for name, (module, make) in LIBRARIES.items():
        try:
            segment = make(import_module(module))
        except ImportError:
            continue
        rows.append(_row(name, module, segment, cases, article))
    return {"cases": len(cases), "libraries": rows}


def page(result: dict[str, Any]) -> str:
    """The table of docs/chunking.md."""
    return table(result["libraries"])


def _row(name: str, module: str, segment: Segment, cases: list[dict[str, Any]], article: str) -> dict[str, Any]:
    right = {language: sum(_is_right(segment, case) for case in cases if case["language"] == language) for language in ("it", "en")}
    began, count = time.process_time(), 0
    while time.process_time() - began < 1:
        count += sum(len(list(segment(line, "it"))) for line in article.split("\n"))
    speed = round(count / (time.process_time() - began), -1)
    return {"library": name, "right": sum(right.values()), **right, "per_second": int(speed), "import_ms": _import_ms(module)}


def _is_right(segment: Segment, case: dict[str, Any]) -> bool:
    lines = [case["text"]] if case["why"] == WRAPPED else case["text"].split("\n")
    found = ["".join(sentence.split()) for line in lines for sentence in segment(line, case["language"])]
    return [sentence for sentence in found if sentence] == ["".join(sentence.split()) for sentence in case["sentences"]]


def _import_ms(module: str) -> float:
    """The best of three fresh processes."""
    code = f"import time; began = time.process_time(); import {module}; print(1000 * (time.process_time() - began))"
    times = [float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True).stdout) for _ in range(3)]
    return round(min(times), 1)


def _pysbd(module: Any) -> Segment:
    made = {language: module.Segmenter(language=language, clean=False) for language in ("it", "en")}
    return lambda text, language: made[language].segment(text)


def _spacy(module: Any) -> Segment:
    made = {language: module.blank(language) for language in ("it", "en")}
    for pipeline in made.values():
        pipeline.add_pipe("sentencizer")
    return lambda text, language: [sentence.text for sentence in made[language](text).sents]


def _syntok(module: Any) -> Segment:
    return lambda text, language: [
        "".join(token.spacing + token.value for token in sentence) for paragraph in module.process(text) for sentence in paragraph
    ]


LIBRARIES: dict[str, tuple[str, Callable[[Any], Segment]]] = {
    "index.texts.chunking": (
        "index.texts.chunking",
        lambda module: lambda text, language: [text[a:b] for a, b in sentences(text, "it" if language == "it" else "en")],
    ),
    "sentencex": ("sentencex", lambda module: lambda text, language: module.segment(language, text)),
    "pysbd": ("pysbd", _pysbd),
    "blingfire": ("blingfire", lambda module: lambda text, language: module.text_to_sentences(text).split("\n")),
    "syntok": ("syntok.segmenter", _syntok),
    "segtok": ("segtok.segmenter", lambda module: lambda text, language: module.split_multi(text)),
    "spacy sentencizer": ("spacy", _spacy),
}
