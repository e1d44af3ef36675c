"""The printed lines of a page in the order in which people read them: columns one after the other, running heads left out.

Coordinates are points (1/72 inch) from the lower left corner, so that a larger ``base`` is higher on the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

_EDGE = 0.13
"""Share of a page's height, above and below, where running heads and page numbers stand."""
_OUTER = 3
"""Lines from the edge that may be running heads."""
_MARK = re.compile(r"[^\w\s]|\(?(?:\d{1,2}|[a-z])[.)]|\W*\d{1,2}(?:\.\d{1,2})+")
"""What stands before an item's or a heading's words, apart from them: a bullet, "2.", "1.3"."""
_NUMBER = re.compile(r"\W*(?:(?:pagina|page|pag\.?|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|di|of)\s*\d{1,4})?\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a printed line, without wide gaps. ``base``: height of the baseline; ``size``: of the letters, in points.

    ``cells``: where a line of a table was put together, the words of each column.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    cells: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its height and its stretches of lines in any order."""

    height: float
    lines: tuple[Line, ...]


def without_heads(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The pages without what stands at the same edge of several of them, whatever the numbers in it, and without page numbers."""
    edges = [_edges(sheet) for sheet in sheets]
    seen = Counter(key for rows in edges for key in {_key(row) for row in rows})
    often = max(2, min(3, round(len(sheets) * 0.6)))
    first = _first_number(edges)
    heads = [
        [row for row in rows if seen[_key(row)] >= often or _is_number(row) or _counts(row, first, page)] for page, rows in enumerate(edges)
    ]
    return [_without(sheet, rows) for sheet, rows in zip(sheets, heads, strict=True)]


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands at one height near an edge: which edge, how many rows are further out, and all of its words."""

    upper: bool
    further: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in sorted(self.lines, key=lambda line: line.left))


def _edges(sheet: Sheet) -> list[_Row]:
    """The rows near the upper and the lower edge, at most three each."""
    heights = sorted({round(line.base) for line in sheet.lines})
    upper = [height for height in heights[: -_OUTER - 1 : -1] if height > sheet.height * (1 - _EDGE)]
    lower = [height for height in heights[:_OUTER] if height < sheet.height * _EDGE]
    places = [(True, *place) for place in enumerate(upper)] + [(False, *place) for place in enumerate(lower)]
    return [_Row(up, further, tuple(line for line in sheet.lines if round(line.base) == height)) for up, further, height in places]


def _without(sheet: Sheet, rows: list[_Row]) -> Sheet:
    dropped = {line for row in rows for line in row.lines}
    return Sheet(sheet.height, tuple(line for line in sheet.lines if line not in dropped))


def _key(row: _Row) -> tuple[bool, int, str]:
    """What the running heads of several pages share. A title in large letters may say the same as they do."""
    return row.upper, round(max(line.size for line in row.lines)), re.sub(r"\d+", "#", "".join(row.text.lower().split()))


def _first_number(edges: Sequence[Sequence[_Row]]) -> int | None:
    """The number of the first page, if outermost rows that begin or end with a number count three pages or more, and most of them."""
    shifts = Counter(number - page for page, rows in enumerate(edges) for row in rows if row.further == 0 for number in _numbers(row))
    return next((shift for shift, times in shifts.most_common(1) if times >= 3 and times * 2 > len(edges)), None)


def _counts(row: _Row, first: int | None, page: int) -> bool:
    """Whether the row is a head of changing words beside the page's number: "Chapter 3: Utilities 7"."""
    return first is not None and row.further == 0 and first + page in _numbers(row)


def _numbers(row: _Row) -> list[int]:
    words = row.text.split()
    return [int(word) for word in {words[0], words[-1]} if word.isdecimal() and len(word) < 5]


def _is_number(row: _Row) -> bool:
    """A number with nothing beside it, and nothing between it and the edge."""
    return row.further == 0 and _NUMBER.fullmatch(row.text.strip()) is not None


def ordered(sheets: Sequence[Sheet]) -> list[list[list[Line]]]:
    """For each page its columns, and in each column its whole lines from above to below.

    A page that does not show its columns by itself, such as the last, is read with the gutter of the other pages.
    """
    found = [_gutter(sheet.lines) for sheet in sheets]
    usual = Counter(round(gutter) for gutter in found if gutter is not None).most_common(1)
    gutters = [
        gutter or (float(usual[0][0]) if usual and _fits(sheet.lines, usual[0][0]) else None)
        for sheet, gutter in zip(sheets, found, strict=True)
    ]
    return [_columns(sheet.lines, gutter) for sheet, gutter in zip(sheets, gutters, strict=True)]


def _columns(lines: Sequence[Line], gutter: float | None) -> list[list[Line]]:
    """Lines across the gutter part the page into bands; each band is read from its left column to its right one."""
    if gutter is None:
        return [_rows(lines)] if lines else []
    columns: list[list[Line]] = []
    band: list[Line] = []
    across: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if line.left < gutter < line.right:
            columns += _band(band, gutter)
            band = []
            across.append(line)
        else:
            columns += [_rows(across)] if across else []
            across = []
            band.append(line)
    return columns + _band(band, gutter) + ([_rows(across)] if across else [])


def _band(lines: list[Line], gutter: float) -> list[list[Line]]:
    left = [line for line in lines if line.right <= gutter]
    right = [line for line in lines if line.left >= gutter]
    return _columns(left, _gutter(left)) + _columns(right, _gutter(right))


def _gutter(lines: Sequence[Line]) -> float | None:
    """The middle of the widest white strip with prose on both sides; the fewer lines cross it, the better. None for one column."""
    best: tuple[int, float, float] | None = None
    for edge in sorted({round(line.right) for line in lines}):
        left = [line for line in lines if line.right <= edge + 1]
        right = [line for line in lines if line.left > edge + 1]
        if not _is_prose(left) or not _is_prose(right) or not _side_by_side(left, right):
            continue
        start, end = max(line.right for line in left), min(line.left for line in right)
        crossing = len(lines) - len(left) - len(right)
        rank = (crossing, start - end, (start + end) / 2)
        if end - start > 0.5 * median(line.size for line in lines) and crossing <= len(lines) / 2 and (best is None or rank < best):
            best = rank
    return best[2] if best else None


def _is_prose(lines: Sequence[Line]) -> bool:
    """Whether lines are those of a column of text, four at least, mostly as long as the longest; cells of a table are not."""
    if len(lines) < 4:
        return False
    widths = [line.right - line.left for line in lines]
    return median(widths) > 0.6 * max(widths) and median(len(line.text) for line in lines) >= 18


def _side_by_side(left: Sequence[Line], right: Sequence[Line]) -> bool:
    low, high = (
        max(min(line.base for line in side) for side in (left, right)),
        min(max(line.base for line in side) for side in (left, right)),
    )
    heights = [max(line.base for line in side) - min(line.base for line in side) for side in (left, right)]
    return high - low > 0.4 * min(heights)


def _fits(lines: Sequence[Line], gutter: float) -> bool:
    crossing = sum(line.left < gutter < line.right for line in lines)
    return crossing <= len(lines) / 2 and any(line.left >= gutter for line in lines)


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Stretches at one height put together; where two heights in a row have wide gaps they are lines of a table."""
    heights: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if heights and heights[-1][0].base - line.base < 0.4 * max(line.size, heights[-1][0].size):
            heights[-1].append(line)
        else:
            heights.append([line])
    parted = [_cells(sorted(height, key=lambda line: line.left)) for height in heights]
    alike = [_aligned(above, below) for above, below in pairwise(parted)]
    return [_whole(cells, any(alike[max(0, at - 1) : at + 1])) for at, cells in enumerate(parted)]


def _cells(lines: list[Line]) -> list[list[Line]]:
    """The stretches of one height, apart where the gap is wide; the mark of a list's item stays with its words."""
    cells: list[list[Line]] = [[lines[0]]]
    for before, line in pairwise(lines):
        if line.left - before.right > line.size and not (before is lines[0] and _MARK.fullmatch(before.text)):
            cells.append([line])
        else:
            cells[-1].append(line)
    return cells


def _aligned(above: list[list[Line]], below: list[list[Line]]) -> bool:
    """Whether two heights are rows of one table: of several cells each, of which one after the first begins, ends or centres alike."""
    places = [[(cell[0].left, cell[-1].right) for cell in cells[1:]] for cells in (above, below)]
    return any(
        abs(one[0] - two[0]) < 2 or abs(one[1] - two[1]) < 2 or abs(sum(one) - sum(two)) < 4 for one in places[0] for two in places[1]
    )


def _whole(cells: list[list[Line]], table: bool) -> Line:
    lines = [line for cell in cells for line in cell]
    texts = tuple(" ".join(line.text for line in cell) for cell in cells)
    main = max(lines, key=lambda line: len(line.text))
    bold = all(line.bold for line in lines)
    return Line(" ".join(texts), lines[0].left, lines[-1].right, main.base, main.size, bold, texts if table else ())
