"""What does not fit on one screen: the other passages of an answer, and the collection, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.markup import LIMIT, Part, Run, parts, units
from bot.messages import MESSAGES
from bot.replies import cited, link, source
from index.types import Answer, Article, Language, Passage

PASSAGES, ARTICLES = 3, 20  # on a page, at most
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its message, its number from 1, and how many there are."""

    part: Part
    number: int
    count: int


def others(answer: Answer) -> list[Passage]:
    """The passages that were found beside the one that was shown, best first, none twice and none overlapping another."""
    shown = answer.quote or answer.related
    kept = [shown] if shown else []
    for hit in answer.hits:
        if not any(_overlap(hit.passage, other) for other in kept):
            kept.append(hit.passage)
    return kept[1:] if shown else kept


def page_of_others(answer: Answer, language: Language, number: int) -> Page | None:
    """Page ``number`` (or the nearest that exists) of the other passages; None when there are none."""
    return _page(others(answer), number, PASSAGES, lambda passage: cited(passage, language), MESSAGES[language].others, "\n\n")


def page_of_articles(articles: Sequence[Article], language: Language, number: int, address: Callable[[Article], str]) -> Page | None:
    """Page ``number`` (or the nearest that exists) of the collection, the newest first and undated ones last; None when it is empty.

    ``address`` makes the link of an article that has none.
    """

    def entry(article: Article) -> list[Run]:
        return [Run("• "), *source(article, language, link(article) or address(article))]

    newest = sorted(articles, key=lambda article: article.published or "", reverse=True)
    return _page(newest, number, ARTICLES, entry, MESSAGES[language].articles, "\n")


def _page(things: Sequence[T], number: int, most: int, entry: Callable[[T], list[Run]], title: str, between: str) -> Page | None:
    groups = _groups([entry(thing) for thing in things], most, LIMIT - 200)
    if not groups:
        return None
    number = min(max(number, 1), len(groups))
    first = sum(map(len, groups[: number - 1]))
    heading = title.format(first=first + 1, last=first + len(groups[number - 1]), count=len(things))
    runs = [run for entry in groups[number - 1] for run in (Run(between), *entry)]
    return Page(parts([Run(heading), *runs])[0], number, len(groups))


def _groups(entries: Sequence[list[Run]], most: int, room: int) -> list[list[list[Run]]]:
    """The entries in order, in groups of at most ``most`` that fit in ``room`` units; an entry that fits nowhere stands alone."""
    groups: list[list[list[Run]]] = []
    left = 0
    for entry in entries:
        size = sum(units(run.text) for run in entry) + 2
        if not groups or len(groups[-1]) == most or size > left:
            groups.append([])
            left = room
        groups[-1].append(entry)
        left -= size
    return groups


def _overlap(one: Passage, other: Passage) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end
