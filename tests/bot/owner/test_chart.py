"""The picture of the days."""

from bot.owner.chart import bars


def test_chart_is_a_picture() -> None:
    """A PNG comes out for no questions and for many."""
    for days in ([("01.01", 0, 0)], [(f"{day:02}.01", day * 1000, day) for day in range(1, 15)]):
        assert bars(days, "Titolo", ("risp.", "rif.")).startswith(b"\x89PNG")
