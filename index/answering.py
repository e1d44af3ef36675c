"""From ranked passages to an Answer: the sentence that answers and the words in it, or an abstention with the nearest sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.chunking import sentences
from index.duplicates import are_copies, say_the_same
from index.embedding import Embedder
from index.lexical import cognates, shared
from index.marks import is_heading
from index.metrics import answer_tokens
from index.reader import Reader, Reading
from index.scale import Scale
from index.types import Answer, Caution, Hit, Language, Passage

READ = 8  # passages that are read for an answer
SENTENCES = 2  # sentences that are encoded for an answer without the reader: nearly all the time it takes; bench/README.md compares numbers
SHARED = 6.0  # log-odds that all words of the question in a sentence are worth before it is encoded; from 3 to 12 nothing changes
THRESHOLDS: dict[Caution, float] = {"low": 0.2, "normal": 0.32, "high": 0.4}  # least confidence that is shown as an answer
AGREEMENT = 0.5  # log-odds added when another article says the same words: a choice, the data hold no such case to fit it on


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic regressions fitted by ``python training/answering.py``.

    ``candidate``: bias, then a weight for each signal of a candidate. ``confidence``: bias, the log-odds of the best candidate, and its
    lead over the best one with another quote.
    """

    candidate: tuple[float, ...]
    confidence: tuple[float, float, float]


BY_READING = Weights((-15.665, 0.148, 15.539, 1.737, 0.195, 0.991, -1.351), (-0.308, 0.428, 0.43))
BY_SENTENCE = Weights((-24.749, 26.4, 2.023, -0.021, 1.278), (-0.397, 0.746, 0.442))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one hit offers as an answer; ``signals`` speak for it, ``log_odds`` is their weighted sum."""

    hit: Hit
    quote: Passage
    exact: Passage | None
    signals: tuple[float, ...]
    log_odds: float


def decide(
    question: str, language: Language, hits: Sequence[Hit], candidates: Sequence[Candidate], weights: Weights, caution: Caution, top_k: int
) -> Answer:
    """Answers with the best candidate or, where ``caution`` asks for more confidence, abstains.

    A heading is quoted only where there is nothing else. The hits come back in their final order: that of the best candidate first, the
    others as they were found.
    """
    ranked = _sentences_first(sorted(candidates, key=lambda candidate: -candidate.log_odds))
    if not ranked:
        return Answer(question, language, None, None, None, 0.0, tuple(hits[:top_k]))
    best, confidence = ranked[0], _confidence(ranked, weights)
    ordered = tuple(dict.fromkeys([best.hit, *hits]))[:top_k]
    if confidence < THRESHOLDS[caution]:
        return Answer(question, language, None, None, best.quote, confidence, ordered)
    return Answer(question, language, best.quote, best.exact, None, confidence, ordered)


def _sentences_first(ranked: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates that quote more than a heading; all of them where none does."""
    return [candidate for candidate in ranked if not is_heading(candidate.quote.article, candidate.quote.end - 1)] or ranked


def _confidence(ranked: Sequence[Candidate], weights: Weights) -> float:
    """The probability that the best candidate answers."""
    bias, strength, ahead = weights.confidence
    log_odds = bias + strength * ranked[0].log_odds + ahead * lead(ranked) + AGREEMENT * _agreed(ranked)
    return 1 / (1 + math.exp(-max(-700.0, log_odds)))


def lead(ranked: Sequence[Candidate]) -> float:
    """By how much log-odds the best candidate leads the best one with another quote; 10 at most, and where there is none."""
    best = ranked[0]
    others = (candidate.log_odds for candidate in ranked if not _same_quote(candidate.quote, best.quote))
    return min(10.0, best.log_odds - next(others, -math.inf))


def _same_quote(one: Passage, other: Passage) -> bool:
    """Whether two quotes overlap, or say the same in near copies of one article."""
    if one.article.id == other.article.id:
        return one.start < other.end and other.start < one.end
    return are_copies(one.article, other.article) and say_the_same(one.text, other.text)


def _agreed(ranked: Sequence[Candidate]) -> bool:
    """Whether a passage of another article, and no near copy, says the same words as the best candidate."""
    best, *others = ranked
    return any(
        best.exact and other.exact and other.quote.article.id != best.quote.article.id
        and not are_copies(other.quote.article, best.quote.article)
        and answer_tokens(other.exact.text) == answer_tokens(best.exact.text)
        for other in others
    )  # fmt: skip


