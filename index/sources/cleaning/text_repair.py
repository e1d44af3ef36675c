"""Text out of files, brought back to what its author typed: characters, lines that were broken, words that were hyphenated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_REMOVED = "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufffe"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_TABLE: dict[int, str | None] = {
    **{code: None for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)) if chr(code) not in "\t\n\f"},
    **dict.fromkeys(map(ord, "\u2028\u2029\u0085"), "\n"),
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, _REMOVED), None),
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},
}
HYPHENS = "-\u2010\u00ad\x02\ufffe"
"""What may stand at the end of a line that breaks a word; the last two are PDFium's marks for it."""

_TYPESET = "\u2010\u00ad"
"""Hyphens that typesetting programs put at line ends, and people hardly ever type."""
_BROKEN = re.compile(rf"(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)(?P<mark>[{HYPHENS}])\Z")
_TIED = re.compile(rf"\S[—–/]\Z|\d[{HYPHENS}]\Z")
"""What needs no space at a line's end: a dash or a stroke between words, a hyphen between numbers."""
_PAIRED = re.compile(r"(?:e|ed|o|and|or)\s")
"""After the hyphen of "pre- e post-bellico"."""
_BULLET = re.compile(r"[•‣▪▸◦●○■□–*·-]\s+(?=\S)|[\uf0b7\uf0a7\uf076]\s*(?=\S)")
_NUMBERED = re.compile(r"(?:\d{1,2}|[a-z])[.)]\s+(?=\S)")


def clean(text: str) -> str:
    """Unicode NFC without ligatures, soft hyphens, zero-width, direction and control marks; one kind of space, none at line ends.

    Line feeds stay, never more than two in a row; so do form feeds.
    """
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE))
    plain = re.sub(r"[ \t]+", " ", plain)
    plain = re.sub(r" ?\n ?", "\n", plain)
    return re.sub(r"\n{3,}", "\n\n", plain).strip(" \n")


@dataclass(frozen=True, slots=True)
class Habits:
    """What a document shows of its hyphens: its words in lower case, hyphenated ones whole, and the marks that break words in it."""

    words: frozenset[str] = frozenset()
    breaks: str = HYPHENS


def habits(lines: Sequence[str]) -> Habits:
    """The habits of a document of these lines.

    Where a typesetter's hyphen ends lines, or fewer than one line in forty ends with any hyphen, those that the keyboard has
    belong to their words.
    """
    ends = [line.rstrip()[-1:] for line in lines]
    typeset = any(end in _TYPESET for end in ends if end)
    rare = sum(end in HYPHENS for end in ends if end) < len(ends) / 40
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(lines))
    return Habits(frozenset(word.lower() for word in words), _TYPESET if typeset or rare else HYPHENS)


def joined(lines: Sequence[str], known: Habits | None = None) -> str:
    """One paragraph of the lines that a page broke it into; words hyphenated at a line's end are put together.

    A hyphen stays before a capital or a digit, in words with another hyphen, where only the hyphenated word occurs in the document,
    and where the document does not break words with it.
    """
    known = known or Habits()
    text = ""
    for line in (line.strip() for line in lines):
        broken = _BROKEN.search(text)
        if not text or not line:
            text += line
        elif broken and _PAIRED.match(line):
            text = text[:-1] + "- " + line
        elif broken and line[0].isalnum():
            text = text[:-1] + _hyphen(broken, line, known) + line
        else:
            text += ("" if _TIED.search(text) else " ") + line
    return text


def _hyphen(broken: re.Match[str], line: str, known: Habits) -> str:
    before, mark = broken["word"], broken["mark"]
    after = re.match(rf"[^\W\d_]+(?P<more>[{HYPHENS}]\w)?", line)
    if after is None or not line[0].islower():
        return "-"
    whole = f"{before}{after[0]}".lower()
    if whole in known.words:
        return ""
    compound = "-" in before or bool(after["more"]) or f"{before}-{after[0]}".lower() in known.words
    return "-" if mark not in _TYPESET and (compound or mark not in known.breaks) else ""


def bullet(line: str) -> str | None:
    """The words of a line that starts a list's item: "• bread" or "2) bread"; None for any other line."""
    if match := _BULLET.match(line):
        return line[match.end() :]
    return line if _NUMBERED.match(line) else None
