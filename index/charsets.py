"""Bytes to text, whatever program wrote them."""

from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OLD = ("cp1252", "mac_roman", "cp850")
"""Windows first, which wins a tie: latin-1 is a part of it. Then the Macintosh and DOS."""

_LIKELY = "àèéìòùÀÈÉÌÒÙ’“”«»–…€°\xa0"
_POSSIBLE = "íóúçñöüäêîôâëÖÜÄß‘—©"
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def decoded(content: bytes) -> str:
    """The text of a file: by its byte-order mark, as UTF-8, as UTF-16 where every other byte is zero, or in the likeliest of damaged
    UTF-8 and the one-byte encodings of Western Europe, judged by the accents and quotation marks of Italian and English. Never fails."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    try:
        if b"\0" not in content:
            return content.decode("utf-8")
    except UnicodeDecodeError:
        pass  # an older encoding: distinguished below
    if wide := _wide(content):
        return content.decode(wide, "replace")
    return max((content.decode(name, "replace") for name in ("utf-8", *_OLD)), key=_likely)


def declared(content: bytes) -> str | None:
    """The encoding that a page or an XML file names in its first 2,048 bytes, if Python knows it."""
    found = _DECLARED.search(content[:2048])
    try:
        return codecs.lookup(found[1].decode("ascii")).name if found else None
    except LookupError:
        return None


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: in Western text nearly every high byte is zero, and hardly a low one."""
    pairs = max(1, len(content) // 2)
    even, odd = content[0::2].count(0) / pairs, content[1::2].count(0) / pairs
    if max(even, odd) < 0.4 or min(even, odd) > 0.1:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _likely(text: str) -> float:
    """How usual the characters beyond ASCII are; a box-drawing or replacement character speaks against the encoding."""
    beyond = [character for character in text if character > "\x7f"]
    return sum(1 if character in _LIKELY else 0.5 if character in _POSSIBLE else -1 for character in beyond)
