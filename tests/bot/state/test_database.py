"""The bot's database: one thread, one transaction for what waits, versions."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.state.database import FILE, MIGRATIONS, Database, StateError
from index.errors import SchemaNewer


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh database."""
    database = Database(tmp_path)
    yield database
    database.close()


async def test_failed_work_changes_nothing(database: Database) -> None:
    """A transaction that fails is rolled back, and the next one works."""

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO users (user, language) VALUES (1, 'it')")
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await database.run(half)
    assert await database.run(lambda c: c.execute("SELECT count(*) FROM users").fetchone()) == (0,)


async def test_work_side_by_side_fails_by_itself(database: Database) -> None:
    """Pieces of work that share a transaction do not share their failures."""
    gate = threading.Event()

    def add(user: int, fails: bool) -> Callable[[sqlite3.Connection], int]:
        def work(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT INTO users (user, language) VALUES (?, 'it')", (user,))
            if fails:
                raise ValueError(user)
            return user

        return work

    first = asyncio.create_task(database.run(lambda _: gate.wait(10)))
    await asyncio.sleep(0)
    others = asyncio.gather(*(database.run(add(user, fails=user % 2 == 1)) for user in range(4)), return_exceptions=True)
    await asyncio.sleep(0)
    gate.set()
    outcomes = await others
    assert (await first, outcomes[0], outcomes[2]) == (True, 0, 2)
    assert [repr(outcomes[1]), repr(outcomes[3])] == ["ValueError(1)", "ValueError(3)"]
    assert await database.run(lambda c: c.execute("SELECT user FROM users").fetchall()) == [(0,), (2,)]


def test_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """A file that a newer Chiedi wrote is left alone, with the cure."""
    Database(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaNewer, match=rf"has version 99, this Chiedi knows {len(MIGRATIONS)}: install the newer Chiedi"):
        Database(tmp_path)


def test_unusable_database_is_one_line(tmp_path: Path) -> None:
    """A file that is no database, and a folder that cannot be made, are refused with the setting to check."""
    (tmp_path / FILE).write_text("This is not a database, it is a long enough sentence." * 20)
    with pytest.raises(StateError, match=r"cannot be opened \(file is not a database\): check CHIEDI_STATE"):
        Database(tmp_path)
    with pytest.raises(StateError, match="check CHIEDI_STATE"):
        Database(tmp_path / FILE / "below")
