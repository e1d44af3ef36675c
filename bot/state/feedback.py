"""Buttons in the database: verdicts on answers, questions that were offered, and which presses were dealt with."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Collection, Sequence
from typing import Literal

from bot.state.database import RETENTION_SECONDS, Database
from index.types import Language

Verdict = Literal["good", "wrong", "missed"]
KEPT_SECONDS = 2 * 24 * 3600  # Telegram repeats no update that is older than a day


class Feedback:
    """What people press."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def judge(self, answer: int, user: int, verdict: Verdict) -> None:
        """Remembers what a person thinks of an answer; the last verdict counts."""
        statement = (
            "INSERT INTO feedback (answer, user, verdict, created) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (answer, user) DO UPDATE SET verdict = excluded.verdict, created = excluded.created"
        )
        await self._database.execute(statement, answer, user, verdict, time.time())

    async def liked(self, users: Collection[int], language: Language, most: int) -> list[str]:
        """The newest questions of a language whose answers these users found good, each once, without those that lean on another."""
        statement = (
            "SELECT question FROM answers JOIN feedback ON feedback.answer = answers.id"
            f" WHERE verdict = 'good' AND feedback.user IN ({','.join('?' * len(users))}) AND language = ? AND understood IS NULL"
            " GROUP BY question ORDER BY max(created) DESC LIMIT ?"
        )
        return [question for (question,) in await self._database.execute(statement, *users, language, most)]

    async def offer(self, chat: int, user: int, questions: Sequence[str]) -> list[tuple[str, str]]:
        """Remembers questions that are shown to a person as buttons; returns (token, question) for each."""
        offers = [(secrets.token_urlsafe(9), question) for question in questions]
        rows = [(token, chat, user, question, time.time()) for token, question in offers]

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM offers WHERE created < ?", (time.time() - RETENTION_SECONDS,))
            connection.executemany("INSERT INTO offers VALUES (?, ?, ?, ?, ?)", rows)

        await self._database.run(write)
        return offers

    async def offered(self, token: str, chat: int, user: int) -> str | None:
        """The question that was offered to this person here."""
        rows = await self._database.execute("SELECT question FROM offers WHERE token = ? AND chat = ? AND user = ?", token, chat, user)
        return rows[0][0] if rows else None

    async def was_pressed(self, callback: str) -> bool:
        """Whether this press was dealt with already."""
        return bool(await self._database.execute("SELECT 1 FROM presses WHERE callback = ?", callback))

    async def pressed(self, callback: str) -> None:
        """Remembers that a press was dealt with, and forgets old ones."""
        await self._database.execute("DELETE FROM presses WHERE pressed < ?", time.time() - KEPT_SECONDS)
        await self._database.execute("INSERT OR IGNORE INTO presses VALUES (?, ?)", callback, time.time())
