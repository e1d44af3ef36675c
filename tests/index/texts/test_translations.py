"""Words of the other language."""

import pytest

from index.bundled import LEXICON
from index.texts.translations import translations
from index.types import Language


@pytest.mark.parametrize(("stem", "language", "first"), [("guerr", "it", "war"), ("war", "en", "guerr"), ("scuol", "it", "school")])
def test_common_words_are_translated(stem: str, language: Language, first: str) -> None:
    """The likeliest translation stands first."""
    assert translations(stem, language)[0] == first


def test_unknown_words_have_no_translation() -> None:
    """A word that the lists do not hold has none."""
    assert translations("blorp", "en") == []


@pytest.mark.parametrize("name", ["it-en.tsv", "en-it.tsv"])
def test_lists_hold_a_stem_a_line_once(name: str) -> None:
    """Each line is a stem and one to three others; no stem stands twice."""
    lines = [line.split("\t") for line in (LEXICON / name).read_text(encoding="utf-8").splitlines()]
    assert len({stem for stem, _ in lines}) == len(lines) > 9000
    assert all(1 <= len(others.split()) <= 3 for _, others in lines)
