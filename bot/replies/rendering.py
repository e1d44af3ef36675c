"""The shape of a reply: an Answer becomes Telegram messages or terminal text, with the article's words unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from bot.replies.links import to_page, to_sentence
from bot.replies.markup import Part, Run, clean, parts, split, to_text, units
from bot.replies.messages import MESSAGES
from index.texts.headings import page_of, section_of, unmarked
from index.texts.months import MONTHS
from index.types import Answer, Article, Fact, Hit, Language, Passage

_TITLE = 120  # UTF-16 units of the title of an article that was searched alone
CITATION = 256  # UTF-16 units that a "copy" button takes (Bot API, CopyTextButton)


def render(answer: Answer, language: Language, *, cut_at: int | None = None, within: Article | None = None) -> list[Part]:
    """The messages with ``answer`` for someone who reads ``language``, in sending order.

    ``cut_at``: the number of characters that were read of a longer question; ``within``: the only article that was searched.
    """
    words = MESSAGES[language]
    limits = [words.cut.format(limit=cut_at)] if cut_at else []
    limits += [words.within.format(title=shortened(within.title, _TITLE))] if within and not answer.small_talk else []
    return parts([*_compose(answer, language), *(Run(f"\n\n{limit}") for limit in limits)])


def render_plain(answer: Answer, language: Language, *, colour: bool = False) -> str:
    """The same for a terminal, without a final line end; ``colour`` adds ANSI bold and faint."""
    (whole,) = split(_compose(answer, language), limit=10**9)
    return to_text(whole, colour)


def render_article(article: Article, language: Language) -> list[Part]:
    """A whole article, its text folded under its source."""
    return parts([*source(article, language), Run("\n"), Run(unmarked(article.text), folded=True)])


def cited(passage: Passage, language: Language) -> list[Run]:
    """A passage folded under its source, which opens at it."""
    return [*cite(passage, language), Run("\n"), Run(unmarked(passage.text), folded=True)]


def cite(passage: Passage, language: Language) -> list[Run]:
    """The source of a passage, with its page and section; the title opens there."""
    words, page, section = MESSAGES[language], page_of(passage.article, passage.start), section_of(passage.article, passage.start)
    place = [words.page.format(page=page)] if page else []
    place += [words.section.format(section=section)] if section else []
    return [*source(passage.article, language, link_to(passage)), Run("".join(f" · {part}" for part in place))]


def source(article: Article, language: Language, url: str | None = None) -> list[Run]:
    """Title, publisher and day; the title links to ``url``, else to the article's own address."""
    rest = [part for part in (article.source, day(article.published, language)) if part]
    return [Run(article.title, url=url or link(article)), Run("".join(f" · {part}" for part in rest))]


def link(article: Article) -> str | None:
    """The article's address where it is one that Telegram makes a link of."""
    return article.url if article.url and article.url.startswith(("http://", "https://")) else None


def link_to(passage: Passage) -> str | None:
    """The article's address, opened at the passage: at its page in a PDF, else at its words."""
    url, page = link(passage.article), page_of(passage.article, passage.start)
    if url is None or (page is None and urlsplit(url).path.lower().endswith(".pdf")):
        return url
    return to_page(url, page) if page else to_sentence(url, unmarked(passage.text))


