"""How well passages suit the time that a question asks about."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.questions.asked_time import AskedTime, Period, fits, recency
from index.questions.time_expressions import asked_time
from index.types import Article, Passage

DATA = Path(__file__).parents[2] / "data"
MARCH = Period(date(2023, 3, 1), date(2023, 3, 31), (frozenset({"marzo", "march"}), frozenset({"2023"})))


def passage(published: str | None, text: str = "Il lago è profondo.", id: str = "a") -> Passage:
    return Passage(Article(id, "A", None, published, "it", text), 0, len(text))


@pytest.mark.parametrize(
    ("published", "fit"),
    [("2023-02-28", 0), ("2023-03-01", 1), ("2023-03-31", 1), ("2023-04-01", 0.5), ("2023-05-01", 0.5), ("2023-05-02", 0), (None, 0)],
)
def test_day_within_or_soon_after(published: str | None, fit: float) -> None:
    """What was published within a period suits it; as long after it as it lasted by half."""
    assert MARCH.fit(published) == fit


def test_one_day_is_news_on_the_next() -> None:
    """A day is still news on the day after it."""
    day = Period(date(2023, 3, 1), date(2023, 3, 1))
    assert [day.fit(f"2023-03-0{number}") for number in (1, 2, 3)] == [1, 0.5, 0]


def test_passage_that_names_the_time_suits_it() -> None:
    """Written later or undated, a passage that names the month and its year is as good as one of that month."""
    passages = [
        passage("2023-03-05"),
        passage("2024-01-01", "A marzo 2023 era basso."),
        passage(None, "In March, 2023."),
        passage(None, "Nel 2023."),
    ]
    assert fits(AskedTime((MARCH,), False), passages, [True] * 4) == [1, 1, 1, 0]


def test_year_of_history_moves_nothing() -> None:
    """Where no article is of that time, none is preferred, not even one that names it."""
    passages = [passage("2023-03-05", "Nel 1812 vinse."), passage(None, "Nel 1812 perse."), passage("2024-03-05")]
    assert fits(asked_time("Chi vinse nel 1812?", date(2024, 1, 1)), passages, [True] * 3) == [0, 0, 0]


def test_newest_among_the_relevant() -> None:
    """A newer article about something else does not make the right ones old; the undated are no news."""
    passages = [passage("2024-01-03"), passage("2024-01-02"), passage("2024-01-01"), passage("2024-01-02"), passage(None)]
    assert recency(passages, [True] * 5) == [1, 1 / 2, 1 / 3, 1 / 2, 0]
    assert recency(passages, [False, True, True, True, True]) == [1, 1, 1 / 2, 1, 0]


def test_today_asks_for_the_newest_too() -> None:
    """Without an article of today the newest one is preferred; with one, half of what counts is the day."""
    passages, today = [passage("2024-01-02"), passage("2024-01-01")], Period(date(2024, 1, 3), date(2024, 1, 3))
    assert fits(AskedTime((today,), True), passages, [True, True]) == [1, 1 / 2]
    assert fits(AskedTime((replace(today, since=date(2024, 1, 1)),), True), passages, [True, True]) == [1, 3 / 4]
