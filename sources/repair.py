"""Text out of files, brought back to what its author typed: characters, lines that were broken, words that were hyphenated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

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

_BROKEN = re.compile(rf"([^\W\d_]+)[{HYPHENS}]\Z")
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


def joined(lines: Sequence[str], known: Collection[str] = ()) -> str:
    """One paragraph of the lines that a page broke it into; words hyphenated at a line's end are put together.

    ``known``: words of the same document in lower case, which tell "co-operation" from a mere break: a hyphen stays between
    letters when only the hyphenated word is known, and always before a capital or a digit.
    """
    text = ""
    for line in (line.strip() for line in lines):
        broken = _BROKEN.search(text)
        if not text or not line:
            text += line
        elif broken and line[0].isalnum():
            text = text[:-1] + _hyphen(broken[1], text[-1], line, known) + line
        else:
            text += ("" if text[-1] in "-‐" and line[0].isdigit() and text[-2:-1].isdigit() else " ") + line
    return text


def _hyphen(before: str, mark: str, line: str, known: Collection[str]) -> str:
    after = re.match(r"\w+", line)
    if after is None or not line[0].islower():
        return "-"
    whole, apart = f"{before}{after[0]}".lower(), f"{before}-{after[0]}".lower()
    return "-" if mark in "-‐" and apart in known and whole not in known else ""


def vocabulary(text: str) -> set[str]:
    """Words in lower case, hyphenated ones whole, as ``joined`` asks for them."""
    return {word.lower() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)}


def bullet(line: str) -> str | None:
    """The words of a line that starts a list's item: "• bread" or "2) bread"; None for any other line."""
    if match := _BULLET.match(line):
        return line[match.end() :]
    return line if _NUMBERED.match(line) else None
