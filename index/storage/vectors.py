"""Vectors on disk: all compared as they are in a small collection, by a rough code in a large one.

A small collection also has the vectors of each passage's sentences: what a passage says in one sentence its own vector blurs.

A large collection has three codes of each vector (Jégou et al. 2011, doi:10.1109/TPAMI.2010.57 and 10.1109/ICASSP.2011.5946540). The
rough one, 4 bits for every three principal directions, is read in full by table look-ups in registers (André et al. 2015,
doi:10.14778/2856318.2856324, as FAISS does it) and names some hundreds, which 8 bits a number rank; 4 bits more of what those miss
make the cosines that retrieval uses. bench/README.md compares it with inverted lists and a graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.arrays import save

Vectors = NDArray[np.float32]
EXACT = 20_000  # vectors up to which all are compared as they are: some milliseconds
WIDTH = 8  # for one vector wanted, those that the rough code names
_PART = 3  # principal directions that share 4 bits
_SAMPLE = 30_000  # vectors at least, where there are as many, from which the codes are learnt
_BLOCK = 8192  # vectors held as float32 at a time
_FAISS: Any = faiss  # its stubs name other arguments than its Python classes take
_SPANS = {faiss.ScalarQuantizer.QT_8bit: 4.0, faiss.ScalarQuantizer.QT_4bit: 1.8}
"""How many standard deviations around the mean a code spans: what the first misses is spread evenly, that is 1.73 to either side."""


class Coded:
    """Three codes of each vector; answers to the names of a FAISS index that are used here."""

    def __init__(self, rough: Any, codes: Any, fine: Any) -> None:
        self.rough, self.codes, self.fine = rough, codes, fine
        self.ntotal, self.d = codes.ntotal, codes.d
        self._ranked = _FAISS.IndexRefine(rough, codes)
        self._ranked.k_factor = WIDTH

    def search(self, questions: Vectors, count: int, *, params: Any = None) -> tuple[Vectors, NDArray[np.int64]]:
        """(q, count) products by 8 bits a number, best first, and their rows; -1 where there are fewer.

        With ``params``, which choose among the vectors, the rough code is left out.
        """
        index = self._ranked if params is None else self.codes
        found: tuple[Vectors, NDArray[np.int64]] = index.search(questions, count, params=params)
        return found

    def reconstruct(self, row: int) -> Vectors:
        """(d,) the vector of a row by 12 bits a number."""
        vector: Vectors = self.codes.reconstruct(row) + self.fine.reconstruct(row)
        return vector

    def reconstruct_batch(self, rows: NDArray[np.int64]) -> Vectors:
        """(n, d) the vectors of these rows by 12 bits a number."""
        vectors: Vectors = self.codes.reconstruct_batch(rows) + self.fine.reconstruct_batch(rows)
        return vectors


class Sentences:
    """The vectors of the sentences of each passage, 8 bits a number on a scale of the vector's own."""

    def __init__(self, folder: Path) -> None:
        self._codes, self._scales = (np.load(folder / name, mmap_mode="r") for name in ("codes.npy", "scales.npy"))
        self._first = np.load(folder / "first.npy")  # the row of each passage's first sentence, and one more at the end

    def of(self, row: int) -> Vectors:
        """(s, d) the vectors of a passage's sentences, in order."""
        rows = slice(*self._first[row : row + 2].tolist())
        vectors: Vectors = self._codes[rows] * self._scales[rows, None]
        return vectors

    def best(self, question: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """(n,) the highest product of a (d,) question with a sentence of each of these passages."""
        if not len(rows):
            return np.empty(0, np.float32)
        counts = self._first[rows + 1] - self._first[rows]
        starts = np.cumsum(counts) - counts
        wanted = np.arange(counts.sum()) + np.repeat(self._first[rows] - starts, counts)
        products = self._codes[wanted].astype(np.float32) @ question * self._scales[wanted]
        highest: Vectors = np.maximum.reduceat(products, starts)
        return highest


def has_sentences(count: int) -> bool:
    """Whether a collection of so many passages keeps the vectors of their sentences."""
    return count <= EXACT


def read_sentences(folder: Path) -> Sentences | None:
    """What ``write_sentences`` wrote, None where it did not."""
    return Sentences(folder / "sentences") if (folder / "sentences").exists() else None


def write_sentences(folder: Path, sentences: Iterable[Vectors]) -> None:
    """Writes the (s, d) vectors of each passage's sentences, s at least 1. Raises OSError when the disk is full.

    Vectors that were read from an older index are written as the same bits again.
    """
    codes, scales = [], []
    for vectors in sentences:
        scales.append(np.abs(vectors).max(1) / 127)
        codes.append(np.rint(vectors / scales[-1][:, None]).astype(np.int8))
    (folder / "sentences").mkdir()
    made = {"codes": np.concatenate(codes), "scales": np.concatenate(scales), "first": np.cumsum([0, *map(len, scales)])}
    for name, values in made.items():
        save(folder / "sentences" / f"{name}.npy", values)


def read_vectors(folder: Path) -> Any:
    """The index that ``write_vectors`` wrote; most of a large one stays on disk. Raises RuntimeError when FAISS cannot read it."""
    index = faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP_IFC)
    if not (folder / "fine.faiss").exists():
        return index
    rough, fine = (faiss.read_index(str(folder / f"{name}.faiss"), faiss.IO_FLAG_MMAP_IFC) for name in ("rough", "fine"))
    return Coded(rough, index, fine)


