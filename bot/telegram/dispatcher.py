"""Who is answered when: one after the other inside a chat, chats side by side."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Awaitable, Callable, Iterable

from bot.monitoring import WAITING
from bot.state.inbox import Waiting


class Dispatcher:
    """Hands waiting updates to ``answer``, in order for each chat.

    ``failed`` ends with the first error that ``answer`` raises; until then it is open.
    """

    def __init__(self, answer: Callable[[Waiting], Awaitable[None]]) -> None:
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._queues: dict[int, list[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def submit(self, arrived: Iterable[Waiting]) -> None:
        """Takes updates in; returns at once."""
        for waiting in arrived:
            WAITING.inc()
            if waiting.chat not in self._queues:
                self._queues[waiting.chat] = []
                self._start(waiting.chat)
            insort(self._queues[waiting.chat], waiting)

    async def drain(self, seconds: float) -> bool:
        """Starts no more answers, waits for the running ones, stops them after ``seconds``; returns whether all ended by themselves."""
        self._closing = True
        if not self._tasks:
            return True
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    def _start(self, chat: int) -> None:
        task = asyncio.create_task(self._serve(chat))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _serve(self, chat: int) -> None:
        queue = self._queues[chat]
        while queue and not self._closing:
            await self._answer(queue.pop(0))
            WAITING.dec()
        del self._queues[chat]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not self.failed.done():
            self.failed.set_exception(error)
