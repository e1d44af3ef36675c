"""Web pages that nobody here made: what is read of the evaluation sets of trafilatura and go-trafilatura, beside trafilatura itself.

`SETS` names a checkout of either (or both, with a colon between); `EVERY` measures each n-th page. Of each page some strings must be
read and others not. Precision: of the strings read, those that must be; recall: of those that must be, those read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import ChiediError
from index.sources.formats.html import parse

SETS = [Path(name) for name in os.environ.get("SETS", "").split(":") if name]
EVERY = int(os.environ.get("EVERY", "1"))
FOLDERS = ("tests/eval", "tests/cache", "test-files/comparison")
Reading = Callable[[bytes], str]


def run() -> dict[str, Any]:
    """Precision, recall and F1 of each reading, for each set."""
    return {folder.name: _figures(folder) for folder in SETS}


def _figures(folder: Path) -> dict[str, Any]:
    pages = [(path, entry) for entry in _entries(folder) if (path := _page(folder, entry["file"]))][::EVERY]
    return {"pages": len(pages)} | {name: _figure(reading, pages) for name, reading in READINGS.items()}


def _entries(folder: Path) -> list[dict[str, Any]]:
    """From the JSON of trafilatura, or the Go source of go-trafilatura."""
    if (known := folder / "tests/evaldata.json").exists():
        return [entry for _, entry in sorted(json.loads(known.read_text(encoding="utf-8")).items())]
    source = (folder / "scripts/comparison/data.go").read_text(encoding="utf-8")
    found = re.findall(r'File:\s+("(?:[^"\\]|\\.)*"),(.*?)\n\t\},', source, re.DOTALL)
    return [
        {"file": json.loads(name), "with": _strings("With", rest), "without": _strings("Without", rest)}
        for name, rest in sorted(dict(found).items())
    ]


def _strings(field: str, source: str) -> list[str]:
    listed = re.search(rf"\t{field}:\s+\[\]string\{{(.*?)\}},?\n", source + "\n", re.DOTALL)
    return [json.loads(text) for text in re.findall(r'"(?:[^"\\]|\\.)*"', listed[1])] if listed else []


def _page(folder: Path, name: str) -> Path | None:
    return next((path for below in FOLDERS if (path := folder / below / name).exists()), None)


def _figure(reading: Reading, pages: list[tuple[Path, dict[str, Any]]]) -> dict[str, float]:
    right = missed = wrong = 0
    for path, entry in pages:
        text = _spaced(re.sub(r"^(?:## |- )", "", reading(path.read_bytes()), flags=re.MULTILINE))
        found = sum(_spaced(string) in text for string in entry["with"])
        right, missed = right + found, missed + len(entry["with"]) - found
        wrong += sum(_spaced(string) in text for string in entry["without"])
    precision, recall = right / (right + wrong), right / (right + missed)
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "F1": round(f1, 3)}


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _chiedi(page: bytes) -> str:
    try:
        return parse(page, None).text
    except ChiediError:
        return ""


def _trafilatura(**options: bool) -> Reading:
    from trafilatura import extract

    return lambda page: extract(page, include_comments=False, **options) or ""  # type: ignore[arg-type]


READINGS: dict[str, Reading] = {
    "Chiedi": _chiedi,
    "trafilatura": _trafilatura(),
    "trafilatura, recall": _trafilatura(favor_recall=True),
    "trafilatura, precision": _trafilatura(favor_precision=True),
}


def page(result: dict[str, Any]) -> str:
    """The table of docs/extraction.md."""
    lines = ["| set | reading | precision | recall | F1 |", "|---|---|---|---|---|"]
    for name, figures in result.items():
        for reading in READINGS:
            cells = " | ".join(f"{value:.3f}" for value in figures[reading].values())
            lines.append(f"| {name}, {figures['pages']} pages | {reading} | {cells} |")
    return "\n".join(lines)
