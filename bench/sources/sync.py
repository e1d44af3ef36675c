"""A site of 2,000 articles on loopback: added by feed and sitemap, synced unchanged, synced after 32 changes; counts are asserted."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from bench.speed._made import texts
from index.models.embedder import Embedder, load_embedder
from index.sources.library.folder import Library
from index.sources.library.sync import Report, add, sync
from index.sources.web.fetch import Fetcher
from index.storage.build import BuildReport, build_index
from index.storage.generation import LANGUAGES
from tests.conftest import FakeEmbedder
from tests.index.sources.web_server import Page, Site, served

ARTICLES, CHANGED, DELETED, NEW = 2000, 20, 5, 7
IN_FEED = 50
PARAGRAPHS = 4
FIRST_DAY = date(2020, 1, 1)


def run(articles: int = ARTICLES, real: bool = False) -> dict[str, Any]:
    """Every page is real sentences in a template with menus and a footer; the fetcher makes no pauses, which on a real site are one
    second a page. The index is built with the tests' fake embedder, or with the bundled model when ``real`` (some minutes more):
    `python -m bench.sources.sync 300 --real`."""
    embedder: Embedder = load_embedder() if real else FakeEmbedder()
    with tempfile.TemporaryDirectory() as place, served() as site, Fetcher(pause=0, private=frozenset({site.place})) as fetcher:
        written = _Articles(site)
        for number in range(articles):
            written.write(number, seed=number)
        folder, index = Path(place, "articles"), Path(place, "index")
        turn = partial(_turn, site, folder, index, embedder)
        added = turn(lambda: add([site.url("/feed.xml"), site.url("/sitemap.xml")], Library(folder), fetcher))
        unchanged = turn(lambda: sync(Library(folder), fetcher))
        for number in range(CHANGED):
            written.write(number * (articles // CHANGED), seed=10_000 + number)
        for number in range(DELETED):
            written.delete(number * (articles // DELETED) + 1)
        for number in range(NEW):
            written.write(articles + number, seed=20_000 + number)
        changed = turn(lambda: sync(Library(folder), fetcher))
        again = turn(lambda: sync(Library(folder), fetcher))
    assert _did(added) == (articles, 0, 0, articles, articles), added
    left = articles - DELETED + NEW
    assert _did(unchanged) == (0, 0, 0, 0, articles), unchanged
    assert _did(changed) == (NEW, CHANGED, DELETED, NEW + CHANGED + DELETED, left), changed
    assert _did(again) == (0, 0, 0, 0, left), again
    return {"embedder": embedder.name, "pause": 0, "add": added, "unchanged": unchanged, "changed": changed, "again": again}


def _turn(site: Site, folder: Path, index: Path, embedder: Embedder, work: Callable[[], Report]) -> dict[str, Any]:
    """Runs a workflow and the build after it; what they did and how long they took. The processor's seconds are those of this process
    with the server, without the process that reads the pages."""
    site.asked.clear()
    processor, started = time.process_time(), time.perf_counter()
    report = work()
    read = time.perf_counter() - started
    processor = time.process_time() - processor
    built: BuildReport = build_index(folder, index, embedder)
    pages = sum(path.startswith("/articles/") for path in site.paths)
    return {
        "articles": built.articles,
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "refused": len(report.refused),
        "pages_asked": pages,
        "other_requests": len(site.asked) - pages,
        "encoded": built.encoded,
        "read_seconds": round(read, 2),
        "read_processor_seconds": round(processor, 2),
        "build_seconds": round(built.seconds, 2),
    }


def _did(turn: dict[str, Any]) -> tuple[int, int, int, int, int]:
    assert turn["refused"] == 0, turn
    return turn["added"], turn["changed"], turn["removed"], turn["pages_asked"], turn["articles"]


class _Articles:
    """A site's articles by number, their feed and their sitemap."""

    def __init__(self, site: Site) -> None:
        self.site, self._days = site, dict[str, date]()
        site.pages |= {"/sitemap.xml": self._sitemap, "/feed.xml": self._feed}

    def write(self, number: int, seed: int) -> None:
        path, language = f"/articles/{number}", LANGUAGES[number % 2]
        self._days[path] = max(self._days.values(), default=FIRST_DAY) + timedelta(days=1)
        body = "".join(f"<p>{escape(text)}</p>" for text in islice(texts(language, seed), PARAGRAPHS))
        self.site.pages[path] = partial(_conditional, Page(_page(f"{_TITLES[language]} {number}", body)))

    def delete(self, number: int) -> None:
        del self.site.pages[f"/articles/{number}"], self._days[f"/articles/{number}"]

    def _sitemap(self, headers: Mapping[str, str]) -> Page:
        urls = "".join(f"<url><loc>{self.site.url(path)}</loc><lastmod>{day}</lastmod></url>" for path, day in self._days.items())
        content = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()
        return _conditional(Page(content, "application/xml"), headers)

    def _feed(self, headers: Mapping[str, str]) -> Page:
        latest = sorted(self._days.items(), key=lambda item: item[1], reverse=True)[:IN_FEED]
        entries = "".join(f"<entry><title>x</title><link href='{path}'/><updated>{day}T00:00:00Z</updated></entry>" for path, day in latest)
        content = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()
        return _conditional(Page(content, "application/atom+xml"), headers)


def _conditional(page: Page, headers: Mapping[str, str]) -> Page:
    """The page with an ETag, or 304 for one that is known."""
    tag = f'"{sha256(page.content).hexdigest()[:16]}"'
    return Page(status=304) if headers.get("if-none-match") == tag else replace(page, headers={"ETag": tag})


_TITLES = {"it": "Articolo numero", "en": "Article number"}


def _page(title: str, body: str) -> bytes:
    menu = "".join(f"<li><a href='/section/{number}'>Sezione {number}</a></li>" for number in range(12))
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{body}"
        f"</article></main><footer><p>Tutti i diritti riservati.</p><ul>{menu}</ul></footer></body></html>"
    ).encode()


if __name__ == "__main__":
    counts = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    print(json.dumps(run(counts[0] if counts else ARTICLES, real="--real" in sys.argv), indent=2))
