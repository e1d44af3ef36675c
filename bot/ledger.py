"""The ledger: what was asked, what was answered, and in which messages."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.database import Database
from index.types import Answer, Language


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its reply. ``asked`` is in seconds since 1970; ``replies`` are message ids in sending order."""

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


class Ledger:
    """Remembers exchanges, one for each question's message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def knows(self, chat: int, message: int) -> bool:
        """Whether this question was answered already: a crash may leave its update in the inbox after that."""
        statement = "SELECT 1 FROM answers WHERE chat = ? AND message = ?"
        return await self._database.run(lambda connection: connection.execute(statement, (chat, message)).fetchone() is not None)

    async def remember(self, exchange: Exchange) -> None:
        """Writes an exchange down."""
        row = _row(exchange)
        statement = f"INSERT INTO answers ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        await self._database.run(lambda connection: connection.execute(statement, tuple(row.values())))


def _row(exchange: Exchange) -> dict[str, object]:
    answer = exchange.answer
    shown = answer.quote or answer.related
    return {
        "update_id": exchange.update_id,
        "chat": exchange.chat,
        "thread": exchange.thread,
        "user": exchange.user,
        "message": exchange.message,
        "replies": json.dumps(exchange.replies),
        "asked": exchange.asked,
        "latency_ms": exchange.latency_ms,
        "question": answer.question,
        "language": answer.language,
        "wording": exchange.wording,
        "answered": answer.quote is not None,
        "confidence": answer.confidence,
        "article": shown and shown.article.id,
        "quote_start": shown and shown.start,
        "quote_end": shown and shown.end,
        "exact_start": answer.exact and answer.exact.start,
        "exact_end": answer.exact and answer.exact.end,
        "hits": json.dumps([(hit.passage.article.id, hit.passage.start, hit.passage.end, hit.score) for hit in answer.hits]),
    }
