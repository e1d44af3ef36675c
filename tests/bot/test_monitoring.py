"""What a monitor reads, and what the bot makes of Telegram's clock and of its posts."""

import asyncio
import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aiohttp import ClientSession

from bot import monitoring
from bot.monitoring import MonitorError, monitored
from bot.replies.messages import MESSAGES
from bot.settings import Settings
from bot.telegram.clock import TelegramClock
from tests.bot.emulator import Emulator
from tests.bot.serving import FakeEngine, serving


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_monitor_is_served_when_asked_for(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """/metrics counts questions, /health says ok while Telegram answers polls and 503 when it has long been silent."""
    monkeypatch.chdir(tmp_path)
    port = free_port()
    async with serving(telegram, tmp_path, CHIEDI_MONITOR_LISTEN=f"127.0.0.1:{port}"), ClientSession(f"http://127.0.0.1:{port}") as monitor:
        alice = telegram.user()
        await alice.send("Quanto uranio si produce?")
        await alice.reply()
        health = await monitor.get("/health")
        assert (health.status, await health.text()) == (200, "ok\n")
        figures = await (await monitor.get("/metrics")).text()
        monkeypatch.setattr(monitoring, "QUIET_SECONDS", -1.0)
        assert (await monitor.get("/health")).status == 503
    assert "# TYPE chiedi_questions_total counter" in figures
    assert 'chiedi_answer_seconds_bucket{le="0.1"}' in figures


async def test_monitor_is_silent_otherwise_and_says_when_its_address_is_taken() -> None:
    """Without an address nothing listens; a taken one is an error of one line."""
    assert Settings().monitor_listen is None
    async with monitored(None, polling=True):
        pass
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(MonitorError, match=rf"cannot listen on CHIEDI_MONITOR_LISTEN=127.0.0.1:{port} \(.*\): choose a free address"):
            async with monitored(("127.0.0.1", port), polling=True):
                pass


async def test_telegrams_clock_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ages follow the Date of Telegram's answers, whatever this machine's clock says; nonsense in it is passed over."""
    clock = TelegramClock()
    monkeypatch.setattr("time.monotonic", lambda: 500.0)
    await clock.hear(httpx.Response(200, headers={"Date": "Sun, 22 Nov 2026 18:00:00 GMT"}))
    for headers in ({}, {"Date": "yesterday"}):
        await clock.hear(httpx.Response(200, headers=headers))
    monkeypatch.setattr("time.time", lambda: 1e12)
    assert clock.age(datetime(2026, 11, 22, 17, 59, 30, tzinfo=UTC)) == 30.0


async def test_message_follows_its_group(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a group becomes a supergroup while the bot thinks, the answer goes to the new chat, and replies to no old number."""
    monkeypatch.chdir(tmp_path)
    alice, old, new = telegram.user(), telegram.group(), telegram.group()
    moved = {"migrate_to_chat_id": new.chat.id}
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    body = json.dumps({"ok": False, "error_code": 400, "description": words, "parameters": moved})
    telegram.fail("sendMessage", status=400, body=body, chat_id=old.chat.id, times=None)
    async with serving(telegram, tmp_path):
        await alice.send_to(old, "/ask Quanto uranio si produce?")
        reply = await new.reply()
    assert (reply.text.startswith("43%"), reply.reply_to, old.replies) == (True, None, [])


async def test_busy_bot_says_so_at_once(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When many questions think already, the next one is sent away with a word, and those that wait are answered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.telegram.updates.BUSY_AT", 3)
    people = [telegram.user(f"U{number}") for number in range(4)]
    async with serving(telegram, tmp_path, engine := FakeEngine()):
        for person in people[:3]:
            await person.send("slow: quanto?")
        while len(engine.asked) < 2:
            await asyncio.sleep(0.01)
        await people[3].send("Quanto?")
        assert (await people[3].reply()).text == MESSAGES["it"].busy
        assert [person.replies for person in people[:3]] == [[], [], []]
        engine.gate.set()
        for person in people[:3]:
            assert (await person.reply()).text.startswith("43%")
