"""The ledger and the users' choices."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.database import Database
from bot.ledger import Exchange, Ledger
from bot.users import Users, language_from_code
from index.types import Answer, Article, Hit, Passage

ARTICLE = Article("a", "T", None, None, "it", "Prima frase. Seconda frase.")
FIRST, SECOND = Passage(ARTICLE, 0, 12), Passage(ARTICLE, 13, 27)
ANSWER = Answer("Quale?", "it", FIRST, Passage(ARTICLE, 6, 11), None, 0.75, (Hit(FIRST, 2.0), Hit(SECOND, 1.5)))
EXCHANGE = Exchange(11, -5, 3, 6, 40, (41, 42), 1000.0, 12.5, "en", ANSWER)


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
        (11, -5, 3, 6, 40, "[41, 42]", 1000.0, 12.5, "Quale?", "it", "en", 1, 0.75, "a", 0, 12, 6, 11, hits)
    ]  # fmt: skip


async def test_abstention_keeps_the_related_sentence(database: Database) -> None:
    """A refusal is written down with the sentence that was shown, or with none."""
    refused = replace(ANSWER, quote=None, exact=None, related=SECOND, hits=())
    await Ledger(database).remember(replace(EXCHANGE, answer=refused))
    await Ledger(database).remember(replace(EXCHANGE, message=41, answer=replace(refused, related=None)))
    assert [row[11:] for row in await rows(database)] == [
        (0, 0.75, "a", 13, 27, None, None, "[]"), (0, 0.75, None, None, None, None, None, "[]"),
    ]  # fmt: skip


async def test_question_is_known_by_its_message(database: Database) -> None:
    """A question counts as answered once it was written down, and no other does."""
    ledger = Ledger(database)
    await ledger.remember(EXCHANGE)
    assert [await ledger.knows(-5, 40), await ledger.knows(-5, 41), await ledger.knows(5, 40)] == [True, False, False]


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
