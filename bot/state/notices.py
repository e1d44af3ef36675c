"""Word to the owners when something is wrong: once for each trouble, not with every failure."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Collection
from typing import Literal

from telegram import Bot
from telegram.error import TelegramError

from bot.replies.messages import MESSAGES
from bot.state.database import Database
from bot.state.outbox import in_background
from bot.state.users import Users

log = logging.getLogger(__name__)
Trouble = Literal["index", "disk", "poller", "conflict", "errors", "unparsable", "sync"]
AGAIN_SECONDS = 24 * 3600.0  # a trouble that lasts is reported again the next day
ERRORS, ERRORS_SECONDS = 5, 600.0  # so many failed updates within so long are worth a word


class Owners:
    """Notifies every administrator of a trouble, and not again for a day, also across restarts."""

    def __init__(self, bot: Bot, admins: Collection[int], users: Users, database: Database) -> None:
        self._bot, self._admins, self._users, self._database = bot, admins, users, database
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: dict[Trouble, float] = {}
        self._errors: deque[float] = deque(maxlen=ERRORS)

    def is_one(self, user: int) -> bool:
        """Whether a person's number stands in the settings."""
        return user in self._admins

    def notify(self, trouble: Trouble, detail: object = "") -> None:
        """Sends word in the background."""
        now = time.monotonic()
        if self._admins and now - self._told.get(trouble, float("-inf")) > AGAIN_SECONDS:
            self._told[trouble] = now
            task = in_background(self._send(trouble, str(detail)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def failed(self, error: BaseException) -> None:
        """Counts an update that failed; many within a short time are reported."""
        self._errors.append(time.monotonic())
        if len(self._errors) == ERRORS and self._errors[-1] - self._errors[0] < ERRORS_SECONDS:
            self.notify("errors", type(error).__name__)

    def close(self) -> None:
        """Gives up words that could not be sent yet."""
        for task in self._tasks:
            task.cancel()

    async def _send(self, trouble: Trouble, detail: str) -> None:
        log.error("the owners are notified of the trouble %s (%s)", trouble, detail)
        if not await self._first_today(trouble):
            return
        for admin in self._admins:
            try:
                words = MESSAGES[await self._users.language(admin) or "en"]
                await self._bot.send_message(admin, words.troubles[trouble].format(detail=detail[:500]))
            except (TelegramError, sqlite3.Error) as error:
                log.warning("an owner could not be notified (%s)", error)

    async def _first_today(self, trouble: Trouble) -> bool:
        """Notes that the owners are notified, also for the next process; False when they were a short while ago."""
        now = time.time()

        def note(connection: sqlite3.Connection) -> bool:
            row = connection.execute("SELECT told FROM told WHERE trouble = ?", (trouble,)).fetchone()
            connection.execute("INSERT OR REPLACE INTO told (trouble, told) VALUES (?, ?)", (trouble, now))
            return row is None or not 0 <= now - row[0] < AGAIN_SECONDS

        try:
            return await self._database.run(note)
        except sqlite3.Error:
            return True
