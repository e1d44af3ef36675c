"""Makes collections of any size: passages of real sentences mixed anew, vectors of real passages moved along real differences."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import ROOT, SQUAD4
from index.models.embedder import load_embedder
from index.storage.generation import FORMAT, LANGUAGES, PROBES, Manifest, current_folder
from index.storage.generation_writer import Writer, publish, seal
from index.storage.inverted_index import build_keywords
from index.storage.vectors import has_sentences, write_sentences, write_vectors
from index.texts.chunking import PARAMETERS, parts, sentences
from index.types import Article, Language

BUILD = ROOT / "build" / "bench"
REAL = 800  # real passages encoded for each language, where there are as many
PER_ARTICLE = 10  # passages
_BLOCK = 10_000
_SYLLABLES = [consonant + vowel for consonant in "bcdfglmnprstv" for vowel in "aeio"]

Vectors = NDArray[np.float32]


def questions(count: int) -> list[str]:
    """Real questions in both languages, the same ones each time."""
    lines = (line for path in sorted(SQUAD4.glob("questions_*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return random.Random(0).sample(sorted({json.loads(line)["question"] for line in lines}), count)


@cache
def real_texts(language: Language) -> list[str]:
    """Real paragraphs of 200 to 1,500 characters, the same ones each time."""
    paragraphs = [part for path in sorted(SQUAD4.glob(f"articles_{language}*/*.txt")) for part in path.read_text("utf-8").split("\n\n")]
    found = sorted({part for part in paragraphs if 200 <= len(part) <= 1500})
    return random.Random(0).sample(found, min(REAL, len(found)))


def real_vectors(language: Language) -> Vectors:
    """(n, d) their vectors, encoded once and kept in build/bench."""
    place = BUILD / f"real_{language}_{REAL}.npy"
    if not place.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        np.save(place, load_embedder().encode_passages(real_texts(language)))
    found: Vectors = np.load(place)
    return found


def vectors(base: Vectors, count: int) -> Iterator[Vectors]:
    """``count`` unit vectors in blocks: a real one plus 0.2 to 0.8 times the difference of two others and half of two more.

    So neighbours lie along the directions in which real passages differ, the nearest at a cosine of about 0.93.
    """
    for number, start in enumerate(range(0, count, _BLOCK)):
        chance = np.random.default_rng(number)
        size = min(_BLOCK, count - start)
        one, two, three, four = (base[chance.integers(len(base), size=size)] for _ in range(4))
        moved = base[np.arange(start, start + size) % len(base)]
        steps: Vectors = one - two + (three - four) / np.float32(2)
        moved = moved + chance.uniform(0.2, 0.8, (size, 1)).astype(np.float32) * steps
        yield moved / np.linalg.norm(moved, axis=1, keepdims=True)


def texts(language: Language, seed: int = 0) -> Iterator[str]:
    """Endless passages of about 640 characters: four real sentences, and a name and a number of their own."""
    chance, pool = random.Random(seed), _sentences(language)
    while True:
        name = "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3, 3, 4)))).title()
        yield " ".join([*chance.choices(pool, k=4), f"{name} {int(chance.paretovariate(0.5))}."])


@cache
def _sentences(language: Language) -> list[str]:
    return [text[start:end] for text in real_texts(language) for start, end in sentences(text, language) if 60 < end - start < 300]


def made(count: int) -> Path:
    """The index folder of a collection of ``count`` passages, half of them in each language; kept in build/bench."""
    index = BUILD / f"index-{FORMAT}-{count}"
    if current_folder(index):
        return index
    shutil.rmtree(index, ignore_errors=True)
    folder = index / "generations" / "made"
    writer = Writer(folder)
    for language in LANGUAGES:
        real_vectors(language)
        stream = texts(language)
        for number in range(count // len(LANGUAGES) // PER_ARTICLE):
            writer.add(*_article(f"{language}/{number}", language, list(islice(stream, PER_ARTICLE))))
    writer.close()
    with ProcessPoolExecutor(len(LANGUAGES)) as pool:
        list(pool.map(_write, LANGUAGES, [folder] * 2, [writer.counts[language] for language in LANGUAGES]))
    embedder = load_embedder()
    probes = dict(zip(PROBES, embedder.encode_passages(PROBES).tolist(), strict=True))
    seal(folder, Manifest(FORMAT, embedder.name, embedder.fingerprint, embedder.dimension, PARAMETERS, {}, writer.counts, probes, {}))
    publish(index, folder)
    return index


def _article(id: str, language: Language, passages: list[str]) -> tuple[Article, list[tuple[int, int]]]:
    ends = np.cumsum([len(text) + 2 for text in passages]).tolist()
    spans = [(end - 2 - len(text), end - 2) for text, end in zip(passages, ends, strict=True)]
    return Article(id, id, None, None, language, "\n\n".join(passages)), spans


def _write(language: Language, folder: Path, count: int) -> None:
    base = real_vectors(language)
    (folder / language).mkdir()
    write_vectors(folder / language, count, lambda: (row for block in vectors(base, count) for row in block))
    if has_sentences(count):
        moved = (row for block in vectors(base, count) for row in block)
        write_sentences(folder / language, map(_around, moved, (len(parts(text, language)) for text in texts(language))))
    build_keywords(islice(texts(language), count), language, folder / language / "keywords")


def _around(vector: Vectors, count: int) -> Vectors:
    """(count, d) unit vectors of a passage's sentences, at a cosine of about 0.9 to its own."""
    moved = vector + np.random.default_rng(count).normal(scale=0.5 / len(vector) ** 0.5, size=(count, len(vector))).astype(np.float32)
    found: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return found


def exact(language: Language, count: int, asked: Vectors) -> NDArray[np.int64]:
    """(q, 10) the rows of the true nearest vectors, compared with every one."""
    import faiss

    heap = faiss.ResultHeap(len(asked), 10, keep_max=True)
    start = 0
    for block in vectors(real_vectors(language), count):
        scores, rows = faiss.knn(asked, block, 10, metric=faiss.METRIC_INNER_PRODUCT)
        heap.add_result(scores, rows + start)
        start += len(block)
    heap.finalize()
    found: Any = heap.I
    return np.asarray(found, np.int64)
