"""Bylines and datelines at the head of a text: the title again, who wrote it and when. These lines go into the Document's fields."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from index.sources.types import Document
from index.texts.months import MONTH_NUMBERS, MONTHS

_FIRST = 5
"""Blocks at the head of a text that may name the title, the author and the day."""
_LONGEST, _SENTENCE = 200, 60
"""Characters: a longer block is prose, as is a sentence longer than the second; what follows is no head."""
_DATELINE = 3
"""Words beside the day where a line is a place and a day."""
_MONTH = {**MONTH_NUMBERS, "sept": 9, **{name[:3].lower(): number for number, name in enumerate(MONTHS["en"], 1)}}
_DATE = re.compile(
    rf"(?P<day>\d{{1,2}})[°º.]?\s+(?P<month>{'|'.join(_MONTH)})\.?,?\s+(?P<year>\d{{4}})"
    rf"|(?P<month2>{'|'.join(_MONTH)})\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>\d{{4}})"
    r"|(?P<year3>\d{4})-(?P<month3>\d\d)-(?P<day3>\d\d)|(?P<day4>\d{1,2})[/.](?P<month4>\d{1,2})[/.](?P<year4>\d{4})",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:di|by|a cura di|testo di|written by|autor[ei]|authors?)\b:?\s+", re.IGNORECASE)
_AROUND = " \t\f,;:|·•–—-()"
_PUBLISHED = re.compile(
    r"\b(?:(?:pubblicato|published|posted)(?: il| on)?|(?:luned|marted|mercoled|gioved|venerd)ì|sabato|domenica"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_LINKS = ("de", "di", "da", "del", "della", "van", "von", "e", "and")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a line says of author and day; ``only``: it says nothing else."""

    author: str | None
    day: str | None
    only: bool


def introduced(document: Document) -> Document:
    """The document without the lines at its head that only repeat the title or name the author and the day; author and day are taken
    from there where the document does not know them yet.

    A day in figures is read as day, month, year; "Roma, 12 marzo 2024" gives the day and stays.
    """
    blocks = document.text.split("\n\n")
    author, published = document.author, document.published
    kept: list[str] = []
    for at, block in enumerate(blocks[:_FIRST]):
        line = block.removeprefix("## ").strip(_AROUND)
        if len(line) > _LONGEST or (len(line) > _SENTENCE and line.endswith((".", "!", "?"))):
            kept += blocks[at:_FIRST]
            break
        said = _said(line, author)
        author, published = author or said.author, published or said.day
        if not said.only and not any(_same(line, repeated) for repeated in _repeated(document.title, author)):
            kept.append(block)
    text = "\n\n".join(kept + blocks[_FIRST:])
    return replace(document, text=text if text.strip() else document.text, author=author, published=published)


def _repeated(title: str | None, author: str | None) -> list[str]:
    """The title, alone and with its author on either side."""
    return [title, f"{author} {title}", f"{title} {author}"] if title else []


def _said(line: str, author: str | None) -> _Said:
    found = _DATE.search(line)
    day = _day(found) if found else None
    rest = _PUBLISHED.sub(" ", line[: found.start()] + " " + line[found.end() :] if found and day else line).strip(_AROUND)
    by = _BY.match(rest)
    name = " ".join(rest[by.end() :].strip(_AROUND).split()) if by else rest
    if not name or _same(name, author):
        return _Said(None, day, only=bool(day) or bool(name))
    if by and _is_name(name):
        return _Said(name, day, only=True)
    return _Said(None, day if len(name.split()) <= _DATELINE else None, only=False)


def _day(found: re.Match[str]) -> str | None:
    """The date as ISO 8601, None if there is no such day."""
    forms = (found.group(f"day{form}", f"month{form}", f"year{form}") for form in ("", 2, 3, 4))
    day, month, year = next(form for form in forms if form[0])
    try:
        return date(int(year), _MONTH.get(month.lower()) or int(month), int(day)).isoformat()
    except ValueError:
        return None


def _is_name(words: str) -> bool:
    parts = words.replace(",", " ").split()
    return 2 <= len(parts) <= 9 and all(part in _LINKS or (part[0].isupper() and not part.isdigit()) for part in parts)


def _same(one: str, other: str | None) -> bool:
    return bool(other) and _bare(one) == _bare(other or "")


def _bare(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())
