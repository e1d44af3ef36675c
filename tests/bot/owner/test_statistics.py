"""The figures of the days."""

from bot.owner.statistics import quantile


def test_quantiles_are_values() -> None:
    """Nearest rank: the median of four is the second, and the 95th percentile of twenty the nineteenth."""
    assert [quantile([1, 2, 3, 4], 0.5), quantile(range(1, 21), 0.95), quantile([7], 0.5), quantile([], 0.5)] == [2, 19, 7, 0]
