"""A summary in the article's own words: its lead and its most central sentences.

Method: LexRank (Erkan and Radev 2004, doi:10.1613/jair.1523) with the encoder's cosines in place of those of word counts, biased
towards the lead as Otterbacher, Erkan and Radev (2009, doi:10.1016/j.ipm.2008.06.004) bias it towards a question.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.models.embedder import Embedder
from index.texts.chunking import sentences
from index.texts.headings import is_heading
from index.types import Article, Passage

CENTRAL = 3  # sentences besides the lead
ENCODED = 60  # first full sentences of an article that are weighed, as what matters stands early: about the work of answering a question
_LENGTHS = range(40, 401)  # characters of a sentence that can stand in a summary
_DAMPING = 0.85  # as PageRank, on which LexRank builds
_ALIKE = 0.9  # share of the way from the mean cosine to 1 at which two sentences say the same


def summary(article: Article, embedder: Embedder) -> tuple[Passage, ...]:
    """The article's first full sentence and up to three that are most like it and all the others, in their order.

    An article without a full sentence is summed up by its first line that is no heading.
    """
    every = [Passage(article, *span) for span in sentences(article.text, article.language)]
    full = [sentence for sentence in every if _is_full(sentence)][:ENCODED]
    if len(full) <= CENTRAL + 1:
        return tuple(full) or (next((sentence for sentence in every if not is_heading(article, sentence.start)), every[0]),)
    vectors = embedder.encode_passages([sentence.text for sentence in full])
    return tuple(full[place] for place in sorted(_chosen(vectors @ vectors.T)))


def centrality(cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) how often a walk from sentence to like sentence, begun anew at those like the first, comes to each; by (n, n) cosines.

    A model's cosines have a range of their own, so that only what lies above their mean counts as likeness.
    """
    likeness = np.clip(cosines.astype(np.float64) - _mean(cosines), 0, None)
    np.fill_diagonal(likeness, 1.0)
    steps = likeness / likeness.sum(axis=1, keepdims=True)
    return np.linalg.solve(np.eye(len(cosines)) - _DAMPING * steps.T, (1 - _DAMPING) * steps[0])


def _chosen(cosines: NDArray[np.float32]) -> list[int]:
    """The first sentence and the most central ones that do not say the same as one already taken."""
    chosen = [0]
    mean = _mean(cosines)
    for place in np.argsort(-centrality(cosines), kind="stable").tolist():
        if len(chosen) <= CENTRAL and all(cosines[place, other] < mean + _ALIKE * (1 - mean) for other in chosen):
            chosen.append(place)
    return chosen


def _mean(cosines: NDArray[np.float32]) -> float:
    """Of different sentences."""
    return float((cosines.sum() - np.trace(cosines)) / (len(cosines) * (len(cosines) - 1)))


def _is_full(sentence: Passage) -> bool:
    """Whether it is a sentence, and no heading, table row or question."""
    text = sentence.text
    ended = text.rstrip("»”\"')] ")[-1:] in (".", "!", "…")
    return ended and len(text) in _LENGTHS and " | " not in text and not is_heading(sentence.article, sentence.start)
