"""Greeting, examples, deep links, the list of articles, and menus."""

from pathlib import Path

from bot.replies.links import article_payload
from bot.replies.messages import MESSAGES
from tests.bot.emulator import Emulator
from tests.bot.serving import FakeEngine, serving

ITALIAN, ENGLISH = MESSAGES["it"], MESSAGES["en"]
FRONT_MATTER = """---
title: T
questions:
  - Quanto uranio si produce in Kazakistan?
  - Quanto costa la centrale nucleare?
  - Chi costruirà, forse, la centrale?
  - How much uranium does the country produce?
  - {long}
---
Testo.
"""


def write_article(folder: Path, name: str = "a.md", text: str = FRONT_MATTER) -> None:
    """An article that lists questions in its front matter."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text.replace("{long}", "Quanto uranio si produce " + "molto " * 20 + "?"), encoding="utf-8")


async def test_examples_are_known_to_be_answered(telegram: Emulator, tmp_path: Path) -> None:
    """/start offers the front matter's questions in the user's language that are answered without doubt now, and no long one."""
    write_article(tmp_path / "articles")
    write_article(tmp_path / "articles", "broken.md", "---\nquestions: [\n---\nx")
    alice = telegram.user(language_code="it")
    async with serving(telegram, tmp_path, CHIEDI_ARTICLES=tmp_path / "articles"):
        await alice.send("/start")
        hello = await alice.reply()
        assert hello.text == f"{ITALIAN.start}\n\n{ITALIAN.start_examples}"
        assert hello.buttons == ["Quanto uranio si produce in Kazakistan?", "Italiano", "English"]
        await alice.press(hello, "English")
        assert (await alice.edited(hello)).text == f"{ENGLISH.start}\n\n{ENGLISH.start_examples}"
        assert hello.buttons == ["How much uranium does the country produce?", "Italiano", "English"]
        await alice.press(hello, "How much")
        asked, answer = await alice.reply(), await alice.reply()
        assert (asked.text, answer.reply_to) == ("How much uranium does the country produce?", asked.id)
        assert answer.text.startswith("43%\n\nThe article is in Italian:")


async def test_offered_question_belongs_to_its_reader(telegram: Emulator, tmp_path: Path) -> None:
    """Another person cannot use the button of an offer, and an invented one is void."""
    write_article(tmp_path / "articles")
    alice, bob = telegram.user(), telegram.user("Bob")
    async with serving(telegram, tmp_path, CHIEDI_ARTICLES=tmp_path / "articles"):
        await alice.send("/start")
        data = (await alice.reply()).button("Quanto uranio")["callback_data"]
        await bob.send("/start")
        hello = await bob.reply()
        toasts = [await (await bob.press_data(hello, claim)).answer() for claim in (data, "offer:x")]
    assert [toast["text"] for toast in toasts] == [ITALIAN.button_expired] * 2
    assert len(bob.replies) == 1


async def test_only_admins_questions_become_examples(telegram: Emulator, tmp_path: Path) -> None:
    """A question whose answer an admin found good is offered to everyone; other people's questions are never shown to anyone."""
    admin, alice, bob = telegram.user("Ada"), telegram.user(), telegram.user("Bob")
    async with serving(telegram, tmp_path, CHIEDI_ADMINS=str(admin.id), CHIEDI_ARTICLES=tmp_path / "none"):
        for person, question in ((admin, "Quanto oro si produce?"), (alice, "Quanto rame si produce?")):
            await person.send(question)
            await (await person.press(await person.reply(), ITALIAN.good)).answer()
        await bob.send("/start")
        assert (await bob.reply()).buttons == ["Quanto oro si produce?", "Italiano", "English"]


async def test_start_without_examples(telegram: Emulator, bot: None) -> None:
    """Without known questions /start greets with the language buttons alone."""
    alice = telegram.user()
    await alice.send("/start inline")
    hello = await alice.reply()
    assert (hello.text, hello.buttons) == (ITALIAN.start, ["Italiano", "English"])


async def test_deep_links(telegram: Emulator, bot: None) -> None:
    """A link opens an article with its text folded; one to what is gone says so."""
    alice = telegram.user()
    said = []
    for payload in (article_payload("laghi"), article_payload("gone"), "d_", "a_AAAAAAAAAAAA", "a_"):
        await alice.send(f"/start {payload}")
        said.append(await alice.reply())
        if payload == article_payload("laghi"):
            assert (await alice.reply()).text == ITALIAN.article_opened
    assert said[0].marked("expandable_blockquote") == ["Como è fondo. Garda è largo. Iseo è lungo. Orta è piccolo."]
    assert said[0].text.startswith("I laghi · 1 maggio 2024\n")
    assert [message.text for message in said[1:]] == [ITALIAN.article_gone] * 2 + [ITALIAN.answer_gone] * 2


async def test_articles_are_paged(telegram: Emulator, bot: None, engine: FakeEngine) -> None:
    """/articles lists twenty at a time, the newest first; the buttons turn the pages in place."""
    engine.copies = 12
    alice = telegram.user()
    await alice.send("/articles")
    page = await alice.reply()
    assert page.text.startswith("Gli articoli in cui cerco (1–20 di 24):\n• I laghi · 1 maggio 2024\n• Uranio in Asia")
    assert page.marked("text_link")[-1] == "Uranio in Asia"
    assert page.buttons == ["›"]
    await alice.press(page, "›")
    assert (await alice.edited(page)).text.startswith("Gli articoli in cui cerco (21–24 di 24):\n• I laghi")
    assert page.buttons == ["‹"]
    await alice.press(page, "‹")
    assert (await alice.edited(page, 2)).buttons == ["›"]


async def test_menus_by_scope(telegram: Emulator, tmp_path: Path) -> None:
    """Private chats, groups and admins have their own menus in both languages; an admin whom the bot never met costs a warning."""
    ada = telegram.user("Ada")
    async with serving(telegram, tmp_path, CHIEDI_ADMINS=f"{ada.id},42"):
        await telegram.hears("setMyCommands", 8)
        await ada.send("/help")
        await ada.reply()
    menus = {key: [command["command"] for command in menu] for key, menu in telegram.commands.items()}
    private = [*ITALIAN.commands]
    admin = f'{{"chat_id": {ada.id}, "type": "chat"}}'
    expected = {'{"type": "default"}': private, '{"type": "all_group_chats"}': ["ask"], admin: [*private, *ITALIAN.admin_commands]}
    assert {key: menu for key, menu in menus.items() if "42" not in key[0]} == {
        (scope, code): names for scope, names in expected.items() for code in ("", "it")
    }
    assert telegram.commands[admin, "it"][1]["description"] == ITALIAN.commands["articles"]
