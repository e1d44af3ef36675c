"""What the owners read about the bot's work: counts by day, gaps in the collection, judged questions. All from the ledger."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.state.database import RETENTION_SECONDS, Database

DAYS = 14


@dataclass(frozen=True, slots=True)
class Day:
    """The questions of one day (UTC); waiting times in milliseconds, 0 where there were none."""

    day: date
    asked: int
    answered: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Overview:
    """The last days, oldest first and none left out, and all of them together."""

    days: tuple[Day, ...]
    total: Day
    languages: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer and what was thought of it; ``words`` are those that answered."""

    id: int
    question: str
    language: str
    answered: bool
    article: str | None
    quote: tuple[int, int] | None
    words: str | None
    verdicts: frozenset[str]


class Statistics:
    """Reads the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def overview(self, now: float) -> Overview:
        """The last ``DAYS`` days up to ``now`` (seconds since 1970)."""
        today = datetime.fromtimestamp(now, UTC).date()
        days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
        since = datetime.combine(days[0], datetime.min.time(), UTC).timestamp()
        rows = await self._database.execute("SELECT asked, answered, latency_ms, language FROM answers WHERE asked >= ?", since)
        found: dict[date, list[tuple[bool, float]]] = {day: [] for day in days}
        for asked, answered, latency, _ in rows:
            found.setdefault(datetime.fromtimestamp(asked, UTC).date(), []).append((bool(answered), latency))
        languages = Counter(str(language) for *_, language in rows).most_common()
        everything = [one for day in days for one in found[day]]
        return Overview(tuple(_day(day, found[day]) for day in days), _day(today, everything), tuple(languages))

    async def gaps(self, now: float) -> list[tuple[str, int]]:
        """The questions of the last 30 days that were refused, or whose answer was called wrong, with how often each was asked."""
        rows = await self._database.execute(
            "SELECT coalesce(understood, question) AS asked_for, count(*) FROM answers WHERE asked >= ? AND (NOT answered OR EXISTS"
            " (SELECT 1 FROM feedback WHERE feedback.answer = answers.id AND verdict != 'good'))"
            " GROUP BY asked_for ORDER BY count(*) DESC, asked_for",
            now - RETENTION_SECONDS,
        )
        return [(str(question), int(count)) for question, count in rows]

    async def judged(self) -> list[Judged]:
        """Every answer that somebody judged, oldest first."""
        rows = await self._database.execute(
            "SELECT answers.id, coalesce(understood, question), language, answered, article, quote_start, quote_end, words,"
            " group_concat(verdict) FROM answers JOIN feedback ON feedback.answer = answers.id GROUP BY answers.id ORDER BY answers.id"
        )
        return [
            Judged(id, question, language, bool(answered), article, None if start is None else (start, end), words,
                   frozenset(verdicts.split(",")))
            for id, question, language, answered, article, start, end, words, verdicts in rows
        ]  # fmt: skip


def _day(day: date, questions: Sequence[tuple[bool, float]]) -> Day:
    waits = sorted(wait for _, wait in questions)
    return Day(day, len(waits), sum(answered for answered, _ in questions), quantile(waits, 0.5), quantile(waits, 0.95))


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the ordered ones do not exceed (nearest rank); 0 for none."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else 0.0
