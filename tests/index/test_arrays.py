"""Arrays on disk."""

import errno
from pathlib import Path

import numpy as np
import pytest

from index.arrays import Column, save


@pytest.fixture
def path(tmp_path: Path) -> Path:
    np.save(tmp_path / "a.npy", np.arange(12, dtype=np.float16).reshape(6, 2))
    return tmp_path / "a.npy"


def test_a_stretch_is_read(path: Path) -> None:
    """Rows 2 and 3 come as they were written, an empty stretch as no rows."""
    column = Column(path)
    assert (column.shape, column.dtype) == ((6, 2), np.float16)
    assert column[2:4].tolist() == [[4, 5], [6, 7]]
    assert column[6:6].shape == (0, 2)


def test_rows_are_read_into_place(path: Path) -> None:
    """A row fills the array that is handed over."""
    rows = np.zeros((2, 2), np.float16)
    Column(path).read(5, rows[1])
    assert rows.tolist() == [[0, 0], [10, 11]]


def test_what_is_cut_short_is_refused(path: Path) -> None:
    """A file that ends before its last row is not opened."""
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="mmap length is greater than file size"):
        Column(path)


def test_what_is_cut_short_in_use_is_not_made_up(path: Path) -> None:
    """Rows that have gone from an open file are an error, not whatever memory held."""
    column = Column(path)
    path.write_bytes(path.read_bytes()[:-2])
    assert column[4:5].tolist() == [[8, 9]]
    with pytest.raises(OSError, match=r"a\.npy was cut short"):
        column[5:6]


def test_a_saved_array_is_read_again(tmp_path: Path) -> None:
    """Shape, type and values come back."""
    save(tmp_path / "b.npy", np.arange(6, dtype=np.int8).reshape(3, 2).T)
    assert np.load(tmp_path / "b.npy").tolist() == [[0, 2, 4], [1, 3, 5]]


def test_a_full_disk_is_told_by_its_number() -> None:
    """The system's own reason is kept."""
    with pytest.raises(OSError, match="No space left on device") as caught:
        save(Path("/dev/full"), np.zeros(100_000))
    assert caught.value.errno == errno.ENOSPC
