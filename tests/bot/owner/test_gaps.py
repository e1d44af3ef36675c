"""Questions that mean the same stand together."""

import numpy as np
import pytest

from bot.owner.gaps import groups
from index.models.embedder import load_embedder


def test_questions_are_grouped_by_likeness() -> None:
    """Like questions join the commoner one; groups come by how often they were asked."""
    vectors = np.array([[1, 0], [0, 1], [0.999, 0.0447], [0, 1]], np.float32)
    assert groups([("a", 3), ("b", 2), ("a'", 1), ("b'", 9)], vectors) == [("b", 11), ("a", 4)]


@pytest.mark.model
def test_real_model_groups_paraphrases() -> None:
    """The bundled model puts paraphrases together and keeps questions apart that ask something else of the same thing."""
    alike = [
        ("Chi ha vinto le elezioni?", "chi è il vincitore delle elezioni?"), ("Quando apre il museo?", "A che ora apre il museo?"),
        ("Quanti abitanti ha Astana?", "Qual è la popolazione di Astana?"), ("How much will it cost?", "What will it cost?"),
    ]  # fmt: skip
    others = [
        ("Quando ci sono le elezioni?", 1),
        ("Quando chiude il museo?", 1),
        ("Quanti abitanti ha Roma?", 1),
        ("Who will build it?", 1),
    ]
    questions = [(first, 2) for first, _ in alike] + others + [(second, 1) for _, second in alike]
    vectors = load_embedder().encode_questions([question for question, _ in questions])
    assert groups(questions, vectors) == [(first, 3) for first, _ in alike] + others