def citation(quote: Passage, language: Language) -> str:
    """The quotation with its source as one plain text of at most ``CITATION`` units; what is too long ends with "…"."""
    after = shortened(clean("".join(run.text for run in cite(quote, language))), CITATION // 2)
    opening, closing = _marks(quote.text)
    room = CITATION - units(f"{opening}{closing}\n{after}")
    return f"{opening}{shortened(clean(unmarked(quote.text)), room)}{closing}\n{after}"


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


def day(published: str | None, language: Language) -> str | None:
    """The day in words ("16 novembre 2025"), or what the article says where that is no full ISO date."""
    try:
        found = date.fromisoformat((published or "")[:10])
    except ValueError:
        return published
    return f"{found.day} {MONTHS[language][found.month - 1]} {found.year}"


def _compose(answer: Answer, language: Language) -> list[Run]:
    words = MESSAGES[language]
    if answer.small_talk:
        return [Run(words.small_talk[answer.small_talk])]
    said = [Run(words.understood.format(question=answer.understood) + "\n\n")] if answer.understood else []
    if answer.choice:
        return [*said, Run(words.which), *(run for article in answer.choice for run in (Run("\n• "), *source(article, language)))]
    if answer.fact:
        return [*said, *_fact(answer.fact, answer.quote, language)]
    if answer.summary:
        return [*said, *_summary(answer.summary, language)]
    if answer.quote is None:
        return [*said, Run(words.abstained), *_related(answer.related, language)]
    return [
        *said,
        *_headline(answer, language),
        *_marked(answer.quote, answer.exact, language),
        *_also(answer.also, language),
        *_folded(surroundings(answer.quote, answer.hits)),
    ]


def _fact(fact: Fact, quote: Passage | None, language: Language) -> list[Run]:
    """What the front matter states, then the sentence that says it or else the article."""
    value = day(fact.text, language) if fact.kind == "published" else fact.text
    told = Run(MESSAGES[language].facts[fact.kind].format(value=value) + "\n\n")
    return [told, *(_marked(quote, None, language) if quote else source(fact.article, language))]


def _summary(summary: Sequence[Passage], language: Language) -> list[Run]:
    """The article, then each sentence as a quotation with its page."""
    article = summary[0].article
    runs = [*source(article, language), *([Run(f"\n{MESSAGES[language].other_language}")] if article.language != language else [])]
    for quote in summary:
        page = page_of(article, quote.start)
        runs += [Run("\n\n"), *_quotation(quote, None), *([Run(f" ({MESSAGES[language].page.format(page=page)})")] if page else [])]
    return runs


def _also(copies: Sequence[Article], language: Language) -> list[Run]:
    """The near copies that hold the quotation too."""
    listed = [run for article in copies for run in (Run("; "), *source(article, language))]
    return [Run(f"\n{MESSAGES[language].also} "), *listed[1:]] if listed else []


def _related(related: Passage | None, language: Language) -> list[Run]:
    if related is None:
        return []
    return [Run(f"\n\n{MESSAGES[language].related}\n"), *_marked(related, None, language)]


def _headline(answer: Answer, language: Language) -> list[Run]:
    """A word of doubt, or the exact words unless the quotation is no more than they are."""
    if answer.verdict == "unsure":
        return [Run(f"{MESSAGES[language].unsure}\n")]
    exact = unmarked(answer.exact.text) if answer.exact and answer.quote and answer.exact.text != answer.quote.text else ""
    return [Run(f"{exact}\n\n")] if exact else []


def _marked(quote: Passage, exact: Passage | None, language: Language) -> list[Run]:
    """The quotation with its exact words in bold, marked when its language is not the reader's, and its source."""
    foreign = [Run(f"{MESSAGES[language].other_language}\n")] if quote.article.language != language else []
    return [*foreign, *_quotation(quote, exact), Run("\n"), *cite(quote, language)]


def _quotation(quote: Passage, exact: Passage | None) -> list[Run]:
    opening, closing = _marks(quote.text)
    if exact is None:
        return [Run(f"{opening}{unmarked(quote.text)}{closing}")]
    text = quote.article.text
    before, after = unmarked(text[quote.start : exact.start]), unmarked(text[exact.end : quote.end])
    return [Run(opening + before), Run(unmarked(exact.text), bold=True), Run(after + closing)]


def _marks(text: str) -> tuple[str, str]:
    """The outer quotation marks: « », or “ ” where the article's own words hold « »."""
    return ("“", "”") if "«" in text or "»" in text else ("«", "»")


def _folded(passage: Passage | None) -> list[Run]:
    return [Run("\n"), Run(unmarked(passage.text), folded=True)] if passage else []
