"""Metrics: pure functions on plain numbers and strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from index.texts.words import answer_tokens


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """1 when the answer has the tokens of one of the gold answers, else 0."""
    return float(any(answer_tokens(answer) == answer_tokens(gold) for gold in golds))


def f1(answer: str, golds: Sequence[str]) -> float:
    """The best token F1, 0 to 1, of the answer against one of the gold answers."""
    return max((_f1(answer_tokens(answer), answer_tokens(gold)) for gold in golds), default=0.0)


def _f1(found: list[str], gold: list[str]) -> float:
    shared = sum((Counter(found) & Counter(gold)).values())
    return 2 * shared / (len(found) + len(gold)) if shared else 0.0


def recall_at(rank: int | None, k: int) -> float:
    """1 when the first right hit stands among the first ``k``; ``rank`` counts from 1, None when there is none."""
    return float(rank is not None and rank <= k)


def reciprocal_rank(rank: int | None, k: int = 10) -> float:
    """1 / rank of the first right hit among the first ``k``, else 0; its mean is MRR@k."""
    return 1 / rank if rank is not None and rank <= k else 0.0


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """The probability that a true example scores higher than a false one, ties counted half; None without both kinds."""
    positive = np.array([score for score, label in zip(scores, labels, strict=True) if label])
    negative = np.sort([score for score, label in zip(scores, labels, strict=True) if not label])
    if not len(positive) or not len(negative):
        return None
    below = np.searchsorted(negative, positive, "left")
    equal = np.searchsorted(negative, positive, "right") - below
    return float((below + equal / 2).mean() / len(negative))


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[tuple[int, float, float]]:
    """For each bin of equal width that holds anything: its count, mean confidence and share right."""
    place = np.minimum((np.asarray(confidences) * bins).astype(int), bins - 1)
    groups = [(np.asarray(confidences)[place == i], np.asarray(right, float)[place == i]) for i in range(bins)]
    return [(len(held), float(held.mean()), float(hit.mean())) for held, hit in groups if len(held)]


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error, 0 to 1: |confidence - share right| averaged over the bins by their counts (Guo et al. 2017)."""
    rows = reliability(confidences, right, bins)
    return sum(count * abs(held - hit) for count, held, hit in rows) / max(1, sum(count for count, _, _ in rows))


def bootstrap(values: Sequence[float], statistic: Callable[[np.ndarray], float] = np.mean, rounds: int = 1000) -> tuple[float, float]:
    """The 95 % percentile interval of a statistic over resampled values (Efron 1979), with a fixed seed."""
    sample = np.asarray(values)
    draws = np.random.default_rng(0).integers(0, len(sample), (rounds, len(sample)))
    low, high = np.quantile([statistic(sample[draw]) for draw in draws], [0.025, 0.975])
    return float(low), float(high)
