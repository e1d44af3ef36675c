"""Where a passage stands: the page by the form feeds before it, the section by the Markdown heading above it."""

from __future__ import annotations

import re

from index.types import Article

_HEADING = re.compile(r"^[ \t\f]*#{1,6}[ \t]+", re.MULTILINE)


def page_of(article: Article, offset: int) -> int | None:
    """The page, from 1, that holds the character at ``offset``; None for a text without pages."""
    return article.text.count("\f", 0, offset + 1) + 1 if "\f" in article.text else None


def section_of(article: Article, offset: int) -> str | None:
    """The nearest heading above the line of ``offset``, without its marks; None without one, and where it is but the article's title."""
    above = list(_HEADING.finditer(article.text, 0, article.text.rfind("\n", 0, offset) + 1))
    if not above:
        return None
    first = above[-1].end()
    section = " ".join(article.text[first : article.text.find("\n", first)].split()).rstrip(" #")
    return section if section and section != article.title else None


def is_heading(article: Article, offset: int) -> bool:
    """Whether ``offset`` lies in a heading's line."""
    return _HEADING.match(article.text, article.text.rfind("\n", 0, offset) + 1) is not None


def unmarked(text: str) -> str:
    """A text for people: headings without marks, a space for the start of a page."""
    return _HEADING.sub("", text).replace("\n\f", "\n").replace("\f", " ")
