"""From ranked passages to an Answer: the sentence that answers and the words in it, or an abstention with the nearest sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.answers.calibration import BY_READING, BY_SENTENCE, WORDS, Weights, probability, verdict, weighed
from index.answers.nationality import of_another_country
from index.models.cosine_scale import Scale
from index.models.embedder import Embedder
from index.models.reader import Reader, Reading
from index.questions.asked_words import Asked
from index.questions.scope import Query
from index.texts.chunking import parts
from index.texts.headings import is_heading
from index.texts.near_copies import are_copies, say_the_same
from index.texts.words import answer_tokens
from index.types import Answer, Caution, Hit, Language, Passage

SEEN = 8  # passages that are weighed up against each other
FIRST, READ = 2, 6  # passages that are read for an answer: the first, and as many while these do not decide it; docs/quality.md
DECIDED = 0.8  # confidence after the first passages from which no others are read
SILENT = -5.0  # log-odds by retrieval of a passage that says nothing: such ones fill up a collection of fewer than SEEN
FOREIGN = 4.0  # log-odds taken off words that stand beside an office of another country than the one asked about: a choice as well
AGREEMENT = 0.5  # log-odds added when another article says the same words: a choice, the data hold no such case to fit it on


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one hit offers as an answer; ``signals`` speak for it, ``log_odds`` is their weighted sum.

    ``words`` is the probability, 0 to 1, that the exact words are right if the quote is; ``word_signals`` speak for that.
    """

    hit: Hit
    quote: Passage
    exact: Passage | None
    signals: tuple[float, ...]
    log_odds: float
    words: float = 0.0
    word_signals: tuple[float, ...] = ()


Quoting = TypeVar("Quoting", "Candidate", "_Offer")
Stored = Callable[[Passage], NDArray[np.float32] | None]
"""The vectors of the sentences of a quote, (s, d), where an index keeps them (``Generation.sentence_vectors``)."""


def decide(
    question: str, language: Language, hits: Sequence[Hit], candidates: Sequence[Candidate], weights: Weights, caution: Caution, top_k: int
) -> Answer:
    """Answers with the best candidate, as surely as its confidence allows, or abstains.

    A heading is quoted only where there is nothing else, and the exact words only where they are likely enough by themselves. The hits come
    back in their final order: that of the best candidate first, the others as they were found.
    """
    ranked = by_log_odds(candidates)
    if not ranked:
        return Answer(question, language, hits=tuple(hits[:top_k]))
    best, sure = ranked[0], confidence(ranked, weights)
    ordered, found = tuple(dict.fromkeys([best.hit, *hits]))[:top_k], verdict(sure, caution)
    if found == "absent":
        return Answer(question, language, found, related=best.quote, confidence=sure, hits=ordered)
    return Answer(question, language, found, best.quote, best.exact if best.words >= WORDS else None, confidence=sure, hits=ordered)


