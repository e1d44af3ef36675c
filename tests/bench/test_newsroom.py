"""The newsroom set: its questions fit its articles, and its halves share no article."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from index.evaluation.report import read_questions
from index.texts.articles import article_files, read_article
from index.types import Article, Language

FOLDER = Path(__file__).parents[2] / "bench" / "newsroom"


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {id: read_article(id, path, _language) for id, path in article_files(FOLDER / "articles")}


def _language(text: str) -> Language:
    return "en" if " the " in text else "it"


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


def test_there_are_22_italian_and_10_english_articles_of_newspaper_length(articles: dict[str, Article]) -> None:
    """Each article holds 120 to 500 words; two thirds of them are Italian."""
    assert Counter(article.language for article in articles.values()) == {"it": 22, "en": 10}
    assert [id for id, article in articles.items() if not 120 <= len(article.text.split()) <= 500] == []


def test_the_evaluation_reads_every_question(questions: list[dict[str, Any]]) -> None:
    """``chiedi eval`` reads the file whole, in its order; no id and no question stands twice."""
    assert [question.id for question in read_questions(FOLDER / "questions.jsonl")] == [row["id"] for row in questions]
    assert len({row["id"] for row in questions}) == len({row["question"].lower() for row in questions}) == len(questions)


def test_every_answer_stands_in_its_paragraphs(articles: dict[str, Article], questions: list[dict[str, Any]]) -> None:
    """The answers stand in the paragraphs that ``start`` and ``end`` name, the exact words in the article."""
    for row in questions:
        text = articles[row["article"]].text
        paragraphs = text[row["start"] : row["end"]]
        assert paragraphs, row["id"]
        assert [answer for answer in row["answers"] if answer not in paragraphs] == [], row["id"]
        assert [words for words in row["exact"] if words not in text] == [], row["id"]


def test_answers_and_exact_words_are_given_where_the_kind_has_them(questions: list[dict[str, Any]]) -> None:
    """A question has answers if it is answerable; exact words too, unless it asks for yes or no; ``absent_*`` has neither."""
    for row in questions:
        assert row["answerable"] is not row["kind"].startswith("absent_"), row["id"]
        assert bool(row["answers"]) is row["answerable"], row["id"]
        assert bool(row["exact"]) is (row["answerable"] and row["kind"] != "yes_no"), row["id"]


def test_a_quarter_has_no_answer_and_two_fifths_are_english(questions: list[dict[str, Any]]) -> None:
    """601 questions, 152 of them without an answer, 237 English."""
    assert Counter(row["answerable"] for row in questions) == {True: 449, False: 152}
    assert Counter(row["language"] for row in questions) == {"it": 364, "en": 237}


def test_the_halves_share_no_article(articles: dict[str, Article], questions: list[dict[str, Any]]) -> None:
    """Each article lies in one half; both halves have eleven Italian and five English ones."""
    halves = {half: {row["article"] for row in questions if row["half"] == half} for half in ("dev", "held")}
    assert halves["dev"].isdisjoint(halves["held"])
    for half in halves.values():
        assert Counter(articles[id].language for id in half) == {"it": 11, "en": 5}
