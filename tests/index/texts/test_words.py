"""Words as they are searched and compared."""

import pytest

from index.texts.words import answer_tokens, cognates, content_words, fold, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Perché", "perche"), ("Tokaïev, «È»", "tokaiev, «e»"), ("ﬁne …", "fine ..."), ("", "")],
)
def test_folded(text: str, folded: str) -> None:
    """Case, accents and ligatures go, everything else stays."""
    assert fold(text) == folded


def test_content_words() -> None:
    """Elisions, possessives and stop words of both languages go; numbers stay as they are written."""
    assert content_words("L’80% dell’uranio è Putin's, the 7.500 km") == ["80", "uranio", "putin", "7.500", "km"]


def test_words_are_stemmed_by_language() -> None:
    """Singular and plural become one."""
    assert words("centrale centrali nucleari", "it") == ["central", "central", "nuclear"]
    assert words("produces producing", "en") == ["produc", "produc"]


def test_cognates_begin_alike() -> None:
    """The first five letters stand for what both languages share."""
    assert cognates("la centrale nucleare") == ["centr", "nucle"]
    assert set(cognates("nuclear centre")) == {"nucle", "centr"}


def test_tokens_of_an_answer() -> None:
    """Articles of both languages and punctuation do not count in exact match."""
    assert answer_tokens("L'uranio, the Lake!") == answer_tokens("uranio lake") == ["uranio", "lake"]
