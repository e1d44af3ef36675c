"""What the bot understood of the articles that an owner has sent, as a message that asks whether to add them."""

from __future__ import annotations

from bot.replies.markup import Part, Run, parts, units
from bot.replies.messages import LANGUAGE_NAMES, MESSAGES
from bot.replies.rendering import day, shortened
from bot.state.proposals import Found, Offered
from index.sources.web.urls import is_web
from index.texts.headings import unmarked
from index.types import Language

_LISTED, _UNREAD = 12, 5  # documents, and lines about those that cannot be read, that one message shows
_TITLE, _LONG_TITLE, _FIRST, _LINE = 80, 300, 500, 200  # UTF-16 units that are shown of each


def understood(found: Found, language: Language, problem: str | None = None) -> Part:
    """The question whether to add what was found; ``problem`` is why it could not be added when the answer was yes."""
    words = MESSAGES[language]
    runs = _single(found.articles[0], language) if len(found.articles) == 1 else _several(found.articles, language)
    if found.refused:
        problems = "\n".join(shortened(line, _LINE) for line in found.refused[:_UNREAD])
        more = f"\n{words.add_more.format(count=len(found.refused) - _UNREAD)}" if len(found.refused) > _UNREAD else ""
        runs.append(Run(f"\n\n{words.add_unread.format(problems=problems)}{more}"))
    if len(found.articles) == 1:
        runs.append(Run(f"\n\n{words.add_retitle}"))
    if problem:
        runs.append(Run(f"\n\n{words.add_failed.format(problem=shortened(problem, _LINE))}"))
    return parts(runs)[0]


def named(found: Found) -> str:
    """What was found, in a few words: its first title, and how many more there are."""
    first, *others = found.articles
    return shortened(_title(first, _LONG_TITLE), _TITLE) + (f" (+{len(others)})" if others else "")


def _single(offered: Offered, language: Language) -> list[Run]:
    """Every field, also those that the document does not state, and the first lines."""
    words, document = MESSAGES[language], offered.document
    facts = {"author": document.author, "source": document.source, "published": day(document.published, language)}
    lines = [words.facts[kind].format(value=shortened(facts[kind] or "—", _LINE)) for kind in ("author", "source", "published")]
    lines.append(words.add_language.format(value=LANGUAGE_NAMES[document.language or language]))
    lines.append(words.add_words.format(count=len(document.text.split())))
    known = [Run(f"\n\n{words.add_known.format(title=shortened(offered.known, _TITLE))}")] if offered.known else []
    return [
        Run(f"{words.add_one}\n\n"),
        Run(_title(offered, _LONG_TITLE), bold=True, url=document.url if is_web(document.url or "") else None),
        Run("\n" + "\n".join(lines) + "\n"),
        Run(_first_lines(document.text), folded=True),
        *known,
    ]


def _several(articles: tuple[Offered, ...], language: Language) -> list[Run]:
    words = MESSAGES[language]
    runs = [Run(f"{words.add_many.format(count=len(articles))}\n")]
    for offered in articles[:_LISTED]:
        document = offered.document
        known = words.add_replaces.format(title=shortened(offered.known, _TITLE // 2)) if offered.known else None
        rest = filter(None, (day(document.published, language), words.add_words.format(count=len(document.text.split())), known))
        runs += [Run("\n• "), Run(_title(offered, _TITLE), bold=True), *(Run(f" · {part}") for part in rest)]
    more = len(articles) - _LISTED
    return [*runs, *([Run(f"\n{words.add_more.format(count=more)}")] if more > 0 else [])]


def _title(offered: Offered, room: int) -> str:
    return shortened(offered.document.title or offered.origin, room)


def _first_lines(text: str) -> str:
    """The beginning, in the words of the document, its last word whole."""
    plain = unmarked(text[: 2 * _FIRST])
    return shortened(plain, _FIRST) if len(text) > 2 * _FIRST or units(plain) > _FIRST else plain
