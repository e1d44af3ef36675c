"""Pictures of a report."""

from pathlib import Path

import pytest

from index.errors import ChiediError
from index.evaluation.plots import draw, risk_coverage


def test_risk_and_coverage() -> None:
    """The surest of three is right, the next wrong, the last right: risks 0, 1/2, 1/3."""
    assert risk_coverage([0.2, 0.9, 0.5], [True, True, False]) == ([1 / 3, 2 / 3, 1.0], [0.0, 0.5, 1 / 3])


def test_picture_is_a_png(tmp_path: Path) -> None:
    """The file that is written is a PNG."""
    pytest.importorskip("matplotlib")
    draw([0.1, 0.9, 0.9], [False, True, False], tmp_path / "report.png")
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")


def test_folder_that_is_missing_is_one_line(tmp_path: Path) -> None:
    """A place that cannot be written to is named with the cure."""
    pytest.importorskip("matplotlib")
    with pytest.raises(ChiediError, match="name a file in a folder that exists"):
        draw([0.1], [False], tmp_path / "nowhere" / "report.png")
