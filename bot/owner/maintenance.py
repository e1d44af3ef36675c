"""What the bot looks after by itself: throwing away what is old, and seeing that the index is well."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

from bot.engine import Engine
from bot.state.notices import Owners

log = logging.getLogger(__name__)
LOOK_SECONDS = 30.0
LOOKS_A_DAY = 2880


async def housekeeping(purges: Sequence[Callable[[], Awaitable[None]]], engine: Engine, owners: Owners) -> None:
    """Every day, and at the start, purges; twice a minute looks whether the engine refused a new index. Never ends."""
    for look in count():
        if look % LOOKS_A_DAY == 0:
            await _purge(purges, owners)
        if engine.warning:
            owners.notify("index", engine.warning)
        await asyncio.sleep(LOOK_SECONDS)


async def _purge(purges: Sequence[Callable[[], Awaitable[None]]], owners: Owners) -> None:
    try:
        for purge in purges:
            await purge()
    except sqlite3.Error as error:
        log.error("what is old could not be thrown away (%s)", error)
        owners.notify("disk", error)
