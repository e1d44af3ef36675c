"""Measurements: speed, size, load and quality. Nothing here runs in the tests; `python -m bench` lists what there is."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVAL = Path(os.environ.get("EVAL", ROOT.parent / "shared" / "eval"))
SQUAD4 = EVAL / "squad4"
