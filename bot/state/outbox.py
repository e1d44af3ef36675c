"""The outbox: what was already sent for an update, so that a crash half way does not send it again."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Coroutine
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from bot.state.database import Database

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """The answering of one update: what an earlier try sent for it, and how much this one sent so far.

    ``sent`` maps the digest of a message's content to what Telegram answered (JSON), as often as it was sent; ``number`` is that of the
    next message; ``speaking`` is set by the first one.
    """

    update_id: int
    sent: dict[str, list[str]] = field(default_factory=dict)
    number: int = 0
    speaking: bool = False


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current_turn() -> Turn | None:
    """The turn of the update that this task answers, None in a task that answers none."""
    return _turn.get()


def in_background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Starts what outlives the update in hand, whose messages do not count as its own."""
    context = copy_context()
    context.run(_turn.set, None)
    return asyncio.create_task(work, context=context)


class Outbox:
    """Remembers messages until their update is done; a message counts as sent when one with its content was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, update_id: int) -> Turn:
        """Begins the turn of an update in this task, with what an earlier try sent, as far as the database can be read."""
        query = "SELECT digest, result FROM outbox WHERE update_id = ? ORDER BY number"
        try:
            rows = await self._database.execute(query, update_id)
        except sqlite3.Error as error:
            log.error("what was sent before cannot be read (%s)", error)
            rows = []
        turn = Turn(update_id, number=len(rows))
        for digest, result in rows:
            turn.sent.setdefault(digest, []).append(result)
        _turn.set(turn)
        return turn

    async def note(self, turn: Turn, digest: str, result: Any) -> None:
        """Writes down what Telegram answered to a message."""
        number, turn.number = turn.number, turn.number + 1
        statement = "INSERT INTO outbox (update_id, number, digest, result) VALUES (?, ?, ?, ?)"
        await self._database.execute(statement, turn.update_id, number, digest, json.dumps(result))


def digest(endpoint: str, data: dict[str, Any]) -> str:
    """Identifies a message among those of an update: by method, chat and words."""
    return sha256(f"{endpoint} {data.get('chat_id')} {data.get('text') or data.get('caption')}".encode()).hexdigest()
