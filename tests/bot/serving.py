"""The bot inside the test's own event loop, with an engine whose answers are fixed."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import serve
from bot.database import Database
from bot.handlers import Conversation
from bot.inbox import Inbox
from bot.ledger import Ledger
from bot.settings import Settings
from bot.users import Users
from index.types import Answer, Article, Hit, Language, Passage
from tests.bot.emulator import Emulator

ARTICLE = Article("uranio", "Uranio in Asia", None, None, "it", "Il Kazakistan produce il 43% dell’uranio. Molto.", "ats/afp")
QUOTE, EXACT, WHOLE = Passage(ARTICLE, 0, 41), Passage(ARTICLE, 25, 28), Passage(ARTICLE, 0, 48)


class FakeEngine:
    """Refuses what mentions a price, fails on "boom", waits for `gate` on "slow", answers everything else with 43%."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Language | None]] = []
        self.gate = threading.Event()

    def answer(self, question: str, *, language: Language | None = None) -> Answer:
        self.asked.append((question, language))
        if "boom" in question:
            raise RuntimeError(f"cannot think about {len(question)} characters")
        if "slow" in question:
            self.gate.wait(20)
        if "costa" in question or "cost" in question:
            return Answer(question, language or "en", None, None, QUOTE, 0.1, (Hit(WHOLE, 1.0),))
        return Answer(question, language or "en", QUOTE, EXACT, None, 0.9, (Hit(WHOLE, 1.0),))

    def articles(self) -> list[Article]:
        return [ARTICLE]


@asynccontextmanager
async def serving(
    telegram: Emulator, state: Path, engine: FakeEngine | None = None, **variables: object
) -> AsyncIterator[asyncio.Task[bool]]:
    """Runs the bot against the emulator with its database in ``state``; the task ends when the bot does."""
    settings = Settings(TELEGRAM_BOT_TOKEN=telegram.token, CHIEDI_TELEGRAM_API=telegram.url, CHIEDI_STATE=state, **variables)
    database, engine = Database(state), engine or FakeEngine()
    talk = Conversation(engine, Users(database), Ledger(database))
    task = asyncio.create_task(serve(settings, telegram.token, talk, Inbox(database)))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
        engine.gate.set()
        talk.close()
        database.close()
