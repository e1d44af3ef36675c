"""What comes with Chiedi beside its code: ``data/`` of a checkout, which a wheel holds as ``index/data``."""

from __future__ import annotations

from pathlib import Path

_IN_WHEEL = Path(__file__).parent / "data"
INSTALLED = _IN_WHEEL.is_dir()
"""Whether the code runs from an installed wheel, not from a checkout."""

_DATA = _IN_WHEEL if INSTALLED else Path(__file__).parents[1] / "data"
READER = _DATA / "models" / "reader"
LEXICON = _DATA / "lexicon"
FIRST_ARTICLE = _DATA / "articles" / "putin-in-kazakistan.md"
