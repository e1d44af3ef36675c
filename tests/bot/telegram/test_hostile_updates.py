"""Updates that hypothesis makes up, whole and broken: nothing raises, Telegram refuses nothing, and good questions are answered."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.bot.emulator import Emulator
from tests.bot.processes.process import SmallBot

COMMANDS = (
    "/start", "/start d_x", "/start a_", "/ask", "/ask?", "/lang", "/articles", "/stats", "/forget", "/export", "@chiedi_test_bot e poi?",
    "lungo",
)  # fmt: skip
TEXT = st.text(max_size=60) | st.sampled_from(COMMANDS)
NUMBER = st.integers(-(2**70), 2**70) | st.integers(-5, 5)
ANY = st.recursive(
    st.none() | st.booleans() | NUMBER | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DATA = st.tuples(
    st.sampled_from(["lang", "hello", "offer", "articles", "forget", "more", "literal", "good", "wrong", "missed", "adm", "x"]),
    st.sampled_from(["it", "en", "yes", "no", "1", "-1", "999", "a:b", "ask:x"]) | st.text(max_size=10),
).map(":".join)
PLACE = st.integers(-3, 90)
ENTITY = st.fixed_dictionaries(
    {"type": st.sampled_from(["mention", "text_mention", "bot_command", "bold", "nonsense"]), "offset": PLACE, "length": PLACE}
)
MESSAGE_FIELDS = {
    "text": TEXT, "caption": TEXT, "entities": st.lists(ENTITY, max_size=3), "caption_entities": st.lists(ENTITY, max_size=2),
    "message_thread_id": st.integers(1, 2**40), "is_topic_message": st.booleans(), "reply_to_message": ANY, "via_bot": ANY,
    "photo": ANY, "voice": ANY, "sender_chat": ANY, "forward_origin": ANY, "quote": ANY,
    "new_chat_members": ANY, "migrate_to_chat_id": NUMBER,
}  # fmt: skip
MESSAGE = st.fixed_dictionaries({"message_id": st.integers(1, 10**6), "date": st.just(1) | st.integers(1, 2**33)}, optional=MESSAGE_FIELDS)
KINDS = (
    "message",
    "message",
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "channel_post",
    "guest_message",
    "poll",
    "business_message",
)
UPDATE = st.tuples(st.sampled_from(KINDS), MESSAGE, DATA, st.sampled_from(["", "chat", "from", "message_id", "date", "id"]), ANY)
Made = tuple[str, dict[str, Any], str, str, Any]
# What is no fault of the bot's words: a button of long ago, an edit that changes nothing, a message that is not its own, and topics.
PASSED = ("query is too old", "message is not modified", "message to edit not found", "message can't be edited", "message thread not found")


def made(count: int) -> list[Made]:
    """So many updates, the same ones each time."""
    found: list[Made] = []

    @settings(max_examples=count, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(UPDATE)
    def collect(update: Made) -> None:
        found.append(update)

    collect()
    return found


def update_of(telegram: Emulator, number: int, update: Made) -> dict[str, Any]:
    """The update as Telegram would send it, from one of fifty people or groups it knows, with one field broken or missing."""
    kind, fields, data, broken, value = update
    person, group = telegram.user(user_id=1000 + number % 50), telegram.group()
    chat = group.chat.data if number % 7 == 0 else person.chat.data
    message = {"chat": chat, "from": person.data, **fields}
    content: dict[str, Any] = message
    if kind == "callback_query":
        claim = {"from": person.data, "chat_instance": "1", "data": data, "message": message}
        content = {"id": telegram.queries.add(claim).id, **claim}
    elif kind == "inline_query":
        asked = {"from": person.data, "query": fields.get("text", ""), "offset": data, "chat_type": "sender"}
        content = {"id": telegram.queries.add(asked).id, **asked}
    elif kind == "guest_message":
        content = {"guest_query_id": telegram.queries.add({"from": person.data}).id, **message}
    if broken in content and number % 3 == 0:
        content = {**content, broken: value}
    return {kind: content}


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.faults)])
async def test_hostile_updates(telegram: Emulator, tmp_path: Path, count: int) -> None:
    """After each hundred made-up updates a plain question is answered; no traceback, no refused words."""
    alice, updates = telegram.user(), made(count)
    async with SmallBot(telegram, tmp_path, "--unlimited", "--think", "0") as bot:
        for start in range(0, len(updates), 100):
            for number, update in enumerate(updates[start : start + 100], start):
                telegram.inject(update_of(telegram, number, update))
            question = await alice.send("Quanto uranio si produce?")
            await alice.reply(60, to=question)
            await bot.idle()
    log = bot.log.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 300 :][:3000]
    refused = [call for call in telegram.calls if call.status == 400 and not any(words in call.description for words in PASSED)]
    assert [(call.method, call.description) for call in refused] == []
    assert all(len(alice.replies_to(question)) == 1 for question in alice.chat.messages.values() if not question.by_bot)
