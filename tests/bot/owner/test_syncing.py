"""The running bot follows what changes, beside its answers, and tells the owners when it cannot."""

import asyncio
import logging
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.replies.messages import MESSAGES
from index.errors import IndexMissing
from index.sources.library.folder import Library
from index.sources.library.sync import add
from index.sources.web.fetch import Fetcher
from index.storage.generation import open_current
from tests.bot.emulator import Emulator
from tests.bot.serving import serving
from tests.index.sources.library.test_sync import feed, html, marked
from tests.index.sources.web_server import Page, Site, served

OWNER = 7
QUESTION = "Quanto uranio?"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A followed feed with one article, brought in before the bot starts; no pauses."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("index.sources.web.fetch.Fetcher", partial(Fetcher, pause=0))
    with served() as site:
        site.pages.update({f"/{name}": marked(html(name)) for name in ("como", "garda")})
        site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"))
        with Fetcher(pause=0, private=frozenset({site.place})) as fetcher:
            add([site.url("/feed")], Library(tmp_path / "articles"), fetcher)
        yield site


def _bot(telegram: Emulator, tmp_path: Path, site: Site, **variables: object):  # type: ignore[no-untyped-def]
    return serving(
        telegram, tmp_path, CHIEDI_ARTICLES=tmp_path / "articles", CHIEDI_INDEX=tmp_path / "index",
        CHIEDI_PRIVATE_HOSTS=site.place, CHIEDI_ADMINS=str(OWNER), **variables,
    )  # fmt: skip


def _indexed(tmp_path: Path) -> list[str]:
    try:
        generation = open_current(tmp_path / "index")
    except IndexMissing:
        return []
    try:
        return sorted(generation.manifest.articles)
    finally:
        generation.close()


async def _until(reached: object, seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not reached():  # type: ignore[operator]
        assert time.monotonic() < ends
        await asyncio.sleep(0.05)


async def test_news_reach_the_index_while_questions_are_answered(telegram: Emulator, tmp_path: Path, site: Site) -> None:
    """What a feed names while the bot runs is read and indexed beside the answers."""
    async with _bot(telegram, tmp_path, site, CHIEDI_SYNC_EVERY=0.2):
        await _until(lambda: _indexed(tmp_path) == ["lago-como"])
        site.pages["/feed"] = feed(("/garda", "2026-01-02T00:00:00Z"), ("/como", "2026-01-01T00:00:00Z"))
        person = telegram.user()
        await person.send(QUESTION)
        assert "43%" in (await person.reply()).text
        await _until(lambda: _indexed(tmp_path) == ["lago-como", "lago-garda"])


async def test_without_the_setting_nothing_is_visited(telegram: Emulator, tmp_path: Path, site: Site) -> None:
    """A bot that is not told how often follows nothing."""
    site.asked.clear()
    async with _bot(telegram, tmp_path, site):
        person = telegram.user()
        await person.send(QUESTION)
        await person.reply()
    assert site.asked == []


async def test_a_lasting_trouble_is_told_once(telegram: Emulator, tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A feed that fails again and again is one line in the log and one word to the owners; the index stays."""
    site.pages["/feed"] = Page(b"", status=500)
    owner = telegram.user("Olga", user_id=OWNER)
    line = f"{site.url('/feed')}: the host answers with an error (500): try later"
    with caplog.at_level(logging.WARNING, "bot.owner.syncing"):
        async with _bot(telegram, tmp_path, site, CHIEDI_SYNC_EVERY=0.1):
            assert (await owner.reply()).text == MESSAGES["en"].troubles["sync"].format(detail=line)
            site.asked.clear()
            await _until(lambda: len(site.paths) > 6)
    assert [record.getMessage() for record in caplog.records if record.name == "bot.owner.syncing"] == [line]
    assert len(owner.replies) == 1
    assert _indexed(tmp_path) == ["lago-como"]
