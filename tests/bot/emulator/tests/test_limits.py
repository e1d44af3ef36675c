"""Telegram's flood limits, when they are switched on."""

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from tests.bot.emulator import Chat, Emulator
from tests.bot.emulator.rules.limits import Limits
from tests.bot.emulator.wire import ApiError


@pytest.mark.parametrize(
    ("limits", "kind", "passing", "wait"),
    [
        (Limits(on=True), "private", 1, 1),
        (Limits(on=True, per_chat=100), "private", 30, 1),
        (Limits(on=True, per_chat=100), "supergroup", 20, 60),
        (Limits(on=False), "supergroup", 100, None),
    ],
)
def test_flood_limits(limits: Limits, kind: str, passing: int, wait: int | None) -> None:
    """One message a second per chat, 30 overall, 20 a minute per group; the refusal says how long to wait."""
    chat = Chat({"id": 1, "type": kind}, 1)
    for _ in range(passing):
        limits.check(chat)
    if wait is None:
        return
    with pytest.raises(ApiError) as refusal:
        limits.check(chat)
    assert refusal.value.body() == {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {wait}",
        "parameters": {"retry_after": wait},
    }


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_other_chats_are_not_slowed_by_a_flood() -> None:
    """With limits on, the second message to a chat within a second gets 429, the first to another chat does not."""
    async with Emulator(limits=True) as telegram, Bot(telegram.token, base_url=f"{telegram.url}/bot") as bot:
        alice, bob = telegram.user(), telegram.user()
        await bot.send_message(alice.id, "a")
        with pytest.raises(RetryAfter):
            await bot.send_message(alice.id, "b")
        await bot.send_message(bob.id, "c")
        assert ([message.text for message in alice.replies], (await bob.reply()).text, telegram.limits.refused) == (["a"], "c", 1)
