"""The outbox: what counts as sent already, and for how long."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.state.database import Database
from bot.state.inbox import Inbox
from bot.state.outbox import Outbox, digest
from bot.telegram.rate_limits import SendingPace
from bot.telegram.requests import RequestLimiter


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh database."""
    database = Database(tmp_path)
    yield database
    database.close()


async def post(outbox: Outbox, *texts: str) -> list[str]:
    """Sends messages for update 1 as a fresh try does; returns what went out."""
    gone: list[str] = []
    sending = RequestLimiter(outbox, SendingPace())
    await outbox.open(1)
    for text in texts:

        async def send(text: str = text) -> dict[str, str]:
            gone.append(text)
            return {"text": text}

        data = {"chat_id": 7, "text": text}
        assert await sending.process_request(send, (), {}, "sendMessage", data, None) == {"text": text}
    return gone


async def test_next_try_sends_what_is_missing(database: Database) -> None:
    """What an earlier try sent is not sent again, whatever stands before it now; equal messages count as often as they were sent."""
    outbox = Outbox(database)
    assert await post(outbox, "a", "a", "b") == ["a", "a", "b"]
    assert await post(outbox, "sorry", "a", "a", "a", "b", "c") == ["sorry", "a", "c"]


async def test_done_updates_have_no_outbox(database: Database) -> None:
    """With the update its messages are forgotten; those of others stay."""
    inbox, outbox = Inbox(database), Outbox(database)
    await inbox.store([{"update_id": 1}])
    await post(outbox, "a")
    await inbox.done(2)
    assert await post(outbox, "a") == []
    await inbox.done(1)
    assert await post(outbox, "a") == ["a"]


async def test_purge_clears_what_no_update_waits_for(database: Database) -> None:
    """Messages that were noted after their update was done go with the next purge."""
    inbox, outbox = Inbox(database), Outbox(database)
    await post(outbox, "a")
    await inbox.purge()
    assert await database.run(lambda c: c.execute("SELECT count(*) FROM outbox").fetchone()) == (0,)


def test_digest_tells_messages_apart() -> None:
    """Chat, method and words count; buttons do not."""
    data = {"chat_id": 7, "text": "a"}
    same = digest("sendMessage", data | {"reply_markup": "x"})
    others = [digest("sendMessage", data | {"chat_id": 8}), digest("sendPhoto", data), digest("sendMessage", data | {"text": "b"})]
    assert digest("sendMessage", data) == same
    assert same not in others
