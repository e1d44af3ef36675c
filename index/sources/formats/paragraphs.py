"""Printed lines to paragraphs, headings, lists and tables, with a form feed where each page begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.sources.cleaning.text_repair import HYPHENS, Habits, bullet, habits, joined
from index.sources.formats.reading_order import Line

_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§])[\])]?\s*\w")
_ENDS = re.compile(r"[.!?:;»”\")\]]\s*\Z")
_LEADER = re.compile(r"(?:\s?[.…]){5,}\s*[\divxlc]+\s*\Z", re.IGNORECASE)
"""Dots up to a page's number: a line of a table of contents."""
_LONGEST_HEADING = 200


@dataclass(slots=True)
class _Part:
    """Lines that belong together; ``pages``: for each page that begins inside, the number of lines before it."""

    kind: str
    lines: list[Line]
    pages: list[int] = field(default_factory=list)
    before: int = 0
    """Pages that begin right before this part."""
    full: bool = True
    """Whether the last line of the part reached the right edge of its column."""


@dataclass(frozen=True, slots=True)
class _Style:
    """What is usual in a document: size of the letters, distance of lines as a multiple of it, whether paragraphs are indented."""

    size: float
    leading: float
    bold: bool
    indented: bool


def text_of(pages: Sequence[Sequence[Sequence[Line]]]) -> str:
    """The text of pages of columns of lines, in reading order, in the form of a Document's."""
    lines = [line for page in pages for column in page for line in column]
    if not lines:
        return ""
    style = _style(pages, lines)
    known = habits([line.text for line in lines])
    parts: list[_Part] = []
    for number, page in enumerate(pages):
        _read_page(parts, page, style, first=number == 0)
    return _written(parts, style, known)


def _style(pages: Sequence[Sequence[Sequence[Line]]], lines: Sequence[Line]) -> _Style:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    size = sizes.most_common(1)[0][0]
    pairs = [pair for page in pages for column in page for pair in pairwise(column)]
    steps = Counter(
        round((above.base - below.base) / size, 1) for above, below in pairs if abs(above.size - size) < 0.3 > abs(below.size - size)
    )
    bold = sum(len(line.text) for line in lines if line.bold) * 2 > sum(len(line.text) for line in lines)
    firsts = sum(_first_lines(column, size) for page in pages for column in page)
    return _Style(size, steps.most_common(1)[0][0] if steps else 1.2, bold, firsts > len(lines) / 100)


def _first_lines(column: Sequence[Line], size: float) -> int:
    """How many lines begin further right than both their neighbours: the indented first lines of paragraphs."""
    places = [line.left for line in column if not line.cells]
    return sum(
        0.6 * size < at - above < 4 * size and at - below > 0.6 * size
        for above, at, below in zip(places, places[1:], places[2:], strict=False)
    )


def _read_page(parts: list[_Part], page: Sequence[Sequence[Line]], style: _Style, *, first: bool) -> None:
    """Add a page's parts; notes at its foot stand before a paragraph that goes on with the next page."""
    fresh = not first
    notes: list[Line] = []
    start = len(parts)
    for column in page:
        body, below = _notes([line for line in column if not _LEADER.search(line.text)], style)
        notes += below
        edges = _edges(body)
        for at, line in enumerate(body):
            above = body[at - 1] if at else None
            last = parts[-1] if parts and (above or _open(parts[-1], style)) else None
            if last and (_goes_on(last, line, above, edges, style) if above else _flows(last, line, edges, style)):
                last.pages += [len(last.lines)] if fresh else []
                last.lines.append(line)
            else:
                parts.append(_Part(_kind(line, style), [line], before=int(fresh)))
            fresh = False
        if body:
            parts[-1].full = body[-1].right > edges[1] - 2 * style.size
    if fresh and parts:
        parts.append(_Part("blank", [], before=1))
    _put_notes(parts, notes, start, style)


def _put_notes(parts: list[_Part], notes: list[Line], start: int, style: _Style) -> None:
    if not notes:
        return
    made: list[_Part] = []
    for line in notes:
        if made and not _NOTE.match(line.text):
            made[-1].lines.append(line)
        else:
            made.append(_Part("note", [line]))
    at = len(parts) - 1 if len(parts) > start + 1 and _open(parts[-1], style) else len(parts)
    parts[at:at] = made


