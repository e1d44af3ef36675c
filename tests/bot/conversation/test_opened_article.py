"""Questions about one article, which was opened by a link, over HTTP against the emulator."""

from pathlib import Path

import pytest

from bot.replies.links import article_payload
from bot.replies.messages import MESSAGES
from index.types import EVERYTHING, Article, Scope
from tests.bot.emulator import Emulator, Person
from tests.bot.serving import LAKES, FakeEngine, serving

WORDS = MESSAGES["it"]
QUESTION = "Quanto uranio si produce?"
INSIDE = "Ho cercato solo in «I laghi»."


async def opened(telegram: Emulator) -> Person:
    """Somebody who has the article about lakes open."""
    alice = telegram.user()
    await alice.send(f"/start {article_payload('laghi')}")
    await alice.reply()
    told = await alice.reply()
    assert (told.text, told.buttons) == (WORDS.article_opened, [WORDS.everywhere])
    return alice


async def test_questions_are_about_the_open_article(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """Typed, by /ask, or changed, a question is put to that article only; every reply says so and offers the way out."""
    alice = await opened(telegram)
    typed = await alice.send(QUESTION)
    first = await alice.reply()
    await alice.send(f"/ask {QUESTION}")
    second = await alice.reply()
    await alice.edit(typed, "Quanto costa?")
    changed = await alice.edited(first)
    assert all(INSIDE in reply.text and reply.buttons[-1] == WORDS.everywhere for reply in (first, second, changed))
    assert engine.scopes == [Scope(article="laghi")] * 3


async def test_more_stays_in_the_article(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """Paging and the way back look in the same article and say so still."""
    alice = await opened(telegram)
    await alice.send(QUESTION)
    answer = await alice.reply()
    said = answer.text
    await alice.press(answer, WORDS.more)
    await alice.press(await alice.edited(answer), "‹")
    back = await alice.edited(answer, 2)
    assert (back.text, back.buttons[-1]) == (said, WORDS.everywhere)
    assert engine.scopes == [Scope(article="laghi")] * 3


async def test_button_under_an_answer_leads_out(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """The question is answered from all articles in place, and so is the next one."""
    alice = await opened(telegram)
    await alice.send(QUESTION)
    answer = await alice.reply()
    toast = await (await alice.press(answer, WORDS.everywhere)).answer()
    wider = await alice.edited(answer)
    assert toast["text"] == WORDS.article_closed
    assert INSIDE not in wider.text
    assert WORDS.everywhere not in wider.buttons
    await alice.send(QUESTION)
    assert INSIDE not in (await alice.reply()).text
    assert engine.scopes == [Scope(article="laghi"), EVERYTHING, EVERYTHING]


async def test_button_under_the_article_leads_out(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """It says so in place, without a button left."""
    alice = telegram.user()
    await alice.send(f"/start {article_payload('laghi')}")
    await alice.reply()
    told = await alice.reply()
    await alice.press(told, WORDS.everywhere)
    closed = await alice.edited(told)
    assert (closed.text, closed.buttons) == (WORDS.article_closed, [])
    await alice.send(QUESTION)
    await alice.reply()
    assert engine.scopes == [EVERYTHING]


async def test_start_leads_out(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """/start alone goes back to all articles."""
    alice = await opened(telegram)
    await alice.send("/start")
    await alice.reply()
    await alice.send(QUESTION)
    assert INSIDE not in (await alice.reply()).text
    assert engine.scopes[-1] == EVERYTHING


async def test_groups_and_other_people_ask_everywhere(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """An open article is one person's, in private; a pressed claim in a group changes no message."""
    alice, bob, group = await opened(telegram), telegram.user("Bob"), telegram.group()
    await alice.send_to(group, f"/ask {QUESTION}")
    shared = await group.reply()
    await bob.send(QUESTION)
    await bob.reply()
    assert engine.scopes == [EVERYTHING, EVERYTHING]
    await (await bob.press_data(shared, "everywhere:")).answer()
    assert telegram.called("editMessageText") == []


async def test_article_that_is_gone_is_not_searched(
    telegram: Emulator, tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the open article leaves the collection, all of it is searched, and nothing says otherwise."""
    async with serving(telegram, tmp_path, engine):
        alice = await opened(telegram)

        def without_lakes(ids: list[str]) -> list[Article]:
            raise KeyError(LAKES.id)

        monkeypatch.setattr(engine, "articles", without_lakes)
        await alice.send(QUESTION)
        assert INSIDE not in (await alice.reply()).text
    assert engine.scopes == [EVERYTHING]
