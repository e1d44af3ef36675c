"""Migrations run once, in order, whole or not at all."""

import sqlite3
from pathlib import Path

import pytest

from index.errors import SchemaNewer
from index.storage.migrations import migrate

FIRST = "CREATE TABLE lake (name TEXT); -- its name; nothing else\nCREATE INDEX by_name ON lake (name);"
SECOND = "ALTER TABLE lake ADD COLUMN depth INTEGER;"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lakes.sqlite"


def columns(connection: sqlite3.Connection) -> list[str]:
    return [row[1] for row in connection.execute("PRAGMA table_info(lake)")]


def test_each_migration_runs_once(file: Path) -> None:
    """A file takes up where it was left, and rows stay."""
    connection = sqlite3.connect(file)
    migrate(connection, file, [FIRST])
    connection.execute("INSERT INTO lake VALUES ('Como')")
    connection.commit()
    for _ in range(2):
        migrate(connection, file, [FIRST, SECOND])
    assert columns(connection) == ["name", "depth"]
    assert connection.execute("SELECT * FROM lake").fetchall() == [("Como", None)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(file: Path) -> None:
    """Neither its first statements nor its number stay."""
    connection = sqlite3.connect(file)
    migrate(connection, file, [FIRST])
    with pytest.raises(sqlite3.OperationalError, match="no such table: sea"):
        migrate(connection, file, [FIRST, SECOND + "DROP TABLE sea;"])
    connection.close()
    again = sqlite3.connect(file)
    assert (columns(again), again.execute("PRAGMA user_version").fetchone()) == (["name"], (1,))


def test_a_newer_file_is_refused(file: Path) -> None:
    """It is not touched."""
    connection = sqlite3.connect(file)
    migrate(connection, file, [FIRST, SECOND])
    with pytest.raises(SchemaNewer, match=r"lakes.sqlite has version 2, this Chiedi knows 1: install the newer Chiedi"):
        migrate(connection, file, [FIRST])
