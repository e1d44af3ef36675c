"""Fair shares: how fast messages may go out, and how many questions one person may ask. No wall clock is read here."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

# Telegram allows about one message a second in a chat, 20 a minute in a group and 30 a second in all (Bots FAQ); the margins are for
# the way there, on which messages may draw together.
CHAT_SECONDS = 1.05
GROUP_MESSAGES, GROUP_SECONDS = 20, 61.0
OVERALL_MESSAGES, OVERALL_SECONDS = 30, 1.0
FORGET_AT = 5000  # chats whose last messages are remembered
QUESTIONS = (20.0, 1 / 3)  # that a person may ask at once, and then each second
INLINE_QUESTIONS = (60.0, 2.0)  # the same where a question is asked again with every few letters
TOLD_SECONDS = 60.0  # between two words to a person who asks too fast


@dataclass(slots=True)
class _Chat:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    sent: deque[float] = field(default_factory=lambda: deque(maxlen=GROUP_MESSAGES))

    def free_at(self, group: bool) -> float:
        """When the next message may go."""
        minute = self.sent[0] + GROUP_SECONDS if group and len(self.sent) == GROUP_MESSAGES else 0.0
        return max(self.sent[-1] + CHAT_SECONDS if self.sent else 0.0, minute)


class SendingPace:
    """Lets messages go no faster than Telegram takes them: in each chat one after the other, over all chats first come, first served."""

    def __init__(self) -> None:
        self._chats: dict[int, _Chat] = {}
        self._places = asyncio.Semaphore(OVERALL_MESSAGES)

    @asynccontextmanager
    async def turn(self, chat: int) -> AsyncIterator[None]:
        """Waits for this chat's turn; the block sends."""
        self._forget()
        state = self._chats.setdefault(chat, _Chat())
        async with state.lock:
            await _sleep_until(state.free_at(group=chat < 0))
            await self._places.acquire()
            asyncio.get_running_loop().call_later(OVERALL_SECONDS, self._places.release)
            try:
                yield
            finally:
                state.sent.append(time.monotonic())

    def _forget(self) -> None:
        if len(self._chats) >= FORGET_AT:
            long_ago = time.monotonic() - GROUP_SECONDS
            self._chats = {id: chat for id, chat in self._chats.items() if chat.lock.locked() or (chat.sent and chat.sent[-1] > long_ago)}


async def _sleep_until(moment: float) -> None:
    if (seconds := moment - time.monotonic()) > 0:
        await asyncio.sleep(seconds)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    told: float = float("-inf")


class Allowance:
    """A bucket of questions for each person, refilled as time goes on.

    Times are those of the messages, in Telegram's seconds: what somebody wrote over an hour is not taken for a flood because it
    arrives at once.
    """

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._buckets: dict[int, _Bucket] = {}

    def take(self, user: int, now: float) -> bool:
        """Takes one question out of the bucket; False when it is empty."""
        bucket = self._bucket(user, now)
        bucket.tokens = min(self._burst, bucket.tokens + max(0.0, now - bucket.filled) * self._per_second)
        bucket.filled = max(bucket.filled, now)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def may_warn(self, user: int, now: float) -> bool:
        """Whether the person should hear that this was too fast: not more than once a minute."""
        bucket = self._bucket(user, now)
        if now - bucket.told < TOLD_SECONDS:
            return False
        bucket.told = now
        return True

    def _bucket(self, user: int, now: float) -> _Bucket:
        if len(self._buckets) >= FORGET_AT:
            full = self._burst / self._per_second
            self._buckets = {id: bucket for id, bucket in self._buckets.items() if now - bucket.filled < full}
        return self._buckets.setdefault(user, _Bucket(self._burst, now))
