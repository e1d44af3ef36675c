"""What does not fit on one screen: the other passages of an answer, and the collection, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.replies.markup import LIMIT, Part, Run, parts, units
from bot.replies.messages import MESSAGES
from bot.replies.rendering import cited, link, shortened, source
from index.types import Answer, Article, Language, Passage

PASSAGES, ARTICLES = 3, 20  # on a page, at most
_TITLE, _SOURCE = 120, 40  # UTF-16 units of each that a list shows, so that a page is one message


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its message, its number from 1, and how many there are."""

    part: Part
    number: int
    count: int


def others(answer: Answer) -> list[Passage]:
    """The passages that were found beside the one that was shown, best first, none twice and none overlapping another."""
    shown = answer.shown
    kept = [shown] if shown else []
    for hit in answer.hits:
        if not any(_overlap(hit.passage, other) for other in kept):
            kept.append(hit.passage)
    return kept[1:] if shown else kept


def page_of_others(answer: Answer, language: Language, number: int) -> Page | None:
    """Page ``number`` (or the nearest that exists) of the other passages; None when there are none."""
    groups = _groups([cited(passage, language) for passage in others(answer)], PASSAGES, LIMIT - 200)
    if not groups:
        return None
    number = min(max(number, 1), len(groups))
    first, shown = sum(map(len, groups[: number - 1])), groups[number - 1]
    heading = MESSAGES[language].others.format(first=first + 1, last=first + len(shown), count=sum(map(len, groups)))
    return Page(parts([Run(heading), *(run for entry in shown for run in (Run("\n\n"), *entry))])[0], number, len(groups))


def page_of_articles(
    newest: Callable[[int, int], Sequence[Article]], count: int, language: Language, number: int, address: Callable[[Article], str]
) -> Page | None:
    """Page ``number`` (or the nearest that exists) of a collection of ``count`` articles; None when it is empty.

    ``newest`` gives so many of them from a place on; ``address`` makes the link of an article that has none.
    """
    if count == 0:
        return None
    pages = -(-count // ARTICLES)
    number = min(max(number, 1), pages)
    first = (number - 1) * ARTICLES
    shown = newest(first, ARTICLES)
    runs = [Run(MESSAGES[language].articles.format(first=first + 1, last=first + len(shown), count=count))]
    for article in shown:
        brief = replace(article, title=shortened(article.title, _TITLE), source=article.source and shortened(article.source, _SOURCE))
        runs += [Run("\n• "), *source(brief, language, link(article) or address(article))]
    return Page(parts(runs)[0], number, pages)


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