def nearest(index: Any, question: Vectors, count: int, within: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """The rows of at most ``count`` vectors nearest to a (d,) question, best first; with ``within``, (n,), of those it marks."""
    faiss.omp_set_num_threads(1)  # of this thread: a team spends more on waiting for its slowest than one question takes
    params = None
    if within is not None:
        params = _FAISS.SearchParameters(sel=_FAISS.IDSelectorBitmap(np.packbits(within, bitorder="little")))
    _, rows = index.search(question[None], min(count, index.ntotal), params=params)
    found: NDArray[np.int64] = rows[0][rows[0] >= 0]
    return found


def write_vectors(folder: Path, count: int, vectors: Callable[[], Iterable[Vectors]], like: Any = None) -> None:
    """Writes ``count`` unit vectors, (d,) each, as an inner-product index; row i is the i-th one. Raises OSError when the disk is full.

    ``vectors()`` is called twice for a large collection. ``like`` is an older index, whose 12 bits are taken over, so that vectors
    that were read from it are written as the same bits again.
    """
    made = _exact(vectors) if count <= EXACT else _coded(vectors, count, like if isinstance(like, Coded) else None)
    for name, index in made.items():
        _write(folder / f"{name}.faiss", index)


def _exact(vectors: Callable[[], Iterable[Vectors]]) -> dict[str, Any]:
    index = faiss.IndexFlatIP(len(next(iter(vectors()))))
    for block in _blocks(vectors()):
        index.add(block)
    return {"vectors": index}


def _coded(vectors: Callable[[], Iterable[Vectors]], count: int, like: Coded | None) -> dict[str, Any]:
    sample = np.stack(list(islice(vectors(), 0, None, max(1, count // _SAMPLE))))
    rough = _rough(sample)
    codes = _scalar(faiss.ScalarQuantizer.QT_8bit, sample, like and like.codes)
    fine = _scalar(faiss.ScalarQuantizer.QT_4bit, sample - codes.sa_decode(codes.sa_encode(sample)), like and like.fine)
    for block in _blocks(vectors()):
        rough.add(block)
        codes.add(block)
        fine.add(block - codes.reconstruct_n(fine.ntotal, len(block)))
    return {"rough": rough, "vectors": codes, "fine": fine}


def _write(path: Path, index: Any) -> None:
    with path.open("wb") as file:  # faiss.write_index can leave a truncated file on a full disk without a word
        file.write(faiss.serialize_index(index).data)


def _blocks(vectors: Iterable[Vectors]) -> Iterator[Vectors]:
    rows = iter(vectors)
    while block := list(islice(rows, _BLOCK)):
        yield np.stack(block)


def _rough(sample: Vectors) -> Any:
    """An empty rough index: the principal directions are dealt out so that every 4 bits carry about as much."""
    parts = sample.shape[1] // _PART
    turn = faiss.PCAMatrix(sample.shape[1], parts * _PART)
    turn.balanced_bins = parts
    turn.train(sample)
    turn.have_bias = False  # a shift would add something to the products that differs from vector to vector
    index = faiss.IndexPreTransform(turn, faiss.IndexPQFastScan(turn.d_out, parts, 4, faiss.METRIC_INNER_PRODUCT))
    index.train(sample)
    return index


def _scalar(kind: Any, sample: Vectors, like: Any) -> Any:
    """An empty index of so many bits a number, with the spans of ``like`` when there is one."""
    index = faiss.IndexScalarQuantizer(sample.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if like is not None:
        index.sq, index.is_trained = like.sq, True
        return index
    index.sq.rangestat, index.sq.rangestat_arg = faiss.ScalarQuantizer.RS_meanstd, _SPANS[kind]
    index.train(sample)
    return index
