"""Bringing the index up to date while the bot runs; the engine follows by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ChiediError

if TYPE_CHECKING:
    from index.build import BuildReport
    from index.embedding import Embedder

EDIT_SECONDS = 3.0  # between two words about the progress: Telegram takes edits slowly
Told = Callable[[int, int], Awaitable[None]]


async def rebuild(articles: Path, index: Path, embedder: Embedder, told: Told) -> BuildReport:
    """Builds what changed in a thread that a stop of the bot does not wait for; ``told`` hears (done, total) every few seconds.

    Unreadable files are left out and reported. Raises what build_index raises.
    """
    loop, ended = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
    progress = [(0, 0)]

    def build() -> None:
        from index.build import build_index

        def note(done: int, total: int) -> None:
            progress[0] = (done, total)

        try:
            report = build_index(articles, index, embedder, skip_bad=True, progress=note)
        except (ChiediError, OSError) as error:
            loop.call_soon_threadsafe(_end, ended, None, error)
        else:
            loop.call_soon_threadsafe(_end, ended, report, None)

    threading.Thread(target=build, daemon=True, name="rebuild").start()
    said = progress[0]
    while not ended.done():
        await asyncio.wait({ended}, timeout=EDIT_SECONDS)
        if progress[0] != said and not ended.done():
            said = progress[0]
            await told(*said)
    report: BuildReport = ended.result()
    return report


def _end(ended: asyncio.Future[BuildReport], report: BuildReport | None, error: Exception | None) -> None:
    if ended.cancelled():
        return
    if error or report is None:
        ended.set_exception(error or RuntimeError("no report"))
    else:
        ended.set_result(report)
