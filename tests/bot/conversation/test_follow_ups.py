"""Follow-ups, edited questions, and what else comes into a chat besides plain questions."""

import asyncio
import logging
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from bot.replies.messages import MESSAGES
from tests.bot.emulator import Emulator
from tests.bot.serving import FakeEngine, serving

WORDS = MESSAGES["it"]
QUESTION = "Quanto uranio si produce?"
PHOTO = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}
VOICE = {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}


def remembered(state: Path) -> list[tuple[Any, ...]]:
    """Question and reading of every exchange."""
    with sqlite3.connect(state / "chiedi.sqlite3") as database:
        return database.execute("SELECT question, understood FROM answers ORDER BY message").fetchall()


def in_chat(state: Path, chat: int) -> int:
    """How many exchanges belong to a chat."""
    with sqlite3.connect(state / "chiedi.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM answers WHERE chat = ?", (chat,)).fetchone()[0])


async def until_remembered(state: Path, expected: list[tuple[Any, ...]]) -> None:
    """Waits until that, and nothing else, is written down."""
    for _ in range(500):
        if remembered(state) == expected:
            return
        await asyncio.sleep(0.02)
    assert remembered(state) == expected


async def test_follow_up_in_private(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """A question soon after another is read with it; the reply says how, and a button answers it literally in its place."""
    alice = telegram.user()
    await alice.send(QUESTION)
    await alice.reply()
    await alice.send("E di oro?")
    answer = await alice.reply()
    assert answer.text.startswith(f"Ho capito: «E di oro? ({QUESTION})»\n\n43%")
    assert answer.buttons[-1] == WORDS.literal
    await alice.press(answer, WORDS.more)
    await alice.press(await alice.edited(answer), "‹")
    assert (await alice.edited(answer, 2)).text.startswith("Ho capito: «E di oro? (")
    press = await alice.press(answer, WORDS.literal)
    literal = await alice.edited(answer, 3)
    await press.answer()
    assert literal.text.startswith("43%")
    assert WORDS.literal not in literal.buttons
    await until_remembered(tmp_path, [(QUESTION, None), ("E di oro?", None)])


async def test_follow_up_leans_on_a_reading(telegram: Emulator, bot: None) -> None:
    """A follow-up of a follow-up is read with what the first was understood as."""
    alice = telegram.user()
    for question in (QUESTION, "E di oro?", "E di rame?"):
        await alice.send(question)
        reply = await alice.reply()
    assert reply.text.startswith(f"Ho capito: «E di rame? (E di oro? ({QUESTION}))»")


async def test_follow_up_by_reply(telegram: Emulator, bot: None) -> None:
    """In a group a reply to an answer leans on that answer, whoever asked; without a reply nothing does."""
    alice, bob, group = telegram.user(), telegram.user("Bob"), telegram.group()
    await alice.send_to(group, f"/ask {QUESTION}")
    first = await group.reply()
    await alice.send_to(group, "/ask Quanto rame?")
    await group.reply()
    await bob.send_to(group, "E di oro?", reply_to=first)
    assert (await group.reply()).text.startswith(f"Ho capito: «E di oro? ({QUESTION})»")
    await bob.send_to(group, "/ask E di zinco?")
    assert (await group.reply()).text.startswith("43%")


async def test_old_question_is_not_leaned_on(telegram: Emulator, bot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some minutes a question stands alone, unless it replies to the old answer."""
    monkeypatch.setattr("bot.conversation.handlers.FOLLOW_UP_SECONDS", 60.0)
    alice, now = telegram.user(), int(time.time())
    message = {"chat": alice.chat.data, "from": alice.data}
    telegram.inject({"message": message | {"message_id": 1, "date": now - 100, "text": QUESTION}})
    first = await alice.reply()
    telegram.inject({"message": message | {"message_id": 900, "date": now - 39, "text": "E di oro?"}})
    assert (await alice.reply()).text.startswith("43%")
    await alice.send("E di rame?", reply_to=first)
    assert (await alice.reply()).text.startswith("Ho capito:")


async def test_edited_question(telegram: Emulator, bot: None, engine: FakeEngine, tmp_path: Path) -> None:
    """A changed question changes its answer in place; an edit that leaves the words alone, or no words, changes nothing."""
    alice = telegram.user()
    asked = await alice.send(QUESTION)
    answer = await alice.reply()
    await alice.edit(asked, "Quanto costa?")
    assert (await alice.edited(answer)).text.startswith(WORDS.abstained)
    assert answer.buttons[0] == WORDS.missed
    await alice.edit(asked, "Quanto costa?")
    await alice.edit(asked, "/ask")
    await alice.edit(asked, "/help")
    await alice.send("Quanto rame?")
    await alice.reply()
    assert (answer.edits, len(alice.replies)) == (1, 2)
    await until_remembered(tmp_path, [("Quanto costa?", None), ("Quanto rame?", None)])


async def test_edit_makes_a_question(telegram: Emulator, bot: None) -> None:
    """What becomes a question for the bot only by the edit is answered then; in a group only if it is addressed to the bot."""
    alice, group = telegram.user(), telegram.group()
    talk = await alice.send("Ciao!")
    await alice.reply()
    await alice.edit(talk, QUESTION)
    assert (await alice.reply()).text.startswith("43%")
    telegram.bot["can_read_all_group_messages"] = True
    said = await alice.send_to(group, "Quanto?")
    await alice.edit(said, "Quanto oro?")
    await alice.edit(said, "@chiedi_test_bot quanto oro?")
    assert (await group.reply()).reply_to == said.id
    assert len(group.replies) == 1


async def test_edit_after_the_answer_was_deleted(telegram: Emulator, bot: None) -> None:
    """Where the old answer is gone the new one is sent."""
    alice = telegram.user()
    asked = await alice.send(QUESTION)
    (await alice.reply()).deleted = True
    await alice.edit(asked, "Quanto costa?")
    assert (await alice.reply()).text.startswith(WORDS.abstained)


async def test_long_question_is_told_to_be_cut(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """Of a question with more than 1,000 characters the reply says that it was cut."""
    alice = telegram.user()
    await alice.send("Quanto uranio " + "x" * 987)
    assert (await alice.reply()).text.endswith(WORDS.cut.format(limit=1000))
    await alice.send("Quanto uranio " + "x" * 986)
    assert WORDS.cut.format(limit=1000) not in (await alice.reply()).text
    assert [len(question) for question, _ in engine.asked] == [1000, 1000]


async def test_pictures_voices_and_forwards(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """A caption is a question; media without words get one kind sentence, an album one; forwarded words are asked, the bot's own not."""
    alice, said = telegram.user(), []
    await alice.send_media(PHOTO | {"caption": "Quanto oro?"})
    said.append((await alice.reply()).text[:3])
    await alice.send_media(VOICE)
    said.append((await alice.reply()).text)
    for _ in range(3):
        await alice.send_media(PHOTO | {"media_group_id": "album"})
    said.append((await alice.reply()).text)
    origin = {"type": "user", "date": 1, "sender_user": {"id": 5, "is_bot": False, "first_name": "Bob"}}
    await alice.send("Quanto rame?", forward_origin=origin)
    said.append((await alice.reply()).text[:3])
    await alice.send("43%", forward_origin=origin | {"sender_user": telegram.public_bot})
    said.append((await alice.reply()).text)
    assert said == ["43%", WORDS.text_only, WORDS.text_only, "43%", WORDS.own_words]
    assert [question for question, _ in engine.asked] == ["Quanto oro?", "Quanto rame?"]


async def test_groups_stay_quiet(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """Media, a channel's own posts, other bots and joining get no word in a group; a caption that mentions the bot gets an answer."""
    telegram.bot["can_read_all_group_messages"] = True
    alice, group = telegram.user(), telegram.group()
    await alice.add_bot(group)
    await alice.send_media(VOICE, chat=group.chat)
    channel = {"id": -1009, "type": "channel", "title": "C"}
    await alice.send_to(group, "@chiedi_test_bot quanto?", is_automatic_forward=True, sender_chat=channel)
    entities = [{"type": "mention", "offset": 0, "length": 16}]
    await alice.send_media(PHOTO | {"caption": "@chiedi_test_bot quanto oro?", "caption_entities": entities}, chat=group.chat)
    await group.reply()
    assert [question for question, _ in engine.asked] == ["quanto oro?"]
    assert len(group.replies) == 1


async def test_group_that_becomes_a_supergroup(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """Its exchanges move along: in the new group a reply to an old answer still leans on it."""
    alice, old, new = telegram.user(), telegram.group(), telegram.group()
    telegram.bot["can_read_all_group_messages"] = True
    await alice.send_to(old, f"/ask {QUESTION}")
    answer = await old.reply()
    await alice.send_media({"migrate_to_chat_id": new.chat.id}, chat=old.chat)
    while not in_chat(tmp_path, new.chat.id):
        await asyncio.sleep(0.01)
    new.chat.messages[answer.id] = answer
    await alice.send_to(new, "E di oro?", reply_to=answer)
    assert (await new.reply()).text.startswith(f"Ho capito: «E di oro? ({QUESTION})»")


@pytest.mark.parametrize("how", ["block", "deactivate", "remove", "delete"])
async def test_closed_chats(telegram: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str) -> None:
    """A person who blocked the bot or left Telegram, a group that threw it out or was deleted: no retry, no error, others are served."""
    alice, bob, group = telegram.user(), telegram.user("Bob"), telegram.group()
    asker, place = (alice, alice) if how in ("block", "deactivate") else (alice, group)
    engine = FakeEngine()
    with caplog.at_level(logging.INFO):
        async with serving(telegram, tmp_path, engine):
            await (alice.send("slow?") if place is alice else alice.send_to(group, "/ask slow?"))
            while not engine.asked:
                await asyncio.sleep(0.01)
            {"block": asker.block, "deactivate": asker.deactivate, "remove": group.remove_bot, "delete": group.delete}[how]()
            engine.gate.set()
            await bob.send(QUESTION)
            await bob.reply()
            await until_remembered(tmp_path, [(QUESTION, None)])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert len([call for call in telegram.called("sendMessage") if call.status != 200]) <= 2
