"""What documents and web pages become: frozen data without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from index.types import Language


@dataclass(frozen=True, slots=True)
class Document:
    """The article in a file or a page, without what stands around it there.

    ``text``: paragraphs with an empty line between them, headings as Markdown ("## Costs"), list items with "- ", the cells of a
    table's row on one line with " | " between them, and a form feed where each page after the first begins. ``published`` is an
    ISO 8601 date; ``url`` the canonical address; ``source`` the publisher or the site. None is what the document does not state.
    """

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    language: Language | None = None
    url: str | None = None
    source: str | None = None


def completed(document: Document, **others: str | None) -> Document:
    """The document with other values for the fields that it does not state."""
    fields: dict[str, Any] = {name: getattr(document, name) or value for name, value in others.items()}
    return replace(document, **fields)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered: ``url`` is the one after redirects, ``etag`` and ``modified`` are to be sent with the next visit."""

    url: str
    content: bytes
    media_type: str | None = None
    etag: str | None = None
    modified: str | None = None
