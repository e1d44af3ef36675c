"""Styled text: runs that become Telegram HTML or terminal text, and the splitting of long messages between them."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

# Telegram refuses more than 4,096 characters after parsing (Bot API, sendMessage); counted here in UTF-16 units, the stricter way.
LIMIT = 4095
_BREAKS = (re.compile(r".*\n", re.DOTALL), re.compile(r".*[.!?…][\"»”’)]*\s", re.DOTALL), re.compile(r".*\s", re.DOTALL))
_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style. ``folded`` text is a quotation that Telegram shows collapsed until it is tapped."""

    text: str
    bold: bool = False
    url: str | None = None
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One message: as Telegram HTML, and as plain text for when the HTML is refused."""

    html: str
    text: str


def parts(runs: Iterable[Run], limit: int = LIMIT) -> list[Part]:
    """The messages that hold the runs, each at most ``limit`` UTF-16 units long after parsing; none is empty."""
    return [Part(to_html(chunk), "".join(run.text for run in chunk)) for chunk in split(runs, limit)]


def split(runs: Iterable[Run], limit: int = LIMIT) -> list[list[Run]]:
    """The runs in chunks of at most ``limit`` (>= 2) UTF-16 units, cut at the end of a paragraph, sentence or word where there is one."""
    chunks: list[list[Run]] = [[]]
    left = limit
    for run in runs:
        rest = clean(run.text)
        while rest:
            at = _cut(rest, left, hard=left == limit)
            chunks[-1].append(replace(run, text=rest[:at]))
            left -= units(rest[:at])
            rest = rest[at:]
            if rest:
                chunks.append([])
                left, rest = limit, rest.lstrip()
    return [trimmed for chunk in chunks if (trimmed := _trim(chunk))]


def to_html(runs: Iterable[Run]) -> str:
    """The runs as Telegram HTML; everything that is not our own tag is escaped."""
    return "".join(_html_block(folded, list(group)) for folded, group in groupby(runs, key=lambda run: run.folded))


def to_text(runs: Sequence[Run], colour: bool = False) -> str:
    """The runs as plain text: links spelled out, folded lines behind a bar; with ANSI bold and faint when ``colour`` is set."""
    return "".join(_text(run, colour) for run in runs)


def units(text: str) -> int:
    """The length in UTF-16 code units, which is how Telegram counts entities."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, which neither Telegram nor a terminal takes well."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))


def _cut(text: str, room: int, hard: bool) -> int:
    """How many characters of ``text`` to put into ``room`` units; without a good place 0, or all that fit when ``hard``."""
    if units(text) <= room:
        return len(text)
    fitting = _prefix(text, room)
    for pattern in _BREAKS:
        found = pattern.match(fitting)
        if found and found.end() * 2 > len(fitting):
            return found.end()
    return len(fitting) if hard else 0


def _prefix(text: str, room: int) -> str:
    return text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")


def _trim(chunk: list[Run]) -> list[Run]:
    """The chunk without white space at its two ends, as Telegram would trim it."""
    while chunk and not chunk[0].text.strip():
        del chunk[0]
    while chunk and not chunk[-1].text.strip():
        del chunk[-1]
    if chunk:
        chunk[0] = replace(chunk[0], text=chunk[0].text.lstrip())
        chunk[-1] = replace(chunk[-1], text=chunk[-1].text.rstrip())
    return chunk


def _html_block(folded: bool, runs: list[Run]) -> str:
    inner = "".join(_html(run) for run in runs)
    return f"<blockquote expandable>{inner}</blockquote>" if folded else inner


def _html(run: Run) -> str:
    text = html.escape(run.text, quote=False)
    if run.bold:
        text = f"<b>{text}</b>"
    return f'<a href="{html.escape(clean(run.url))}">{text}</a>' if run.url else text


def _text(run: Run, colour: bool) -> str:
    text = "".join(f"│ {line}" for line in run.text.splitlines(keepends=True)) if run.folded else run.text
    if run.url:
        text = f"{text} ({clean(run.url)})"
    style = _BOLD * run.bold + _FAINT * (run.folded or bool(run.url)) if colour else ""
    return f"{style}{text}{_PLAIN}" if style else text
