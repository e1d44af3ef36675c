"""Measurements: speed, size, load and quality. Nothing here runs in the tests; `python -m bench` lists what there is."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVAL = Path(os.environ.get("EVAL", ROOT.parent / "shared" / "eval"))
SQUAD4 = EVAL / "squad4"


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows with the same keys as a Markdown table."""
    lines = [[*rows[0]], ["---"] * len(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
