"""Vectors on disk: every one compared in a small collection; inverted lists of 8-bit codes, memory-mapped, in a large one.

Inverted lists with scalar quantisation of the difference to the list's centre (Jégou, Douze and Schmid 2011,
doi:10.1109/TPAMI.2010.57, as FAISS does it). ``python -m bench search`` measures both kinds.
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
EXACT = 50_000  # vectors up to which all are compared
PROBED = 256  # lists read for a question
_SAMPLE = 48  # vectors a list from which the lists' centres are learnt
_BLOCK = 8192  # vectors held as float32 at a time
_DEVIATIONS = 4.0  # of a dimension's values around their mean that the codes span; what lies beyond is cut


def read_vectors(path: Path) -> Any:
    """The FAISS index that ``write_vectors`` wrote; a large one stays on disk. Raises RuntimeError when FAISS cannot read it."""
    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP)


def write_vectors(path: Path, count: int, vectors: Callable[[], Iterable[Vectors]], like: Any = None) -> None:
    """Writes ``count`` unit vectors, (d,) each, as an inner-product index; row i is the i-th one. Raises OSError when the disk is full.

    ``vectors()`` is called twice for a large collection. ``like`` is an older index whose centres and code range are taken over while
    they fit, so that vectors that were read from it are written as the same codes again.
    """
    index = _exact(vectors()) if count <= EXACT else _lists(count, vectors, like)
    for block in _blocks(vectors()):
        index.add(block)
    if count > EXACT:
        index.make_direct_map()  # vectors can be read by row
    with path.open("wb") as file:  # faiss.write_index can leave a truncated file on a full disk without a word
        file.write(faiss.serialize_index(index).data)


def _blocks(vectors: Iterable[Vectors]) -> Iterator[Vectors]:
    rows = iter(vectors)
    while block := list(islice(rows, _BLOCK)):
        yield np.stack(block)


def _exact(vectors: Iterable[Vectors]) -> Any:
    return faiss.IndexFlatIP(len(next(iter(vectors))))


def _lists(count: int, vectors: Callable[[], Iterable[Vectors]], like: Any) -> Any:
    """An empty index of about four times the root of ``count`` lists (a power of two)."""
    number = 2 ** round(log2(4 * sqrt(count)))
    if isinstance(like, faiss.IndexIVFScalarQuantizer) and number / 2 <= like.nlist <= number * 2:
        return _empty(faiss.clone_index(like.quantizer), like.nlist, like.sq)
    sample = np.stack(list(islice(vectors(), 0, None, max(1, count // (_SAMPLE * number)))))
    index = _empty(faiss.IndexFlatIP(sample.shape[1]), number)
    index.cp.spherical, index.cp.niter, index.cp.min_points_per_centroid = True, 10, 1
    index.sq.rangestat, index.sq.rangestat_arg = faiss.ScalarQuantizer.RS_meanstd, _DEVIATIONS
    index.train(sample)
    return index


def _empty(centres: Any, number: int, codes: Any = None) -> Any:
    index = faiss.IndexIVFScalarQuantizer(centres, centres.d, number, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, True)
    index.nprobe = PROBED
    if codes is not None:
        index.sq, index.is_trained = codes, True
    return index
