"""What users chose: the language of the replies, and the article that they have open."""

from __future__ import annotations

from collections.abc import Callable

from bot.replies.messages import MESSAGES
from bot.state.database import Database
from index.types import Language

_CLOSE = "UPDATE users SET article = NULL, opened = NULL"
OPEN_SECONDS = 24 * 3600.0  # for which an article stays open


class Users:
    """The settings of users, by Telegram's numeric id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def language(self, user: int) -> Language | None:
        """The language that the user chose with /lang."""
        rows = await self._database.execute("SELECT language FROM users WHERE user = ?", user)
        return rows[0][0] if rows else None

    async def choose_language(self, user: int, language: Language) -> None:
        """Remembers the user's choice."""
        statement = "INSERT INTO users (user, language) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET language = excluded.language"
        await self._database.execute(statement, user, language)

    async def open_article(self, user: int, article: str, now: float) -> None:
        """From now (seconds since 1970) on the user's questions in private are about this article."""
        statement = (
            "INSERT INTO users (user, article, opened) VALUES (?, ?, ?) "
            "ON CONFLICT (user) DO UPDATE SET article = excluded.article, opened = excluded.opened"
        )
        await self._database.execute(statement, user, article, now)

    async def close_article(self, user: int) -> None:
        """The user's questions are about all articles again."""
        await self._database.execute(f"{_CLOSE} WHERE user = ?", user)

    async def opened_article(self, user: int, now: float) -> str | None:
        """The id of the article that is open."""
        rows = await self._database.execute("SELECT article FROM users WHERE user = ? AND opened >= ?", user, now - OPEN_SECONDS)
        return rows[0][0] if rows else None

    async def purge(self, now: Callable[[], float]) -> None:
        """Forgets what was opened long ago, and who chose nothing else."""
        await self._database.execute(f"{_CLOSE} WHERE opened < ?", now() - OPEN_SECONDS)
        await self._database.execute("DELETE FROM users WHERE language IS NULL AND article IS NULL")


def language_from_code(code: str | None) -> Language | None:
    """Chiedi's language for an IETF tag as Telegram gives it ("it-IT"), None for other languages and none."""
    primary = (code or "").split("-")[0].lower()
    return next((language for language in MESSAGES if language == primary), None)
