"""The life of an update."""

import asyncio
from pathlib import Path

import pytest

from bot.replies.messages import MESSAGES
from tests.bot.emulator import Emulator
from tests.bot.serving import FakeEngine, serving


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
