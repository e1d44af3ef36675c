"""The two workflows: places are added and followed from then on; a sync brings in what is new, changed or gone there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from index.sources.documents import document_of, read
from index.sources.errors import DocumentRefused, FetchRefused, PageGone, one_line
from index.sources.library.database import Page, Place
from index.sources.library.folder import Entry, Library
from index.sources.library.visits import Visit, archive, of_listing, visit
from index.sources.types import Fetched
from index.sources.web.feeds import Item, advertised
from index.sources.web.sandboxed_feeds import listing
from index.sources.web.urls import is_root, is_web, key

Progress = Callable[[int, int], None]
_LONGEST_LINE = 1_000
"""Characters of a refusal, which begins with an address or a path."""


class Fetching(Protocol):
    """What `index.sources.web.fetch.Fetcher` does."""

    def get(self, url: str, etag: str | None = None, modified: str | None = None) -> Fetched | None:
        """What an address answers, or None when it is unchanged."""


@dataclass(slots=True)
class Report:
    """What an `add` or a `sync` did. ``same``: pages looked at and found unchanged; ``followed``: places that are visited from now on;
    ``refused``: one line for each page or place that could not be read; ``kept``: copies of mended files that were replaced or removed."""

    added: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    removed: list[Entry] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    followed: list[Place] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)

    @property
    def news(self) -> bool:
        """Whether an article file was written or removed."""
        return bool(self.added or self.changed or self.removed)


@dataclass(slots=True)
class _Task:
    """A page to be read: the stamps of the places that name it, those that name it no more, and whether a person asked for just it."""

    item: Item
    stamps: dict[str, str | None] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    asked: bool = False
    fetched: Fetched | None = None


def add(named: Sequence[str], library: Library, fetcher: Fetching, progress: Progress | None = None) -> Report:
    """Bring in files, folders, zip files, pages, feeds and sitemaps; all but single files and zip files are followed from then on.

    What cannot be read is listed in the report, one line each. Raises LibraryBusy while another `add` or `sync` runs, LibraryUnwritable
    when the disk is full; what was written until then stays.
    """
    with library.held():
        work = _Work(library, fetcher, progress or (lambda done, total: None))
        for text in named:
            work.take(text)
        work.bring_all()
        work.close()
        return work.report


def sync(library: Library, fetcher: Fetching, progress: Progress | None = None) -> Report:
    """Visit every followed place and bring in what is new or changed, take out what is gone.

    A page is fetched when its feed or sitemap says that it changed, or, where that gives no dates, with a conditional request. Pages
    that are gone (404, 410) are taken out, also those that left a sitemap and are gone; those that fell off a feed's end stay. What
    cannot be read stays as it is, is listed in the report, and is tried again by the next sync. Raises like ``add``.
    """
    with library.held():
        work = _Work(library, fetcher, progress or (lambda done, total: None))
        for place in library.watch.places():
            if place.parent is None:
                work.visit(place)
        work.bring_all()
        work.close()
        return work.report


class _Work:
    """One run: places are looked at first, then pages are read, each once, then the places are marked as visited."""

    def __init__(self, library: Library, fetcher: Fetching, progress: Progress) -> None:
        self.library, self.watch, self.fetcher, self.progress = library, library.watch, fetcher, progress
        self.report = Report()
        self.tasks: dict[str, _Task] = {}
        self.known = {place.address for place in self.watch.places()}
        self.visits: list[Visit] = []
        self.failed: dict[str, str] = {}
        self.gone: list[str] = []

    def visit(self, place: Place) -> None:
        """Look at a followed place."""
        try:
            self._plan_all(visit(replace(place, problem=None), self.watch, self.fetcher.get, self.library.folder))
        except (FetchRefused, DocumentRefused) as error:
            self._plan(Visit(replace(place, problem=str(error))))

    def take(self, text: str) -> None:
        """Look at what a person names."""
        try:
            if is_web(text):
                self._take_address(text)
            else:
                self._take_path(Path(text).expanduser().absolute())
        except (FetchRefused, DocumentRefused) as error:
            self._refuse(str(error))

    def _take_address(self, text: str, from_front_page: bool = False) -> None:
        fetched = self._read(text, None)
        assert fetched is not None
        found = listing(fetched.content, fetched.url)
        feeds = advertised(fetched.content, fetched.url) if found is None and is_root(text) and not from_front_page else []
        if found is not None:
            place = Place(text, found.kind, etag=fetched.etag, modified=fetched.modified)
            self._plan_all(of_listing(place, found, self.watch, self.fetcher.get, self.library.folder))
        elif feeds:
            self._take_address(feeds[0], from_front_page=True)
        else:
            self.visits.append(Visit(Place(text, "page")))
            self._ask_for(text, fetched).stamps[text] = None

    def _take_path(self, path: Path) -> None:
        if not path.exists():
            raise DocumentRefused(f"{path}: there is no such file; an address begins with https://")
        if path.resolve().is_relative_to(self.library.folder.resolve()):
            raise DocumentRefused(f"{path}: lies in the articles folder, where .txt and .md files are articles already: `chiedi build`")
        if path.is_dir():
            self._plan_all(visit(Place(str(path), "folder"), self.watch, self.fetcher.get, self.library.folder))
        elif path.suffix.lower() == ".zip":
            for name, content in archive(Place(str(path), "archive"), self.watch).contents.items():
                self._ask_for(name, Fetched(name, content))
        else:
            self._ask_for(str(path))

    def _ask_for(self, url: str, fetched: Fetched | None = None) -> _Task:
        task = self.tasks.setdefault(key(url), _Task(Item(url)))
        task.asked, task.fetched = True, fetched
        return task

    def _plan_all(self, visits: Iterable[Visit]) -> None:
        for found in visits:
            self._plan(found)

    def _plan(self, found: Visit) -> None:
        """Note what a visit found; a new place is remembered at once, so that an interrupted run is taken up by the next sync."""
        place = found.place
        if place.address not in self.known:
            self.watch.keep_place(replace(place, etag=None, modified=None))
        self.visits.append(found)
        if place.problem:
            self._refuse(place.problem, place.address)
        for item in found.items:
            task = self.tasks.setdefault(key(item.url), _Task(item))
            task.item = task.item if task.item.title else item  # a sitemap gives no titles
            task.stamps[place.address] = item.stamp
            if item.url in found.contents:
                task.fetched = Fetched(item.url, found.contents[item.url])
        for name, url in found.left:
            if place.kind == "sitemap":
                self.tasks.setdefault(name, _Task(Item(url))).left.add(place.address)
            else:
                self.watch.unlist_page(place.address, name)
                self.gone += [name] if place.kind != "feed" else []

    def bring_all(self) -> None:
        """Read all pages: first those that are named, under whose new address an old one may be found again."""
        tasks = sorted(self.tasks.items(), key=lambda pair: not pair[1].stamps)
        for done, (name, task) in enumerate(tasks):
            self.progress(done, len(tasks))
            try:
                self._bring(name, task)
            except DocumentRefused as error:
                self._refuse(str(error), *task.stamps, *task.left)
        self.progress(len(tasks), len(tasks))
        for name in self.gone:
            self._take_out(name)

    def _bring(self, name: str, task: _Task) -> None:
        """Read one page and write its article when it is new or has changed. What a person has removed is left out."""
        page = self.watch.page(name)
        there = bool(page and self.library.has(page.article))
        removed = page is not None and bool(page.article) and not there
        try:
            if not removed or task.asked:
                page = self._update(name, task, page, page if there or not task.asked else None)
        except PageGone as error:
            if page is None:
                self._refuse(str(error))
            self._take_out(name)
            page = None
        except (FetchRefused, DocumentRefused) as error:
            self._refuse(str(error), *task.stamps, *task.left)
            return
        self.watch.note(name, task.item.url, page, task.stamps, task.left)

    def _update(self, name: str, task: _Task, page: Page | None, before: Page | None) -> Page | None:
        """What is to be remembered of a page after reading it; ``before`` is what it may be unchanged since."""
        url = task.item.url
        fetched = task.fetched or self._read(url, before)
        if fetched is None:
            self.report.same.append(url)
            return page
        now = Page(name, url, page.article if page else "", fetched.etag, fetched.modified, sha256(fetched.content).digest())
        if before and before.content == now.content:
            self.report.same.append(url)
            return now
        return replace(now, article=self._written(task, page, fetched))

    def _read(self, url: str, before: Page | None) -> Fetched | None:
        if not is_web(url):
            return Fetched(url, read(Path(url)))
        fetched = self.fetcher.get(url, before.etag, before.modified) if before else self.fetcher.get(url)
        if fetched and is_root(fetched.url) and not is_root(url):
            raise FetchRefused(f"{url}: leads to the front page; what is here of it stays: `chiedi list` and `chiedi remove` take it out")
        return fetched

    def _written(self, task: _Task, page: Page | None, fetched: Fetched) -> str:
        """The id of the article that a page has become; a page that holds none keeps the one it had, or has none."""
        try:
            document = document_of(task.item, fetched)
            id = None if page or task.asked else self.library.find(document, task.item.url)
            if id and not self.library.has(id):
                return id  # a person has removed it under another address
            added = self.library.add(document, task.item.url)
        except DocumentRefused as error:
            self._refuse(str(error))
            return page.article if page else ""
        match added.outcome:
            case "new":
                self.report.added.append(added.entry)
            case "changed":
                self.report.changed.append(added.entry)
            case "same":
                self.report.same.append(task.item.url)
        self.report.kept += [added.kept] if added.kept else []
        return added.entry.id

    def _take_out(self, name: str) -> None:
        """A page is gone, and with it its article, unless another page holds the same."""
        page = self.watch.page(name)
        if page and page.article and self.watch.pages_of(page.article) == [name]:
            removed = self.library.withdraw(page.article)
            if removed:
                self.report.removed.append(removed.entry)
                self.report.kept += [removed.kept] if removed.kept else []
        self.watch.forget_page(name)

    def close(self) -> None:
        """Mark the places as visited; one of which something could not be read is read in full the next time."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for found in self.visits:
            place = found.place
            problem = self.failed.get(place.address)
            if (found.ended and not problem) or (place.kind == "page" and not self._has_article(place)):
                self.watch.forget_place(place.address)
                continue
            if problem:
                self.watch.keep_place(replace(place, etag=None, modified=None, problem=problem))
            else:
                self.watch.keep_place(replace(place, visited=now, problem=None))
            if place.address not in self.known and place.parent is None:
                self.report.followed.append(place)

    def _has_article(self, place: Place) -> bool:
        page = self.watch.page(key(place.address))
        return bool(page and page.article)

    def _refuse(self, text: str, *places: str) -> None:
        line = one_line(text, _LONGEST_LINE)
        self.report.refused.append(line)
        self.failed.update(dict.fromkeys(places, line))
