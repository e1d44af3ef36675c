"""The types that the rest is made of."""

import pytest

from index.types import Article, Passage

ARTICLE = Article("lake", "Il lago", None, None, "it", "È profondo.")


def test_a_passage_is_the_articles_own_words() -> None:
    """Offsets count code points, and reach up to the end of the text."""
    assert (Passage(ARTICLE, 0, 1).text, Passage(ARTICLE, 2, 11).text) == ("È", "profondo.")


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3), (0, 12), (11, 12)])
def test_offsets_outside_the_text_are_refused(start: int, end: int) -> None:
    """A passage that begins before the text, ends behind it or holds nothing cannot be made."""
    with pytest.raises(ValueError, match=f"^offsets {start}:{end} lie outside the 11 characters of 'lake'$"):
        Passage(ARTICLE, start, end)
