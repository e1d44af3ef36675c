"""What the bot's tests share: Telegram on loopback, and a bare client for it."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot

from tests.bot.emulator import Emulator

Api = Callable[..., Coroutine[Any, Any, Any]]


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
