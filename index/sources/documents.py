"""From what a file or an address holds to the document in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from index.sources.errors import DocumentRefused
from index.sources.extraction import extract
from index.sources.types import Document, Fetched, completed
from index.sources.web.feeds import Item
from index.sources.web.urls import is_root, is_web, site

LARGEST = 50_000_000
"""Bytes of a file on this machine."""


def read(path: Path) -> bytes:
    """A file of this machine. Raises DocumentRefused when it cannot be read or is too large."""
    try:
        if path.stat().st_size > LARGEST:
            raise DocumentRefused(f"{path}: larger than {LARGEST:,} bytes: split it")
        return path.read_bytes()
    except OSError as error:
        raise DocumentRefused(f"{path}: cannot be read ({error.strerror}): check that it exists and its permissions") from error


def document_of(item: Item, fetched: Fetched) -> Document:
    """The article of a page or file, completed by what its feed states. Raises DocumentRefused, naming the address or the file."""
    name = PurePosixPath(urlsplit(fetched.url).path if is_web(fetched.url) else fetched.url).name
    try:
        document = extract(fetched.content, name, fetched.media_type, fetched.url if is_web(fetched.url) else None)
    except DocumentRefused as error:
        raise DocumentRefused(f"{item.url}: {str(error).removeprefix(f'{name}: ')}") from error
    stated = completed(document, title=item.title, author=item.author, published=item.published)
    return replace(stated, url=_own_address(document, fetched))


def _own_address(document: Document, fetched: Fetched) -> str | None:
    """The canonical address that a page names, when it is one of its own site's pages; pages cannot speak for other sites, and many name
    the front page by mistake."""
    named = document.url
    if named and (not is_web(fetched.url) or (site(named) == site(fetched.url) and (not is_root(named) or is_root(fetched.url)))):
        return named
    return fetched.url if is_web(fetched.url) else None
