"""What the bot looks after by itself."""

import sqlite3
import time
from pathlib import Path

import pytest

from tests.bot.emulator import Emulator
from tests.bot.owner.test_commands import QUESTION, ask, until_written
from tests.bot.serving import serving


async def test_old_questions_are_thrown_away(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start what was asked more than 30 days ago is forgotten with its verdicts; yesterday's questions stay."""
    monkeypatch.chdir(tmp_path)
    async with serving(telegram, tmp_path):
        await ask(telegram.user(), QUESTION, QUESTION)
        await until_written(tmp_path, 2)
    with sqlite3.connect(tmp_path / "chiedi.sqlite3") as database:
        database.execute("INSERT INTO feedback (answer, user, verdict, created) VALUES (1, 1, 'good', 0)")
        database.execute("UPDATE answers SET asked = ? - 86400 * (CASE id WHEN 1 THEN 31 ELSE 1 END)", (time.time(),))
    async with serving(telegram, tmp_path):
        await ask(telegram.user(), QUESTION)
        await until_written(tmp_path, 2)
    with sqlite3.connect(tmp_path / "chiedi.sqlite3") as database:
        assert database.execute("SELECT id FROM answers").fetchall() == [(2,), (3,)]
        assert database.execute("SELECT count(*) FROM feedback").fetchone() == (0,)
