"""From ranked passages to an Answer: the sentence that answers, or an abstention with the nearest one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from index.chunking import sentences
from index.embedding import Embedder
from index.lexical import words
from index.types import Answer, Hit, Language, Passage

READ = 4  # passages whose sentences are weighed
THRESHOLD = 0.5  # least confidence that is shown as an answer


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may answer; ``log_odds`` that it does."""

    hit: Hit
    quote: Passage
    exact: Passage | None
    log_odds: float


def choose(
    question: str, sought: str, language: Language, hits: Sequence[Hit], top_k: int, vector: NDArray[np.float32], embedder: Embedder
) -> Answer:
    """Chooses the sentence that answers ``sought`` (the question as it is searched) or abstains.

    The hits come back with the passage of the chosen sentence first.
    """
    candidates = sorted(_by_sentence(sought, hits[:READ], vector, embedder), key=attrgetter("log_odds"), reverse=True)
    if not candidates:
        return Answer(question, language, None, None, None, 0.0)
    best = candidates[0]
    confidence = 1 / (1 + math.exp(-best.log_odds))
    ordered = (best.hit, *(hit for hit in hits if hit is not best.hit))[:top_k]
    if confidence < THRESHOLD:
        return Answer(question, language, None, None, best.quote, confidence, ordered)
    return Answer(question, language, best.quote, best.exact, None, confidence, ordered)


def _by_sentence(sought: str, hits: Sequence[Hit], vector: NDArray[np.float32], embedder: Embedder) -> Iterator[_Candidate]:
    """Every sentence of the hits, weighed by its likeness to the question (``python -m training.sentences`` fits the weights)."""
    found = list({(s.article.id, s.start): (hit, s) for hit in reversed(hits) for s in _sentences(hit.passage)}.values())
    vectors = embedder.encode_passages([sentence.text for _, sentence in found])
    for (hit, sentence), cosine in zip(found, (vectors @ vector).tolist(), strict=True):
        yield _Candidate(hit, sentence, None, -32.0 + 36.0 * cosine + 1.5 * _shared(sought, sentence) + 0.3 * hit.score)


def _sentences(passage: Passage) -> Iterator[Passage]:
    for start, end in sentences(passage.text, passage.article.language):
        yield Passage(passage.article, passage.start + start, passage.start + end)


def _shared(sought: str, sentence: Passage) -> float:
    """The share of the words sought that the sentence holds, 0 to 1."""
    wanted = set(words(sought, sentence.article.language))
    return len(wanted.intersection(words(sentence.text, sentence.article.language))) / len(wanted) if wanted else 0.0
