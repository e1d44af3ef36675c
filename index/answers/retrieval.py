"""From a question to ranked passages: nearest vectors and keywords, fused with knowledge of languages.

The score of a passage is the log-odds that it answers, by a logistic regression on its cosine, the highest cosine of its sentences and
its keyword score, fitted apart for questions in the passage's own language and in the other one (``python training/fusion.py``). So
keywords speak where the two share a language, more softly where they are translated word by word, and the scores of both languages can
be merged into one list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from index.answers.time_preference import newest_first, passages_by_time
from index.models.cosine_scale import Scale
from index.questions.asked_time import AskedTime
from index.questions.scope import Query
from index.storage.generation import Generation
from index.storage.vectors import nearest
from index.types import Hit, Language, Passage, Scope

WIDE = 50  # passages among which those of a time are sought
LATEST = timedelta(30)  # how far before the newest article the latest news are sought
DEPTH = 100  # candidates taken from the vectors and from the keywords of each language


@dataclass(frozen=True, slots=True)
class Fusion:
    """Log-odds that a passage answers: ``bias + cosine * cosine + keywords * keyword score + sentence * highest cosine of a sentence``."""

    bias: float
    cosine: float
    keywords: float
    sentence: float = 0.0


SAME_LANGUAGE = Fusion(bias=-38.1, cosine=17.4, keywords=2.76, sentence=21.4)
OTHER_LANGUAGE = Fusion(bias=-46.9, cosine=27.4, keywords=1.83, sentence=25.5)
SAME_LANGUAGE_LARGE = Fusion(bias=-32.9, cosine=32.5, keywords=3.09)  # a large collection has no vectors of sentences
OTHER_LANGUAGE_LARGE = Fusion(bias=-42.7, cosine=47.5, keywords=2.14)


def retrieve(generation: Generation, query: Query, scale: Scale, top_k: int) -> list[Hit]:
    """The ``top_k`` best passages for a question, best first, none outside its scope; articles of the time it asks about are preferred.

    ``scale`` brings its cosines to the range that the fusion was fitted on.
    """
    if query.time is None:
        return newest_first(_found(generation, query, scale, top_k))
    windows = [(WIDE, query.scope), *((top_k, window) for window in _windows(query.scope, query.time, generation))]
    found = [hit for count, window in windows for hit in _found(generation, replace(query, scope=window), scale, max(top_k, count))]
    return passages_by_time(list({(hit.passage.article.id, hit.passage.start): hit for hit in found}.values()), query.time)[:top_k]


def _windows(scope: Scope, time: AskedTime, generation: Generation) -> list[Scope]:
    """The parts of a scope in which news of a time is sought; for the newest, the last month that has news."""
    days = [(period.since, period.reported) for period in time.periods]
    if not days and (newest := generation.newest_day()):
        days = [(newest - LATEST, newest)]
    return [replace(scope, since=max(since, scope.since or since), until=min(until, scope.until or until)) for since, until in days]


def _found(generation: Generation, query: Query, scale: Scale, top_k: int) -> list[Hit]:
    scored = [
        (score, passage_language, row)
        for passage_language in generation.languages
        for row, score in _candidates(generation, passage_language, query, scale)
    ]
    best = sorted(scored, key=lambda candidate: -candidate[0])[:top_k]
    passages: dict[tuple[Language, int], Passage] = {}
    for passage_language in generation.languages:
        rows = [row for _, other, row in best if other == passage_language]
        passages |= zip([(passage_language, row) for row in rows], generation.passages(passage_language, rows), strict=True)
    return [Hit(passages[passage_language, row], score) for score, passage_language, row in best]


def _candidates(generation: Generation, language: Language, query: Query, scale: Scale) -> Iterator[tuple[int, float]]:
    """The (row, score) of each passage of one language that is near by meaning or by words."""
    index, within = generation.vectors[language], generation.within(language, query.scope)
    near = nearest(index, query.vector, DEPTH, within)
    spoken = generation.keywords[language].scores(query.text, query.language)
    if within is not None:
        spoken[~within] = 0
    rows = np.union1d(near, _best(spoken, DEPTH))
    cosines = scale(index.reconstruct_batch(rows) @ query.vector)
    shared, scores = language == query.language, np.zeros(len(rows), np.float32)
    if sentences := generation.sentences.get(language):
        fusion = SAME_LANGUAGE if shared else OTHER_LANGUAGE
        scores += fusion.sentence * scale(sentences.best(query.vector, rows))
    else:
        fusion = SAME_LANGUAGE_LARGE if shared else OTHER_LANGUAGE_LARGE
    scores += fusion.bias + fusion.cosine * cosines + fusion.keywords * spoken[rows]
    yield from zip(rows.tolist(), scores.tolist(), strict=True)


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The rows of the ``count`` highest scores above zero, in no order."""
    rows = np.flatnonzero(scores > scores.max(initial=0) / 2)  # marks first: five times faster than on the numbers themselves
    if len(rows) < count:
        rows = np.flatnonzero(scores > 0)
    return rows if len(rows) <= count else rows[np.argpartition(scores[rows], -count)[-count:]]