def by_log_odds(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates, best first, without headings where there is more."""
    return _sentences_first(sorted(candidates, key=lambda candidate: -candidate.log_odds))


def _sentences_first(found: Sequence[Quoting]) -> Sequence[Quoting]:
    """Those that quote more than a heading; all of them where none does."""
    return [each for each in found if not is_heading(each.quote.article, each.quote.end - 1)] or found


def confidence(ranked: Sequence[Candidate], weights: Weights) -> float:
    """The probability that the best candidate answers; the candidates best first."""
    bias, strength, ahead = weights.confidence
    return probability(bias + strength * ranked[0].log_odds + ahead * lead(ranked) + AGREEMENT * _agreed(ranked))


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
    query: Query,
    hits: Sequence[Hit],
    embedder: Embedder,
    stored: Stored,
    scale: Scale,
    reader: Reader,
    weights: Weights = BY_READING,
    first: int = FIRST,
) -> list[Candidate]:
    """The words that the reader marks in each of the first hits, with the sentence or sentences around them.

    Signals: those of ``by_sentence``, then the logit of the span minus that of "no answer", how far the words are the question's own, and
    the logit that the passage answers. Where the first ``first`` hits decide the answer, no others are read.
    """
    comparer, readings = _Comparer(embedder, stored, scale), list[Reading]()
    for many in (first, READ):
        readings += reader.read(query.text, [hit.passage.text for hit in hits[len(readings) : many]])
        offers = [offer for hit, reading in zip(hits, readings, strict=False) for offer in _marks(hit, reading)]
        candidates = _weighed(offers, query, hits, comparer, weights)
        if many >= len(hits) or (candidates and confidence(by_log_odds(candidates), weights) >= DECIDED):
            break
    return candidates


def by_sentence(
    query: Query, hits: Sequence[Hit], embedder: Embedder, stored: Stored, scale: Scale, weights: Weights = BY_SENTENCE
) -> list[Candidate]:
    """Without a reader: sentences of the first hits.

    Signals: cosine to the question, share of its words, log-odds by which the passage is ahead of the mean of the first hits, which says
    more than its own, and whether it is in the other language.
    """
    found = list({(s.article.id, s.start): _Offer(hit, s) for hit in reversed(hits[:READ]) for s in _sentences(hit.passage)}.values())
    return _weighed(found, query, hits, _Comparer(embedder, stored, scale), weights)


@dataclass(frozen=True, slots=True)
class _Offer:
    """A sentence that may answer; the words marked in it, if any, their logit minus that of "no answer", the logit that the passage
    answers, and the log of the share that the words have among all spans of the passage (None where a yes or a no is asked for)."""

    hit: Hit
    quote: Passage
    exact: Passage | None = None
    margin: float = 0.0
    answerable: float = 0.0
    share: float | None = None


@dataclass(frozen=True, slots=True)
class _Comparer:
    """Compares quotes with a question: by the stored vectors of their sentences or, where there are none, by encoding them."""

    embedder: Embedder
    stored: Stored
    scale: Scale

    def __call__(self, quotes: Sequence[Passage], question: NDArray[np.float32]) -> list[float]:
        """The cosine of each quote to a (d,) question; of several sentences the highest."""
        vectors = [self.stored(quote) for quote in quotes]
        texts = [quote.text for quote, known in zip(quotes, vectors, strict=True) if known is None]
        new = iter(self.embedder.encode_passages(texts) if texts else ())
        cosines = [(next(new)[None] if known is None else known) @ question for known in vectors]
        return [float(cosine) for cosine in self.scale(np.array([each.max() for each in cosines], np.float32))]


def _weighed(offers: Sequence[_Offer], query: Query, hits: Sequence[Hit], comparer: _Comparer, weights: Weights) -> list[Candidate]:
    """The most promising offers, with all their signals; headings only where there is nothing else."""
    offers, asked = _sentences_first(offers), Asked(query.text, query.language)
    mean = sum([*(hit.score for hit in hits[:SEEN]), *[SILENT] * SEEN][:SEEN]) / SEEN
    known = sorted(((_told(offer, asked, mean), offer) for offer in offers), key=lambda pair: -weighed(weights.promise, pair[0]))
    compared, (bias, *rest) = known[: weights.compared], weights.candidate
    cosines = comparer([offer.quote for _, offer in compared], query.vector)
    found = [((cosine, *signals), offer) for cosine, (signals, offer) in zip(cosines, compared, strict=True)]
    foreign = [FOREIGN * (offer.exact is not None and _is_foreign(query, offer.quote, offer.exact)) for _, offer in found]
    return [
        _candidate(offer, signals, bias + weighed(rest, signals) - less, weights)
        for less, (signals, offer) in zip(foreign, found, strict=True)
    ]


def _is_foreign(query: Query, quote: Passage, exact: Passage) -> bool:
    return of_another_country(query.text, quote.text, exact.text)


def _candidate(offer: _Offer, signals: tuple[float, ...], log_odds: float, weights: Weights) -> Candidate:
    if offer.share is None or offer.exact is None:
        return Candidate(offer.hit, offer.quote, offer.exact, signals, log_odds)
    told = (offer.share, offer.margin, signals[-2])
    bias, *rest = weights.words
    return Candidate(offer.hit, offer.quote, offer.exact, signals, log_odds, probability(bias + weighed(rest, told)), told)


def _told(offer: _Offer, asked: Asked, mean: float) -> tuple[float, ...]:
    """The signals of an offer that need no encoding; ``mean`` is that of the passages' log-odds."""
    written = offer.quote.article.language
    told = (asked.share_in(offer.quote.text, written), offer.hit.score - mean, float(written != asked.language))
    return (*told, offer.margin, asked.echo_in(offer.exact.text), offer.answerable) if offer.exact else told


def _marks(hit: Hit, reading: Reading) -> list[_Offer]:
    """The best words of each sentence that the reader marks."""
    passage, found, within = hit.passage, dict[int, _Offer](), list(_sentences(hit.passage))
    for start, end, logit in ((reading.start, reading.end, reading.span), *reading.others):
        if start < end:
            exact = Passage(passage.article, passage.start + start, passage.start + end)
            quote = _around(within, exact)
            inside = Passage(passage.article, max(exact.start, quote.start), min(exact.end, quote.end))
            share = None if reading.decision > 0 else logit - reading.total
            found.setdefault(quote.start, _Offer(hit, quote, inside, logit - reading.null, reading.answerable, share))
    return list(found.values())


def _around(within: Sequence[Passage], exact: Passage) -> Passage:
    """The sentence or sentences that hold the exact words, without headings at either end where there is more."""
    touched = [sentence for sentence in within if sentence.start < exact.end and exact.start < sentence.end]
    spoken = [sentence for sentence in touched if not is_heading(sentence.article, sentence.start)] or touched
    return Passage(exact.article, spoken[0].start, spoken[-1].end) if spoken else exact


def _sentences(passage: Passage) -> Iterator[Passage]:
    for start, end in parts(passage.text, passage.article.language):
        yield Passage(passage.article, passage.start + start, passage.start + end)
