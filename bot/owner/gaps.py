"""Questions that mean the same, put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.94  # least cosine of two questions that count as one, for multilingual-e5-small; a test holds examples of both kinds


def groups(questions: Sequence[tuple[str, int]], vectors: NDArray[np.float32]) -> list[tuple[str, int]]:
    """Groups of like questions, each named by its commonest one, with how often it was asked in all; the commonest group first.

    ``questions`` are (text, count), the commonest first; ``vectors`` (n, d) are their unit rows. Each question joins the first group
    whose name is alike.
    """
    names: list[int] = []
    counts: list[int] = []
    for number, (_, count) in enumerate(questions):
        cosines = vectors[names] @ vectors[number] if names else np.empty(0, np.float32)
        if len(names) and cosines.max() >= ALIKE:
            counts[int(cosines.argmax())] += count
        else:
            names.append(number)
            counts.append(count)
    ordered = sorted(zip(names, counts, strict=True), key=lambda group: (-group[1], group[0]))
    return [(questions[name][0], count) for name, count in ordered]
