"""Ranking: nearness and keywords in one score, over both languages."""

from pathlib import Path

import numpy as np
import pytest

from index.answers.retrieval import OTHER_LANGUAGE, OTHER_LANGUAGE_LARGE, SAME_LANGUAGE, SAME_LANGUAGE_LARGE, _best, retrieve
from index.models.cosine_scale import Scale
from index.questions.scope import Query
from index.storage.generation import Generation, open_current
from index.texts.chunking import parts
from index.types import Hit, Language
from tests.conftest import FakeEmbedder


@pytest.fixture
def generation(index: Path) -> Generation:
    return open_current(index)


def found(generation: Generation, question: str, language: Language, top_k: int = 10) -> list[Hit]:
    return retrieve(generation, Query(question, language, FakeEmbedder().encode_questions([question])[0]), Scale(), top_k)


@pytest.mark.parametrize("large", [False, True])
def test_score_is_the_weighted_sum(generation: Generation, large: bool) -> None:
    """A hit's score is the log-odds of its cosines and its keyword score, with the weights of the language the question shares or not.

    Where sentences have no vectors, the passage's own cosine counts for more.
    """
    if large:
        generation.sentences.clear()
    question = "Il Kazakistan produce uranio"
    vector = FakeEmbedder().encode_questions([question])[0]
    for hit in found(generation, question, "it"):
        language: Language = hit.passage.article.language
        cosine = float(FakeEmbedder().encode_passages([hit.passage.text])[0] @ vector)
        row = [other.text for other in generation.passages(language, range(generation.manifest.passages[language]))].index(hit.passage.text)
        spoken = generation.keywords[language].scores(question, "it")[row]
        sentences = [hit.passage.text[start:end] for start, end in parts(hit.passage.text, language)]
        best = float((FakeEmbedder().encode_passages(sentences) @ vector).max())
        kinds = (SAME_LANGUAGE_LARGE, OTHER_LANGUAGE_LARGE) if large else (SAME_LANGUAGE, OTHER_LANGUAGE)
        weights = kinds[language != "it"]
        expected = weights.bias + weights.cosine * cosine + weights.keywords * spoken + weights.sentence * best
        assert hit.score == pytest.approx(expected, abs=0.2)


def test_hits_come_best_first_from_both_languages(generation: Generation) -> None:
    """All three passages are found, the one that shares the words first, scores falling."""
    hits = found(generation, "Il Kazakistan produce il 43% dell'uranio mondiale", "it")
    assert hits[0].passage.article.id == "uranium"
    assert {hit.passage.article.id for hit in hits} == {"uranium", "como", "lakes"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_no_more_hits_than_asked(generation: Generation) -> None:
    """top_k limits the hits to the best ones."""
    all_of_them = found(generation, "lago di Como", "it")
    assert found(generation, "lago di Como", "it", top_k=2) == all_of_them[:2]


@pytest.mark.parametrize(
    ("scores", "count", "expected"), [([0, 0, 0], 2, []), ([0, 1, 0, 2], 2, [1, 3]), ([3, 1, 0, 2, 5], 2, [0, 4]), ([], 2, [])]
)
def test_best_rows_are_above_zero(scores: list[float], count: int, expected: list[int]) -> None:
    """Rows without a word of the question are no candidates, however few others there are."""
    assert sorted(_best(np.array(scores, np.float32), count).tolist()) == expected


@pytest.mark.parametrize(("count", "rows"), [(1, {2}), (2, {0, 2}), (3, {0, 1, 2}), (9, {0, 1, 2})])
def test_rows_of_the_highest_scores(count: int, rows: set[int]) -> None:
    """The highest scores are found whether or not enough of them exceed half of the highest; zeros never are."""
    assert set(_best(np.array([3, 1, 4, 0], np.float32), count).tolist()) == rows
