"""From confidence to a verdict."""

from math import nextafter

import pytest

from index.answers.calibration import LEVELS, verdict
from index.types import Caution


@pytest.mark.parametrize("caution", LEVELS)
def test_a_verdict_begins_at_its_level(caution: Caution) -> None:
    """At the level itself the better verdict is given, just below it the next one."""
    answer, unsure = LEVELS[caution]
    at = [answer, nextafter(answer, 0), unsure, nextafter(unsure, 0)]
    assert [verdict(confidence, caution) for confidence in at] == ["answer", "unsure", "unsure", "absent"]


def test_more_caution_asks_for_more() -> None:
    """Each level of caution lies above the one before, and an answer above what is unsure."""
    low, normal, high = (LEVELS[caution] for caution in ("low", "normal", "high"))
    assert all(one < other for one, other in zip(low, normal, strict=True))
    assert all(one < other for one, other in zip(normal, high, strict=True))
    assert all(unsure < answer for answer, unsure in LEVELS.values())
