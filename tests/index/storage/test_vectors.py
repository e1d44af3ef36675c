"""Vectors on disk: exact when few, coded when many."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from index.engine import Engine
from index.storage.build import build_index
from index.storage.generation import current, open_current
from index.storage.vectors import Coded, nearest, read_sentences, read_vectors, write_sentences, write_vectors
from tests.conftest import FakeEmbedder
from tests.index.storage.test_faults import versions, write_articles


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    """(400, 32) unit vectors around 20 centres."""
    chance = np.random.default_rng(0)
    found = (np.repeat(chance.normal(size=(20, 32)), 20, axis=0) + 0.3 * chance.normal(size=(400, 32))).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than nine vectors are many."""
    monkeypatch.setattr("index.storage.vectors.EXACT", 9)
    faiss.omp_set_num_threads(2)


def test_few_vectors_are_kept_as_they_are(tmp_path: Path, vectors: NDArray[np.float32]) -> None:
    """A small collection reads back bit for bit, and every vector is compared."""
    write_vectors(tmp_path, 400, lambda: vectors)
    index = read_vectors(tmp_path)
    assert isinstance(index, faiss.IndexFlat)
    np.testing.assert_array_equal(index.reconstruct_batch(np.array([3, 399])), vectors[[3, 399]])


def test_many_vectors_are_found_by_their_codes(tmp_path: Path, vectors: NDArray[np.float32], many: None) -> None:
    """A large collection finds each vector as its own nearest, and 12 bits a number come within a thousandth on average."""
    write_vectors(tmp_path, 400, lambda: vectors)
    index = read_vectors(tmp_path)
    assert isinstance(index, Coded)
    assert (index.ntotal, index.d) == (400, 32)
    assert index.search(vectors, 10)[1][:, 0].tolist() == list(range(400))
    read = index.reconstruct_batch(np.arange(400))
    np.testing.assert_array_equal(index.reconstruct(7), read[7])
    assert np.linalg.norm(read - vectors, axis=1).mean() < 1e-3


def test_sentences_of_passages(tmp_path: Path, vectors: NDArray[np.float32]) -> None:
    """Each passage has its own, in order, to 8 bits a number; a question is as near to a passage as to the nearest of them."""
    assert read_sentences(tmp_path) is None
    counts = [2, 1, 5]
    stacks = np.split(vectors[: sum(counts)], np.cumsum(counts)[:-1])
    write_sentences(tmp_path, stacks)
    read = read_sentences(tmp_path)
    assert read is not None
    for row, stack in enumerate(stacks):
        np.testing.assert_allclose(read.of(row), stack, atol=4e-3)
    (tmp_path / "again").mkdir()
    write_sentences(tmp_path / "again", (read.of(row) for row in range(3)))
    for name in ("codes.npy", "scales.npy", "first.npy"):
        assert (tmp_path / "again" / "sentences" / name).read_bytes() == (tmp_path / "sentences" / name).read_bytes()
    rows = np.array([2, 0])
    np.testing.assert_allclose(read.best(vectors[9], rows), [(stacks[row] @ vectors[9]).max() for row in rows], atol=1e-2)
    assert read.best(vectors[9], rows[:0]).shape == (0,)


@pytest.mark.parametrize("exact", [9, 400])
def test_nearest_of_some(tmp_path: Path, vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch, exact: int) -> None:
    """Among marked vectors the nearest ones are found in either kind of index as if all were compared; none is marked, none is found."""
    monkeypatch.setattr("index.storage.vectors.EXACT", exact)
    write_vectors(tmp_path, 400, lambda: vectors)
    index, marked = read_vectors(tmp_path), np.arange(400) % 40 == 3
    assert isinstance(index, Coded) == (exact == 9)
    best = sorted(np.flatnonzero(marked), key=lambda row: -float(vectors[row] @ vectors[0]))
    assert nearest(index, vectors[0], 3, marked).tolist() == best[:3]
    assert sorted(nearest(index, vectors[0], 100, marked).tolist()) == list(range(3, 400, 40))
    assert nearest(index, vectors[0], 3, np.zeros(400, np.bool_)).tolist() == []


def test_vectors_do_not_drift_from_build_to_build(tmp_path: Path, vectors: NDArray[np.float32], many: None) -> None:
    """Vectors that are read and written again ten times stay as near to the first ones as after the first time."""
    write_vectors(tmp_path, 400, lambda: vectors)
    for turn in range(10):
        index = read_vectors(tmp_path)
        read = index.reconstruct_batch(np.arange(400))
        tmp_path = tmp_path / str(turn)
        tmp_path.mkdir()
        write_vectors(tmp_path, 400, lambda read=read: read, index)  # type: ignore[misc]
    again = read_vectors(tmp_path).reconstruct_batch(np.arange(400))
    assert np.linalg.norm(again - vectors, axis=1).mean() < 1e-3


def test_large_collection_is_rebuilt_like_a_small_one(tmp_path: Path, many: None) -> None:
    """Past the limit a build makes coded vectors, reuses them for what did not change, and answers."""
    write_articles(tmp_path / "articles", "first", 160)
    build_index(tmp_path / "articles", tmp_path / "index", FakeEmbedder())
    (tmp_path / "articles" / "0.txt").write_text("Il mare\n\nIl mare è salato. Siamo nella versione first.\n", encoding="utf-8")
    assert build_index(tmp_path / "articles", tmp_path / "index", FakeEmbedder()).encoded == 1
    assert isinstance(open_current(tmp_path / "index").vectors["it"], Coded)
    assert (current(tmp_path / "index") / "it" / "fine.faiss").exists()
    assert versions(Engine(tmp_path / "index", FakeEmbedder())) == {"first."}