def by_reading(
    sought: str, language: Language, hits: Sequence[Hit], vector: NDArray[np.float32], embedder: Embedder, scale: Scale, reader: Reader
) -> list[Candidate]:
    """The words that the reader marks in each of the first hits, with the sentence or sentences around them.

    Signals: logit of the span minus that of "no answer", those of ``by_sentence``, and how far the words are the question's own.
    """
    hits = hits[:READ]
    readings = reader.read(sought, [hit.passage.text for hit in hits])
    marked = [mark for hit, reading in zip(hits, readings, strict=True) for mark in _marks(hit, reading)]
    likeness = _likeness(sought, language, [(mark.hit, mark.quote) for mark in marked], vector, embedder, scale)
    return [
        _candidate(mark.hit, mark.quote, mark.exact, (mark.margin, *signals, _echo(sought, mark.exact)), BY_READING)
        for mark, signals in zip(marked, likeness, strict=True)
    ]


def by_sentence(
    sought: str, language: Language, hits: Sequence[Hit], vector: NDArray[np.float32], embedder: Embedder, scale: Scale
) -> list[Candidate]:
    """Without a reader: the most promising sentences of the first hits. ``vector`` is the question's (d,) unit vector.

    Signals: cosine to the question, share of its words, log-odds of the passage by retrieval, and whether it is in the other language.
    """
    found = _promising(sought, language, hits[:READ])
    likeness = _likeness(sought, language, found, vector, embedder, scale)
    return [_candidate(hit, sentence, None, signals, BY_SENTENCE) for (hit, sentence), signals in zip(found, likeness, strict=True)]


def _promising(sought: str, language: Language, hits: Sequence[Hit]) -> list[tuple[Hit, Passage]]:
    """The sentences worth encoding, headings only where there is nothing else: best by the passage's log-odds and the words shared."""
    found = list({(s.article.id, s.start): (hit, s) for hit in reversed(hits) for s in _sentences(hit.passage)}.values())
    spoken = [pair for pair in found if not is_heading(pair[1].article, pair[1].start)] or found

    def promise(pair: tuple[Hit, Passage]) -> float:
        hit, sentence = pair
        return hit.score + SHARED * shared(sought, language, sentence.text, sentence.article.language)

    return sorted(spoken, key=promise, reverse=True)[:SENTENCES]


@dataclass(frozen=True, slots=True)
class _Mark:
    """Words that a reader marks, with what it says of them."""

    hit: Hit
    quote: Passage
    exact: Passage
    margin: float


def _marks(hit: Hit, reading: Reading) -> list[_Mark]:
    """The best words of each sentence that the reader marks."""
    passage, found = hit.passage, dict[int, _Mark]()
    for start, end, logit in ((reading.start, reading.end, reading.span), *reading.others):
        if start < end:
            exact = Passage(passage.article, passage.start + start, passage.start + end)
            quote = _around(passage, exact)
            inside = Passage(passage.article, max(exact.start, quote.start), min(exact.end, quote.end))
            found.setdefault(quote.start, _Mark(hit, quote, inside, logit - reading.null))
    return list(found.values())


def _echo(sought: str, exact: Passage) -> float:
    """The share, 0 to 1, of the exact words that begin like a word of the question, which says them and so does not ask for them."""
    said, asked = cognates(exact.text), set(cognates(sought))
    return sum(word in asked for word in said) / len(said) if said else 1.0


def _around(passage: Passage, exact: Passage) -> Passage:
    """The sentence or sentences of the passage that hold the exact words, without headings at either end where there is more."""
    touched = [sentence for sentence in _sentences(passage) if sentence.start < exact.end and exact.start < sentence.end]
    spoken = [sentence for sentence in touched if not is_heading(sentence.article, sentence.start)] or touched
    return Passage(passage.article, spoken[0].start, spoken[-1].end) if spoken else exact


def _likeness(
    sought: str, language: Language, found: Sequence[tuple[Hit, Passage]], vector: NDArray[np.float32], embedder: Embedder, scale: Scale
) -> list[tuple[float, ...]]:
    """The signals of each sentence: cosine, share of the words sought, retrieval, other language."""
    cosines = scale(embedder.encode_passages([sentence.text for _, sentence in found]) @ vector).tolist()
    languages = [sentence.article.language for _, sentence in found]
    return [
        (cosine, shared(sought, language, sentence.text, written), hit.score, float(written != language))
        for (hit, sentence), written, cosine in zip(found, languages, cosines, strict=True)
    ]


def _candidate(hit: Hit, quote: Passage, exact: Passage | None, signals: tuple[float, ...], weights: Weights) -> Candidate:
    bias, *rest = weights.candidate
    return Candidate(hit, quote, exact, signals, bias + sum(weight * signal for weight, signal in zip(rest, signals, strict=True)))


def _sentences(passage: Passage) -> Iterator[Passage]:
    for start, end in sentences(passage.text, passage.article.language):
        yield Passage(passage.article, passage.start + start, passage.start + end)
