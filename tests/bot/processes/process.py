"""The small bot as a process that a trial starts, stops and kills."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tests.bot.emulator import Emulator, Person

ROOT = Path(__file__).parents[3]
START = 60.0  # seconds in which a bot listens, on a busy machine


@cache
def _nursery() -> subprocess.Popen[str]:
    """The process that small bots are forked from; it ends with this one."""
    command, environment = [sys.executable, "-m", "tests.bot.processes.nursery"], os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ordered(order: dict[str, object]) -> int:
    """What the nursery answers to an order."""
    nursery = _nursery()
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(json.dumps(order) + "\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


class SmallBot:
    """`tests.bot.processes.small_bot` against an emulator, with a folder of its own; `before` is a command that runs it (faketime)."""

    def __init__(self, telegram: Emulator, folder: Path, *arguments: str, before: Sequence[str] = (), **settings: str) -> None:
        self.telegram, self.folder, self.log = telegram, folder, folder / "log"
        self.pid = 0
        self._arguments, self._before = arguments, before
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHIEDI_", "TELEGRAM_"))}
        self._environment = kept | {
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "CHIEDI_TELEGRAM_API": telegram.url,
            "CHIEDI_STATE": str(folder / "state"),
            **settings,
        }
        self._code: Callable[[], int] | None = None  # while it runs

    async def launch(self) -> None:
        """Starts the process without waiting for anything."""
        self.pid, self._code = self._executed() if self._before else self._forked()

    def _forked(self) -> tuple[int, Callable[[], int]]:
        order: dict[str, object] = {
            "arguments": self._arguments,
            "environment": self._environment,
            "folder": str(self.folder),
            "log": str(self.log),
        }
        pid = _ordered(order)
        return pid, lambda: _ordered({"wait": pid})

    def _executed(self) -> tuple[int, Callable[[], int]]:
        command = [*self._before, sys.executable, "-m", "tests.bot.processes.small_bot", *self._arguments]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=log, stderr=log, start_new_session=True)
        return process.pid, process.wait

    async def start(self) -> None:
        """Starts the process and waits until it polls."""
        times = len(self.telegram.called("getUpdates")) + 1
        await self.launch()
        await self.telegram.hears("getUpdates", times, START)

    async def ended(self, seconds: float = 10.0) -> int:
        """The exit code, or TimeoutError."""
        assert self._code is not None
        over, handle = asyncio.Event(), os.pidfd_open(self.pid)
        asyncio.get_running_loop().add_reader(handle, over.set)
        try:
            await asyncio.wait_for(over.wait(), seconds)
        finally:
            asyncio.get_running_loop().remove_reader(handle)
            os.close(handle)
        code, self._code = self._code(), None
        return code

    async def stop(self) -> int:
        """Asks the bot to stop, as systemd does; its exit code, or TimeoutError after 10 seconds."""
        os.kill(self.pid, signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """Ends the bot, and what it was started with, as a crash or a power cut does."""
        if self._code is not None:
            os.killpg(self.pid, signal.SIGKILL)
            await self.ended()

    async def __aenter__(self) -> "SmallBot":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    def state(self, query: str) -> list[tuple[object, ...]]:
        """What the bot's database answers to a query."""
        with sqlite3.connect(f"file:{self.folder / 'state' / 'chiedi.sqlite3'}?mode=ro", uri=True) as database:
            return database.execute(query).fetchall()

    async def idle(self, seconds: float = 120.0) -> None:
        """Waits until Telegram holds nothing back and the inbox is empty."""
        async with asyncio.timeout(seconds):
            while self.telegram.updates.pending or self.state("SELECT 1 FROM inbox WHERE finished IS NULL LIMIT 1"):
                await asyncio.sleep(0.05)


def replies(people: Sequence[Person]) -> dict[tuple[int, int | None], int]:
    """How many answers each question got, by chat and message; other words of the bot do not count."""
    found: dict[tuple[int, int | None], int] = {}
    for person in people:
        for reply in person.replies:
            if not reply.text.startswith("43%"):
                continue
            found[person.id, reply.reply_to] = found.get((person.id, reply.reply_to), 0) + 1
    return found
