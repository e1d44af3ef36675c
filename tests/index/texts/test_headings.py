"""Pages and sections of a passage."""

import pytest

from index.texts.headings import is_heading, page_of, section_of, unmarked
from index.types import Article

TEXT = "# The plant\n\nIt is big.\n\n## Costs\n\nIt costs\fa lot.\n\n\f### Who pays? ##\nAll do.\n#hashtag"
ARTICLE = Article("a", "The plant", None, None, "en", TEXT)


def _at(words: str) -> int:
    return TEXT.index(words)


@pytest.mark.parametrize(("words", "page"), [("The plant", 1), ("costs", 1), ("a lot", 2), ("### Who", 3), ("hashtag", 3)])
def test_page_is_one_more_than_the_form_feeds_before(words: str, page: int) -> None:
    """Each form feed begins a page, also inside a sentence; the form feed itself belongs to the page it begins."""
    assert page_of(ARTICLE, _at(words)) == page
    assert page_of(ARTICLE, TEXT.index("\f")) == 2


def test_text_without_form_feeds_has_no_pages() -> None:
    """Nothing is said about pages where the text does not tell."""
    assert page_of(Article("b", "B", None, None, "en", "No pages."), 3) is None


@pytest.mark.parametrize(
    ("words", "section"),
    [("The plant", None), ("It is big", None), ("Costs", None), ("a lot", "Costs"), ("Who pays", "Costs"), ("All do", "Who pays?")],
)
def test_section_is_the_nearest_heading_above(words: str, section: str | None) -> None:
    """Marks on either side go; the title is no section, and a heading stands in the section before it."""
    assert section_of(ARTICLE, _at(words)) == section


def test_heading_lines_are_known() -> None:
    """A line is a heading by its marks and the blank behind them."""
    assert [words for words in ("plant", "big", "Costs", "pays", "hashtag") if is_heading(ARTICLE, _at(words))] == [
        "plant",
        "Costs",
        "pays",
    ]


def test_marks_are_not_for_people() -> None:
    """What is shown has no heading marks and no form feeds; everything else stays."""
    assert unmarked(TEXT) == "The plant\n\nIt is big.\n\nCosts\n\nIt costs a lot.\n\nWho pays? ##\nAll do.\n#hashtag"
