"""The inbox: what is stored once, kept until it is done, and found again."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.state.database import FILE, MIGRATIONS, Database, StateError
from bot.state.inbox import Inbox, chat_of
from bot.telegram.update_validation import check
from index.errors import SchemaNewer


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh database."""
    database = Database(tmp_path)
    yield database
    database.close()


def update(number: int, chat: int = 7) -> dict[str, object]:
    """A message as Telegram sends it, as far as the inbox looks at it."""
    return {"update_id": number, "message": {"message_id": 1, "chat": {"id": chat}, "text": "perché?"}}


async def test_repeated_updates_are_stored_once(database: Database) -> None:
    """New updates come back in order; repeated ones and what has no id are left out."""
    inbox = Inbox(database)
    assert [waiting.update_id for waiting in await inbox.store([update(2), update(1), update(2), {}, None, {"update_id": "x"}])] == [1, 2]
    assert await inbox.store([update(1)]) == []
    assert [(waiting.update_id, waiting.chat, waiting.raw) for waiting in await inbox.waiting()] == [(1, 7, update(1)), (2, 7, update(2))]


async def test_halves_of_characters_are_mended(database: Database) -> None:
    """A lone surrogate, which would stop every encoder, becomes a question mark."""
    (stored,) = await Inbox(database).store([{"update_id": 1, "message": {"text": "a\ud800b😀"}}])
    assert stored.raw == {"update_id": 1, "message": {"text": "a?b😀"}}


async def test_waiting_updates_survive_the_process(database: Database, tmp_path: Path) -> None:
    """Another process finds what was stored and not done, and only that."""
    inbox = Inbox(database)
    await inbox.store([update(1), update(2), update(3)])
    await inbox.done(1)
    await inbox.set_aside(2, "unparsable")
    other = Database(tmp_path)
    assert [waiting.update_id for waiting in await Inbox(other).waiting()] == [3]
    assert await Inbox(other).count_set_aside() == 1
    other.close()


async def test_done_updates_are_forgotten_but_not_repeated(database: Database) -> None:
    """The text goes when the update is done; the id stays until Telegram cannot send it again."""
    inbox = Inbox(database)
    await inbox.store([update(1), update(2)])
    await inbox.done(1)
    await inbox.set_aside(2, "unparsable")
    assert await database.run(lambda c: c.execute("SELECT raw FROM inbox WHERE update_id = 1").fetchall()) == [(None,)]
    assert await inbox.store([update(1)]) == []
    await database.run(lambda c: c.execute("UPDATE inbox SET finished = finished - 172801"))
    await inbox.purge()
    assert await database.run(lambda c: c.execute("SELECT update_id FROM inbox").fetchall()) == [(2,)]


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"update_id": 1, "message": {"chat": {"id": -5}, "from": {"id": 6}}}, -5),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}, "message": {"chat": {"id": -5}}}}, -5),
        ({"update_id": 1, "inline_query": {"from": {"id": 6}}}, 6),
        ({"update_id": 1, "poll_answer": {"user": {"id": 6}}}, 6),
        ({"update_id": 1, "message": {"chat": {"id": 2**63}}}, 0),
        ({"update_id": 1, "message": "x"}, 0),
    ],
)
def test_chat_of_an_update(raw: dict[str, object], chat: int) -> None:
    """An update belongs to its chat, else to its sender, else to nobody."""
    assert chat_of(raw) == chat


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["update_id", "message", "chat", "from", "id", "user"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]), JSON, max_size=3))
def test_chat_of_takes_any_object(raw: dict[str, object]) -> None:
    """Whatever JSON arrives, the chat is an integer that SQLite can hold."""
    assert -(2**63) < chat_of(raw) < 2**63


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


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"update_id": 1, "message": {"chat": {}, "message_id": 2**70}}, "message_id is of the type int"),
        ({"update_id": 1, "message": {"chat": {}, "from": {"id": True}}}, "id is of the type bool"),
        ({"update_id": 1, "message": {"chat": {}, "entities": [{"type": "bold", "length": "x"}]}}, "length is of the type str"),
        ({"update_id": 1, "callback_query": {"id": [], "from": {"id": 1}}}, "id is of the type list"),
        ({"update_id": 1, "inline_query": {"id": "1", "from": None}}, "from is of the type NoneType"),
        ({"update_id": 1, "message": {"chat": {}, "text": None}}, "text is of the type NoneType"),
        ({"update_id": 1, "edited_message": {"chat": None}}, "chat is of the type NoneType"),
        ({"update_id": 1, "message": []}, "chat is of the type NoneType"),
    ],
)
def test_unsound_updates_are_refused(raw: dict[str, object], problem: str) -> None:
    """A field of another type than Telegram says is named, wherever it stands."""
    with pytest.raises(TypeError, match=problem):
        check(raw)


def test_sound_updates_pass() -> None:
    """What Telegram sends passes, also with fields that are not known here."""
    message = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "text": "a", "new": {"id": 2, "text": ""}}
    check({"update_id": 1, "callback_query": {"id": "77", "from": {"id": 6, "is_bot": False}, "message": message, "data": "x"}})
    check({"update_id": 1, "unheard_of": {"id": 5}, "message": message})
