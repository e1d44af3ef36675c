"""The front matter of an article as people write it: YAML where it is, else one line for each known key."""

from __future__ import annotations

import re
from datetime import date, datetime

from index.texts.months import MONTH_NUMBERS
from index.types import Language

_KEY = re.compile(r"(?P<key>[A-Za-z][\w-]*)[ \t]*:(?:[ \t]+|\Z)(?P<value>.*)")
_LANGUAGES: dict[str, Language] = {"italiano": "it", "italian": "it", "ita": "it", "inglese": "en", "english": "en", "eng": "en"}
_NUMBERS = re.compile(r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})")
_NAMED = re.compile(r"(?P<day>\d{1,2})(?:°|º|st|nd|rd|th)? (?:of )?(?P<month>[^\W\d]+),? (?P<year>\d{4})", re.IGNORECASE)
_AMERICAN = re.compile(r"(?P<month>[^\W\d]+) (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})", re.IGNORECASE)


class NotKeys(ValueError):
    """A block that is no list of keys with values; the message says where and how to mend it."""


def mapping(block: str, known: tuple[str, ...]) -> dict[str, object]:
    """The keys of a block, every scalar as the string it is written as, so that ``1984``, ``no`` and dates keep their look.

    Where the block is no YAML, a key of ``known`` alone on its line has the rest of the line as its value, without quotation marks
    around it. Raises NotKeys.
    """
    try:
        return _yaml(block)
    except NotKeys:
        parts = re.split(r"^(?=[A-Za-z][\w-]*[ \t]*:(?:[ \t]|$))", block, flags=re.MULTILINE)
        line, found = 2, dict[str, object]()
        for part in parts:
            found |= _part(part, known, line)
            line += part.count("\n")
        return found


def _part(part: str, known: tuple[str, ...], line: int) -> dict[str, object]:
    """The key that starts a part of a block, and its value."""
    try:
        return _yaml(part, line) if part.strip() else {}
    except NotKeys:
        written = _KEY.fullmatch(part.strip())
        if written is None or written["key"].lower() not in known:
            raise
        return {written["key"]: written["value"].strip().strip("\"'").strip()}


def _yaml(block: str, first: int = 2) -> dict[str, object]:
    import yaml  # here, because answering a question reads no article file

    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + first}" if mark else ""
        raise NotKeys(f"is not valid YAML{line}: put values that hold a colon in quotation marks") from None
    if not isinstance(loaded, dict):
        raise NotKeys("is not a list of 'key: value' lines: correct or delete it")
    return {str(key): value for key, value in loaded.items()}


def language_of(value: str) -> Language | None:
    """The language of a tag (it, it-IT, en_US) or of its name; None for any other."""
    word = value.strip().lower()
    match re.split(r"[-_]", word)[0]:
        case "it":
            return "it"
        case "en":
            return "en"
    return _LANGUAGES.get(word)


def day_of(value: str) -> str | None:
    """The ISO 8601 date of a day written so, in numbers with the day first, or with a month's name; None for any other."""
    text = " ".join(value.split())
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        found = _NUMBERS.fullmatch(text) or _NAMED.fullmatch(text) or _AMERICAN.fullmatch(text)
    if found is None:
        return None
    month = MONTH_NUMBERS.get(found["month"].lower()) or (int(found["month"]) if found["month"].isdecimal() else 0)
    try:
        return date(int(found["year"]), month, int(found["day"])).isoformat()
    except ValueError:
        return None
