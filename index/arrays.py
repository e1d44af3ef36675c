"""Arrays on disk, of which a question reads a few stretches."""

from __future__ import annotations

import math
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Column:
    """An array in a ``.npy`` file; safe to share between threads. Raises OSError or ValueError when it is missing or cut short.

    Not memory-mapped: the kernel maps sixteen pages around each one that is touched, and all of them count as the program's memory.
    """

    def __init__(self, path: Path) -> None:
        array = np.load(path, mmap_mode="r")
        self.shape, self.dtype, self._start = array.shape, array.dtype, array.offset
        self._bytes = math.prod(self.shape[1:], start=self.dtype.itemsize)
        self._file, self._lock = path.open("rb", buffering=0), Lock()

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """The rows from ``start`` up to ``stop``, which must be given."""
        values = np.empty((rows.stop - rows.start, *self.shape[1:]), self.dtype)
        self.read(rows.start, values)
        return values

    def read(self, first: int, values: NDArray[Any]) -> None:
        """Fills ``values`` with as many rows as it has, from ``first`` on. Raises OSError when the file does not hold them any more."""
        with self._lock:
            self._file.seek(self._start + first * self._bytes)
            if self._file.readinto(values.data) != values.nbytes:
                raise OSError(f"{self._file.name} was cut short while it was in use")


def save(path: Path, values: NDArray[Any]) -> None:
    """Writes an array as a ``.npy`` file. Raises OSError, with its error number unlike ``np.save``, when the disk is full."""
    values = np.ascontiguousarray(values)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(values))
        file.write(values.data)
