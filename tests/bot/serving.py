"""The bot inside the test's own event loop, with an engine whose answers are fixed."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import serve
from bot.settings import Settings
from bot.state.database import Database
from bot.state.inbox import Inbox
from index.models.embedder import Embedder
from index.types import EVERYTHING, Answer, Article, Hit, Language, Passage, Scope
from tests.bot.emulator import Emulator

ARTICLE = Article("uranio", "Uranio in Asia", None, None, "it", "Il Kazakistan produce il 43% dell’uranio. Molto.", "ats/afp")
QUOTE, EXACT, WHOLE = Passage(ARTICLE, 0, 41), Passage(ARTICLE, 25, 28), Passage(ARTICLE, 0, 48)
LAKE_WORDS = "Como è fondo. Garda è largo. Iseo è lungo. Orta è piccolo."
LAKES = Article("laghi", "I laghi", "https://example.org/laghi", "2024-05-01", "it", LAKE_WORDS)
OTHERS = tuple(Passage(LAKES, start, end) for start, end in ((0, 13), (14, 28), (29, 42), (43, 58)))
HITS = (Hit(WHOLE, 1.0), *(Hit(passage, 0.5) for passage in OTHERS))


class FakeEngine:
    """Refuses what mentions a price, doubts what says "forse", greets back, fails on "boom", waits for `gate` on "slow".

    Everything else is answered with 43%; what begins with "E " is read with the question before it.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Language | None]] = []
        self.scopes: list[Scope] = []
        self.gate = threading.Event()
        self.copies = 1
        self.warning: str | None = None

    def answer(
        self, question: str, *, language: Language | None = None, previous: Answer | None = None, scope: Scope = EVERYTHING
    ) -> Answer:
        self.asked.append((question, language))
        self.scopes.append(scope)
        if "boom" in question:
            raise RuntimeError(f"cannot think about {len(question)} characters")
        if "slow" in question:
            self.gate.wait(20)
        if question == "Ciao!":
            return Answer(question, language or "en", small_talk="greeting")
        understood = f"{question} ({previous.question})" if previous and question.startswith("E ") else None
        if "costa" in question or "cost" in question:
            return Answer(question, language or "en", related=QUOTE, confidence=0.1, hits=HITS, understood=understood)
        return Answer(
            question,
            language or "en",
            "unsure" if "forse" in question else "answer",
            quote=QUOTE,
            exact=EXACT,
            confidence=0.5 if "forse" in question else 0.9,
            hits=HITS,
            understood=understood,
        )

    def articles(self, ids: list[str]) -> list[Article]:
        return [{"laghi": LAKES, "uranio": ARTICLE}[id] for id in ids]

    def newest(self, first: int, many: int) -> list[Article]:
        return self.articles(self.article_ids()[first : first + many])

    def article_ids(self) -> list[str]:
        return ["laghi", "uranio"] * self.copies

    @property
    def embedder(self) -> Embedder:
        from tests.conftest import FakeEmbedder  # which brings much that the small bot does not need

        return FakeEmbedder()


@asynccontextmanager
async def serving(
    telegram: Emulator, state: Path, engine: FakeEngine | None = None, **variables: object
) -> AsyncIterator[asyncio.Task[bool]]:
    """Runs the bot against the emulator with its database in ``state``; the task ends when the bot does."""
    settings = Settings(TELEGRAM_BOT_TOKEN=telegram.token, CHIEDI_TELEGRAM_API=telegram.url, CHIEDI_STATE=state, **variables)
    database, engine = Database(state), engine or FakeEngine()
    task = asyncio.create_task(serve(settings, engine, database))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
        engine.gate.set()
        database.close()


def waiting(state: Path) -> list[int]:
    """The updates in the inbox that are not done."""
    with sqlite3.connect(state / "chiedi.sqlite3") as database:
        return [number for (number,) in database.execute("SELECT update_id FROM inbox WHERE finished IS NULL ORDER BY 1")]


async def until_done(state: Path) -> None:
    """Waits until every update is done."""
    while waiting(state):
        await asyncio.sleep(0.01)


def fill_disk_once(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.OperationalError]:
    """The next update that comes in finds the disk full, the one after it finds room; gives the failures that are still to come."""
    store, failures = Inbox.store, [sqlite3.OperationalError("database or disk is full")]

    async def failing(self: Inbox, updates: list[Any]) -> Any:
        if updates and failures:
            raise failures.pop()
        return await store(self, updates)

    monkeypatch.setattr(Inbox, "store", failing)
    monkeypatch.setattr("bot.telegram.receiving.STORE_AGAIN_SECONDS", 0.1)
    return failures
