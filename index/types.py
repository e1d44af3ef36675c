"""The data of Chiedi: frozen, slotted, and free of behaviour beyond their own invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Language = Literal["it", "en"]
SmallTalk = Literal["help", "doubt", "insult", "farewell", "thanks", "greeting", "agreement", "nothing"]
Caution = Literal["low", "normal", "high"]
Verdict = Literal["answer", "unsure", "absent"]
FactKind = Literal["author", "source", "published"]
MAX_QUESTION = 1000  # characters of a question that are used


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read.

    ``text`` is the text of the file after its front matter, verbatim but for line ends (always ``\\n``) and a byte-order mark.
    ``id`` is stable: the path below the articles folder without its suffix, with ``/`` as separator.
    ``published`` is an ISO 8601 date or None; ``source`` names who published it ("ats/afp"), ``author`` who wrote it.
    ``group`` is what near copies of one article share in an index, None where there is no copy.
    """

    id: str
    title: str
    url: str | None
    published: str | None
    language: Language
    text: str
    source: str | None = None
    author: str | None = None
    group: str | None = None


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
class Scope:
    """What part of the collection a question is about: all of it, unless something is named.

    ``since`` and ``until`` are the first and the last day of publication: undated articles lie outside either. ``article`` is an id,
    ``source`` a publisher's name in any case.
    """

    since: date | None = None
    until: date | None = None
    article: str | None = None
    source: str | None = None


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found; a higher score is better, everywhere."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of an article's front matter. Raises ValueError where it is empty, so that none can be invented."""

    article: Article
    kind: FactKind

    def __post_init__(self) -> None:
        if getattr(self.article, self.kind) is None:
            raise ValueError(f"the front matter of {self.article.id!r} has no {self.kind}")

    @property
    def text(self) -> str:
        """As it stands there; a date in ISO 8601."""
        return str(getattr(self.article, self.kind))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got.

    ``confidence`` is the calibrated probability, 0 to 1, that the best quote answers, and ``verdict`` follows from it. ``quote`` is the
    sentence (or two) that answers, ``exact`` the words inside it where they are as certain. Where the answer is absent both are None, and
    ``related`` is the nearest sentence.
    ``hits`` are in their final order, best first. ``understood`` is the reading of a follow-up that was searched in place of
    ``question``, which stays as typed; ``small_talk`` is what the message was if nothing was searched.
    ``also`` are near copies of the quoted article that hold the same sentence, the newest first.

    A question about an article as a whole gets a ``fact`` of it, with the sentence that says the same as ``quote`` where there is one,
    or a ``summary``, sentences of it in their order. ``choice`` are articles to choose from when it is not clear which one is meant.
    """

    question: str
    language: Language
    verdict: Verdict = "absent"
    quote: Passage | None = None
    exact: Passage | None = None
    related: Passage | None = None
    confidence: float = 0.0
    hits: tuple[Hit, ...] = field(default=())
    understood: str | None = None
    small_talk: SmallTalk | None = None
    also: tuple[Article, ...] = ()
    fact: Fact | None = None
    summary: tuple[Passage, ...] = ()
    choice: tuple[Article, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether this is more than an abstention or small talk."""
        return self.verdict != "absent"

    @property
    def shown(self) -> Passage | None:
        """The passage that stands for the answer: the quote, the beginning of a summary, or what is related."""
        return self.quote or next(iter(self.summary), None) or self.related

    @property
    def article(self) -> Article | None:
        """The article that the answer comes from."""
        return self.shown.article if self.shown else self.fact.article if self.fact else None
