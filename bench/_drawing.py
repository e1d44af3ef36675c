"""Draws a conversation as Telegram shows it, as an SVG picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

WIDTH, MARGIN, PADDING, LINE, FONT = 500, 12, 10, 19, 14.5  # pixels
BUBBLE = 400
FOLDED_LINES = 3  # of a folded quotation, as Telegram shows it before it is tapped
NARROW, WIDE = frozenset("iljtfrI.,:;'’!|()[] ·«»‹›"), frozenset("mwMW%@…—")
Style = tuple[bool, bool, bool]  # bold, link, quotation


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bubble: styled stretches, and whether it stands in a quotation."""

    stretches: tuple[tuple[str, Style], ...]
    quoted: bool


def draw(messages: list[dict[str, Any]], title: str) -> str:
    """The SVG of messages in the Bot API's form; a person's stand on the right."""
    height: float = MARGIN
    drawn: list[str] = []
    for message in messages:
        picture, tall = _bubble(message, height)
        drawn.append(picture)
        height += tall + 8
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height + MARGIN}" viewBox="0 0 {WIDTH} {height + MARGIN}" '
        f'font-family="-apple-system, Roboto, Helvetica, Arial, sans-serif" font-size="{FONT}">\n<title>{escape(title)}</title>\n'
        f'<rect width="100%" height="100%" fill="#cfdcc4"/>\n'
    )
    return head + "\n".join(drawn) + "\n</svg>\n"


def _bubble(message: dict[str, Any], top: float) -> tuple[str, float]:
    mine = not message["from"]["is_bot"]
    lines = _folded(list(_lines(message)))
    wide = max(_width(line) for line in lines) + 2 * PADDING
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    wide = BUBBLE if rows else wide
    left = WIDTH - MARGIN - wide if mine else MARGIN
    tall = len(lines) * LINE + 2 * PADDING - 4
    parts = [f'<rect x="{left}" y="{top}" width="{wide:.0f}" height="{tall}" rx="12" fill="{"#e6fcd5" if mine else "#ffffff"}"/>']
    parts += _quotation_bars(lines, left + PADDING, top + PADDING - 2, wide - 2 * PADDING)
    for number, line in enumerate(lines):
        parts.append(_text(line, left + PADDING + 9 * line.quoted, top + PADDING + LINE * number + 12))
    for number, row in enumerate(rows):
        parts += _keys(row, left, top + tall + 4 + 36 * number, wide)
    return "\n".join(parts), tall + 4 * bool(rows) + 36 * len(rows)


def _lines(message: dict[str, Any]) -> Iterator[Line]:
    """The text in lines that fit the bubble."""
    words: list[tuple[str, Style]] = []
    for character, style in [*_styled(message), ("\n", (False, False, False))]:
        if character != "\n":
            words.append((character, style))
            continue
        yield from _wrapped(words)
        words = []


def _styled(message: dict[str, Any]) -> list[tuple[str, Style]]:
    """Every character with its style; entities count in UTF-16 units."""
    styled, at = [], 0
    text = message["text"] if "text" in message else f"📄 {message['document']['file_name']}"
    for character in text:
        kinds = {entity["type"] for entity in message.get("entities", []) if entity["offset"] <= at < entity["offset"] + entity["length"]}
        styled.append((character, ("bold" in kinds, bool(kinds & {"text_link", "url", "bot_command"}), "expandable_blockquote" in kinds)))
        at += 1 + (ord(character) > 0xFFFF)
    return styled


def _wrapped(characters: list[tuple[str, Style]]) -> Iterator[Line]:
    quoted = bool(characters) and characters[0][1][2]
    room = BUBBLE - 2 * PADDING - 9 * quoted
    line: list[tuple[str, Style]] = []
    for _, group in groupby(_numbered(characters), key=lambda item: item[0]):
        word = [pair for _, pair in group]
        if line and _measure(line) + _measure(word) > room:
            yield _joined(line, quoted)
            line = []
        line += word
    yield _joined(line, quoted)


def _numbered(characters: list[tuple[str, Style]]) -> Iterator[tuple[int, tuple[str, Style]]]:
    """Each character with the number of its word; a space belongs to the word before it."""
    number, space = 0, False
    for pair in characters:
        if space and pair[0] != " ":
            number += 1
        space = pair[0] == " "
        yield number, pair


def _joined(line: list[tuple[str, Style]], quoted: bool) -> Line:
    return Line(tuple(("".join(char for char, _ in group), style) for style, group in groupby(line, key=lambda pair: pair[1])), quoted)


def _folded(lines: list[Line]) -> list[Line]:
    """The lines with at most ``FOLDED_LINES`` of each quotation, the last one marked."""
    shown: list[Line] = []
    for quoted, group in groupby(lines, key=lambda line: line.quoted):
        stretch = list(group)
        if quoted and len(stretch) > FOLDED_LINES:
            *before, last = stretch[:FOLDED_LINES]
            text, style = last.stretches[-1]
            stretch = [*before, Line((*last.stretches[:-1], (text.rstrip()[:-6] + " … ⌄", style)), True)]
        shown += stretch
    return shown


def _measure(characters: list[tuple[str, Style]]) -> float:
    """About how wide the characters are; no font is asked, for each reader has another."""
    widths = (0.32 if char in NARROW else 0.92 if char in WIDE else 1.3 if ord(char) > 0x2FFF else 0.68 if char.isupper() else 0.56
              for char, _ in characters)  # fmt: skip
    return 1.1 * FONT * sum(widths)  # the widest of the usual fonts must fit


def _width(line: Line) -> float:
    return sum(_measure([(char, style) for char in text]) for text, style in line.stretches) + 9 * line.quoted


def _quotation_bars(lines: list[Line], left: float, top: float, wide: float) -> list[str]:
    bars, at = [], 0
    for quoted, group in groupby(lines, key=lambda line: line.quoted):
        many = len(list(group))
        if quoted:
            where = f'x="{left}" y="{top + at * LINE}" height="{many * LINE}"'
            bars += [f'<rect {where} width="{wide:.0f}" rx="4" fill="#e8f1fa"/>', f'<rect {where} width="3" rx="1.5" fill="#3a8ccc"/>']
        at += many
    return bars


def _text(line: Line, left: float, top: float) -> str:
    inner = "".join(f"<tspan{_attributes(style)}>{escape(text)}</tspan>" for text, style in line.stretches)
    return f'<text x="{left}" y="{top}" xml:space="preserve" fill="#111">{inner}</text>'


def _attributes(style: Style) -> str:
    bold, link, _ = style
    return ' font-weight="bold"' * bold + ' fill="#2678b6"' * link


def _keys(row: list[dict[str, Any]], left: float, top: float, wide: float) -> list[str]:
    each = (wide - 4 * (len(row) - 1)) / len(row)
    drawn = []
    for number, key in enumerate(row):
        x = left + number * (each + 4)
        words = key["text"] + (" ↗" if "url" in key else "")
        drawn.append(f'<rect x="{x:.0f}" y="{top}" width="{each:.0f}" height="32" rx="8" fill="#7f9a75"/>')
        drawn.append(f'<text x="{x + each / 2:.0f}" y="{top + 21}" fill="#fff" text-anchor="middle" font-size="13">{escape(words)}</text>')
    return drawn
