"""What an owner sends, as documents: a file, a zip file of them, a page behind a link, a post of a channel. Runs in a thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from mimetypes import guess_extension
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from bot.replies.rendering import shortened
from bot.state.proposals import Found, Offered
from index.sources.errors import DocumentRefused, FetchRefused, one_line
from index.sources.types import Document, completed
from index.sources.web.urls import is_web

if TYPE_CHECKING:
    from index.sources.library.folder import Library

_TITLE = 80  # UTF-16 units of the first words that stand for a title


@dataclass(frozen=True, slots=True)
class Post:
    """Where a forwarded post stood; ``url`` is None where only members can read it."""

    origin: str
    url: str | None
    source: str
    author: str | None
    published: str


def from_file(content: bytes, claimed: str | None, media_type: str | None, post: Post | None, articles: Path) -> Found:
    """The article in a file, or those in a zip file; a ``post`` that brought it states what the file does not.

    ``claimed`` is the name that the sender gives: only its last part is used, as a name of what was read, never as a path. Raises
    DocumentRefused when nothing in it can be read.
    """
    name = _plain(claimed or f"file{guess_extension(media_type or '') or ''}")
    if not name.lower().endswith(".zip"):
        return _found([_of_file(name, content, media_type, name)], [], articles, post)
    read, refused = _of_archive(name, content)
    if not read:
        raise DocumentRefused(refused[0] if refused else f"{name}: holds no document that can be read")
    return _found(read, refused, articles, post)


def from_link(url: str, private: frozenset[str], articles: Path) -> Found:
    """The article of a page. Raises FetchRefused or DocumentRefused."""
    from index.sources.documents import document_of
    from index.sources.web.feeds import Item
    from index.sources.web.fetch import Fetcher
    from index.sources.web.sandboxed_feeds import listing

    with Fetcher(private=private) as fetcher:
        fetched = fetcher.get(url)
    assert fetched is not None
    if listing(fetched.content, fetched.url):
        raise FetchRefused(f"{one_line(url)}: a feed or a sitemap: `chiedi add` follows it")
    return _found([(url, document_of(Item(url), fetched))], [], articles)


def from_post(text: str, post: Post, articles: Path) -> Found:
    """The article that a post is. Raises DocumentRefused for one without words."""
    from index.sources.formats.plain import parse
    from index.texts.language import detect

    document = parse(text.encode("utf-8", "replace"), None)
    return _found([(post.origin, replace(document, language=detect(document.text)))], [], articles, post)


def own_origin(library: Library, document: Document, origin: str) -> str:
    """The origin, with a number where a quite different text came in a file of that name: telephones call many files alike."""
    from index.sources.library.folder import SAME_PAGE, text_signature
    from index.texts.near_copies import resemblance

    written, numbered = library.watch.written(), origin
    for number in count(2):
        last = written.get(library.find(document, numbered) or "")
        if is_web(origin) or last is None or resemblance(text_signature(document.text), last.signature) >= SAME_PAGE:
            break
        numbered = f"{origin} ({number})"
    return numbered


def _of_file(name: str, content: bytes, media_type: str | None, origin: str) -> tuple[str, Document]:
    from index.sources.extraction import extract

    document = extract(content, name, media_type)
    return origin, replace(document, title=document.title or PurePosixPath(name).stem)


def _of_archive(name: str, content: bytes) -> tuple[list[tuple[str, Document]], list[str]]:
    """The documents of a zip file with where they stood, and a line for each that cannot be read."""
    from index.sources.formats.zip_archives import members
    from index.sources.library.visits import SUFFIXES

    read, refused = [], []
    try:
        for inside, member in members(content):
            path = PurePosixPath(inside)
            try:
                if path.suffix.lower() in SUFFIXES:
                    read.append(_of_file(path.name, member, None, f"{name}/{inside}"))
            except DocumentRefused as error:
                refused.append(str(error))
    except DocumentRefused as error:
        raise DocumentRefused(f"{name}: {error}") from error
    return read, refused


def _found(read: Iterable[tuple[str, Document]], refused: list[str], articles: Path, post: Post | None = None) -> Found:
    """The documents with a title, with what their post states, and with the articles that they replace."""
    from index.sources.library.folder import Library

    library = Library(articles)
    whole = [(origin, _completed(document, post)) for origin, document in read]
    named = [(own_origin(library, document, origin), document) for origin, document in whole]
    known = [library.find(document, origin) for origin, document in named]
    titles = {entry.id: entry.title for entry in library.entries()} if any(known) else {}
    offered = [Offered(origin, document, titles.get(id or "")) for (origin, document), id in zip(named, known, strict=True)]
    return Found(tuple(offered), tuple(refused))


def _completed(document: Document, post: Post | None) -> Document:
    titled = completed(document, title=shortened(" ".join(document.text.split()), _TITLE))
    return completed(titled, author=post.author, published=post.published, url=post.url, source=post.source) if post else titled


def _plain(claimed: str) -> str:
    """The last part of a file's name on one line, its suffix kept."""
    path = PurePosixPath(claimed.replace("\\", "/"))
    return f"{one_line(path.stem, 100) or 'file'}{one_line(path.suffix, 10)}"
