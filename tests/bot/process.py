"""The small bot as a process that a trial starts, stops and kills."""

import asyncio
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

from tests.bot.emulator import Emulator, Person

ROOT = Path(__file__).parents[2]
START = 60.0  # seconds in which a bot listens, on a busy machine


class SmallBot:
    """`tests.bot.small_bot` against an emulator, with a folder of its own; `before` is a command that runs it (faketime)."""

    def __init__(self, telegram: Emulator, folder: Path, *arguments: str, before: Sequence[str] = (), **settings: str) -> None:
        self.telegram, self.folder, self.log = telegram, folder, folder / "log"
        self._command = [*before, sys.executable, "-m", "tests.bot.small_bot", *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHIEDI_", "TELEGRAM_"))}
        self._environment = kept | {
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "CHIEDI_TELEGRAM_API": telegram.url,
            "CHIEDI_STATE": str(folder / "state"),
            **settings,
        }
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The process, which runs."""
        assert self._process is not None
        return self._process.pid

    async def launch(self) -> None:
        """Starts the process without waiting for anything."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self.folder, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    async def start(self) -> None:
        """Starts the process and waits until it polls."""
        times = len(self.telegram.called("getUpdates")) + 1
        await self.launch()
        await self.telegram.hears("getUpdates", times, START)

    async def ended(self, seconds: float = 10.0) -> int:
        """The exit code, or TimeoutError."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), seconds)

    async def stop(self) -> int:
        """Asks the bot to stop, as systemd does; its exit code, or TimeoutError after 10 seconds."""
        os.kill(self.pid, signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """Ends the bot, and what it was started with, as a crash or a power cut does."""
        if self._process is not None and self._process.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)
            await self._process.wait()

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
