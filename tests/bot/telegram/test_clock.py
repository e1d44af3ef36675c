"""The clock is Telegram's."""

from datetime import UTC, datetime

import httpx
import pytest

from bot.telegram.clock import TelegramClock


async def test_telegrams_clock_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ages follow the Date of Telegram's answers, whatever this machine's clock says; nonsense in it is passed over."""
    clock = TelegramClock()
    monkeypatch.setattr("time.monotonic", lambda: 500.0)
    await clock.hear(httpx.Response(200, headers={"Date": "Sun, 22 Nov 2026 18:00:00 GMT"}))
    for headers in ({}, {"Date": "yesterday"}):
        await clock.hear(httpx.Response(200, headers=headers))
    monkeypatch.setattr("time.time", lambda: 1e12)
    assert clock.age(datetime(2026, 11, 22, 17, 59, 30, tzinfo=UTC)) == 30.0
