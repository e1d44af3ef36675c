"""Cosines of any model on the scale of the bundled one, on which retrieval and answering were fitted.

Every model has its own range of cosines: multilingual-e5-small gives unrelated texts .72, others .05. Six pairs of question and answer
fix two points for each model, the mean cosine of what belongs together and of what does not; a straight line joins them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.models.embedder import Embedder

PAIRS = (
    ("Quanto è lungo il confine tra Russia e Kazakistan?", "Il Kazakistan condivide con la Russia più di 7.500 chilometri di confine."),
    ("Who wrote the Divine Comedy?", "The Divine Comedy is a long poem by Dante Alighieri, finished in 1321."),
    ("Quando è stato aperto il museo?", "Il museo ha aperto le sue porte al pubblico nel maggio del 1998."),
    ("How deep is Lake Como?", "Lake Como is 410 metres deep, one of the deepest lakes in Europe."),
    ("Perché lo sciopero è stato rinviato?", "I sindacati hanno rinviato lo sciopero dopo la proposta del governo."),
    ("What does the liver do?", "The liver filters the blood and stores sugar for later use."),
)
RELATED, UNRELATED = 0.902, 0.722  # of the bundled model, as test_scale measures


@dataclass(frozen=True, slots=True)
class Scale:
    """``slope * cosine + offset``."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) cosines of a model -> (n,) cosines as the bundled model would give them."""
        return np.asarray(self.slope * cosines + self.offset, np.float32)


def measured(embedder: Embedder) -> tuple[float, float]:
    """The mean cosine of the pairs, and of each question with the answers to the others."""
    questions = embedder.encode_questions([question for question, _ in PAIRS])
    cosines = questions @ embedder.encode_passages([answer for _, answer in PAIRS]).T
    apart = ~np.eye(len(PAIRS), dtype=bool)
    return float(np.diag(cosines).mean()), float(cosines[apart].mean())


def scale_of(embedder: Embedder) -> Scale:
    """The line that carries the model's two points to those of the bundled model."""
    related, unrelated = measured(embedder)
    slope = (RELATED - UNRELATED) / max(related - unrelated, 1e-3)
    return Scale(slope, RELATED - slope * related)
