"""Bringing the index up to date while the bot runs; the engine follows by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from index.models.embedder import Embedder
    from index.storage.build import BuildReport

T = TypeVar("T")
EDIT_SECONDS = 3.0  # between two words about the progress: Telegram takes edits slowly
Report = Callable[[int, int], Awaitable[None]]


async def rebuild(articles: Path, index: Path, embedder: Embedder, report: Report | None = None) -> BuildReport:
    """Builds what changed in a thread that a stop of the bot does not wait for; ``report`` is called with (done, total) every few seconds.

    Unreadable files are left out and reported. Raises what build_index raises.
    """
    progress = [(0, 0)]

    def build() -> BuildReport:
        from index.storage.build import build_index

        def note(done: int, total: int) -> None:
            progress[0] = (done, total)

        return build_index(articles, index, embedder, skip_bad=True, progress=note)

    ended = apart(build)
    said = progress[0]
    while not ended.done():
        await asyncio.wait({ended}, timeout=EDIT_SECONDS)
        if report and progress[0] != said and not ended.done():
            said = progress[0]
            await report(*said)
    return ended.result()


def apart(work: Callable[[], T]) -> asyncio.Future[T]:
    """Does ``work`` in a thread of its own that a stop of the bot does not wait for. What it raises is the future's."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            end: tuple[Callable[[Any], None], Any] = (ended.set_result, work())
        except Exception as error:
            end = (ended.set_exception, error)
        with suppress(RuntimeError):  # the loop is closed: the bot has stopped meanwhile
            loop.call_soon_threadsafe(_end, ended, *end)

    threading.Thread(target=run, daemon=True, name="apart").start()
    return ended


def _end(ended: asyncio.Future[T], end: Callable[[Any], None], value: Any) -> None:
    if not ended.cancelled():
        end(value)
