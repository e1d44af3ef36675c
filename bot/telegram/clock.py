"""Telegram's time, learned from its answers: ages and retention do not hang on this machine's clock."""

from __future__ import annotations

import time
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx


class TelegramClock:
    """Counts on from the `Date` of Telegram's last answer with the monotonic clock, which nobody sets."""

    def __init__(self) -> None:
        self._ahead: float | None = None  # Telegram's time less the monotonic clock, in seconds

    async def hear(self, response: httpx.Response) -> None:
        """Sets the clock by an answer of the Bot API; a missing or odd `Date` is passed over."""
        try:
            self._ahead = parsedate_to_datetime(response.headers["Date"]).timestamp() - time.monotonic()
        except (KeyError, ValueError, OverflowError):
            return

    def now(self) -> float:
        """Seconds since 1970; by this machine's clock until Telegram was heard."""
        return time.time() if self._ahead is None else time.monotonic() + self._ahead

    def age(self, moment: datetime) -> float:
        """Seconds since a moment that Telegram named."""
        return self.now() - moment.timestamp()
