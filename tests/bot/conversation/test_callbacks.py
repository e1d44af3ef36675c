"""The buttons under an answer, over HTTP against the emulator."""

import asyncio
import re
import sqlite3
from pathlib import Path
from typing import Any

from bot.replies.links import article_payload
from bot.replies.messages import MESSAGES
from tests.bot.emulator import Emulator, Message
from tests.bot.serving import FakeEngine

WORDS = MESSAGES["it"]
QUESTION = "Quanto uranio si produce?"


def rows(state: Path, statement: str) -> list[tuple[Any, ...]]:
    """What the bot's database holds."""
    with sqlite3.connect(state / "chiedi.sqlite3") as database:
        return database.execute(statement).fetchall()


def keys(message: Message) -> list[dict[str, Any]]:
    """The buttons themselves."""
    return [button for row in message.data["reply_markup"]["inline_keyboard"] for button in row]


async def test_buttons_under_an_answer_and_a_refusal(telegram: Emulator, bot: None) -> None:
    """An answer has verdicts, more, copy and open; a refusal has "it is in the articles" and more. Data is an action and a random name."""
    alice = telegram.user()
    await alice.send(QUESTION)
    answer = await alice.reply()
    await alice.send("Quanto costa?")
    refusal = await alice.reply()
    assert answer.buttons == [WORDS.good, WORDS.wrong, WORDS.more, WORDS.copy, WORDS.open]
    assert refusal.buttons == [WORDS.missed, WORDS.more, WORDS.open]
    good, wrong, more, copy, read = keys(answer)
    (token,) = {re.fullmatch(r"(?:good|wrong|more):([\w-]{12})(?::1)?", key["callback_data"])[1] for key in (good, wrong, more)}  # type: ignore[index]
    assert token not in keys(refusal)[0]["callback_data"]
    assert copy["copy_text"] == {"text": "«Il Kazakistan produce il 43% dell’uranio.»\nUranio in Asia · ats/afp"}
    assert read["url"] == f"https://t.me/chiedi_test_bot?start={article_payload('uranio')}"


