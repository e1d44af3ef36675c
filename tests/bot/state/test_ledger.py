"""The ledger and the users' choices."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.state.database import Database
from bot.state.ledger import Exchange, Ledger, Past
from bot.state.users import Users, language_from_code
from index.types import Answer, Article, Hit, Passage

ARTICLE = Article("a", "T", None, None, "it", "Prima frase. Seconda frase.")
FIRST, SECOND = Passage(ARTICLE, 0, 12), Passage(ARTICLE, 13, 27)
ANSWER = Answer(
    "Quale?",
    "it",
    "answer",
    quote=FIRST,
    exact=Passage(ARTICLE, 6, 11),
    confidence=0.75,
    hits=(Hit(FIRST, 2.0), Hit(SECOND, 1.5)),
    understood="E quale?",
)
EXCHANGE = Exchange(11, -5, 3, 6, 40, (41, 42), 1000.0, 12.5, "en", ANSWER, "t0")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh database."""
    database = Database(tmp_path)
    yield database
    database.close()


async def rows(database: Database) -> list[tuple[object, ...]]:
    """The answers without their own id."""
    return await database.run(lambda c: [row[1:] for row in c.execute("SELECT * FROM answers").fetchall()])


async def test_answer_is_written_down(database: Database) -> None:
    """Question, messages, places in the article and hits are all there."""
    await Ledger(database).remember(EXCHANGE)
    hits = json.dumps([["a", 0, 12, 2.0], ["a", 13, 27, 1.5]])
    assert await rows(database) == [
        (
            11, -5, 3, 6, 40, "[41, 42]", 1000.0, 12.5, "Quale?", "it", "en", 1, 0.75, "a", 0, 12, 6, 11, hits, "t0", "E quale?",
            "frase", None,
        )
    ]  # fmt: skip


async def test_abstention_keeps_the_related_sentence(database: Database) -> None:
    """A refusal is written down with the sentence that was shown, or with none."""
    refused = replace(ANSWER, verdict="absent", quote=None, exact=None, related=SECOND, hits=())
    await Ledger(database).remember(replace(EXCHANGE, answer=refused))
    await Ledger(database).remember(replace(EXCHANGE, message=41, token="t1", answer=replace(refused, related=None)))
    assert [row[11:19] for row in await rows(database)] == [
        (0, 0.75, "a", 13, 27, None, None, "[]"), (0, 0.75, None, None, None, None, None, "[]"),
    ]  # fmt: skip


async def test_exchange_is_found_again(database: Database) -> None:
    """By its question's message, by each of its replies, by its token, and as the last one before a message; not from another chat."""
    ledger = Ledger(database)
    await ledger.remember(EXCHANGE)
    await ledger.remember(replace(EXCHANGE, message=50, replies=(51,), token="t1", asked=2000.0))
    past = Past(1, "t0", -5, 3, 6, 40, (41, 42), 1000.0, "Quale?", "E quale?", "it", "en", True, "a", 0, 12)
    assert [await ledger.of_question(-5, 40), await ledger.of_reply(-5, 42), await ledger.of_token("t0")] == [past] * 3
    latest = await ledger.before(-5, 51, 2000.0)
    assert latest
    assert latest.token == "t1"
    assert [
        await ledger.of_question(5, 40), await ledger.of_reply(5, 41), await ledger.of_reply(-5, 40),
        await ledger.of_token("x"), await ledger.before(-5, 51, 2000.5), await ledger.before(-5, 40, 0),
    ] == [None] * 6  # fmt: skip


async def test_a_question_answered_again_replaces_its_exchange(database: Database) -> None:
    """The new exchange stands in place of the old one, and what was thought of the old one goes with it."""
    ledger = Ledger(database)
    await ledger.remember(EXCHANGE)
    await database.run(lambda c: c.execute("INSERT INTO feedback (answer, user, verdict, created) VALUES (1, 6, 'good', 0)"))
    await ledger.remember(replace(EXCHANGE, token="t1"))
    assert [row[-4] for row in await rows(database)] == ["t1"]
    assert await database.run(lambda c: c.execute("SELECT count(*) FROM feedback").fetchone()) == (0,)


async def test_exchanges_move_with_their_group(database: Database) -> None:
    """When a group becomes a supergroup its exchanges are found under the new number."""
    ledger = Ledger(database)
    await ledger.remember(EXCHANGE)
    await ledger.moved(-5, -1005)
    assert [await ledger.of_reply(-5, 41), (await ledger.of_reply(-1005, 41)) is not None] == [None, True]


async def test_open_article(database: Database) -> None:
    """The last article that was opened stays open for a day, or until it is closed; then nothing of it is kept, but the language is."""
    users = Users(database)
    await users.choose_language(6, "en")
    await users.open_article(6, "a", 1000.0)
    await users.open_article(6, "b", 2000.0)
    await users.open_article(7, "a", 2000.0)
    day = 24 * 3600.0
    assert [await users.opened_article(6, now) for now in (2000.0, 2000.0 + day, 2001.0 + day)] == ["b", "b", None]
    assert (await users.opened_article(8, 2000.0), await users.language(6)) == (None, "en")
    await users.close_article(7)
    await users.purge(lambda: 2001.0 + day)
    assert await database.run(lambda c: c.execute("SELECT user, language, article, opened FROM users").fetchall()) == [
        (6, "en", None, None)
    ]


async def test_language_choice(database: Database) -> None:
    """The last choice counts; who never chose has none."""
    users = Users(database)
    await users.choose_language(6, "en")
    await users.choose_language(6, "it")
    assert (await users.language(6), await users.language(7)) == ("it", None)


@pytest.mark.parametrize(("code", "language"), [("it", "it"), ("it-IT", "it"), ("EN-us", "en"), ("de", None), ("", None), (None, None)])
def test_language_codes(code: str | None, language: str | None) -> None:
    """Telegram's tags are read by their first part."""
    assert language_from_code(code) == language


async def test_questions_are_forgotten_after_thirty_days(database: Database) -> None:
    """To the second: what was asked thirty days ago stays, what was asked before goes."""
    ledger, days = Ledger(database), 30 * 24 * 3600.0
    await ledger.remember(EXCHANGE)
    await ledger.purge(lambda: EXCHANGE.asked + days)
    assert len(await rows(database)) == 1
    await ledger.purge(lambda: EXCHANGE.asked + days + 1)
    assert await rows(database) == []
