"""A site of 2,000 articles on loopback: added by feed and sitemap, synced unchanged, synced after 32 changes; counts are asserted."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

from bench.speed._made import texts
from index.models.embedder import Embedder, load_embedder
from index.sources.library.folder import Library
from index.sources.library.sync import Report, add, sync
from index.sources.web.fetch import Fetcher
from index.storage.build import BuildReport, build_index
from index.storage.generation import LANGUAGES
from tests.conftest import FakeEmbedder

ARTICLES, CHANGED, DELETED, NEW = 2000, 20, 5, 7
IN_FEED = 50
PARAGRAPHS = 4
FIRST_DAY = date(2020, 1, 1)


def run(articles: int = ARTICLES, real: bool = False) -> dict[str, Any]:
    """Every page is real sentences in a template with menus and a footer; the fetcher makes no pauses, which on a real site are one
    second a page. The index is built with the tests' fake embedder, or with the bundled model when ``real`` (some minutes more):
    `python -m bench.sources.sync 300 --real`."""
    embedder: Embedder = load_embedder() if real else FakeEmbedder()
    with tempfile.TemporaryDirectory() as place, _served() as site, Fetcher(pause=0, private=frozenset({site.host})) as fetcher:
        for number in range(articles):
            site.write(number, seed=number)
        folder, index = Path(place, "articles"), Path(place, "index")
        turn = partial(_turn, site, folder, index, embedder)
        added = turn(lambda: add([site.address("/feed.xml"), site.address("/sitemap.xml")], Library(folder), fetcher))
        unchanged = turn(lambda: sync(Library(folder), fetcher))
        for number in range(CHANGED):
            site.write(number * (articles // CHANGED), seed=10_000 + number)
        for number in range(DELETED):
            site.delete(number * (articles // DELETED) + 1)
        for number in range(NEW):
            site.write(articles + number, seed=20_000 + number)
        changed = turn(lambda: sync(Library(folder), fetcher))
        again = turn(lambda: sync(Library(folder), fetcher))
    assert _did(added) == (articles, 0, 0, articles, articles), added
    left = articles - DELETED + NEW
    assert _did(unchanged) == (0, 0, 0, 0, articles), unchanged
    assert _did(changed) == (NEW, CHANGED, DELETED, NEW + CHANGED + DELETED, left), changed
    assert _did(again) == (0, 0, 0, 0, left), again
    return {"embedder": embedder.name, "pause": 0, "add": added, "unchanged": unchanged, "changed": changed, "again": again}


def _turn(site: _Site, folder: Path, index: Path, embedder: Embedder, work: Callable[[], Report]) -> dict[str, Any]:
    """Runs a workflow and the build after it; what they did and how long they took. The processor's seconds are those of this process
    with the server, without the process that reads the pages."""
    site.asked.clear()
    processor, started = time.process_time(), time.perf_counter()
    report = work()
    read = time.perf_counter() - started
    processor = time.process_time() - processor
    built: BuildReport = build_index(folder, index, embedder)
    pages = sum(count for path, count in site.asked.items() if path.startswith("/articles/"))
    return {
        "articles": built.articles,
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "refused": len(report.refused),
        "pages_asked": pages,
        "other_requests": site.asked.total() - pages,
        "encoded": built.encoded,
        "read_seconds": round(read, 2),
        "read_processor_seconds": round(processor, 2),
        "build_seconds": round(built.seconds, 2),
    }


def _did(turn: dict[str, Any]) -> tuple[int, int, int, int, int]:
    assert turn["refused"] == 0, turn
    return turn["added"], turn["changed"], turn["removed"], turn["pages_asked"], turn["articles"]


@dataclass
class _Site:
    """Pages by path as (content, day of the last change); ``asked`` counts the requests for each path."""

    host: str
    pages: dict[str, tuple[bytes, date]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    day: date = FIRST_DAY

    def address(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def write(self, number: int, seed: int) -> None:
        self.day += timedelta(days=1)
        language = LANGUAGES[number % 2]
        paragraphs = [f"<p>{escape(text)}</p>" for text in islice(texts(language, seed), PARAGRAPHS)]
        self.pages[f"/articles/{number}"] = (_page(f"{_TITLES[language]} {number}", "".join(paragraphs)), self.day)

    def delete(self, number: int) -> None:
        del self.pages[f"/articles/{number}"]

    def answer(self, path: str) -> tuple[bytes, str] | None:
        if path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{self.address(name)}</loc><lastmod>{day}</lastmod></url>" for name, (_, day) in self.pages.items())
            return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode(), "application/xml"
        if path == "/feed.xml":
            latest = sorted(self.pages.items(), key=lambda page: page[1][1], reverse=True)[:IN_FEED]
            entries = (
                f"<entry><title>x</title><link href='{name}'/><updated>{day}T00:00:00Z</updated></entry>" for name, (_, day) in latest
            )
            return f"<feed xmlns='http://www.w3.org/2005/Atom'>{''.join(entries)}</feed>".encode(), "application/atom+xml"
        return (self.pages[path][0], "text/html; charset=utf-8") if path in self.pages else None


_TITLES = {"it": "Articolo numero", "en": "Article number"}


def _page(title: str, body: str) -> bytes:
    menu = "".join(f"<li><a href='/section/{number}'>Sezione {number}</a></li>" for number in range(12))
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{body}"
        f"</article></main><footer><p>Tutti i diritti riservati.</p><ul>{menu}</ul></footer></body></html>"
    ).encode()


@contextmanager
def _served() -> Iterator[_Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    site = server.site = _Site(f"127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site: _Site = self.server.site  # type: ignore[attr-defined]
        site.asked[self.path] += 1
        answer = site.answer(self.path)
        content, media_type = answer or (b"", "text/html")
        tag = f'"{sha256(content).hexdigest()[:16]}"'
        same = answer is not None and self.headers.get("If-None-Match") == tag
        self.send_response(304 if same else 200 if answer else 404)
        if answer and not same:
            self.send_header("Content-Type", media_type)
            self.send_header("ETag", tag)
            day = site.pages.get(self.path, (b"", site.day))[1]
            self.send_header("Last-Modified", f"{day:%a, %d %b %Y} 00:00:00 GMT")
        self.send_header("Content-Length", "0" if same else str(len(content)))
        self.end_headers()
        self.wfile.write(b"" if same else content)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


if __name__ == "__main__":
    print(json.dumps(run(*map(int, filter(str.isdigit, sys.argv[1:])), real="--real" in sys.argv), indent=2))
