"""What a word of one language is likely to mean in the other: stems to stems, from ``data/lexicon`` (``training/lexicon.py``)."""

from __future__ import annotations

from functools import cache

from index.bundled import LEXICON
from index.types import Language

OTHER: dict[Language, Language] = {"it": "en", "en": "it"}


def translations(stem: str, language: Language) -> list[str]:
    """The stems of the other language that a stem of ``language`` may be translated by, the likeliest first; often none is known."""
    return _lexicon(language).get(stem, "").split()


@cache
def _lexicon(language: Language) -> dict[str, str]:
    lines = (LEXICON / f"{language}-{OTHER[language]}.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
