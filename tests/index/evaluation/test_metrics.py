"""Metrics on inputs small enough to compute by hand."""

import pytest

from index.evaluation.metrics import (
    answer_tokens,
    auroc,
    bootstrap,
    calibration_error,
    exact_match,
    f1,
    recall_at,
    reciprocal_rank,
    reliability,
)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The uranium", ["uranium"]),
        ("l’uranio", ["uranio"]),
        ("l'uranio", ["uranio"]),
        ("Un'alleanza militare", ["alleanza", "militare"]),
        ("“Izvestia”.", ["izvestia"]),
        ("il 43%", ["43"]),
        ("7.500 chilometri", ["7", "500", "chilometri"]),
        ("perché", ["perché"]),
        ("", []),
    ],
)
def test_answer_tokens(text: str, tokens: list[str]) -> None:
    """Case, punctuation, articles and elisions of both languages do not count."""
    assert answer_tokens(text) == tokens


def test_exact_match_takes_any_gold() -> None:
    """One equal gold answer is enough."""
    assert exact_match("the Caspian Sea", ["Mar Caspio", "Caspian sea"]) == 1
    assert exact_match("Sea", ["Caspian sea"]) == 0


def test_f1_is_the_best_over_the_golds() -> None:
    """Two of three words found, none too many: precision 1, recall 2/3."""
    assert f1("due giorni", ["per due giorni", "mercoledì"]) == pytest.approx(0.8)
    assert f1("niente", ["due giorni"]) == 0
    assert f1("niente", []) == 0


def test_recall_and_reciprocal_rank() -> None:
    """Rank 2 is within 5 but not 1; ranks beyond the tenth count nothing."""
    assert [recall_at(2, 1), recall_at(2, 5), recall_at(None, 5)] == [0, 1, 0]
    assert [reciprocal_rank(2), reciprocal_rank(11), reciprocal_rank(None)] == [0.5, 0, 0]


def test_auroc_counts_ordered_pairs() -> None:
    """Of four pairs three are in order and one is a tie: 3.5 / 4."""
    assert auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == 3.5 / 4
    assert auroc([0.9], [True]) is None


def test_calibration_error_weighs_bins_by_count() -> None:
    """Two at .9 of which one is right, two at .1 of which none: (2 * .4 + 2 * .1) / 4."""
    confidences, right = [0.9, 0.9, 0.1, 0.1], [True, False, False, False]
    assert calibration_error(confidences, right) == pytest.approx(0.25)
    assert reliability(confidences, right) == [(2, pytest.approx(0.1), 0.0), (2, pytest.approx(0.9), 0.5)]
    assert calibration_error([1.0], [True]) == 0


def test_bootstrap_of_equal_values_is_a_point() -> None:
    """Without spread there is no uncertainty; with spread the mean lies inside."""
    assert bootstrap([1.0, 1.0, 1.0]) == (1.0, 1.0)
    low, high = bootstrap([0.0, 1.0] * 50)
    assert 0.35 < low < 0.5 < high < 0.65
