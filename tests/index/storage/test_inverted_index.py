"""Keyword search: which words count, and how they score."""

import math
from pathlib import Path

import pytest

from index.questions.asked_words import Asked
from index.storage.inverted_index import Keywords, build_keywords
from index.texts.words import cognates, fold, words
from index.types import Language


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("dell'uranio", "it", ["uran"]),
        ("dell’uranio", "it", ["uran"]),
        ("L’80% del petrolio", "it", ["80", "petrol"]),
        ("un'alleanza militare", "it", ["alleanz", "milit"]),
        ("7.500 chilometri", "it", ["7.500", "chilometr"]),
        ("perché la città è bella", "it", ["citt", "bell"]),
        ("Putin's visits", "en", ["putin", "visit"]),
        ("the deepest lakes of the world", "en", ["deepest", "lake", "world"]),
        ("What is the CSTO?", "en", ["csto"]),
        ("Di chi è?", "it", []),
        ("", "en", []),
        ("co\u00adsti", "it", ["cost"]),
    ],
)
def test_words(text: str, language: Language, expected: list[str]) -> None:
    """Stemmed words without stop words of either language; elisions split, accents folded, numbers kept."""
    assert words(text, language) == expected


def test_fold_removes_accents_and_case() -> None:
    """Letters with accents become plain lower-case letters."""
    assert fold("Perché CITTÀ Straße") == "perche citta strasse"


def test_cognates_are_names_numbers_and_beginnings() -> None:
    """Across the languages the first five letters are compared."""
    assert cognates("Rosatom's nuclear plant in 2022") == ["rosat", "nucle", "plant", "2022"]
    assert cognates("la centrale nucleare di Rosatom") == ["centr", "nucle", "rosat"]


@pytest.fixture
def keywords(tmp_path: Path) -> Keywords:
    build_keywords(["Il lago di Como", "Il petrolio del Mar Caspio", "e di chi"], "it", tmp_path / "keywords")
    return Keywords(tmp_path / "keywords", "it")


def test_only_texts_with_a_word_score(keywords: Keywords) -> None:
    """The passage with the word is above zero, the others are zero."""
    scores = keywords.scores("Dov'è il lago?", "it")
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0]


def test_score_is_per_word_sought(keywords: Keywords) -> None:
    """A word that no passage holds halves the score of a question of two words."""
    assert keywords.scores("lago aeroporto", "it")[0] == pytest.approx(keywords.scores("lago", "it")[0] / 2)


def score_of_rare(folder: Path, texts: int) -> float:
    """The score of the one text of ``texts``, all of three words, that holds the word sought."""
    build_keywords(["lago alto freddo", *["mare basso caldo"] * (texts - 1)], "it", folder / str(texts))
    return float(Keywords(folder / str(texts), "it").scores("lago", "it")[0])


def test_a_rare_word_counts_as_much_in_a_small_collection(tmp_path: Path) -> None:
    """From five texts to 500 the score stays, beyond it grows as BM25's does."""
    expected = math.log(1 + 499.5 / 1.5) / 2.2
    assert [score_of_rare(tmp_path, texts) for texts in (5, 6, 60, 499, 500)] == pytest.approx([expected] * 5, rel=1e-3)
    assert score_of_rare(tmp_path, 5000) == pytest.approx(math.log(1 + 4999.5 / 1.5) / 2.2, rel=1e-3)


def test_a_word_of_the_only_text_counts_little(tmp_path: Path) -> None:
    """Where there are fewer than five texts, a word in one of them may be a common one."""
    few = [score_of_rare(tmp_path, texts) for texts in (1, 2, 3, 4, 5)]
    assert few == sorted(few)
    assert few[0] < few[-1] / 4


@pytest.mark.parametrize("question", ["", "di chi?", "aeroporto", "\x00", "\ud800", '"(*' * 40])
def test_question_without_known_words_scores_nothing(keywords: Keywords, question: str) -> None:
    """Empty, stop-word, unknown and hostile questions score zero everywhere."""
    assert keywords.scores(question, "it").tolist() == [0, 0, 0]


def test_questions_in_the_other_language_are_answered_by_cognates(keywords: Keywords) -> None:
    """An English question finds Italian text by the words that look alike."""
    assert keywords.scores("Caspian petroleum", "en")[1] > 0
    assert keywords.scores("blorp", "en").tolist() == [0, 0, 0]


def test_questions_in_the_other_language_are_answered_by_translations(keywords: Keywords) -> None:
    """An English word finds the Italian one that means the same, as if that one had been asked for."""
    assert keywords.scores("lakes", "en").tolist() == keywords.scores("lago", "it").tolist()


def test_a_word_counts_once_however_it_is_translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several translations in a text the rarest counts; they do not add up."""
    monkeypatch.setattr("index.storage.inverted_index.translations", lambda stem, language: ["lag", "mar"])
    build_keywords(["Lago e mare.", "Mare."], "it", tmp_path / "keywords")
    keywords = Keywords(tmp_path / "keywords", "it")
    assert keywords.scores("water", "en").tolist() == [keywords.scores("lago", "it")[0], keywords.scores("mare", "it")[1]]


def test_words_shared_within_a_language() -> None:
    """Two of the three words sought stand in the text, one of them in another form."""
    assert Asked("Dove sono gli aeroporti di Astana e Almaty?", "it").share_in("L’aeroporto di Astana gela.", "it") == pytest.approx(2 / 3)


def test_words_shared_across_languages() -> None:
    """A translation, a name and a word that begins alike count; a word without any of them does not."""
    assert Asked("Which nuclear war did Astana blorp?", "en").share_in("La guerra nucleare ad Astana.", "it") == pytest.approx(3 / 4)


def test_a_question_without_words_shares_nothing() -> None:
    """Stop words alone share nothing with any text."""
    assert Asked("di chi?", "it").share_in("Il lago.", "it") == Asked("of whom?", "en").share_in("Il lago.", "it") == 0


def test_scores_follow_the_formula(keywords: Keywords) -> None:
    """BM25 as Lucene scores it, raised: the only text with "lag" has 2 of its words, the mean is 5/3."""
    rarity, saturated = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5)), 1.2 * (1 - 0.75 + 0.75 * 2 / (5 / 3))
    raised = math.log(1 + (500 - 1 + 0.5) / (1 + 0.5)) / math.log(1 + (5 - 1 + 0.5) / (1 + 0.5))
    assert keywords.scores("lago", "it")[0] == pytest.approx(raised * rarity / (saturated + 1), rel=1e-3)


def test_texts_of_stop_words_have_rows_too(tmp_path: Path) -> None:
    """A collection without a word that can be searched scores zero and has all its rows."""
    build_keywords(["di chi", ""], "it", tmp_path / "keywords")
    assert Keywords(tmp_path / "keywords", "it").scores("lago", "it").tolist() == [0, 0]
