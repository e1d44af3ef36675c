"""A visit to a followed place: which pages it names now that are new, changed, or named no more."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from index.sources.documents import read
from index.sources.errors import DocumentRefused, FetchRefused
from index.sources.formats.zip_archives import members
from index.sources.library.database import Place, Watch
from index.sources.types import Fetched
from index.sources.web.feeds import Item, Listing
from index.sources.web.sandboxed_feeds import listing
from index.sources.web.urls import key

Get = Callable[[str, str | None, str | None], Fetched | None]
SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".epub")


@dataclass(frozen=True, slots=True)
class Visit:
    """What was found: ``place`` with what to send along the next time, ``items`` that are new or may have changed, ``left`` the keys and
    addresses of those named no more, ``contents`` the items that came along with the visit; ``ended``: it is not to be visited again."""

    place: Place
    items: tuple[Item, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    ended: bool = False


def visit(place: Place, watch: Watch, get: Get, articles: Path) -> Iterator[Visit]:
    """Look at a place and, after it, at those that it names. A place that only its own address names is its page.

    Raises FetchRefused, PageGone or DocumentRefused when the place cannot be read; that of a named one becomes its ``problem``.
    """
    match place.kind:
        case "page":
            yield Visit(place, (Item(place.address),))
        case "folder":
            yield from _folder(place, watch, get, articles)
        case "archive":
            yield archive(place, watch)
        case "feed" | "sitemap":
            yield from _web(place, watch, get, articles)


def of_listing(place: Place, found: Listing, watch: Watch, get: Get, articles: Path) -> Iterator[Visit]:
    """What a feed or sitemap names beside what it named before, then the visits to the sitemaps that it names."""
    yield _compared(place, found.items, watch)
    for address in found.sitemaps:
        yield from _within(Place(address, "sitemap", place.address), watch, get, articles)
    for address in sorted(_children(place, watch) - set(found.sitemaps)):
        yield _ended(Place(address, "sitemap", place.address), watch)


def _web(place: Place, watch: Watch, get: Get, articles: Path) -> Iterator[Visit]:
    fetched = get(place.address, place.etag, place.modified)
    if fetched is None:
        yield _undated(place, watch)
        for address in sorted(_children(place, watch)):
            yield from _within(Place(address, "sitemap", place.address), watch, get, articles)
        return
    found = listing(fetched.content, fetched.url)
    if found is None:
        raise FetchRefused(f"{place.address}: holds neither a feed nor a sitemap any more: give its new address, or `chiedi remove` it")
    yield from of_listing(replace(place, kind=found.kind, etag=fetched.etag, modified=fetched.modified), found, watch, get, articles)


def _within(child: Place, watch: Watch, get: Get, articles: Path) -> Iterator[Visit]:
    """A visit to a place that another names; what is wrong with it stops no other."""
    known = next((place for place in watch.places() if place.address == child.address), child)
    try:
        yield from visit(replace(known, parent=child.parent, problem=None), watch, get, articles)
    except (FetchRefused, DocumentRefused) as error:
        yield Visit(replace(known, parent=child.parent, problem=str(error)))


def _undated(place: Place, watch: Watch) -> Visit:
    """The pages of an unchanged listing that it gives no date for."""
    return Visit(place, tuple(Item(url) for url, stamp in watch.listed(place.address).values() if stamp is None))


def _compared(place: Place, items: tuple[Item, ...], watch: Watch, contents: Mapping[str, bytes] | None = None) -> Visit:
    before, now = watch.listed(place.address), {key(item.url): item for item in items}
    fresh = tuple(item for name, item in now.items() if item.stamp is None or name not in before or before[name][1] != item.stamp)
    return Visit(place, fresh, tuple((name, url) for name, (url, _) in before.items() if name not in now), contents or {})


def _children(place: Place, watch: Watch) -> set[str]:
    return {other.address for other in watch.places() if other.parent == place.address}


def _ended(place: Place, watch: Watch) -> Visit:
    """A place that is named no more, and so are its pages."""
    return Visit(place, left=tuple((name, url) for name, (url, _) in watch.listed(place.address).items()), ended=True)


def _folder(place: Place, watch: Watch, get: Get, articles: Path) -> Iterator[Visit]:
    folder = Path(place.address)
    if not folder.is_dir():
        raise DocumentRefused(f"{folder}: the folder is not there, so its articles stay: mount it again, or `chiedi remove` it")
    files: list[Path] = []
    archives: list[Path] = []
    for path in sorted(_walk(folder, articles)):
        (archives if path.suffix.lower() == ".zip" else files).append(path)
    if not files and not archives and watch.listed(place.address):
        raise DocumentRefused(f"{folder}: the folder is empty now, so its articles stay: mount it again, or `chiedi remove` it")
    yield _compared(place, tuple(Item(str(path), _stamp(path)) for path in files), watch)
    for path in archives:
        yield from _within(Place(str(path), "archive", place.address), watch, get, articles)
    for address in sorted(_children(place, watch) - {str(path) for path in archives}):
        yield _ended(Place(address, "archive", place.address), watch)


def _walk(folder: Path, articles: Path) -> Iterator[Path]:
    """The documents below a folder, without hidden ones and without the articles folder itself."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(parent, name).resolve() != articles.resolve()]
        for name in names:
            if not name.startswith(".") and Path(name).suffix.lower() in (*SUFFIXES, ".zip"):
                yield Path(parent, name)


def archive(place: Place, watch: Watch) -> Visit:
    """A zip file's documents; its etag is the file's own stamp."""
    path = Path(place.address)
    if place.etag == (stamp := _stamp(path)):
        return Visit(place)
    packed = read(path)
    try:
        found = [(name, content) for name, content in members(packed) if Path(name).suffix.lower() in SUFFIXES]
    except DocumentRefused as error:
        raise DocumentRefused(f"{path}: {error}") from error
    contents = {str(path / name): content for name, content in found}  # a member's path goes on from that of its archive
    items = tuple(Item(name, sha256(content).hexdigest()[:32]) for name, content in contents.items())
    return _compared(replace(place, etag=stamp), items, watch, contents)


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return ""  # a broken link: reading it gives the error
    return f"{status.st_mtime_ns}:{status.st_size}"
