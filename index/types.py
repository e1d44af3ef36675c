"""The data of Chiedi: frozen, slotted, and free of behaviour beyond their own invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["it", "en"]
SmallTalk = Literal["help", "farewell", "thanks", "greeting", "agreement", "nothing"]
Caution = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read.

    ``text`` is the text of the file after its front matter, verbatim but for line ends (always ``\\n``) and a byte-order mark.
    ``id`` is stable: the path below the articles folder without its suffix, with ``/`` as separator.
    ``published`` is an ISO 8601 date or None; ``source`` names who published it ("ats/afp").
    """

    id: str
    title: str
    url: str | None
    published: str | None
    language: Language
    text: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article: code-point offsets, ``0 <= start < end <= len(article.text)``.

    Raises ValueError for offsets outside the text, so that a misquotation cannot be represented.
    """

    article: Article
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.article.text):
            raise ValueError(f"offsets {self.start}:{self.end} lie outside the {len(self.article.text)} characters of {self.article.id!r}")

    @property
    def text(self) -> str:
        """The article's own words between the offsets."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found; a higher score is better, everywhere."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got.

    ``quote`` is the sentence (or two) that answers and ``exact`` the words inside it; ``quote is None`` means abstention, and then
    ``related`` is the nearest sentence. ``confidence`` is the calibrated probability, 0 to 1, that the best quote answers.
    ``hits`` are in their final order, best first. ``understood`` is the reading of a follow-up that was searched in place of
    ``question``, which stays as typed; ``small_talk`` is what the message was if nothing was searched.
    """

    question: str
    language: Language
    quote: Passage | None
    exact: Passage | None
    related: Passage | None
    confidence: float
    hits: tuple[Hit, ...] = field(default=())
    understood: str | None = None
    small_talk: SmallTalk | None = None
