"""Seconds of a build of a thousand articles: in full, with nothing changed, and with one article changed."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from bench.speed._made import texts
from index.models.embedder import load_embedder
from index.storage.build import BuildReport, build_index
from index.storage.generation import LANGUAGES

ARTICLES, PASSAGES = 1000, 3  # an article of 1,900 characters


def run() -> dict[str, Any]:
    """Builds in a temporary folder with the bundled model, which is loaded before; a minute or two."""
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as place:
        articles, index = Path(place, "articles"), Path(place, "index")
        articles.mkdir()
        for number in range(ARTICLES):
            _write(articles, number, seed=number)
        full = build_index(articles, index, embedder)
        unchanged = [build_index(articles, index, embedder) for _ in range(3)]
        one = []
        for turn in range(3):
            _write(articles, turn, seed=ARTICLES + turn)
            one.append(build_index(articles, index, embedder))
    middle = sorted(one, key=lambda report: report.seconds)[1]
    return {
        "full": _figures(full),
        "unchanged": _figures(sorted(unchanged, key=lambda report: report.seconds)[1]),
        "one_of_a_thousand": _figures(middle),
        "one_to_full_ratio": round(middle.seconds / full.seconds, 4),
    }


def _write(folder: Path, number: int, seed: int) -> None:
    language = LANGUAGES[number % 2]
    text = "\n\n".join(islice(texts(language, seed), PASSAGES))
    (folder / f"{number}.txt").write_text(text + "\n", encoding="utf-8")


def _figures(report: BuildReport) -> dict[str, Any]:
    return {"passages": report.passages, "encoded": report.encoded, "seconds": round(report.seconds, 2)}
