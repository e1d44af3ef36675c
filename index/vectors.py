"""Vectors on disk: every one compared in a small collection; inverted lists of 8-bit codes, memory-mapped, in a large one.

Inverted lists with scalar quantisation of the difference to the list's centre, and the ranking refined by a second, 4-bit code of
what the first one missed (Jégou et al. 2011, doi:10.1109/ICASSP.2011.5946540, as FAISS does it). ``python -m bench search`` measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import log2, sqrt
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
EXACT = 20_000  # vectors up to which all are compared: some milliseconds; from there on lists answer in less than one
PROBED = 256  # lists read for a question
_SAMPLE = 48  # vectors a list from which the lists' centres are learnt
_FAISS: Any = faiss  # its stubs tell other arguments than its Python classes take
_BLOCK = 8192  # vectors held as float32 at a time
_SPANS = {faiss.ScalarQuantizer.QT_8bit: 4.0, faiss.ScalarQuantizer.QT_4bit: 1.8}
"""How many standard deviations around the mean a code spans: what the first misses is spread evenly, that is 1.73 to either side."""


class Refined:
    """Inverted lists with a second code; answers to the names of a FAISS index that are used here."""

    def __init__(self, lists: Any, fine: Any) -> None:
        self.lists, self.fine = lists, fine
        self.ntotal, self.d = lists.ntotal, lists.d

    def search(self, questions: Vectors, count: int, *, params: Any = None) -> tuple[Vectors, NDArray[np.int64]]:
        """(q, count) products by the first code, best first, and their rows; -1 where there are fewer."""
        found: tuple[Vectors, NDArray[np.int64]] = self.lists.search(questions, count, params=params)
        return found

    def reconstruct(self, row: int) -> Vectors:
        """(d,) the vector of a row by both codes."""
        vector: Vectors = self.lists.reconstruct(row) + self.fine.reconstruct(row)
        return vector

    def reconstruct_batch(self, rows: NDArray[np.int64]) -> Vectors:
        """(n, d) the vectors of these rows by both codes."""
        vectors: Vectors = self.lists.reconstruct_batch(rows) + self.fine.reconstruct_batch(rows)
        return vectors


def read_vectors(folder: Path) -> Any:
    """The index that ``write_vectors`` wrote; a large one stays on disk. Raises RuntimeError when FAISS cannot read it."""
    index = faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP)
    if not (folder / "fine.faiss").exists():
        return index
    return Refined(index, faiss.read_index(str(folder / "fine.faiss"), faiss.IO_FLAG_MMAP_IFC))


def nearest(index: Any, question: Vectors, count: int, within: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """The rows of at most ``count`` vectors nearest to a (d,) question, best first; with ``within``, (n,), of those it marks.

    Then every list is read, so that a rare row in a far list is not missed.
    """
    params = None
    if within is not None:
        only = _FAISS.IDSelectorBitmap(np.packbits(within, bitorder="little"))
        every = {"nprobe": index.lists.nlist} if isinstance(index, Refined) else {}
        params = (_FAISS.SearchParametersIVF if every else _FAISS.SearchParameters)(sel=only, **every)
    _, rows = index.search(question[None], min(count, index.ntotal), params=params)
    found: NDArray[np.int64] = rows[0][rows[0] >= 0]
    return found


def write_vectors(folder: Path, count: int, vectors: Callable[[], Iterable[Vectors]], like: Any = None) -> None:
    """Writes ``count`` unit vectors, (d,) each, as an inner-product index; row i is the i-th one. Raises OSError when the disk is full.

    ``vectors()`` is called thrice for a large collection. ``like`` is an older index whose centres and codes are taken over while
    they fit, so that vectors that were read from it are written as the same codes again.
    """
    if count <= EXACT:
        index = faiss.IndexFlatIP(len(next(iter(vectors()))))
        for block in _blocks(vectors()):
            index.add(block)
        return _write(folder / "vectors.faiss", index)
    lists, fine = (like.lists, like.fine) if _fits(like, count) else (None, None)
    lists = _filled_lists(count, vectors, lists)
    _write(folder / "vectors.faiss", lists)
    return _write(folder / "fine.faiss", _filled_fine(lists, vectors, fine))


def _write(path: Path, index: Any) -> None:
    with path.open("wb") as file:  # faiss.write_index can leave a truncated file on a full disk without a word
        file.write(faiss.serialize_index(index).data)


def _blocks(vectors: Iterable[Vectors]) -> Iterator[Vectors]:
    rows = iter(vectors)
    while block := list(islice(rows, _BLOCK)):
        yield np.stack(block)


def _number(count: int) -> int:
    """Lists for ``count`` vectors: about four times the root, a power of two."""
    return int(2 ** round(log2(4 * sqrt(count))))


def _fits(like: Any, count: int) -> bool:
    return isinstance(like, Refined) and _number(count) / 2 <= like.lists.nlist <= _number(count) * 2


def _filled_lists(count: int, vectors: Callable[[], Iterable[Vectors]], like: Any) -> Any:
    if like is not None:
        index = _lists(faiss.clone_index(like.quantizer), like.nlist)
        index.sq, index.is_trained = like.sq, True
    else:
        sample = np.stack(list(islice(vectors(), 0, None, max(1, count // (_SAMPLE * _number(count))))))
        index = _lists(faiss.IndexFlatIP(sample.shape[1]), _number(count))
        index.train(sample)
    for block in _blocks(vectors()):
        index.add(block)
    index.make_direct_map()  # vectors can be read by row
    return index


def _lists(centres: Any, number: int) -> Any:
    kind = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexIVFScalarQuantizer(centres, centres.d, number, kind, faiss.METRIC_INNER_PRODUCT, True)
    index.nprobe = PROBED
    index.cp.spherical, index.cp.niter, index.cp.min_points_per_centroid = True, 10, 1
    index.sq.rangestat, index.sq.rangestat_arg = faiss.ScalarQuantizer.RS_meanstd, _SPANS[kind]
    return index


def _filled_fine(lists: Any, vectors: Callable[[], Iterable[Vectors]], like: Any) -> Any:
    """Codes of what the lists' codes miss of each vector."""
    kind = faiss.ScalarQuantizer.QT_4bit
    index = faiss.IndexScalarQuantizer(lists.d, kind, faiss.METRIC_INNER_PRODUCT)
    index.sq.rangestat, index.sq.rangestat_arg = faiss.ScalarQuantizer.RS_meanstd, _SPANS[kind]
    if like is not None:
        index.sq, index.is_trained = like.sq, True
    for block in _blocks(vectors()):
        missed = block - lists.reconstruct_n(index.ntotal, len(block))
        if not index.is_trained:
            index.train(missed)
        index.add(missed)
    return index
