"""Text as the search sees it, with the way back to the text as written."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_REMOVED = "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u02b9\u02bb\u02bc\u00b4\uff07"
_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"

_TABLE: dict[int, str | None] = {
    **{code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if code != 0x0A},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **{ord(mark): " " for mark in _SPACES},
    **{ord(mark): "'" for mark in _APOSTROPHES},
    **{ord(mark): '"' for mark in _QUOTES},
    **{ord(mark): None for mark in _REMOVED},
}


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text; ``offsets[i]`` is the span of the original that became ``text[i]``, None when every position is its own."""

    text: str
    offsets: tuple[tuple[int, int], ...] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Map the span ``text[start:end]`` to code-point offsets of the original text.

        A span that cuts through characters composed together is widened to all of them. An empty span stays empty.
        Raises IndexError outside ``0 <= start <= end <= len(text)``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"span {start}:{end} lies outside the {len(self.text)} characters of the normalised text")
        if self.offsets is None:
            return start, end
        if start == end:
            position = self.offsets[start][0] if start < len(self.text) else self.offsets[-1][1] if self.offsets else 0
            return position, position
        return self.offsets[start][0], self.offsets[end - 1][1]


def normalise(text: str) -> Normalised:
    """Bring a text to the form that is searched.

    Unicode NFC; soft hyphens, zero-width and direction marks removed; every space and control character but the line feed becomes
    a space, typographic apostrophes ``'`` and quotation marks ``"``, lone surrogates U+FFFD. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return Normalised(text)
    plain = text.translate(_TABLE)
    if len(plain) == len(text) and unicodedata.is_normalized("NFC", plain):
        return Normalised(plain)
    return _mapped(text)


def _mapped(text: str) -> Normalised:
    """The same with an offset map, cluster by cluster: slower, for texts whose length changes."""
    pieces: list[str] = []
    offsets: list[tuple[int, int]] = []
    for cluster, start, end in _clusters(text):
        piece = unicodedata.normalize("NFC", cluster).translate(_TABLE)
        pieces.append(piece)
        offsets.extend([(start, end)] * len(piece))
    return Normalised("".join(pieces), tuple(offsets))


def _clusters(text: str) -> list[tuple[str, int, int]]:
    """Split into the smallest stretches that compose by themselves: (plain characters, start, end in the original)."""
    clusters: list[tuple[str, int, int]] = []
    for position, raw in enumerate(text):
        character = raw.translate(_TABLE)
        if not character:
            continue
        if clusters and _composes(clusters[-1][0], character):
            before, start, _ = clusters.pop()
            clusters.append((before + character, start, position + 1))
        else:
            clusters.append((character, position, position + 1))
    return clusters


def _composes(cluster: str, character: str) -> bool:
    """Whether the character joins the cluster before it: a combining mark, or a starter such as a Hangul vowel that composes back."""
    if character < "\u0300":
        return False
    if unicodedata.combining(character):
        return True
    apart = unicodedata.normalize("NFC", cluster) + unicodedata.normalize("NFC", character)
    return unicodedata.normalize("NFC", cluster + character) != apart
