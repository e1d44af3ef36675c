"""Writes `data/lexicon`: which stems of Italian and English mean the same, as the bundled encoder sees their words.

    pip install wordfreq==3.1.1 && python training/lexicon.py --vectors build/words

Each of the 25,000 most frequent words of a language is encoded by itself, as a question and as a passage. Words are compared by cosine less
the mean of each one's ten nearest, which keeps the words that are near to everything from being near to all (CSLS: Conneau, Lample,
Ranzato, Denoyer, Jégou 2018, arXiv:1710.04087, section 2.3). The vectors are kept below --vectors and read again when there.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.bundled import LEXICON
from index.models.embedder import load_embedder
from index.texts.translations import OTHER
from index.texts.words import words
from index.types import Language

WORDS, NEAREST, TRANSLATIONS, LEAST = 25_000, 10, 3, -0.1
Vectors = NDArray[np.float32]


def main() -> None:
    """Writes one file for each direction: a stem, a tab, its translations with a space between, the likeliest first."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--vectors", type=Path, default=Path("build/words"))
    folder = options.parse_args().vectors
    folder.mkdir(parents=True, exist_ok=True)
    (italian, one), (english, other) = vocabulary("it", folder), vocabulary("en", folder)
    likeness = csls(one, other)
    LEXICON.mkdir(exist_ok=True)
    write("it", italian, english, likeness)
    write("en", english, italian, likeness.T)


def vocabulary(language: Language, folder: Path) -> tuple[list[str], Vectors]:
    """The stems of the most frequent words and their vectors, without the words that are commoner in the other language."""
    from wordfreq import zipf_frequency

    listed = frequent(language)
    own = np.array([zipf_frequency(word, language) >= zipf_frequency(word, OTHER[language]) for word in listed])
    vectors = encoded(listed, folder / f"{language}.npy")[own]
    return [words(word, language)[0] for word, kept in zip(listed, own, strict=True) if kept], vectors


def frequent(language: Language) -> list[str]:
    """The most frequent words of three letters and more that are no stop words."""
    from wordfreq import top_n_list

    listed = top_n_list(language, 40_000)
    return [word for word in listed if re.fullmatch(r"[^\W\d_]{3,}", word) and words(word, language)][:WORDS]


def encoded(listed: list[str], path: Path) -> Vectors:
    """(n, 2d) unit vectors: the word as a question beside the word as a passage, each without its mean."""
    if not path.exists():
        embedder = load_embedder()
        sides = embedder.encode_questions(listed), embedder.encode_passages(listed)
        np.save(path, np.stack(sides).astype(np.float16))
    questions, passages = np.load(path).astype(np.float32)
    return centred(np.concatenate([centred(questions), centred(passages)], axis=1))


def centred(vectors: Vectors) -> Vectors:
    apart = vectors - vectors.mean(axis=0)
    return np.asarray(apart / np.linalg.norm(apart, axis=1, keepdims=True), np.float32)


def csls(one: Vectors, other: Vectors) -> Vectors:
    """(n, m) twice the cosine less the mean cosine of each side's nearest."""
    cosines = one @ other.T
    rows = np.partition(cosines, -NEAREST, axis=1)[:, -NEAREST:].mean(axis=1)
    columns = np.partition(cosines, -NEAREST, axis=0)[-NEAREST:].mean(axis=0)
    return np.asarray(2 * cosines - rows[:, None] - columns[None], np.float32)


def write(language: Language, sources: list[str], targets: list[str], likeness: Vectors) -> None:
    """The translations of a stem are those of any of its words."""
    found: dict[str, dict[str, float]] = {}
    for source, row in zip(sources, likeness, strict=True):
        near = found.setdefault(source, {})
        for place in np.argsort(-row)[: 4 * TRANSLATIONS]:
            if row[place] > LEAST:
                near[targets[place]] = max(float(row[place]), near.get(targets[place], LEAST))
    lines = [f"{source}\t{' '.join(sorted(near, key=lambda stem: -near[stem])[:TRANSLATIONS])}" for source, near in found.items() if near]
    (LEXICON / f"{language}-{OTHER[language]}.tsv").write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
