"""Inline questions and guest mentions."""

import asyncio
import sqlite3
from pathlib import Path

from bot.replies.messages import MESSAGES
from tests.bot.emulator import Emulator
from tests.bot.serving import FakeEngine, serving, until_done

WORDS = MESSAGES["it"]
QUESTION = "Quanto uranio si produce?"


async def test_inline_results(telegram: Emulator, bot: None) -> None:
    """The answer comes first, then the other passages, each with title, sentence and link; for this person, for a minute."""
    alice = telegram.user()
    answer = await (await alice.inline(QUESTION)).answer()
    results = answer["results"]
    assert (answer["is_personal"], answer["cache_time"], answer["button"]) == (True, 60, None)
    assert [(result["title"], result["description"]) for result in results] == [
        ("43%", "Uranio in Asia"), ("I laghi", "Como è fondo."), ("I laghi", "Garda è largo."), ("I laghi", "Iseo è lungo."),
        ("I laghi", "Orta è piccolo."),
    ]  # fmt: skip
    assert results[0]["message"]["text"] == "43%\n\n«Il Kazakistan produce il 43% dell’uranio.»\nUranio in Asia · ats/afp"
    assert results[0]["message"]["reply_markup"]["inline_keyboard"][0][0]["text"] == WORDS.open
    assert results[1]["message"]["text"] == "I laghi · 1 maggio 2024\nComo è fondo."
    assert results[1]["message"]["reply_markup"]["inline_keyboard"][0][0]["url"].startswith("https://example.org/laghi#:~:text=Como")
    assert len({result["id"] for result in results}) == 5


async def test_inline_is_worded_for_each_person(telegram: Emulator, bot: None) -> None:
    """The same question by two people is answered twice, each in the language that they chose."""
    alice, bob = telegram.user(), telegram.user("Bob")
    await bob.send("/lang")
    menu = await bob.reply()
    await bob.press(menu, "English")
    await bob.edited(menu)
    texts = [(await (await person.inline(QUESTION)).answer())["results"][0]["message"]["text"] for person in (alice, bob)]
    assert ["The article is in Italian" in text for text in texts] == [False, True]


async def test_inline_hints(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """Nothing typed, small talk, a refusal and a question at the limit are explained by a button that leads to the private chat."""
    alice = telegram.user()
    hints = []
    for typed in ("", "Ciao!", "Quanto costa?", "Quanto " + "x" * 300):
        answer = await (await alice.inline(typed)).answer()
        hints.append((answer["button"], len(answer["results"])))
    button = {"start_parameter": "inline"}
    assert hints == [
        (button | {"text": WORDS.inline_hint}, 0),
        (button | {"text": WORDS.inline_hint}, 0),
        (button | {"text": WORDS.inline_abstained}, 4),
        (button | {"text": WORDS.inline_cut}, 5),
    ]
    assert len(engine.asked[-1][0]) == 256


async def test_inline_answer_that_comes_too_late(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """When Telegram no longer waits for an inline answer nothing is repeated, and the next question is answered."""
    alice = telegram.user()
    await alice.inline("slow?")
    while not engine.asked:
        await asyncio.sleep(0.01)
    telegram.queries.expire()
    engine.gate.set()
    assert (await (await alice.inline(QUESTION)).answer())["results"]
    assert len(telegram.called("answerInlineQuery")) == 2


async def test_guest_mention(tmp_path: Path) -> None:
    """In a chat where the bot is a guest a mention gets one answer, a refusal or a hint; nothing of it is kept."""
    async with Emulator(guests=True) as telegram:
        alice, group = telegram.user(), telegram.group()
        async with serving(telegram, tmp_path):
            results = [
                (await (await alice.ask_as_guest(group, f"@chiedi_test_bot {question}")).answer())["message"]
                for question in (QUESTION, "Quanto costa?", "")
            ]
            await until_done(tmp_path)
    assert results[0]["text"].startswith("43%\n\n«Il Kazakistan")
    assert results[0]["reply_markup"]["inline_keyboard"][0][0]["text"] == WORDS.open
    assert results[1]["text"].startswith(WORDS.abstained)
    assert results[2]["text"] == WORDS.ask_usage
    with sqlite3.connect(tmp_path / "chiedi.sqlite3") as database:
        assert database.execute("SELECT (SELECT count(*) FROM answers) + (SELECT count(raw) FROM inbox)").fetchone() == (0,)
