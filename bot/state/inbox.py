"""The inbox: every update is on the disk before it is confirmed to Telegram, and stays until it was answered."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.monitoring import UPDATES
from bot.state.database import RETENTION_SECONDS, Database

log = logging.getLogger(__name__)
# Telegram keeps an unconfirmed update for 24 hours and never repeats it later, so older ids need not be remembered.
REMEMBERED_SECONDS = 2 * 24 * 3600


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """An update that is not answered yet; the older of two sorts first. ``raw`` is its JSON, parsed."""

    update_id: int
    chat: int = field(compare=False)
    received: float = field(compare=False)
    raw: dict[str, Any] = field(compare=False)


class Inbox:
    """Stores updates and forgets what they said once they are answered."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        """``now`` returns seconds since 1970."""
        self._database, self._now = database, now
        self._dropped: list[int] = []
        self._dropping: asyncio.Task[None] | None = None

    async def store(self, updates: Iterable[Any]) -> list[Waiting]:
        """Puts updates on the disk and returns the new ones in order; repeated ones, and what has no update id, are left out."""
        now = self._now()
        arrived = sorted(Waiting(raw["update_id"], chat_of(raw), now, raw) for raw in map(_mended, updates) if _is_update(raw))
        new = await self._database.run(lambda connection: [waiting for waiting in arrived if _insert(connection, waiting)])
        UPDATES.inc(len(new))
        return new

    async def waiting(self) -> list[Waiting]:
        """What is not answered yet, oldest first."""
        rows = await self._database.execute("SELECT update_id, chat, received, raw FROM inbox WHERE finished IS NULL ORDER BY update_id")
        return [Waiting(update_id, chat, received, json.loads(raw)) for update_id, chat, received, raw in rows]

    async def done(self, update_id: int) -> None:
        """Marks an update as answered; its text goes, and what was noted of its messages."""
        await self._database.run(lambda connection: _finish(connection, [update_id], self._now()))

    def drop(self, update_id: int) -> None:
        """Marks an update that gets no reply, soon and together with others."""
        self._dropped.append(update_id)
        if self._dropping is None or self._dropping.done():
            self._dropping = asyncio.create_task(self._drop())

    async def _drop(self) -> None:
        while self._dropped:
            dropped, self._dropped = self._dropped, []
            try:
                await self._database.run(lambda connection, ids=dropped: _finish(connection, ids, self._now()))  # type: ignore[misc]
            except sqlite3.Error as error:
                log.error("%d updates could not be marked as done (%s)", len(dropped), error)

    async def set_aside(self, update_id: int, problem: str) -> None:
        """Keeps an update that cannot be answered, with the reason, out of the way of the others."""
        await self._database.execute("UPDATE inbox SET finished = ?, problem = ? WHERE update_id = ?", self._now(), problem, update_id)

    async def count_set_aside(self) -> int:
        """How many updates were set aside."""
        ((count,),) = await self._database.execute("SELECT count(*) FROM inbox WHERE problem IS NOT NULL")
        return int(count)

    async def purge(self) -> None:
        """Forgets the ids that Telegram cannot send again, and what was set aside long ago."""
        await self._database.execute("DELETE FROM inbox WHERE problem IS NULL AND finished < ?", self._now() - REMEMBERED_SECONDS)
        await self._database.execute("DELETE FROM inbox WHERE finished < ?", self._now() - RETENTION_SECONDS)
        await self._database.execute("DELETE FROM outbox WHERE update_id NOT IN (SELECT update_id FROM inbox WHERE finished IS NULL)")


def chat_of(raw: Mapping[str, Any]) -> int:
    """The chat whose order an update keeps: its chat, else its sender, else 0. Takes any JSON object."""
    for content in raw.values():
        message = content.get("message", content) if isinstance(content, dict) else None
        for holder, key in ((message, "chat"), (content, "from"), (content, "user")):
            found = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(found, dict) and _is_id(found.get("id")):
                return int(found["id"])
    return 0


def _mended(raw: Any) -> Any:
    """The same JSON with a question mark for each half of a character (lone surrogate), which no encoder takes."""
    return json.loads(json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace"))


def _is_update(raw: Any) -> bool:
    return isinstance(raw, dict) and _is_id(raw.get("update_id"))


def _is_id(value: Any) -> bool:
    """Whether a value is an integer that SQLite can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _finish(connection: sqlite3.Connection, ids: Iterable[int], now: float) -> None:
    connection.executemany("UPDATE inbox SET finished = ?, raw = NULL WHERE update_id = ?", [(now, id) for id in ids])
    connection.executemany("DELETE FROM outbox WHERE update_id = ?", [(id,) for id in ids])


def _insert(connection: sqlite3.Connection, waiting: Waiting) -> bool:
    statement = "INSERT OR IGNORE INTO inbox (update_id, chat, received, raw) VALUES (?, ?, ?, ?)"
    return connection.execute(statement, (waiting.update_id, waiting.chat, waiting.received, json.dumps(waiting.raw))).rowcount == 1
