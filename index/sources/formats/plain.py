"""Text files: paragraphs however they are parted, lines that were broken by hand joined again."""

from __future__ import annotations

import re
from itertools import pairwise

from index.charsets import decoded
from index.sources.cleaning.bylines import introduced
from index.sources.cleaning.text_repair import Habits, bullet, clean, habits, joined
from index.sources.errors import DocumentRefused
from index.sources.types import Document

_LONGEST_TITLE = 100
_WIDEST = 100
"""Characters of the longest line that a person or a mail program breaks by hand; longer ones are paragraphs."""


def parse(content: bytes, url: str | None) -> Document:
    """A text's paragraphs. The title is a short first line that stands alone and ends no sentence.

    Raises DocumentRefused for what is no text.
    """
    raw = decoded(content)
    if raw.count("\0") or _controls(raw) > len(raw) / 50:
        raise DocumentRefused("the file is not text: save it as text, PDF, Word or EPUB")
    known, width = habits(raw.splitlines()), _width(raw)
    blocks = [_paragraphs(block.split("\n"), known, width) for block in re.split(r"\n\s*\n", clean(raw)) if block.strip()]
    parts = [part for block in blocks for part in block]
    title = parts[0] if len(parts) > 1 and len(parts[0]) <= _LONGEST_TITLE and parts[0][-1] not in ".,;:" else None
    return introduced(Document(text="\n\n".join(parts), title=title, url=url))


def _controls(text: str) -> int:
    return sum(character < " " and character not in "\t\n\r\f\x0b\x1b" for character in text)


def _paragraphs(lines: list[str], known: Habits, width: int) -> list[str]:
    """The paragraphs of a block between empty lines: all of it if its lines are full, else one of each line; lists keep theirs."""
    items = [bullet(line) for line in lines]
    if any(item is not None for item in items[:1]) or sum(item is not None for item in items) > 1:
        return _listed(lines, known)
    return [joined(lines, known)] if _is_wrapped(lines, width) else [line.strip() for line in lines]


def _width(text: str) -> int:
    """Characters of the longest line that may have been broken by hand."""
    return max((len(line) for line in text.splitlines() if len(line) <= _WIDEST), default=0)


def _is_wrapped(lines: list[str], width: int) -> bool:
    """Whether each line but the last would have been too long with the next line's first word."""
    return max(map(len, lines)) <= width and all(len(line) + 1 + len(after.split(" ")[0]) > width * 0.9 for line, after in pairwise(lines))


def _listed(lines: list[str], known: Habits) -> list[str]:
    """Lines before a list's first item, then the items, each with the lines that go on with it."""
    groups: list[list[str]] = []
    for line in lines:
        item = bullet(line)
        if item is not None:
            groups.append([f"- {item}"])
        elif groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    texts = [joined(group, known) for group in groups]
    start = 0 if texts[0].startswith("- ") else 1
    return [*texts[:start], *(["\n".join(texts[start:])] if texts[start:] else [])]
