"""Telegram's flood limits, when switched on: about one message a second per chat, 20 a minute per group, 30 a second overall."""

import math
import time
from collections import defaultdict, deque

from tests.bot.emulator.state import Chat
from tests.bot.emulator.wire import flood


class Limits:
    """Sliding windows over what was sent; a refused message does not count."""

    def __init__(self, *, on: bool, per_chat: int = 1, per_group_minute: int = 20, overall: int = 30) -> None:
        self.on = on
        self.per_chat, self.per_group_minute, self.overall = per_chat, per_group_minute, overall
        self.refused = 0
        self._sent: dict[object, deque[float]] = defaultdict(deque)

    def check(self, chat: Chat) -> None:
        """Counts one message to the chat, or raises 429 with the seconds to wait."""
        if not self.on:
            return
        now = time.monotonic()
        windows = [("all", self.overall, 1.0), (chat.id, self.per_chat, 1.0)]
        if not chat.private:
            windows.append((("group", chat.id), self.per_group_minute, 60.0))
        wait = max(self._wait(key, most, seconds, now) for key, most, seconds in windows)
        if wait > 0:
            self.refused += 1
            raise flood(math.ceil(wait))
        for key, _, _ in windows:
            self._sent[key].append(now)

    def _wait(self, key: object, most: int, seconds: float, now: float) -> float:
        sent = self._sent[key]
        while sent and sent[0] <= now - seconds:
            sent.popleft()
        return sent[0] + seconds - now if len(sent) >= most else 0.0
