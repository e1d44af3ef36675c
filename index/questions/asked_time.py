"""The time that a question asks about, and how well passages suit it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.types import Passage

_REPORTED = 31  # days after a month or a year in which it is still written about


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another. A text names it by a word of each of ``named``, lower case; by nothing where that is empty."""

    since: date
    until: date
    named: tuple[frozenset[str], ...] = ()

    @property
    def reported(self) -> date:
        """The day up to which it is news: as long after it as it lasted, a month at most."""
        return self.until + timedelta(min((self.until - self.since).days + 1, _REPORTED))

    def fit(self, published: str | None) -> float:
        """1 for what was published within, 1/2 soon after, else 0."""
        if published is None or not self.since.isoformat() <= published <= self.reported.isoformat():
            return 0.0
        return 1.0 if published <= self.until.isoformat() else 0.5


@dataclass(frozen=True, slots=True)
class AskedTime:
    """The periods that a question names, and whether it asks for what is newest."""

    periods: tuple[Period, ...]
    newest: bool


def fits(time: AskedTime | None, passages: Sequence[Passage], relevant: Sequence[bool]) -> list[float]:
    """How well each passage suits a time, 0 to 1: by its article's day or because it names the time itself.

    0 for all where no article is of that time, so that a year of history moves nothing. What is newest is judged among the relevant ones.
    """
    fresh = recency(passages, relevant)
    if time is None or not time.periods:
        return fresh if time else [0.0] * len(passages)
    published = [max(period.fit(passage.article.published) for period in time.periods) for passage in passages]
    if not any(published):
        return fresh if time.newest else published
    found = [max(fit, *_naming(time, passage)) for fit, passage in zip(published, passages, strict=True)]
    return [(fit + new) / 2 for fit, new in zip(found, fresh, strict=True)] if time.newest else found


def recency(passages: Sequence[Passage], relevant: Sequence[bool]) -> list[float]:
    """1 for the day of the newest relevant passage, 1/2 for the day before it that there is, then 1/3 and so on; 0 without a day."""
    days = {passage.article.published for passage, asked in zip(passages, relevant, strict=True) if asked}
    own = (passage.article.published for passage in passages)
    return [1 / (1 + sum(bool(other and other > day) for other in days)) if day else 0.0 for day in own]


def _naming(time: AskedTime, passage: Passage) -> Iterator[float]:
    words = set(re.findall(r"\w+", passage.text.casefold()))
    yield from (float(bool(period.named) and all(words & names for names in period.named)) for period in time.periods)
