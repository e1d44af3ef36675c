"""What an interrupted build has encoded is there for the next one."""

from pathlib import Path

import numpy as np
import pytest

from index.storage.journal import Journal

ALONE, SPLIT = np.array([[1, 2]], np.float32), np.array([[1, 2], [3, 4], [5, 6]], np.float32)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path, "f" * 64, 2)


def test_vectors_come_back(journal: Journal, tmp_path: Path) -> None:
    """Those of a passage with its sentences keep their shape, in another process too."""
    journal.keep([b"a", b"b"], [ALONE, SPLIT])
    journal.close()
    again = Journal(tmp_path, "f" * 64, 2)
    assert np.array_equal(again.vectors_of(b"a"), ALONE)
    assert np.array_equal(again.vectors_of(b"b"), SPLIT)
    assert again.vectors_of(b"c") is None


def test_sentences_are_asked_for_by_themselves(journal: Journal) -> None:
    """A passage that was encoded alone is not known with its sentences."""
    journal.keep([b"a", b"b"], [ALONE, SPLIT])
    assert [journal.knows(key, sentences=False) for key in (b"a", b"b", b"c")] == [True, True, False]
    assert [journal.knows(key, sentences=True) for key in (b"a", b"b", b"c")] == [False, True, False]


def test_a_damaged_file_is_begun_anew(journal: Journal, tmp_path: Path) -> None:
    """What was in it is encoded again."""
    journal.close()
    journal.path.write_bytes(b"no database " * 100)
    assert Journal(tmp_path, "f" * 64, 2).vectors_of(b"a") is None
