"""From what speaks for a candidate to probabilities, and from these to a verdict; fitted by ``python training/answering.py``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Caution, Verdict

LEVELS: dict[Caution, tuple[float, float]] = {"low": (0.5, 0.1), "normal": (0.62, 0.15), "high": (0.75, 0.35)}
"""Least confidence of an answer, and of one that is shown as unsure."""
WORDS = 0.7  # least probability that the exact words are right, at which they are shown


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic regressions.

    ``compared``: how many sentences are encoded, which takes longest, and ``promise``: a weight for each signal but the cosine, by which
    they are chosen. ``candidate``: bias, then a weight for each signal. ``confidence``: bias, the log-odds of the best candidate, and its
    lead over the best one with another quote. ``words``: bias, then a weight for each signal of the exact words.
    """

    compared: int
    promise: tuple[float, ...]
    candidate: tuple[float, ...]
    confidence: tuple[float, float, float]
    words: tuple[float, ...] = ()


BY_READING = Weights(
    compared=3,
    promise=(1.235, 0.493, 0.268, 0.198, 0.019, 0.0),
    candidate=(-8.782, 7.226, 0.768, 0.373, 0.543, 0.171, -0.241, 0.0),
    confidence=(-0.302, 0.646, 0.385),
    words=(1.029, 0.714, 0.069, -3.015),
)
BY_SENTENCE = Weights(
    compared=2,
    promise=(4.459, 0.515, 0.288),
    candidate=(-21.583, 22.269, 1.716, 0.174, 1.194),
    confidence=(-0.403, 0.666, 0.51),
)


def verdict(confidence: float, caution: Caution) -> Verdict:
    """What a probability that the best quote answers is called."""
    answer, unsure = LEVELS[caution]
    return "answer" if confidence >= answer else "unsure" if confidence >= unsure else "absent"


def probability(log_odds: float) -> float:
    """Between 0 and 1."""
    return 1 / (1 + math.exp(-max(-700.0, log_odds)))


def weighed(weights: Sequence[float], signals: Sequence[float]) -> float:
    """The sum of the signals, each by its weight."""
    return sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
