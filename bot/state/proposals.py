"""Articles that owners have sent and that wait for their yes, in the database, so that a restart loses none."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.state.database import RETENTION_SECONDS, Database
from index.sources.types import Document
from index.types import Language

_COLUMNS = "token, user, shown, wording, found"


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that may become an article; ``origin`` is where it was read, ``known`` the title of the article that it replaces."""

    origin: str
    document: Document
    known: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a file, a link or a post holds; ``refused``: one line for each document that cannot be read."""

    articles: tuple[Offered, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an owner is asked about. ``user`` is also the private chat, ``shown`` the message there that asks, None until it was sent."""

    token: str
    user: int
    shown: int | None
    wording: Language
    found: Found


class Proposals:
    """What waits for a yes, and what was said yes to and is not added yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, user: int, message: int, wording: Language, found: Found, now: float) -> Proposal:
        """Remembers what ``message`` brought, once: the same message read again keeps its token."""
        statement = (
            "INSERT INTO proposals (token, user, message, wording, created, found) VALUES (?, ?, ?, ?, ?, ?)"
            f" ON CONFLICT (user, message) DO UPDATE SET found = excluded.found RETURNING {_COLUMNS}"
        )
        token = secrets.token_urlsafe(9)
        (proposal,) = await self._ask(statement, lambda: (token, user, message, wording, now, json.dumps(asdict(found))))
        return proposal

    async def show(self, token: str, shown: int) -> None:
        """Remembers which message asks."""
        await self._ask("UPDATE proposals SET shown = ? WHERE token = ?", lambda: (shown, token))

    async def of_message(self, user: int, shown: int) -> Proposal | None:
        """What a message of the bot asks about and nobody has decided yet."""
        statement = f"SELECT {_COLUMNS} FROM proposals WHERE user = ? AND shown = ? AND NOT accepted"
        return next(iter(await self._ask(statement, lambda: (user, shown))), None)

    async def retitle(self, proposal: Proposal, title: str) -> Proposal:
        """Gives the only article of a proposal another title."""
        (offered,) = proposal.found.articles
        found = replace(proposal.found, articles=(replace(offered, document=replace(offered.document, title=title)),))
        await self._ask("UPDATE proposals SET found = ? WHERE token = ?", lambda: (json.dumps(asdict(found)), proposal.token))
        return replace(proposal, found=found)

    async def accept(self, token: str, user: int, shown: int) -> bool:
        """Notes the yes of the owner who was asked; False when it was said before, or there is nothing to say it to.

        ``shown`` is the message under which it was said: after a crash the question may stand in the chat twice.
        """
        statement = f"UPDATE proposals SET accepted = 1, shown = ? WHERE token = ? AND user = ? AND NOT accepted RETURNING {_COLUMNS}"
        return bool(await self._ask(statement, lambda: (shown, token, user)))

    async def accepted(self) -> list[Proposal]:
        """What is to be added, oldest first."""
        return await self._ask(f"SELECT {_COLUMNS} FROM proposals WHERE accepted ORDER BY created", tuple)

    async def put_back(self, token: str) -> None:
        """Lets a yes be said again, after what it was said to could not be added."""
        await self._ask("UPDATE proposals SET accepted = 0 WHERE token = ?", lambda: (token,))

    async def discard(self, token: str, user: int) -> Proposal | None:
        """Forgets what the owner said no to; None when there is nothing to say it to."""
        statement = f"DELETE FROM proposals WHERE token = ? AND user = ? AND NOT accepted RETURNING {_COLUMNS}"
        return next(iter(await self._ask(statement, lambda: (token, user))), None)

    async def drop(self, token: str) -> None:
        """Forgets what was added."""
        await self._ask("DELETE FROM proposals WHERE token = ?", lambda: (token,))

    async def purge(self, now: Callable[[], float]) -> None:
        """Forgets what nobody has decided for long."""
        before = now() - RETENTION_SECONDS
        await self._ask("DELETE FROM proposals WHERE created < ? AND NOT accepted", lambda: (before,))

    async def _ask(self, statement: str, values: Callable[[], tuple[Any, ...]]) -> list[Proposal]:
        """The rows of a statement; its values are made in the database's thread, where long texts hold up no chat."""

        def work(connection: sqlite3.Connection) -> list[Proposal]:
            return [_proposal(*row) for row in connection.execute(statement, values()).fetchall()]

        return await self._database.run(work)


def _proposal(token: str, user: int, shown: int | None, wording: Language, found: str) -> Proposal:
    kept = json.loads(found)
    offered = [Offered(each["origin"], Document(**each["document"]), each["known"]) for each in kept["articles"]]
    return Proposal(token, user, shown, wording, Found(tuple(offered), tuple(kept["refused"])))
