"""What the bot's tests share: Telegram on loopback, and a bare client for it."""

from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot

from tests.bot.emulator import Emulator
from tests.bot.serving import FakeEngine, serving

Api = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture(autouse=True)
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bots in this process send as fast as they can; what tests Telegram's limits sets them again."""
    monkeypatch.setattr("bot.telegram.rate_limits.CHAT_SECONDS", 0.0)


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    """A fresh Telegram for one bot."""
    async with Emulator() as telegram:
        yield telegram


@pytest.fixture
async def api(telegram: Emulator) -> AsyncIterator[Api]:
    """Calls a method with JSON parameters; gives its result, or "STATUS DESCRIPTION" when it is refused."""
    async with ClientSession() as session:

        async def call(method: str, **parameters: Any) -> Any:
            async with session.post(f"{telegram.url}/bot{telegram.token}/{method}", json=parameters) as response:
                body = await response.json(content_type=None)
            assert body["ok"] == (response.status == 200)
            return body["result"] if body["ok"] else f"{response.status} {body['description']}"

        yield call


@pytest.fixture
async def client(telegram: Emulator) -> AsyncIterator[Bot]:
    """The library's client for it."""
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot") as client:
        yield client


@pytest.fixture
def engine() -> FakeEngine:
    """The engine that the bot of the test asks."""
    return FakeEngine()


@pytest.fixture
async def bot(telegram: Emulator, tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A running bot with its database in ``tmp_path``; it reads no `.env` of this machine and shows at once that it is at work."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.telegram.sending.QUICK_SECONDS", 0.0)
    async with serving(telegram, tmp_path, engine):
        yield
