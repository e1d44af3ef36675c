"""The test's side: what people do, and what Telegram lets the bot see of it."""

import pytest
from telegram import Bot, InlineQueryResultArticle, InputTextMessageContent

from tests.bot.conftest import Api
from tests.bot.emulator import Emulator


async def test_inline_answers_are_checked_and_remembered(telegram: Emulator, client: Bot, api: Api) -> None:
    """An inline answer serves its asker, and everyone unless it is personal, until its time is over."""
    alice, bob = telegram.user(), telegram.user()
    query = await alice.inline("uranio")
    result = InlineQueryResultArticle("1", "43%", InputTextMessageContent("<b>43%</b>", parse_mode="HTML"))
    await client.answer_inline_query(query.id, [result], is_personal=True)
    assert (await query.answer())["cache_time"] == 300
    assert ((await alice.inline("uranio")).result is None, (await bob.inline("uranio")).result is None) == (False, True)
    assert (await alice.choose(query, "1", telegram.group())).marked("bold") == ["43%"]
    article = {"type": "article", "id": "x" * 65, "title": "t", "input_message_content": {"message_text": "a"}}
    for results, words in (
        ([article], "RESULT_ID_INVALID"),
        ([article | {"id": "1"}] * 2, "RESULT_ID_DUPLICATE"),
        ([article] * 51, "RESULTS_TOO_MUCH"),
    ):
        refused = await alice.inline("x")
        assert await api("answerInlineQuery", inline_query_id=refused.id, results=results) == f"400 Bad Request: {words}"


async def test_guests_are_answered_where_the_account_supports_it() -> None:
    """With guest mode on, a mention in a foreign chat is a query that takes one message."""
    async with Emulator(guests=True) as telegram, Bot(telegram.token, base_url=f"{telegram.url}/bot") as bot:
        query = await telegram.user().ask_as_guest(telegram.group(), "@chiedi_test_bot quanto?")
        (update,) = await bot.get_updates()
        assert update.guest_message is not None
        await update.guest_message.answer_guest_query(InlineQueryResultArticle("1", "43%", InputTextMessageContent("43%")))
        assert (await query.answer())["message"] == {"text": "43%"}


async def test_privacy_mode_shows_the_bot_what_is_meant_for_it(telegram: Emulator, api: Api) -> None:
    """Commands, mentions and replies to the bot arrive; plain talk, others' commands and replies to others do not."""
    alice, group = telegram.user(), telegram.group()
    plain = await alice.send_to(group, "Buongiorno")
    await api("sendMessage", chat_id=group.chat.id, text="Eccomi")
    answer = await group.reply()
    for text in ("/ask a", "/ask@chiedi_test_bot b", "/ask@other_bot c", "x @chiedi_test_bot d", "@altri e", "ci sarà /ask f"):
        await alice.send_to(group, text)
    await alice.send_to(group, "g", reply_to=answer)
    await alice.send_to(group, "h", reply_to=plain)
    assert [update["message"]["text"][-1] for update in await api("getUpdates")] == ["a", "b", "d", "g"]


async def test_topics_are_real_threads_and_chains_of_replies_are_not(api: Api) -> None:
    """A topic takes messages by its number; the thread number of replies in an ordinary group is refused, as on Telegram."""
    async with Emulator(privacy=False) as telegram, Bot(telegram.token, base_url=f"{telegram.url}/bot") as bot:
        alice, forum, group = telegram.user(), telegram.group(forum=True), telegram.group()
        topic = forum.topic()
        await alice.send_to(forum, "a", thread=topic)
        await alice.send_to(group, "b", reply_to=await alice.send_to(group, "c"))
        first, *_, last = [update.message for update in await bot.get_updates()]
        assert first is not None
        assert last is not None
        assert (first.is_topic_message, first.message_thread_id) == (True, topic)
        assert (last.is_topic_message, last.message_thread_id) == (None, group.chat.next_message_id - 2)
        assert (await first.reply_text("d")).message_thread_id == topic


async def test_replies_are_told_apart_by_their_question(telegram: Emulator, api: Api) -> None:
    """Each question's replies can be awaited and counted, in whatever order they came."""
    alice = telegram.user()
    first, second = await alice.send("a"), await alice.send("b")
    for question in (second, first, first):
        await api("sendMessage", chat_id=alice.id, text=f"Re {question.text}", reply_parameters={"message_id": question.id})
    assert [(await alice.reply(to=question)).text for question in (first, second)] == ["Re a", "Re b"]
    assert [len(alice.replies_to(question)) for question in (first, second)] == [2, 1]


async def test_a_reply_that_does_not_come_fails_the_test(telegram: Emulator) -> None:
    """Waiting ends with an assertion that says for what."""
    alice = telegram.user()
    with pytest.raises(AssertionError, match=f"no reply in chat {alice.id} within 0.01 s"):
        await alice.reply(0.01)


async def test_hostile_text_reaches_the_bot_as_it_was_written(telegram: Emulator, api: Api) -> None:
    """Lone surrogates, NUL and direction marks come through to the bot; it is for the bot to live with them."""
    text = "\ud83d \0 \u202e /ask \U0010ffff @chiedi_test_bot"
    message = await telegram.user().send(text)
    assert [update["message"]["text"] for update in await api("getUpdates")] == [text]
    assert (message.marked("bot_command"), message.marked("mention")) == (["/ask"], ["@chiedi_test_bot"])
