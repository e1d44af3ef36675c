"""Load on the bot: questions a second from many chats, and its memory over many questions.

The bot runs as a process of its own with an engine that takes a fixed time, against Telegram on loopback: what is measured is receiving,
storing, ordering, sending and writing down, not the answering.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bot.emulator import Emulator
from tests.bot.processes.process import SmallBot
from tests.bot.telegram.test_faults import memory

CHATS, THINK = 300, 0.03


def run() -> dict[str, Any]:
    """30 questions a second from 300 chats for 60 seconds, then 20,000 questions as fast as they are answered. Some ten minutes."""
    return {"engine_ms": 1000 * THINK, "load": asyncio.run(_load(30, 60)), "memory": asyncio.run(_memory(20_000))}


async def _load(rate: float, seconds: float) -> dict[str, Any]:
    """Questions at even intervals, the chats in turn; waiting times are from a question's arrival at Telegram to the reply's."""
    async with Emulator() as telegram:
        people = [telegram.user(f"U{number}") for number in range(CHATS)]
        with tempfile.TemporaryDirectory() as folder:
            async with SmallBot(telegram, Path(folder), "--think", str(THINK)) as bot:
                asked = []
                started = time.monotonic()
                for number in range(int(rate * seconds)):
                    await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
                    person = people[number % CHATS]
                    asked.append((person, await person.send(f"Quanto uranio si produce? {number}")))
                await bot.idle()
                cpu = _cpu_seconds(bot.pid)
        answers = [[reply for reply in person.replies_to(question) if reply.text.startswith("43%")] for person, question in asked]
        waits = sorted(got[0].received - question.received for got, (_, question) in zip(answers, asked, strict=True) if got)
        return {
            "questions": len(asked),
            "per_second": rate,
            "chats": CHATS,
            "answered_once": sum(len(got) == 1 for got in answers),
            "chats_in_order": sum(_in_order(person) for person in people),
            "p50_ms": _ms(waits, 0.5),
            "p95_ms": _ms(waits, 0.95),
            "max_ms": _ms(waits, 1.0),
            "bot_cpu_ms_per_question": round(1000 * cpu / len(asked), 1),
        }


async def _memory(long: int) -> dict[str, Any]:
    """Many questions, kept coming; resident memory after each tenth of them."""
    async with Emulator() as telegram:
        people = [telegram.user(f"U{number}") for number in range(100)]
        sizes = []
        with tempfile.TemporaryDirectory() as folder:
            async with SmallBot(telegram, Path(folder), "--unlimited", "--think", "0") as bot:
                started = time.monotonic()
                for tenth in range(10):
                    for number in range(long // 1000):
                        for person in people:
                            await person.send(f"Quanto uranio si produce? {tenth} {number}")
                        await bot.idle()
                    sizes.append(round(memory(bot.pid) / 1024, 1))
                took = time.monotonic() - started
        replies = sum(reply.text.startswith("43%") for person in people for reply in person.replies)
        return {
            "questions": 10 * (long // 1000) * 100,
            "answers": replies,
            "per_second": round(replies / took),
            "mib_after_each_tenth": sizes,
        }


def _cpu_seconds(pid: int) -> float:
    """The processor time that a process has used, its start included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _in_order(person: Any) -> bool:
    answered = [reply.reply_to for reply in person.replies]
    return bool(answered == sorted(answered))


def _ms(waits: list[float], share: float) -> float:
    return round(1000 * waits[min(len(waits) - 1, int(share * len(waits)))], 1)
