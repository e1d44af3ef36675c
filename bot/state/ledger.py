"""The ledger: what was asked, what was answered, and in which messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from bot.monitoring import QUESTIONS, SECONDS
from bot.state.database import RETENTION_SECONDS, Database
from index.types import Answer, Language


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its reply. ``asked`` is in seconds since 1970; ``replies`` are message ids in sending order.

    ``token`` names it in buttons and links; ``within`` is the id of the article to which the question was limited.
    """

    update_id: int
    chat: int
    thread: int | None
    user: int
    message: int
    replies: tuple[int, ...]
    asked: float
    latency_ms: float
    wording: Language
    answer: Answer
    token: str
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """An exchange as it is remembered; the offsets count in the article as it was then."""

    id: int
    token: str | None
    chat: int
    thread: int | None
    user: int
    message: int
    replies: tuple[int, ...]
    asked: float
    question: str
    understood: str | None
    language: Language
    wording: Language
    answered: bool
    article: str | None
    quote_start: int | None
    quote_end: int | None
    within: str | None = None


class Ledger:
    """Remembers exchanges, one for each question's message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, exchange: Exchange) -> None:
        """Writes an exchange down, in place of what was remembered of the same question."""
        row = _row(exchange)
        statement = f"INSERT INTO answers ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"

        def write(connection: Any) -> None:
            connection.execute("DELETE FROM answers WHERE chat = ? AND message = ?", (exchange.chat, exchange.message))
            connection.execute(statement, tuple(row.values()))

        await self._database.run(write)
        QUESTIONS.labels("answered" if exchange.answer.answered else "refused").inc()
        SECONDS.observe(exchange.latency_ms / 1000)

    async def of_question(self, chat: int, message: int) -> Past | None:
        """The exchange that a question's message began."""
        return await self._find("chat = ? AND message = ?", chat, message)

    async def of_reply(self, chat: int, message: int) -> Past | None:
        """The exchange that a message of the bot belongs to."""
        return await self._find("chat = ? AND EXISTS (SELECT 1 FROM json_each(replies) WHERE value = ?)", chat, message)

    async def of_token(self, token: str) -> Past | None:
        """The exchange that a button or a link names."""
        return await self._find("token = ?", token)

    async def before(self, chat: int, message: int, since: float) -> Past | None:
        """The last exchange of a chat before a message whose question was asked at ``since`` (seconds since 1970) or later."""
        return await self._find("chat = ? AND message < ? AND asked >= ?", chat, message, since)

    async def moved(self, old: int, new: int) -> None:
        """A group became a supergroup: its exchanges go with it."""
        await self._database.execute("UPDATE OR IGNORE answers SET chat = ? WHERE chat = ?", new, old)

    async def purge(self, now: Callable[[], float]) -> None:
        """Forgets the questions of long ago, with what was thought of their answers."""
        await self._database.execute("DELETE FROM answers WHERE asked < ?", now() - RETENTION_SECONDS)

    async def _find(self, condition: str, *values: object) -> Past | None:
        columns = [field.name for field in fields(Past)]
        statement = f"SELECT {', '.join(columns)} FROM answers WHERE {condition} ORDER BY message DESC LIMIT 1"
        for row in await self._database.execute(statement, *values):
            named = dict(zip(columns, row, strict=True))
            return Past(**named | {"replies": tuple(json.loads(named["replies"])), "answered": bool(named["answered"])})
        return None


def _row(exchange: Exchange) -> dict[str, object]:
    answer, shown = exchange.answer, exchange.answer.shown
    plain = ("update_id", "chat", "thread", "user", "message", "asked", "latency_ms", "wording", "token", "within")
    return {
        **{name: getattr(exchange, name) for name in plain},
        **{name: getattr(answer, name) for name in ("question", "understood", "language", "confidence")},
        "replies": json.dumps(exchange.replies),
        "answered": answer.answered or bool(answer.choice),
        "article": answer.article and answer.article.id,
        "quote_start": shown and shown.start,
        "quote_end": shown and shown.end,
        "exact_start": answer.exact and answer.exact.start,
        "exact_end": answer.exact and answer.exact.end,
        "words": answer.quote and (answer.exact or answer.quote).text,
        "hits": json.dumps([(hit.passage.article.id, hit.passage.start, hit.passage.end, hit.score) for hit in answer.hits]),
    }