async def test_an_unsure_answer_asks_whether_it_answers(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """The buttons under a sentence that may answer are yes and no, and count as a verdict."""
    alice = telegram.user()
    await alice.send("Quanto uranio forse?")
    answer = await alice.reply()
    assert answer.buttons[:2] == [WORDS.answers, WORDS.answers_not]
    await (await alice.press(answer, WORDS.answers)).answer()
    assert rows(tmp_path, "SELECT verdict FROM feedback") == [("good",)]


async def test_more_pages_through_passages_in_place(telegram: Emulator, bot: None) -> None:
    """More shows the next distinct passages in the same message, forwards and backwards, and back to the answer."""
    alice = telegram.user()
    await alice.send(QUESTION)
    answer = await alice.reply()
    said = answer.data
    query = await alice.press(answer, WORDS.more)
    first = await alice.edited(answer)
    assert first.text == (
        "Altri brani (1–3 di 4):\n\nI laghi · 1 maggio 2024\nComo è fondo.\n\nI laghi · 1 maggio 2024\nGarda è largo.\n\n"
        "I laghi · 1 maggio 2024\nIseo è lungo."
    )
    assert first.marked("expandable_blockquote") == ["Como è fondo.", "Garda è largo.", "Iseo è lungo."]
    assert first.entities[0]["url"] == "https://example.org/laghi#:~:text=Como%20%C3%A8%20fondo."
    assert (await query.answer())["text"] == ""
    assert first.buttons == ["‹", "›"]
    await alice.press(answer, "›")
    second = await alice.edited(answer, 2)
    assert (second.text, second.buttons) == ("Altri brani (4–4 di 4):\n\nI laghi · 1 maggio 2024\nOrta è piccolo.", ["‹"])
    await alice.press(answer, "‹")
    await alice.press(await alice.edited(answer, 3), "‹")
    back = (await alice.edited(answer, 4)).data
    assert {name: back[name] for name in ("text", "entities", "reply_markup")} == {
        name: said[name] for name in ("text", "entities", "reply_markup")
    }
    assert len(alice.replies) == 1


async def test_verdicts_are_kept(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """Good, wrong and missed are thanked for and written down, the last one of a person for an answer."""
    alice = telegram.user()
    await alice.send(QUESTION)
    answer = await alice.reply()
    await alice.send("Quanto costa?")
    refusal = await alice.reply()
    thanks = [
        (await (await alice.press(answer, WORDS.good)).answer())["text"],
        (await (await alice.press(answer, WORDS.wrong)).answer())["text"],
        (await (await alice.press(refusal, WORDS.missed)).answer())["text"],
    ]
    assert thanks == [WORDS.thanks_good, WORDS.thanks_wrong, WORDS.thanks_missed]
    assert rows(tmp_path, "SELECT answer, user, verdict FROM feedback ORDER BY answer") == [(1, alice.id, "wrong"), (2, alice.id, "missed")]


async def test_repeated_press_counts_once(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """A press that arrives again under another update number is dropped by its own, and acknowledged once."""
    alice = telegram.user()
    await alice.send(QUESTION)
    answer = await alice.reply()
    await (await alice.press(answer, WORDS.good)).answer()
    pressed = telegram.updates.history[-1]
    await (await alice.press(answer, WORDS.wrong)).answer()
    telegram.inject({name: value for name, value in pressed.items() if name != "update_id"})
    await alice.send("Quanto oro?")
    await alice.reply()
    assert rows(tmp_path, "SELECT verdict FROM feedback") == [("wrong",)]
    assert len(telegram.called("answerCallbackQuery")) == 2


async def test_buttons_belong_to_the_asker_and_the_chat(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """Another member of a group is led to the answer in private; in another chat the same data, or invented data, is void."""
    alice, bob, group = telegram.user(), telegram.user("Bob", language_code="en"), telegram.group()
    await alice.send_to(group, f"/ask {QUESTION}")
    answer = await group.reply()
    data = answer.button(WORDS.good)["callback_data"]
    token = data.split(":")[1]
    await bob.send("/help")
    elsewhere = await bob.reply()
    led = await (await bob.press(answer, WORDS.good)).answer()
    assert (led["url"], led["text"]) == (f"https://t.me/chiedi_test_bot?start=a_{token}", "")
    stolen = await (await bob.press_data(elsewhere, data)).answer()
    invented = await (await bob.press_data(elsewhere, "more:AAAAAAAAAAAA:9")).answer()
    assert [stolen["text"], invented["text"]] == [MESSAGES["en"].button_expired] * 2
    assert rows(tmp_path, "SELECT * FROM feedback") == []
    await bob.send(f"/start a_{token}")
    copied = await bob.reply()
    assert copied.text.startswith("43%\n\n")
    assert copied.buttons[:2] == [WORDS.good, WORDS.wrong]


CLAIMS = [
    "x", ":", "more:", "more::", "more:{token}:", "more:{token}:²", "more:{token}:-1", "more:{token}:99999999999999999999999999999999999",
    "lang:xx", "hello:", "offer:", "forget:maybe", "articles:x", "good:{token}:1", "literal:", "\u202e😀",
]  # fmt: skip


async def test_any_callback_data_is_acknowledged_once(telegram: Emulator, bot: None) -> None:
    """Whatever a client claims that a button said, the press is answered, once, without an apology."""
    alice = telegram.user()
    await alice.send(QUESTION)
    answer = await alice.reply()
    token = answer.button(WORDS.good)["callback_data"].split(":")[1]
    toasts = [await (await alice.press_data(answer, claim.format(token=token))).answer() for claim in CLAIMS]
    assert {toast["text"] for toast in toasts} <= {"", WORDS.button_expired}
    await alice.send("Quanto oro?")
    await alice.reply()
    assert len(telegram.called("answerCallbackQuery")) == len(CLAIMS)
    assert {call.status for call in telegram.calls} <= {0, 200}


async def test_press_on_a_message_that_is_gone(telegram: Emulator, bot: None) -> None:
    """More under an answer that was deleted meanwhile is acknowledged; so is a press that Telegram finds too old."""
    alice = telegram.user()
    await alice.send(QUESTION)
    answer = await alice.reply()
    answer.deleted = True
    await (await alice.press(answer, WORDS.more)).answer()
    await alice.press(answer, WORDS.good)
    telegram.queries.expire()
    await alice.send("Quanto oro?")
    assert (await alice.reply()).text.startswith("43%")


async def test_doubt_is_said(telegram: Emulator, bot: None) -> None:
    """A shaky answer begins with a word of doubt."""
    alice = telegram.user()
    await alice.send("Quanto uranio, forse?")
    assert (await alice.reply()).text.startswith("Non ne sono certo, ma forse risponde questa frase:\n«")


async def test_small_talk_has_no_buttons_and_is_not_kept(telegram: Emulator, bot: None, tmp_path: Path, engine: FakeEngine) -> None:
    """A greeting is returned; it is no refused question."""
    alice = telegram.user()
    await alice.send("Ciao!")
    reply = await alice.reply()
    assert (reply.text, reply.buttons) == (WORDS.small_talk["greeting"], [])
    await asyncio.sleep(0)
    assert rows(tmp_path, "SELECT * FROM answers") == []


async def test_failing_button_apologises_over_the_chat(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """When the work behind a button fails, the press is acknowledged with the apology, once, and the answer stays."""
    alice = telegram.user()
    await alice.send(QUESTION)
    answer = await alice.reply()
    engine.answer = lambda *_, **__: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    toast = await (await alice.press(answer, WORDS.more)).answer()
    assert toast["show_alert"]
    assert toast["text"].startswith("Scusa, qualcosa è andato storto")
    assert answer.edits == 0
    assert len(telegram.called("answerCallbackQuery")) == 1
