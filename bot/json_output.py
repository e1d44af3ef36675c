"""An answer as the JSON object that other programs read; ``start`` and ``end`` are code-point offsets into the article's text."""

from __future__ import annotations

from typing import Any

from index.texts.headings import page_of, section_of
from index.types import Answer, Article, Passage


def as_json(answer: Answer, took_ms: float) -> dict[str, Any]:
    """What `ask --json` prints of an answer; keys are added in later versions, never renamed."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answered": answer.answered,
        "verdict": answer.verdict,
        "confidence": answer.confidence,
        "quote": _cited(answer.quote),
        "exact": _located(answer.exact),
        "related": _cited(answer.related),
        "hits": [{**_citation(hit.passage), "score": hit.score} for hit in answer.hits],
        "took_ms": round(took_ms, 3),
        **{key: value for key, value in _of_articles(answer).items() if value},
    }


def _of_articles(answer: Answer) -> dict[str, Any]:
    """What only some answers have: a fact of an article or its summary, articles to choose from, near copies of the quoted one."""
    return {
        "fact": answer.fact and {"kind": answer.fact.kind, "text": answer.fact.text, **_named(answer.fact.article)},
        "summary": [_citation(sentence) for sentence in answer.summary],
        "choice": [_named(article) for article in answer.choice],
        "also": [_named(article) for article in answer.also],
    }


def _cited(passage: Passage | None) -> dict[str, Any] | None:
    return _citation(passage) if passage else None


def _citation(passage: Passage) -> dict[str, Any]:
    article = passage.article
    place = {"page": page_of(article, passage.start), "section": section_of(article, passage.start)}
    return {**_named(article), **(_located(passage) or {}), **place}


def _named(article: Article) -> dict[str, Any]:
    return {"article": article.id, "title": article.title, "url": article.url, "published": article.published}


def _located(passage: Passage | None) -> dict[str, Any] | None:
    return {"start": passage.start, "end": passage.end, "text": passage.text} if passage else None
