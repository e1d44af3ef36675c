"""What many tests share: a small collection, an embedder that can be computed by hand, an index made with it."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from index.storage.build import build_index

settings.register_profile("chiedi", deadline=None)  # machines are shared; nothing here asserts a time
settings.load_profile("chiedi")

ARTICLES = {
    "uranium.txt": "Uranio in Asia\n\nIl Kazakistan produce il 43% dell’uranio mondiale. La centrale sarà costruita da Rosatom.\n",
    "lakes.txt": "Lakes\n\nLake Como is 146 square kilometres large. The deepest lake of the world is Lake Baikal in Siberia.\n",
    "como.txt": "Il lago\n\nIl lago di Como è profondo 410 metri. Molti turisti visitano Bellagio in estate.\n",
}


class FakeEmbedder:
    """Deterministic vectors: each word adds one of 64 axes, chosen by its SHA-256; equal texts are equal, shared words are near."""

    name = "fake"
    fingerprint = "fake-fingerprint"
    dimension = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self.encoded += texts
        if progress:
            for done in range(len(texts)):
                progress(done + 1)
        return self._vectors(texts)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimension), 1e-3, np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                vector[sha256(word.encode()).digest()[0] % self.dimension] += 1
        units: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return units


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with two Italian articles and an English one."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path, articles: Path, embedder: FakeEmbedder) -> Path:
    """The index of those articles; the embedder has forgotten what it encoded for it."""
    build_index(articles, tmp_path / "index", embedder)
    embedder.encoded.clear()
    return tmp_path / "index"
