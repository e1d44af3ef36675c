"""A question as it is searched: its words, and the part of the collection and the time that it is about."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from index.errors import QuestionError
from index.questions.asked_time import AskedTime
from index.types import EVERYTHING, Article, Language, Scope

_DAY = re.compile(r"\A(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?\Z", re.ASCII)


def check(scope: Scope, articles: Sequence[str], sources: Sequence[str]) -> None:
    """Raises QuestionError when the scope names an article or a source that is not there, or ends before it begins."""
    if scope.since and scope.until and scope.since > scope.until:
        raise QuestionError(f"no day lies from {scope.since} to {scope.until}: give the earlier day first")
    if scope.article is not None and scope.article not in articles:
        raise QuestionError(f"there is no article {scope.article!r} in the index: {_instead(scope.article, articles)}")
    if scope.source is not None and _folded(scope.source) not in map(_folded, sources):
        raise QuestionError(f"no article in the index is from the source {scope.source!r}: {_instead(scope.source, sources)}")


def contains(scope: Scope, article: Article) -> bool:
    """Whether an article lies in the scope."""
    return (
        scope.article in (None, article.id)
        and (scope.source is None or _folded(scope.source) == _folded(article.source or ""))
        and (scope.since is None or scope.since.isoformat() <= (article.published or ""))
        and (scope.until is None or "" < (article.published or "") <= scope.until.isoformat())
    )


def day(text: str, *, last: bool = False) -> date:
    """A day ("2024-05-31"), or the first or last one of a month ("2024-05") or a year ("2024"). Raises QuestionError."""
    try:
        year, month, number = (int(part or 0) for part in _DAY.findall(text)[0])
        month = month or (12 if last else 1)
        return date(year, month, number or (monthrange(year, month)[1] if last else 1))
    except (IndexError, ValueError):
        raise QuestionError(f"{text!r} is not a day: write it like 2024-05-31, or a month like 2024-05, or a year like 2024") from None


def _folded(name: str) -> bytes:
    """As SQLite's NOCASE compares names: A to Z in lower case."""
    return name.encode().lower()


def _instead(name: str, known: Sequence[str]) -> str:
    """What else could be meant; a name is near by its letters or because it holds what was typed."""
    by_case = {other.lower(): other for other in known}
    near = [other for lower, other in by_case.items() if name.lower() in lower][:3] if name else []
    near += [by_case[lower] for lower in get_close_matches(name.lower(), by_case, cutoff=0.5) if by_case[lower] not in near]
    return f"did you mean {' or '.join(map(repr, near[:3]))}?" if near else "check its spelling, or run `chiedi build`"


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """Its words, the asker's language, its (d,) float32 unit vector, the part of the collection and the time that it is about."""

    text: str
    language: Language
    vector: NDArray[np.float32]
    scope: Scope = EVERYTHING
    time: AskedTime | None = None