def _notes(column: Sequence[Line], style: _Style) -> tuple[list[Line], list[Line]]:
    """The column's lines, and apart from them the small ones at its foot from the first that begins with a note's mark."""
    start = len(column)
    while start and column[start - 1].size < 0.92 * style.size and not column[start - 1].cells:
        start -= 1
    marks = [at for at in range(start, len(column)) if _NOTE.match(column[at].text)]
    if not marks or start == 0:
        return list(column), []
    return list(column[: marks[0]]), list(column[marks[0] :])


def _edges(column: Sequence[Line]) -> tuple[float, float]:
    """Where most of the column's lines begin, and where the long ones end, a few that stick out apart."""
    if not column:
        return 0.0, 0.0
    left = Counter(round(line.left) for line in column).most_common(1)[0][0]
    return float(left), sorted(line.right for line in column)[-1 - len(column) // 20]


def _kind(line: Line, style: _Style) -> str:
    if line.cells:
        return "table"
    item = bullet(line.text)
    larger = line.size > 1.12 * style.size
    bolder = line.bold and not style.bold and line.size > 0.95 * style.size
    if (larger or bolder) and any(map(str.isalpha, line.text)) and item in (None, line.text):
        return "heading"
    return "item" if item else "text"


def _open(part: _Part, style: _Style) -> bool:
    """Whether a paragraph may go on in the next column or page: in the midst of a sentence or, where paragraphs are indented, after
    a full last line."""
    return part.kind in ("text", "item") and (not _ENDS.search(part.lines[-1].text) or (style.indented and part.full))


def _flows(part: _Part, line: Line, edges: tuple[float, float], style: _Style) -> bool:
    """Whether the first line of a column goes on with the paragraph at the end of the one before."""
    begins = style.indented and line.left > edges[0] + 0.6 * line.size
    return _kind(line, style) == "text" and abs(line.size - part.lines[-1].size) < 0.12 * style.size and not begins


def _goes_on(part: _Part, line: Line, above: Line, edges: tuple[float, float], style: _Style) -> bool:
    """Whether a line belongs to the part of the line above it in the same column."""
    kind = _kind(line, style)
    step = (above.base - line.base) / max(line.size, above.size)
    if part.kind == "table" or kind in ("table", "item"):
        return part.kind == kind == "table"
    if "heading" in (part.kind, kind):
        return part.kind == kind and abs(line.size - above.size) < 0.5 and line.bold == above.bold and step < 1.9
    if part.kind == "note" or step > style.leading + 0.25 or abs(line.size - above.size) > 0.12 * style.size:
        return False
    if part.kind == "item":
        return line.left > part.lines[0].left + 0.3 * line.size
    amid = line.text[0].islower() and not _ENDS.search(above.text)
    return amid or not (_indented(line, above, edges) or _broke(line, above, edges))


def _indented(line: Line, above: Line, edges: tuple[float, float]) -> bool:
    return line.left > max(edges[0], above.left) + 0.6 * line.size


def _broke(line: Line, above: Line, edges: tuple[float, float]) -> bool:
    """Whether the first word of the line would have had its place on the line above: then the line was begun on purpose."""
    word = (line.right - line.left) * (len(line.text.split(" ")[0]) + 1) / max(1, len(line.text))
    return above.right + word + line.size < edges[1]


def _written(parts: list[_Part], style: _Style, known: Habits) -> str:
    text = ""
    for at, part in enumerate(parts):
        feeds = "\f" * part.before
        near = at > 0 and part.kind == parts[at - 1].kind == "item"
        text += ("\n" if near else "\n\n") + feeds if text or feeds else ""
        text += _shown(part, style, known)
    return text


def _shown(part: _Part, style: _Style, known: Habits) -> str:
    if part.kind == "table":
        rows = [" | ".join(line.cells) for line in part.lines]
        return "".join(("\f" if at in part.pages else "\n" if at else "") + row for at, row in enumerate(rows))
    words = _paged(part, known)
    if part.kind == "item":
        return f"- {bullet(words)}"
    if part.kind == "heading" and len(words) <= _LONGEST_HEADING:
        return f"## {words}"
    return words


def _paged(part: _Part, known: Habits) -> str:
    """The part's words; a page that begins inside a hyphenated word begins after that word."""
    cuts = [0, *part.pages, len(part.lines)]
    chunks = [[line.text for line in part.lines[start:end]] for start, end in pairwise(cuts)]
    for before, after in pairwise(chunks):
        if before[-1].strip()[-1:] in HYPHENS and after:
            first, _, rest = after[0].partition(" ")
            before.append(first)
            after[0] = rest
    return "\f".join(joined(chunk, known) for chunk in chunks)
