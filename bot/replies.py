"""The shape of a reply: an Answer becomes Telegram messages or terminal text, with the article's words unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.links import to_sentence
from bot.markup import Part, Run, clean, parts, split, to_text, units
from bot.messages import MESSAGES
from index.types import Answer, Article, Hit, Language, Passage

SURE = 0.6  # confidence from which an answer is given without a word of doubt
CITATION = 256  # UTF-16 units that a "copy" button takes (Bot API, CopyTextButton)


def render(answer: Answer, language: Language, *, cut_at: int | None = None) -> list[Part]:
    """The messages that tell ``answer`` to someone who reads ``language``, in sending order.

    ``cut_at``: the number of characters that were read of a longer question.
    """
    cut = [Run("\n\n" + MESSAGES[language].cut.format(limit=cut_at))] if cut_at else []
    return parts(_compose(answer, language) + cut)


def render_plain(answer: Answer, language: Language, *, colour: bool = False) -> str:
    """The same for a terminal, without a final line end; ``colour`` adds ANSI bold and faint."""
    (whole,) = split(_compose(answer, language), limit=10**9)
    return to_text(whole, colour)


def render_article(article: Article, language: Language) -> list[Part]:
    """A whole article, its text folded under its source."""
    return parts([*source(article, language), Run("\n"), Run(article.text, folded=True)])


def cited(passage: Passage, language: Language) -> list[Run]:
    """A passage folded under its source, which opens at it."""
    return [*source(passage.article, language, link(passage.article, passage.text)), Run("\n"), Run(passage.text, folded=True)]


def source(article: Article, language: Language, url: str | None = None) -> list[Run]:
    """Title, publisher and day; the title links to ``url``, else to the article's own address."""
    rest = [part for part in (article.source, _day(article.published, language)) if part]
    return [Run(article.title, url=url or link(article)), Run("".join(f" · {part}" for part in rest))]


def link(article: Article, sentence: str | None = None) -> str | None:
    """The article's address where it is one that Telegram makes a link of; with ``sentence`` it opens there."""
    url = article.url if article.url and article.url.startswith(("http://", "https://")) else None
    return to_sentence(url, sentence) if url and sentence else url


def citation(quote: Passage, language: Language) -> str:
    """The quotation with its source as one plain text of at most ``CITATION`` units; what is too long ends with "…"."""
    after = shortened(clean("".join(run.text for run in source(quote.article, language))), CITATION // 2)
    opening, closing = _marks(quote.text)
    room = CITATION - units(f"{opening}{closing}\n{after}")
    return f"{opening}{shortened(clean(quote.text), room)}{closing}\n{after}"


def shortened(text: str, room: int) -> str:
    """The text in at most ``room`` (>= 2) UTF-16 units; a longer one is cut after a word and ends with "…"."""
    if units(text) <= room:
        return text
    return "".join(run.text for run in split([Run(text)], room - 1)[0]) + "…"


def surroundings(quote: Passage, hits: Sequence[Hit]) -> Passage | None:
    """The passage around the quote, where it holds more than the quote."""
    for passage in (hit.passage for hit in hits):
        around = passage.article.id == quote.article.id and passage.start <= quote.start and quote.end <= passage.end
        if around and passage.text != quote.text:
            return passage
    return None


def _compose(answer: Answer, language: Language) -> list[Run]:
    words = MESSAGES[language]
    if answer.small_talk:
        return [Run(words.small_talk[answer.small_talk])]
    said = [Run(words.understood.format(question=answer.understood) + "\n\n")] if answer.understood else []
    if answer.quote is None:
        return [*said, Run(words.abstained), *_related(answer.related, language)]
    return [
        *said,
        *_headline(answer, language),
        *_marked(answer.quote, answer.exact, language),
        *_folded(surroundings(answer.quote, answer.hits)),
    ]


def _related(related: Passage | None, language: Language) -> list[Run]:
    if related is None:
        return []
    return [Run(f"\n\n{MESSAGES[language].related}\n"), *_marked(related, None, language)]


def _headline(answer: Answer, language: Language) -> list[Run]:
    """A word of doubt where there is some, then the exact words, unless the quotation is no more than they are."""
    doubt = MESSAGES[language].unsure if answer.confidence < SURE else ""
    exact = answer.exact.text if answer.exact and answer.quote and answer.exact.text != answer.quote.text else ""
    if exact:
        return [Run(f"{doubt} {exact}\n\n".lstrip())]
    return [Run(f"{doubt}\n")] if doubt else []


def _marked(quote: Passage, exact: Passage | None, language: Language) -> list[Run]:
    """The quotation with its exact words in bold, marked when its language is not the reader's, and its source."""
    foreign = [Run(f"{MESSAGES[language].other_language}\n")] if quote.article.language != language else []
    return [*foreign, *_quotation(quote, exact), Run("\n"), *source(quote.article, language, link(quote.article, quote.text))]


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


def _day(published: str | None, language: Language) -> str | None:
    """The day in words ("16 novembre 2025"), or what the article says where that is no full ISO date."""
    try:
        day = date.fromisoformat((published or "")[:10])
    except ValueError:
        return published
    return f"{day.day} {MESSAGES[language].months[day.month - 1]} {day.year}"


def _folded(passage: Passage | None) -> list[Run]:
    return [Run("\n"), Run(passage.text, folded=True)] if passage else []
