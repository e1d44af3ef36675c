"""Answers about an article as a whole: a fact from its front matter, or a summary in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from index.answers.article_questions import Request, requested
from index.answers.summary import summary
from index.models.embedder import Embedder
from index.questions.scope import contains
from index.storage.generation import Generation
from index.texts.chunking import sentences
from index.texts.words import cognates
from index.types import Answer, Article, Fact, FactKind, Hit, Language, Passage, Scope

CHOICE = 5  # articles offered where it is not clear which one is meant
_BYLINE = re.compile(
    r"(?:\W|_|\b(?:di|da|del|dell|a cura|testo|testi|foto|articolo|servizio|scritto|fonte|fonti|autore|autrice|redazione"
    r"|inviato|inviata|nostro|nostra"
    r"|by|from|of|the|text|words|photo|report|written|story|source|sources|author|authors|e|and)\b)*",
    re.IGNORECASE,
)
"""What may stand beside a name in a line that does no more than name who wrote or published the article."""
_WORK = re.compile(
    r"scritt|pubblic|libr|romanz|poe[mst]|oper[ae]|film|album|canzon|autor|letter|discors|rapport|relazion|legg|trattat|document"
    r"|wr[io]te|written|publish|book|novel|song|author|speech|report|paper|law|treaty",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Collection:
    """What is searched for an article: a generation, the part of it that counts, and the search for the passages on a topic."""

    generation: Generation
    scope: Scope
    find: Callable[[str], list[Hit]]
    embedder: Embedder


def request_of(typed: str, previous: Answer | None) -> Request | None:
    """What a message wants to know of an article as a whole; after a summary was asked for in vain it may merely say of which one."""
    request = requested(typed)
    if request or previous is None or previous.answered or "?" in typed:
        return request
    before = requested(previous.question)
    return Request("summary", typed, titled=True) if before and before.kind == "summary" else None


def about_article(
    request: Request, question: str, language: Language, collection: Collection, previous: Answer | None = None
) -> Answer | None:
    """The answer to a question about an article, or the articles to choose from; None when it must be searched like any other.

    That is so when "it" may be a work that the articles speak of, and for a fact that is not there or of nobody knows which article.
    """
    if not request.pointed and not request.topic and previous and _of_a_work(previous.understood or previous.question):
        return None
    meant = _meant(request, collection, previous)
    if request.kind != "summary":
        return _told(_fact(meant[0], request), question, language, collection.generation) if len(meant) == 1 else None
    if len(meant) == 1:
        return Answer(question, language, "answer", confidence=1.0, summary=summary(meant[0], collection.embedder))
    return None if request.titled else Answer(question, language, choice=tuple(meant))


def _of_a_work(question: str) -> bool:
    """Whether a question is about something written or published that is no article of the collection."""
    return _WORK.search(question) is not None and requested(question) is None


def _meant(request: Request, collection: Collection, previous: Answer | None) -> list[Article]:
    """The one article that is meant, or those that may be."""
    if request.topic:
        return _named(request.topic, collection.find(request.topic), request.titled)
    generation, scope = collection.generation, collection.scope
    if request.newest:
        return generation.newest(0, 1, scope)
    if previous and previous.article and contains(scope, previous.article):
        return [previous.article]
    return _without_copies(generation.newest(0, 4 * CHOICE, scope))[:CHOICE]


def _without_copies(articles: list[Article]) -> list[Article]:
    """The first of each group of near copies."""
    found: dict[str, Article] = {}
    for article in articles:
        found.setdefault(article.group or article.id, article)
    return list(found.values())


def _named(topic: str, found: list[Hit], titled: bool) -> list[Article]:
    """The article whose title has most words of the topic, else the one found that has at least half of them, else all that were found."""
    articles = list({hit.passage.article.id: hit.passage.article for hit in found}.values())
    wanted = set(cognates(topic))
    in_title = [len(wanted.intersection(cognates(article.title))) for article in articles]
    in_text = [len(wanted.intersection(cognates(article.text))) for article in articles]
    if max(in_title, default=0) > len(wanted) / 2:
        return [articles[in_title.index(max(in_title))]]
    if max(in_text, default=0) >= max(1, len(wanted) / 2) and not titled:
        return [articles[in_text.index(max(in_text))]]
    return [] if titled else articles[:CHOICE]


def _fact(article: Article, request: Request) -> Fact | None:
    """What was asked for; who published an article stands for an author that is not named."""
    kinds: dict[str, tuple[FactKind, ...]] = {"author": ("author", "source"), "source": ("source",), "published": ("published",)}
    return next((Fact(article, kind) for kind in kinds[request.kind] if getattr(article, kind)), None)


def _told(fact: Fact | None, question: str, language: Language, generation: Generation) -> Answer | None:
    """The fact, with the sentence that says it where the article has one."""
    if fact is None:
        return None
    quote = _byline(fact)
    if quote is None:
        return Answer(question, language, "answer", confidence=1.0, fact=fact)
    at = fact.article.text.index(fact.text, quote.start)
    exact = Passage(fact.article, at, at + len(fact.text))
    around = (Passage(fact.article, *span) for span in generation.spans(fact.article.id) if span[0] <= quote.start and quote.end <= span[1])
    hits = tuple(Hit(passage, 0.0) for passage in around)
    return Answer(question, language, "answer", quote, exact, confidence=1.0, hits=hits, fact=fact)


def _byline(fact: Fact) -> Passage | None:
    """The first sentence that does no more than say the fact."""
    every = (Passage(fact.article, *span) for span in sentences(fact.article.text, fact.article.language))
    return next((said for said in every if fact.text in said.text and _BYLINE.fullmatch(said.text.replace(fact.text, ""))), None)
