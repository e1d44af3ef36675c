"""What a build has encoded so far, kept on disk until its generation is published."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class Journal:
    """Vectors encoded by a build that has not been published yet, by content digest: an interrupted build goes on from here.

    Those of a passage are its own and, in a small collection, those of its sentences: (1 + s, ``dimension``) or (1, ``dimension``).
    """

    def __init__(self, index: Path, fingerprint: str, dimension: int) -> None:
        self._dimension = dimension
        self.path = index / f"encoded-{fingerprint[:16]}.sqlite"
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # no space or no permission; the rest is damage, and what is lost is encoded again
            self.path.unlink()
            self._open()

    def _open(self) -> None:
        self._database = sqlite3.connect(self.path)
        self._database.execute("CREATE TABLE IF NOT EXISTS vector (digest BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")

    def vectors_of(self, digest: bytes) -> NDArray[np.float32] | None:
        """(1 + s, d) the vectors with this digest, or None."""
        row = self._database.execute("SELECT value FROM vector WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else np.frombuffer(row[0], np.float32).reshape(-1, self._dimension)

    def knows(self, digest: bytes, sentences: bool) -> bool:
        """Whether there is a vector with this digest, if so asked with those of the sentences."""
        row = self._database.execute("SELECT length(value) FROM vector WHERE digest = ?", (digest,)).fetchone()
        return row is not None and (not sentences or row[0] > 4 * self._dimension)

    def keep(self, digests: Sequence[bytes], vectors: Sequence[NDArray[np.float32]]) -> None:
        """Stores the vectors of passages under their digests, at once."""
        with self._database:
            rows = ((key, value.tobytes()) for key, value in zip(digests, vectors, strict=True))
            self._database.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)

    def close(self) -> None:
        self._database.close()
