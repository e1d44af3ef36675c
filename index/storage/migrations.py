"""Numbered migrations of an SQLite file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.errors import SchemaNewer


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    """Brings a file from its version (``PRAGMA user_version``) to the newest: migration n, counted from 1, makes version n.

    Everything is done in one transaction, once, whatever other processes open the file meanwhile. Raises SchemaNewer for a file of a
    version beyond the last migration.
    """
    if (version := _version(connection)) > len(migrations):
        raise SchemaNewer(f"{path} has version {version}, this Chiedi knows {len(migrations)}: install the newer Chiedi that wrote it")
    if version == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in (statement for script in migrations[_version(connection) :] for statement in _statements(script)):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(migrations)}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would end the transaction."""
    statement = ""
    for piece in re.split("(?<=;)", script):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
