"""Faults on demand: the false answers, silences and cuts that a bot has to live with."""

import asyncio
import contextlib

import pytest
from aiohttp import ClientConnectionError, ClientError, ClientSession, ClientTimeout

from tests.bot.conftest import Api
from tests.bot.emulator import Emulator


async def post(telegram: Emulator, method: str, seconds: float = 10.0, **parameters: object) -> tuple[int, str, str]:
    """Status, content type and body of one call over a connection of its own."""
    url = f"{telegram.url}/bot{telegram.token}/{method}"
    async with ClientSession(timeout=ClientTimeout(seconds)) as session, session.post(url, json=parameters) as response:
        return response.status, response.content_type, await response.text()


async def test_false_answers_come_as_often_as_planned(telegram: Emulator, api: Api) -> None:
    """429 twice with its seconds, then 401, then the truth again; other methods and chats are not touched."""
    alice, bob = telegram.user(), telegram.user()
    telegram.fail("sendMessage", status=429, retry_after=3, times=2, chat_id=alice.id)
    telegram.fail("sendMessage", status=401, chat_id=alice.id)
    answers = [await api("sendMessage", chat_id=person.id, text="a") for person in (alice, bob, alice, alice, alice)]
    flood = "429 Too Many Requests: retry after 3"
    assert [answer if isinstance(answer, str) else "sent" for answer in answers] == [flood, "sent", flood, "401 Unauthorized", "sent"]
    assert [call.status for call in telegram.called("sendMessage")] == [429, 200, 429, 401, 200]


async def test_server_errors_come_as_a_proxys_page(telegram: Emulator) -> None:
    """502 is HTML, not Telegram's envelope; a body of one's own can be anything."""
    telegram.fail("getMe", status=502)
    status, kind, body = await post(telegram, "getMe")
    assert (status, kind, "<h1>502 Bad Gateway</h1>" in body) == (502, "text/html", True)
    telegram.fail("getMe", body='{"ok": tr')
    assert await post(telegram, "getMe") == (200, "application/json", '{"ok": tr')


async def test_conflict_is_worded_as_telegram_words_it(telegram: Emulator, api: Api) -> None:
    """A planned 409 on getUpdates reads like a second poller; `skip` lets calls pass before it."""
    telegram.fail("getUpdates", status=409, skip=1)
    words = "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    assert [await api("getUpdates") for _ in range(3)] == [[], words, []]


async def test_a_connection_cut_before_the_effect_sends_nothing(telegram: Emulator) -> None:
    """The caller sees a broken connection, and the message was not sent."""
    alice = telegram.user()
    telegram.fail("sendMessage", drop="before")
    with pytest.raises(ClientError):
        await post(telegram, "sendMessage", chat_id=alice.id, text="a")
    assert (alice.replies, telegram.called("sendMessage")[0].status) == ([], 0)


async def test_a_connection_cut_after_the_effect_loses_only_the_answer(telegram: Emulator) -> None:
    """The caller sees the same broken connection, but the message stands."""
    alice = telegram.user()
    telegram.fail("sendMessage", drop="after")
    with pytest.raises(ClientError):
        await post(telegram, "sendMessage", chat_id=alice.id, text="a")
    assert [message.text for message in alice.replies] == ["a"]


@pytest.mark.parametrize(("drop", "sent"), [(None, 0), ("after", 1)])
async def test_silence_outlasts_the_callers_patience(telegram: Emulator, drop: str | None, sent: int) -> None:
    """A call that is kept waiting has no effect once the caller gave up, unless the silence comes after the effect."""
    alice = telegram.user()
    telegram.fail("sendMessage", hang=60.0, drop=drop)
    with pytest.raises(TimeoutError):
        await post(telegram, "sendMessage", 0.2, chat_id=alice.id, text="a")
    assert len(alice.replies) == sent


async def test_an_outage_refuses_connections_and_keeps_what_people_write(telegram: Emulator) -> None:
    """While nobody listens, calls and waiting polls fail; afterwards the updates are there at the same address."""
    poll = asyncio.create_task(post(telegram, "getUpdates", timeout=50))
    while telegram.updates.poll is None:
        await asyncio.sleep(0)
    async with telegram.outage():
        with pytest.raises(ClientError):
            await poll
        with pytest.raises(ClientConnectionError):
            await post(telegram, "getMe")
        await telegram.user().send("ciao")
    assert '"text": "ciao"' in (await post(telegram, "getUpdates"))[2]


async def test_a_dead_poller_is_forgotten(telegram: Emulator, api: Api) -> None:
    """A poll whose process died takes no updates with it: the next one gets them."""
    with contextlib.suppress(TimeoutError):
        await post(telegram, "getUpdates", 0.2, timeout=50)
    await telegram.user().send("ciao")
    assert [update["message"]["text"] for update in await api("getUpdates", timeout=50)] == ["ciao"]


async def test_unknown_tokens_and_methods_are_refused(telegram: Emulator, api: Api) -> None:
    """Another token gets 401, a method that does not exist 404, in the usual envelope; healing forgets the faults."""
    telegram.fail("getMe", status=500, times=None)
    telegram.heal()
    assert await api("GETME") == telegram.bot
    assert await api("getNothing") == "404 Not Found"
    async with ClientSession() as session, session.get(f"{telegram.url}/bot1:x/getMe") as response:
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_calls_are_logged_with_what_they_asked_and_got(telegram: Emulator, api: Api) -> None:
    """The log holds method, parameters, status, result or description and a rising clock."""
    alice = telegram.user()
    sent = await api("sendMessage", chat_id=alice.id, text="a")
    await api("sendMessage", chat_id=alice.id, text="")
    first, second = telegram.calls
    assert (first.method, first.params, first.status, first.result) == ("sendMessage", {"chat_id": alice.id, "text": "a"}, 200, sent)
    assert (second.status, second.description) == (400, "Bad Request: message text is empty")
    assert first.at < second.at
