"""What is kept of a person: handed out whole, and deleted everywhere."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from bot.state.database import Database


class Privacy:
    """A person's rows in every table. A table that holds something about people names them in a column called ``user``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user: int) -> dict[str, Any]:
        """Every row about the person by table, and the messages that wait or were set aside, as JSON can hold them."""
        return await self._database.run(lambda connection: _export(connection, user))

    async def forget(self, user: int) -> None:
        """Deletes every row about the person; of updates only their numbers stay, so that none is answered twice.

        Updates that still wait for an answer keep what they say until it was given.
        """
        await self._database.run(lambda connection: _forget(connection, user))
        await self._database.shrink()


def _export(connection: sqlite3.Connection, user: int) -> dict[str, Any]:
    exported: dict[str, Any] = {"user": user}
    for table in _tables(connection):
        cursor = connection.execute(f"SELECT * FROM {table} WHERE user = ?", (user,))
        names = [column[0] for column in cursor.description]
        exported[table] = [dict(zip(names, row, strict=True)) for row in cursor]
    exported["inbox"] = [json.loads(raw) for _, raw in _updates(connection, user) if raw]
    return exported


def _forget(connection: sqlite3.Connection, user: int) -> None:
    for table in _tables(connection):
        connection.execute(f"DELETE FROM {table} WHERE user = ?", (user,))
    numbers = [(number,) for number, _ in _updates(connection, user)]
    connection.executemany("UPDATE inbox SET raw = NULL, problem = NULL WHERE update_id = ? AND finished IS NOT NULL", numbers)
    connection.executemany("UPDATE inbox SET chat = 0 WHERE update_id = ?", numbers)


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The tables with a column ``user``."""
    statement = "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'user' ORDER BY 1"
    return [name for (name,) in connection.execute(statement)]


def _updates(connection: sqlite3.Connection, user: int) -> list[tuple[int, str | None]]:
    """The updates in the inbox that come from the person: from their private chat, or with their id as a sender's."""
    rows = connection.execute("SELECT update_id, chat, raw FROM inbox WHERE chat = ? OR raw IS NOT NULL", (user,))
    return [(number, raw) for number, chat, raw in rows if chat == user or (raw and _sender(json.loads(raw)) == user)]


def _sender(update: dict[str, Any]) -> object:
    """The id of whoever caused an update."""
    senders = (content.get("from") for content in update.values() if isinstance(content, dict))
    return next((sender.get("id") for sender in senders if isinstance(sender, dict)), None)
