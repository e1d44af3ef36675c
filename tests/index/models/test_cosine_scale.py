"""Cosines of other models on the scale of the bundled one."""

import numpy as np
import pytest

from index.models.cosine_scale import PAIRS, RELATED, UNRELATED, Scale, measured, scale_of
from index.models.embedder import load_embedder
from tests.conftest import FakeEmbedder


class Model(FakeEmbedder):
    """Gives each pair an axis of its own and every text a shared one, so that pairs have cosine .5 and others .2 by construction."""

    def encode_questions(self, texts):  # type: ignore[no-untyped-def]
        rows = np.zeros((len(texts), 2 * len(PAIRS) + 1), np.float32)
        rows[:, -1] = np.sqrt(0.2)
        for place in range(len(texts)):
            rows[place, place] = np.sqrt(0.3)
        return rows

    encode_passages = encode_questions  # type: ignore[assignment]


def test_two_points_fix_the_line() -> None:
    """A model with .5 for what belongs together and .2 for what does not is carried to the bundled model's two values."""
    model = Model()
    assert measured(model) == (pytest.approx(0.5), pytest.approx(0.2))
    np.testing.assert_allclose(scale_of(model)(np.array([0.5, 0.2], np.float32)), [RELATED, UNRELATED], atol=1e-5)


def test_the_default_changes_nothing() -> None:
    """The identity is the default."""
    assert Scale()(np.array([0.8], np.float32)).tolist() == [np.float32(0.8)]


@pytest.mark.model
def test_constants_are_those_of_the_bundled_model() -> None:
    """The two constants are what the bundled model measures."""
    assert measured(load_embedder()) == (pytest.approx(RELATED, abs=1e-3), pytest.approx(UNRELATED, abs=1e-3))
