"""The main conversations with the bot over the first article, drawn into docs/pictures."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

from bench import ROOT
from bench._drawing import draw
from bot.app import serve
from bot.replies.messages import MESSAGES
from bot.settings import Settings
from bot.state.database import Database
from index.engine import Engine
from index.models.embedder import load_embedder
from index.storage.build import build_index
from index.types import Language
from tests.bot.emulator import Emulator, Person

FOLDER = ROOT / "docs" / "pictures"
PATIENCE = 120.0  # seconds for a file to be read
OWNER, UPLOADED = 7, ROOT / "tests" / "data" / "documents" / "columns.pdf"
QUESTIONS: dict[Language, tuple[str, ...]] = {
    "it": ("Quanto uranio produce il Kazakistan?", "E quanto petrolio esporta?", "Quanto costerà la centrale?"),
    "en": ("How much uranium does Kazakhstan produce?", "And how much oil does it export?", "How much will the power plant cost?"),
}


def run() -> dict[str, Any]:
    """Talks to the real bot and engine over the emulator and draws what a person sees; returns the files."""
    with tempfile.TemporaryDirectory() as scratch:
        return {"written": asyncio.run(_converse(Path(scratch)))}


async def _converse(scratch: Path) -> list[str]:
    articles = shutil.copytree(ROOT / "data" / "articles", scratch / "articles")
    build_index(articles, scratch / "index", load_embedder(None))
    engine, database, written = Engine.load(scratch / "index"), Database(scratch / "state"), []
    async with Emulator() as telegram:
        named = {"TELEGRAM_BOT_TOKEN": telegram.token, "CHIEDI_TELEGRAM_API": telegram.url, "CHIEDI_ADMINS": str(OWNER)}
        settings = Settings.model_validate(named | {"CHIEDI_ARTICLES": articles, "CHIEDI_INDEX": scratch / "index"})
        task = asyncio.create_task(serve(settings, engine, database))
        for language in QUESTIONS:
            written += await _talk(telegram, language)
        written.append(await _upload(telegram))
        task.cancel()
        await asyncio.wait({task})
    database.close()
    return written


async def _talk(telegram: Emulator, language: Language) -> list[str]:
    """Each scene is what came into the chat since the one before."""
    person, words, seen, written = telegram.user(language_code=language), MESSAGES[language], 0, []
    first, follow_up, refused = QUESTIONS[language]
    scenes = {"start": ["/start"], "answer": [first], "follow-up": [follow_up], "refusal": [refused]}
    for name, texts in scenes.items():
        for text in texts:
            await person.send(text)
            reply = await person.reply()
        written.append(_write(f"{name}-{language}", _since(person, seen)))
        seen = len(person.chat.messages)
        if name == "answer":
            await person.press(reply, words.more)
            await person.edited(reply)
            written.append(_write(f"more-{language}", _since(person, seen - 1)))
    return written


async def _upload(telegram: Emulator) -> str:
    """An owner sends a file: what the bot understood, and the same message after the yes."""
    owner, words = telegram.user("Olga", user_id=OWNER), MESSAGES["it"]
    sent = await owner.send_document(UPLOADED.name, UPLOADED.read_bytes(), "application/pdf")
    asked = await owner.reply(PATIENCE)
    understood = asked.data
    await owner.press(asked, words.add_yes)
    done = await owner.edited(asked, 2, PATIENCE)
    return _write("upload-it", [sent.data, understood, done.data])


def _since(person: Person, seen: int) -> list[dict[str, Any]]:
    return [message.data for message in [*person.chat.messages.values()][seen:]]


def _write(name: str, messages: list[dict[str, Any]]) -> str:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.svg"
    path.write_text(draw(messages, name), encoding="utf-8")
    return str(path.relative_to(ROOT))
