"""The commands that bring articles in and take them out, as lines to be printed: add, list, remove, sync."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.settings import FOLDERS, Settings
from index.bundled import FIRST_ARTICLE, INSTALLED
from index.sources.library.folder import Entry, Library
from index.sources.library.sync import Report
from index.sources.library.sync import add as add_all
from index.sources.library.sync import sync as sync_all
from index.sources.web.fetch import Fetcher
from index.sources.web.urls import is_web, key
from index.texts.articles import article_files

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``lines`` for standard output, ``problems`` for standard error; ``failed``: nothing of what was asked could be done;
    ``indexable``: there are articles, or were, to which the index is to be brought up."""

    lines: tuple[str, ...]
    problems: tuple[str, ...] = ()
    failed: bool = False
    indexable: bool = False


def first_article(settings: Settings) -> str | None:
    """Brings an article to begin with into the user's data folder where nothing was kept before; gives a line about it."""
    if not INSTALLED or settings.articles != FOLDERS / "articles" or settings.articles.exists():
        return None
    settings.articles.mkdir(parents=True)
    shutil.copy(FIRST_ARTICLE, settings.articles)
    return f"Articles are kept in {settings.articles}; one is there to begin with: put yours beside it, or `chiedi add` them."


def add(places: Sequence[str], settings: Settings, progress: Progress) -> Outcome:
    """Brings in what is named; the lines say what became of it."""
    with Fetcher(private=settings.private_hosts) as fetcher:
        report = add_all(places, Library(settings.articles), fetcher, progress)
    failed = bool(report.refused) and not (report.news or report.same)
    return Outcome(tuple(_told(report)), tuple(report.refused), failed, _indexable(settings))


def sync(settings: Settings, progress: Progress) -> Outcome:
    """Brings in what is new or changed at the followed places and takes out what is gone; the lines say what."""
    with Fetcher(private=settings.private_hosts) as fetcher:
        report = sync_all(Library(settings.articles), fetcher, progress)
    return Outcome(tuple(_told(report)), tuple(report.refused), indexable=_indexable(settings))


def listed(settings: Settings) -> Outcome:
    """All articles by id, and the followed places."""
    library = Library(settings.articles)
    rows = [(entry.id, entry.published or "-", entry.language, str(entry.words), entry.title) for entry in library.entries()]
    lines = _columns([("id", "date", "language", "words", "title"), *rows]) if rows else ["No articles yet: `chiedi add` brings some in."]
    places = [place for place in library.watch.places() if place.parent is None]
    if places:
        visits = [(place.visited or "-", place.kind, place.address) for place in places]
        lines += ["", *_columns([("last visit", "kind", "followed"), *visits])]
    return Outcome(tuple(lines), tuple(place.problem for place in places if place.problem))


def remove(name: str, settings: Settings) -> Outcome:
    """Removes an article by its id or its page's address, or stops following a place. Raises UnknownArticle."""
    library = Library(settings.articles)
    for place in library.watch.places():
        if place.kind != "page" and name.rstrip("/") == place.address.rstrip("/"):
            library.watch.forget_place(place.address)
            return Outcome((f"Follows {place.address} no more; its articles stay.",))
    page = library.watch.page(key(name)) if is_web(name) else None
    removed = library.remove(page.article if page and page.article else name)
    entry = removed.entry
    back = f"To get it back: mv {removed.kept} {entry.path}" if removed.kept else f"Only `chiedi add {entry.origin}` brings it back."
    return Outcome((f"Removed: {entry.title}. {back}",), indexable=_indexable(settings))


def _indexable(settings: Settings) -> bool:
    return (settings.index / "CURRENT").exists() or bool(article_files(settings.articles))


def _told(report: Report) -> Iterator[str]:
    yield from (f"Added: {_described(entry)}" for entry in report.added)
    yield from (f"Changed: {_described(entry)}" for entry in report.changed)
    yield from (f"Removed, as its page is gone: {_described(entry)}" for entry in report.removed)
    yield from (f"A copy of the file that was mended by hand: {path}" for path in report.kept)
    if report.same:
        yield f"Unchanged: {report.same[0]}" if len(report.same) == 1 else f"Unchanged: {len(report.same)} pages"
    yield from (f"Follows {place.address} ({place.kind}); `chiedi sync` looks for news there." for place in report.followed)


def _described(entry: Entry) -> str:
    words = f"{entry.words} word{'' if entry.words == 1 else 's'}"
    return " · ".join([entry.title, *filter(None, [entry.published]), entry.language, words, entry.id])


def _columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """A table whose last column may have any width; numbers stand to the right."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return ["  ".join([*map(_cell, row[:-1], widths), row[-1]]) for row in rows]


def _cell(text: str, width: int) -> str:
    return text.rjust(width) if text.isdigit() else text.ljust(width)
