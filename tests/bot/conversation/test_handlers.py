"""What the bot does with each kind of message, over HTTP against the emulator, with fixed answers."""

import asyncio
import json
import logging
import re
import sqlite3
from pathlib import Path

import pytest

from bot.replies.messages import MESSAGES
from tests.bot.emulator import Emulator
from tests.bot.serving import HITS, FakeEngine

ITALIAN, ENGLISH = MESSAGES["it"], MESSAGES["en"]
ANSWER = "43%\n\n«Il Kazakistan produce il 43% dell’uranio.»\nUranio in Asia · ats/afp\nIl Kazakistan produce il 43% dell’uranio. Molto."


async def test_any_text_in_private_is_a_question(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """The reply answers the question's message, with exact words in bold, the passage folded and no link preview."""
    alice = telegram.user()
    asked = await alice.send("Quanto uranio produce il Kazakistan?")
    reply = await alice.reply()
    assert (reply.text, reply.reply_to) == (ANSWER, asked.id)
    assert (reply.marked("bold"), reply.marked("expandable_blockquote")) == (["43%"], ["Il Kazakistan produce il 43% dell’uranio. Molto."])
    assert telegram.called("sendMessage")[0].params["link_preview_options"] == '{"is_disabled": true}'
    assert [action["action"] for action in alice.chat.actions] == ["typing"]
    assert engine.asked == [("Quanto uranio produce il Kazakistan?", "it")]


async def test_english_question_over_italian_text(telegram: Emulator, bot: None) -> None:
    """The wording follows the question's language and marks the quotation as Italian."""
    alice = telegram.user(language_code="it")
    await alice.send("How much uranium does Kazakhstan produce?")
    assert (await alice.reply()).text.startswith("43%\n\nThe article is in Italian:\n«Il Kazakistan")


async def test_refusal(telegram: Emulator, bot: None) -> None:
    """A refusal says so and offers the nearest sentence as related only."""
    alice = telegram.user()
    await alice.send("Quanto costa la centrale?")
    assert (await alice.reply()).text == (
        f"{ITALIAN.abstained}\n\n{ITALIAN.related}\n«Il Kazakistan produce il 43% dell’uranio.»\nUranio in Asia · ats/afp"
    )


@pytest.mark.parametrize(("code", "words"), [("it", ITALIAN), ("en-GB", ENGLISH), ("de", ENGLISH), (None, ENGLISH)])
async def test_commands_speak_the_language_of_telegram(telegram: Emulator, bot: None, code: str | None, words: object) -> None:
    """/start (with any payload), /help, /ask without question, unknown commands and other media get their texts."""
    alice = telegram.user(language_code=code)
    said = []
    for text in ("/start", "/start abc_123", "/help", "/ask", "/xyz"):
        await alice.send(text)
        said.append((await alice.reply()).text)
    sticker = {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    await alice.send_media({"sticker": sticker})
    said.append((await alice.reply()).text)
    expected = ENGLISH if words is ENGLISH else ITALIAN
    help_text = f"{expected.help}\n\n{expected.help_inline}".format(bot="@chiedi_test_bot", limit=1000)
    assert said == [expected.start, expected.start, help_text, expected.ask_usage, expected.unknown_command, expected.text_only]


async def test_articles(telegram: Emulator, bot: None) -> None:
    """/articles lists the collection."""
    alice = telegram.user()
    await alice.send("/articles")
    assert (await alice.reply()).text == ("Gli articoli in cui cerco (1–2 di 2):\n• I laghi · 1 maggio 2024\n• Uranio in Asia · ats/afp")


async def test_chosen_language_stays(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """A language button is acknowledged, changes its message, and from then on words every reply; the question keeps its own language."""
    alice = telegram.user(language_code="it")
    await alice.send("/lang")
    menu = await alice.reply()
    assert (menu.text, menu.buttons) == (ITALIAN.language_question, ["Italiano", "English"])
    press = await alice.press(menu, "English")
    assert (await alice.edited(menu)).text == ENGLISH.language_set
    assert await press.answer() == {"text": "", "show_alert": False, "url": ""}
    await alice.send("Quanto uranio produce il Kazakistan?")
    assert (await alice.reply()).text.startswith("43%\n\nThe article is in Italian:")
    assert engine.asked[0][1] == "it"
    await alice.send("/start")
    assert (await alice.reply()).text == ENGLISH.start


async def test_groups_are_answered_only_when_addressed(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """In a group /ask, a reply to the bot and a mention are questions; talk, other commands and other bots are none."""
    alice, group = telegram.user(), telegram.group()
    telegram.bot["can_read_all_group_messages"] = True
    for text in ("chiacchiere", "/help", "/start@chiedi_test_bot", "/ask@other_bot cosa?", "@other_bot cosa?"):
        await alice.send_to(group, text)
    await alice.send_to(group, "via", via_bot={"id": 9, "is_bot": True, "first_name": "V", "username": "v_bot"})
    asked = await alice.send_to(group, "/ask Quanto uranio si produce?")
    first = await group.reply()
    await alice.send_to(group, "E quanto oro si produce?", reply_to=first)
    await group.reply()
    await alice.send_to(group, "@Chiedi_Test_Bot quanto rame si produce?")
    await group.reply()
    assert first.reply_to == asked.id
    assert [question for question, _ in engine.asked] == [
        "Quanto uranio si produce?", "E quanto oro si produce?", "quanto rame si produce?",
    ]  # fmt: skip
    assert len(group.replies) == 3


async def test_topics_are_kept(telegram: Emulator, bot: None) -> None:
    """In a forum the reply and the typing action go to the question's topic."""
    alice, forum = telegram.user(), telegram.group(forum=True)
    topic = forum.topic()
    await alice.send_to(forum, "/ask Quanto uranio si produce?", thread=topic)
    reply = await forum.reply()
    assert reply.data["message_thread_id"] == topic
    assert telegram.called("sendChatAction")[0].params["message_thread_id"] == str(topic)


async def test_edited_messages_and_bots_are_left_alone(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """An edit, a message of another bot and one sent via a bot get no reply; the next question does."""
    alice = telegram.user()
    message = {"message_id": 7, "date": 1, "chat": alice.chat.data, "from": alice.data, "text": "Quanto?"}
    telegram.inject({"edited_message": {**message, "edit_date": 2}})
    telegram.inject({"message": {**message, "from": {"id": 9, "is_bot": True, "first_name": "B"}}})
    telegram.inject({"message": {**message, "via_bot": {"id": 9, "is_bot": True, "first_name": "B"}}})
    await alice.send("Quanto uranio si produce?")
    await alice.reply()
    assert len(engine.asked) == len(alice.replies) == 1


async def test_questions_are_cleaned_and_cut(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """Control characters go and 1,000 characters are read."""
    alice = telegram.user()
    await alice.send("\x00Quanto\x1b uranio " + "x" * 3000)
    await alice.reply()
    assert engine.asked[0][0] == ("Quanto uranio " + "x" * 3000)[:1000]


async def test_order_in_a_chat_and_side_by_side(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """A slow question holds up its own chat, in order, and no other."""
    alice, bob = telegram.user(), telegram.user("Bob")
    slow = await alice.send("slow: quanto uranio?")
    quick = await alice.send("quanto oro?")
    await bob.send("quanto rame?")
    await bob.reply()
    assert alice.replies == []
    engine.gate.set()
    assert [(await alice.reply()).reply_to, (await alice.reply()).reply_to] == [slow.id, quick.id]


async def test_error_apologises_with_a_reference(telegram: Emulator, bot: None, caplog: pytest.LogCaptureFixture) -> None:
    """An error in the engine gives the asker an apology whose reference the log has with the traceback; the question is not logged."""
    alice = telegram.user()
    with caplog.at_level(logging.INFO):
        await alice.send("boom segretissimo?")
        text = (await alice.reply()).text
        await alice.send("Quanto uranio si produce?")
        assert (await alice.reply()).text == ANSWER
    found = re.search(r"Riferimento: ([0-9a-f]{8})", text)
    assert found
    assert text == ITALIAN.apology.format(reference=found[1])
    record = next(record for record in caplog.records if found[1] in record.getMessage())
    assert record.exc_info is not None
    assert "segretissimo" not in caplog.text


async def test_menus_and_descriptions(telegram: Emulator, bot: None) -> None:
    """Commands and descriptions are set in English for everyone and in Italian; groups are offered /ask only."""
    while len(telegram.called("setMyShortDescription")) < 2:
        await asyncio.sleep(0.02)
    assert {key: [command["command"] for command in commands] for key, commands in telegram.commands.items()} == {
        (scope, code): names
        for code in ("", "it")
        for scope, names in (
            ('{"type": "default"}', ["ask", "articles", "lang", "help", "privacy", "export", "forget"]),
            ('{"type": "all_group_chats"}', ["ask"]),
        )
    }


async def test_refused_markup_is_sent_plain(telegram: Emulator, bot: None) -> None:
    """When Telegram refuses the HTML, the same words go out without it."""
    alice = telegram.user()
    telegram.fail("sendMessage", status=400, description="Bad Request: can't parse entities")
    await alice.send("Quanto uranio si produce?")
    reply = await alice.reply()
    assert (reply.text, reply.entities) == (ANSWER, [])


async def test_answers_are_remembered(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """The ledger holds the question, its messages and where in the article the answer stands."""
    alice = telegram.user()
    asked = await alice.send("Quanto uranio si produce?")
    reply = await alice.reply()
    await alice.send("/help")
    await alice.reply()
    with sqlite3.connect(tmp_path / "chiedi.sqlite3") as database:
        row = database.execute(
            "SELECT chat, user, message, replies, question, language, wording, answered, confidence, article, quote_start, quote_end,"
            " exact_start, exact_end, hits FROM answers"
        ).fetchall()
    assert row == [
        (alice.id, alice.id, asked.id, f"[{reply.id}]", "Quanto uranio si produce?", "it", "it", 1, 0.9, "uranio", 0, 41, 25, 28,
         json.dumps([(hit.passage.article.id, hit.passage.start, hit.passage.end, hit.score) for hit in HITS]))
    ]  # fmt: skip
