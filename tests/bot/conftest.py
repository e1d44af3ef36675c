"""What the bot's tests share: Telegram on loopback, and one event loop for the whole run."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.emulator import Emulator


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio."""
    return "asyncio"


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    """A fresh Telegram for one bot."""
    async with Emulator() as telegram:
        yield telegram
