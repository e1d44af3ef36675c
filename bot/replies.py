"""The shape of a reply: an Answer becomes Telegram messages or terminal text, with the article's words unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.markup import Part, Run, parts, split, to_text
from bot.messages import MESSAGES
from index.types import Answer, Article, Hit, Language, Passage

ARTICLES_SHOWN = 20


def render(answer: Answer, language: Language) -> list[Part]:
    """The messages that tell ``answer`` to someone who reads ``language``, in sending order."""
    return parts(_compose(answer, language))


def render_plain(answer: Answer, language: Language, *, colour: bool = False) -> str:
    """The same for a terminal, without a final line end; ``colour`` adds ANSI bold and faint."""
    (whole,) = split(_compose(answer, language), limit=10**9)
    return to_text(whole, colour)


def render_articles(articles: Sequence[Article], language: Language) -> list[Part]:
    """The list of the collection: the newest first, undated ones last, at most ``ARTICLES_SHOWN``."""
    words = MESSAGES[language]
    if not articles:
        return parts([Run(words.articles_none)])
    runs = [Run(words.articles.format(count=len(articles)))]
    for article in sorted(articles, key=lambda article: article.published or "", reverse=True)[:ARTICLES_SHOWN]:
        runs += [Run("\n• "), *_source(article, language)]
    if len(articles) > ARTICLES_SHOWN:
        runs.append(Run("\n" + words.articles_more.format(count=len(articles) - ARTICLES_SHOWN)))
    return parts(runs)


def _compose(answer: Answer, language: Language) -> list[Run]:
    words = MESSAGES[language]
    if answer.quote is None:
        return [Run(words.abstained), *_related(answer.related, language)]
    return [
        *_headline(answer.quote, answer.exact),
        *_marked(answer.quote, answer.exact, language),
        *_surroundings(answer.quote, answer.hits),
    ]


def _related(related: Passage | None, language: Language) -> list[Run]:
    if related is None:
        return []
    return [Run(f"\n\n{MESSAGES[language].related}\n"), *_marked(related, None, language)]


def _headline(quote: Passage, exact: Passage | None) -> list[Run]:
    """The exact words on a line of their own, unless the quotation is no more than they are."""
    return [Run(f"{exact.text}\n\n")] if exact and exact.text != quote.text else []


def _marked(quote: Passage, exact: Passage | None, language: Language) -> list[Run]:
    """The quotation with its exact words in bold, marked when its language is not the reader's, and its source."""
    foreign = [Run(f"{MESSAGES[language].other_language}\n")] if quote.article.language != language else []
    return [*foreign, *_quotation(quote, exact), Run("\n"), *_source(quote.article, language)]


def _quotation(quote: Passage, exact: Passage | None) -> list[Run]:
    opening, closing = _marks(quote.text)
    if exact is None:
        return [Run(f"{opening}{quote.text}{closing}")]
    text = quote.article.text
    before, after = text[quote.start : exact.start], text[exact.end : quote.end]
    return [Run(opening + before), Run(exact.text, bold=True), Run(after + closing)]


def _marks(text: str) -> tuple[str, str]:
    """The outer quotation marks: « », or “ ” where the article's own words hold « »."""
    return ("“", "”") if "«" in text or "»" in text else ("«", "»")


def _source(article: Article, language: Language) -> list[Run]:
    rest = [part for part in (article.source, _day(article.published, language)) if part]
    return [Run(article.title, url=_link(article.url)), Run("".join(f" · {part}" for part in rest))]


def _link(url: str | None) -> str | None:
    """The address where it is one that Telegram makes a link of."""
    return url if url and url.startswith(("http://", "https://")) else None


def _day(published: str | None, language: Language) -> str | None:
    """The day in words ("16 novembre 2025"), or what the article says where that is no full ISO date."""
    try:
        day = date.fromisoformat((published or "")[:10])
    except ValueError:
        return published
    return f"{day.day} {MESSAGES[language].months[day.month - 1]} {day.year}"


def _surroundings(quote: Passage, hits: Sequence[Hit]) -> list[Run]:
    """The passage around the quote, where it holds more than the quote."""
    for passage in (hit.passage for hit in hits):
        around = passage.article.id == quote.article.id and passage.start <= quote.start and quote.end <= passage.end
        if around and passage.text != quote.text:
            return [Run("\n"), Run(passage.text, folded=True)]
    return []
