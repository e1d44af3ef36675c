"""The inbox: what is stored once, kept until it is done, and found again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.state.database import Database
from bot.state.inbox import Inbox, chat_of


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
