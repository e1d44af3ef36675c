"""Two pictures of a report's confidence: the reliability diagram and the risk-coverage curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.errors import ChiediError
from index.evaluation import metrics


def draw(confidences: Sequence[float], right: Sequence[bool], path: Path) -> None:
    """Writes a PNG: left, confidence against the share of right quotes; right, the share of wrong quotes against the share answered.

    ``confidences`` are 0 to 1, one a question; ``right``: whether the best quote answers. Raises ChiediError without matplotlib or
    when the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ChiediError("drawing needs matplotlib: run `pip install 'chiedi[plot]'`") from error
    figure = Figure(figsize=(9, 4), layout="constrained")
    reliable, risky = figure.subplots(1, 2)
    counts, said, found = zip(*metrics.reliability(confidences, right), strict=True)
    reliable.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    reliable.scatter(said, found, s=[20 + 200 * count / len(right) for count in counts])
    reliable.set(xlabel="confidence", ylabel="share of right quotes", xlim=(0, 1), ylim=(0, 1), title="Reliability")
    coverage, risk = risk_coverage(confidences, right)
    risky.plot(coverage, risk)
    risky.set(xlabel="share answered", ylabel="share wrong among answers", xlim=(0, 1), ylim=(0, 1), title="Risk and coverage")
    try:
        figure.savefig(path, format="png", dpi=150)
    except OSError as error:
        raise ChiediError(f"the picture {path} cannot be written ({error.strerror}): name a file in a folder that exists") from error


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> tuple[list[float], list[float]]:
    """For 1, 2, ... n of the most confident questions: the share of all, and the share wrong among them (Geifman and El-Yaniv 2017)."""
    order = np.argsort(-np.asarray(confidences), kind="stable")
    wrong = np.cumsum(~np.asarray(right, bool)[order])
    answered = np.arange(1, len(order) + 1)
    return (answered / len(order)).tolist(), (wrong / answered).tolist()
