"""Updates until they are confirmed, by polling and by webhook."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.bot.conftest import Api
from tests.bot.emulator import Emulator


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_the_offset_moves(telegram: Emulator, api: Api) -> None:
    """The same updates are handed out until an offset above them confirms them."""
    alice = telegram.user()
    for text in "abc":
        await alice.send(text)
    first = await api("getUpdates")
    assert (texts(first), texts(await api("getUpdates", limit=2))) == (["a", "b", "c"], ["a", "b"])
    assert texts(await api("getUpdates", offset=first[1]["update_id"])) == ["b", "c"]
    assert await api("getUpdates", offset=first[2]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_only_the_newest(telegram: Emulator, api: Api) -> None:
    """Offset -1 gives the last update and forgets all before it."""
    for text in "abc":
        await telegram.user().send(text)
    assert texts(await api("getUpdates", offset=-1)) == ["c"]
    assert texts(await api("getUpdates")) == ["c"]


async def test_long_polling_returns_as_soon_as_something_happens(telegram: Emulator, api: Api) -> None:
    """A waiting poll ends with the next message, long before its timeout."""
    poll = asyncio.create_task(api("getUpdates", timeout=50))
    while telegram.updates.poll is None:
        await asyncio.sleep(0)
    await telegram.user().send("ciao")
    assert texts(await poll) == ["ciao"]


async def test_a_second_poll_ends_the_first_with_409(telegram: Emulator, api: Api) -> None:
    """Two pollers at once: the older one is told that another has taken over."""
    first = asyncio.create_task(api("getUpdates", timeout=50))
    while telegram.updates.poll is None:
        await asyncio.sleep(0)
    assert await api("getUpdates", timeout=0) == []
    assert await first == "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def test_allowed_updates_stick(telegram: Emulator, api: Api) -> None:
    """The kinds asked for hold for later calls that do not name them; an empty list is Telegram's choice again."""
    alice = telegram.user()
    await api("getUpdates", allowed_updates=["edited_message"])
    message = await alice.send("a")
    await alice.edit(message, "b")
    (update,) = await api("getUpdates")
    assert update["edited_message"]["text"] == "b"
    await api("getUpdates", offset=update["update_id"] + 1, allowed_updates=[])
    alice.block()
    assert [list(update) for update in await api("getUpdates")] == [["update_id", "my_chat_member"]]


async def test_raw_repeated_and_mixed_updates_go_out(telegram: Emulator, api: Api) -> None:
    """Malformed updates take a place in the queue, a repetition goes out once whatever was confirmed, order can be mixed."""
    odd = telegram.inject({"message": "no object"})
    assert await api("getUpdates") == [odd]
    assert await api("getUpdates", offset=odd["update_id"] + 1) == []
    telegram.repeat(odd)
    assert await api("getUpdates", offset=odd["update_id"] + 1) == [odd]
    assert await api("getUpdates", offset=odd["update_id"] + 1) == []
    with telegram.paused():
        for text in "abcd":
            await telegram.user().send(text)
        assert await api("getUpdates") == []
        telegram.updates.shuffle(1)
    mixed = await api("getUpdates")
    assert sorted(texts(mixed)) == ["a", "b", "c", "d"]
    assert texts(mixed) != ["a", "b", "c", "d"]


class Hook:
    """A bot's webhook that answers with the statuses it is given, then 200, and keeps what it accepted."""

    def __init__(self) -> None:
        self.url = ""
        self.statuses: list[int] = []
        self.secrets: list[str | None] = []
        self.accepted: asyncio.Queue[str] = asyncio.Queue()

    async def serve(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.accepted.put_nowait((await request.json())["message"]["text"])
        return web.Response(status=status)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.serve)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


async def test_a_webhook_gets_updates_with_the_secret(telegram: Emulator, api: Api, hook: Hook) -> None:
    """What waited before setWebhook is pushed too, in order, and polling is refused meanwhile."""
    alice = telegram.user()
    await alice.send("a")
    assert await api("setWebhook", url=hook.url, secret_token="s3cret") is True
    await alice.send("b")
    assert [await hook.accepted.get(), await hook.accepted.get()] == ["a", "b"]
    assert hook.secrets == ["s3cret", "s3cret"]
    words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    assert await api("getUpdates") == f"409 Conflict: {words}"


async def test_a_failing_webhook_is_tried_again_in_order(telegram: Emulator, api: Api, hook: Hook) -> None:
    """After 500 and 403 the same update comes again before the next one of its chat; getWebhookInfo tells the failure."""
    hook.statuses = [500, 403]
    await api("setWebhook", url=hook.url)
    alice = telegram.user()
    for text in "abc":
        await alice.send(text)
    assert [await hook.accepted.get() for _ in range(3)] == ["a", "b", "c"]
    assert (await api("getWebhookInfo"))["last_error_message"] == "Wrong response from the webhook: 403 Forbidden"


async def test_deleting_the_webhook_keeps_what_was_not_accepted(telegram: Emulator, api: Api, hook: Hook) -> None:
    """What the webhook never took comes by polling afterwards, unless it is to be dropped."""
    hook.statuses = [503] * 1000
    await api("setWebhook", url=hook.url)
    await telegram.user().send("a")
    assert (await api("getWebhookInfo"))["pending_update_count"] == 1
    await api("deleteWebhook")
    assert texts(await api("getUpdates")) == ["a"]
    await api("deleteWebhook", drop_pending_updates=True)
    assert await api("getUpdates") == []


async def test_set_webhook_checks_address_and_secret(api: Api) -> None:
    """An address that is none, or a secret with other characters, is refused."""
    assert await api("setWebhook", url="ftp://x") == "400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    assert (
        await api("setWebhook", url="http://127.0.0.1:1/", secret_token="a b")
        == "400 Bad Request: secret token contains unallowed characters"
    )
