"""What users chose: the language of the replies."""

from __future__ import annotations

from bot.database import Database
from bot.messages import MESSAGES
from index.types import Language


class Users:
    """The settings of users, by Telegram's numeric id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def language(self, user: int) -> Language | None:
        """The language that the user chose with /lang."""
        row = await self._database.run(
            lambda connection: connection.execute("SELECT language FROM users WHERE user = ?", (user,)).fetchone()
        )
        return row[0] if row else None

    async def choose_language(self, user: int, language: Language) -> None:
        """Remembers the user's choice."""
        statement = "INSERT INTO users (user, language) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET language = excluded.language"
        await self._database.run(lambda connection: connection.execute(statement, (user, language)))


def language_from_code(code: str | None) -> Language | None:
    """Chiedi's language for an IETF tag as Telegram gives it ("it-IT"), None for other languages and none."""
    primary = (code or "").split("-")[0].lower()
    return next((language for language in MESSAGES if language == primary), None)
