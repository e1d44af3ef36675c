"""What a monitor reads, and what the bot makes of Telegram's clock and of its posts."""

import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot import monitoring
from bot.monitoring import MonitorError, monitored
from bot.settings import Settings
from tests.bot.emulator import Emulator
from tests.bot.serving import serving


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
