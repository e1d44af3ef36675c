"""Markdown files, also with a YAML front matter: markdown-it turns them into HTML, which index/sources/formats/clean_html.py reads."""

from __future__ import annotations

import re
from datetime import datetime

from index.charsets import decoded
from index.sources.cleaning.bylines import introduced
from index.sources.formats.clean_html import Element, text_of
from index.sources.types import Document

_FRONT = re.compile(r"\A---[ \t]*\n(?P<yaml>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")


def parse(content: bytes, url: str | None) -> Document:
    """The text without Markdown's marks but those of a Document; title, author, date, url and source as the front matter gives them.

    Without a title there it is a heading of the first rank that the text begins with.
    """
    from lxml.html import HTMLParser, document_fromstring
    from markdown_it import MarkdownIt

    source = decoded(content).replace("\r\n", "\n").lstrip("\n")
    front = _FRONT.match(source)
    about = _fields(front["yaml"]) if front else {}
    written = MarkdownIt("commonmark").enable("table").render(source[front.end() :] if about and front else source)
    page = document_fromstring(f"<html><body>{written}</body></html>", parser=HTMLParser(huge_tree=True))
    return introduced(
        Document(
            text=text_of(page),
            title=about.get("title") or _first_heading(page),
            author=about.get("author"),
            published=_day(about.get("published") or about.get("date")),
            url=about.get("url") or url,
            source=about.get("source"),
        )
    )


def _fields(block: str) -> dict[str, str]:
    """The plain values of a front matter; none if it is no such block. A list of authors is joined."""
    import yaml

    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return {}  # a text between two rules
    pairs = loaded.items() if isinstance(loaded, dict) else ()
    plain = {str(key).lower(): ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in pairs}
    return {key: " ".join(value.split()) for key, value in plain.items() if isinstance(value, str) and value.strip()}


def _first_heading(page: Element) -> str | None:
    first = next(iter(page.find("body")), None)
    return " ".join("".join(first.itertext()).split()) or None if first is not None and first.tag == "h1" else None


def _day(value: str | None) -> str | None:
    try:
        return datetime.fromisoformat(value).date().isoformat() if value else None
    except ValueError:
        return None
