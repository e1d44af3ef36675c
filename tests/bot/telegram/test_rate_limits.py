"""Fair shares: Telegram's pace and everyone's allowance, by a clock that the test moves."""

import asyncio

import pytest

from bot.telegram import rate_limits as limits
from bot.telegram.rate_limits import Allowance, SendingPace


class Clock:
    """A monotonic clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep_until(self, moment: float) -> None:
        self.now = max(self.now, moment)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of `bot.telegram.rate_limits`, with Telegram's real pace."""
    clock = Clock()
    monkeypatch.setattr("bot.telegram.rate_limits.time", clock)
    monkeypatch.setattr("bot.telegram.rate_limits._sleep_until", clock.sleep_until)
    monkeypatch.setattr(limits, "CHAT_SECONDS", 1.0)
    monkeypatch.setattr(limits, "OVERALL_SECONDS", 0.0)
    return clock


async def test_a_chat_gets_one_message_a_second(clock: Clock) -> None:
    """The next message waits for a second since the last one; another chat does not."""
    pace, sent = SendingPace(), []
    for chat in (7, 7, 8, 7):
        async with pace.turn(chat):
            sent.append(clock.now)
    assert sent == [1000.0, 1001.0, 1001.0, 1002.0]


async def test_a_group_gets_twenty_messages_a_minute(clock: Clock) -> None:
    """The twenty-first waits for the first to be a minute old."""
    pace, sent = SendingPace(), []
    for _ in range(22):
        async with pace.turn(-7):
            sent.append(clock.now - 1000)
    assert sent == [float(second) for second in range(20)] + [61.0, 62.0]


async def test_all_chats_share_thirty_places(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """While thirty messages are younger than a second the next one waits, first come, first served."""
    monkeypatch.setattr(limits, "OVERALL_SECONDS", 0.2)
    pace, sent = SendingPace(), []

    async def send(chat: int) -> None:
        async with pace.turn(chat):
            sent.append(chat)

    tasks = [asyncio.create_task(send(chat)) for chat in range(1, 33)]
    await asyncio.sleep(0.05)
    assert sent == list(range(1, 31))
    await asyncio.gather(*tasks)
    assert sent == list(range(1, 33))


async def test_chats_are_forgotten_when_they_are_quiet(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of old chats does not grow, and a chat that was just written to stays known."""
    monkeypatch.setattr(limits, "FORGET_AT", 3)
    pace = SendingPace()
    for chat in (1, 2):
        async with pace.turn(chat):
            pass
    clock.now += 100
    for chat in (3, 4, 3):
        async with pace.turn(chat):
            pass
    assert clock.now == 1101.0


def test_allowance_is_a_bucket_for_each_person() -> None:
    """Three at once, then one every ten seconds, for each person by himself; a full bucket does not overflow."""
    allowance = Allowance(3, 0.1)
    assert [allowance.take(1, 100.0) for _ in range(4)] == [True, True, True, False]
    assert allowance.take(2, 100.0)
    assert [allowance.take(1, moment) for moment in (105.0, 110.0, 111.0)] == [False, True, False]
    assert [allowance.take(1, 10_000.0) for _ in range(4)] == [True, True, True, False]


def test_older_messages_give_nothing_back() -> None:
    """A message that comes out of order neither refills the bucket nor empties it twice."""
    allowance = Allowance(1, 0.1)
    assert [allowance.take(1, moment) for moment in (100.0, 50.0, 101.0, 110.0)] == [True, False, False, True]


def test_people_are_told_once_a_minute() -> None:
    """The word about asking too fast is not repeated with every message."""
    allowance = Allowance(1, 1.0)
    assert [allowance.may_warn(1, moment) for moment in (100.0, 130.0, 159.9, 160.0)] == [True, False, False, True]
    assert allowance.may_warn(2, 130.0)
