"""The engine serves the newest generation that can be trusted."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from index.engine import MAX_QUESTION, Engine
from index.errors import IndexMissing, IndexRefused
from index.storage.build import build_index
from index.storage.generation import current
from index.types import Scope
from tests.conftest import ARTICLES, FakeEmbedder

QUESTION = "Il Kazakistan produce uranio mondiale?"


def _quoted(engine: Engine, question: str = QUESTION) -> str:
    answer = engine.answer(question)
    passage = answer.quote or answer.related
    assert passage is not None
    return passage.text


def test_sentence_is_quoted_from_the_article(index: Path, embedder: FakeEmbedder) -> None:
    """The nearest sentence comes word for word."""
    assert _quoted(Engine(index, embedder)) == "Il Kazakistan produce il 43% dell’uranio mondiale."


def test_an_answer_is_found_once(index: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same question again is not searched again, however it was typed; in another language, scope or length of the list it is."""
    engine, asked, encode = Engine(index, embedder), list[str](), embedder.encode_questions
    monkeypatch.setattr(embedder, "encode_questions", lambda texts: (asked.extend(texts), encode(texts))[1])
    first, again = engine.answer(QUESTION, language="it"), engine.answer(f"  {QUESTION} ", language="it")
    assert replace(again, question=QUESTION) == first
    assert asked == [QUESTION]
    engine.answer(QUESTION, language="en")
    engine.answer(QUESTION, language="it", top_k=3)
    engine.answer(QUESTION, language="it", scope=Scope(article="uranium"))
    assert asked == [QUESTION] * 4


def test_new_generation_is_served_from_the_next_question(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """After a rebuild the running engine answers from the new text."""
    engine = Engine(index, embedder)
    (articles / "uranium.txt").write_text("Il Kazakistan produce il 44% dell’uranio mondiale.\n", encoding="utf-8")
    build_index(articles, index, embedder)
    assert _quoted(engine) == "Il Kazakistan produce il 44% dell’uranio mondiale."
    assert engine.warning is None


def test_damaged_new_generation_is_left_alone(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """A running engine keeps the old generation when the new one is damaged, and says why."""
    engine = Engine(index, embedder)
    (articles / "uranium.txt").write_text("Il Kazakistan produce il 44% dell’uranio mondiale.\n", encoding="utf-8")
    build_index(articles, index, embedder)
    (current(index) / "passages.sqlite").write_bytes(b"broken")
    assert _quoted(engine) == "Il Kazakistan produce il 43% dell’uranio mondiale."
    assert engine.warning is not None
    assert "passages.sqlite" in engine.warning


def test_fresh_engine_falls_back_to_the_generation_before(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """With the current generation damaged the one before it is served, with a warning."""
    (articles / "uranium.txt").write_text("Il Kazakistan produce il 44% dell’uranio mondiale.\n", encoding="utf-8")
    build_index(articles, index, embedder)
    (current(index) / "passages.sqlite").write_bytes(b"broken")
    engine = Engine(index, embedder)
    assert _quoted(engine) == "Il Kazakistan produce il 43% dell’uranio mondiale."
    assert engine.warning is not None
    assert "is served" in engine.warning


def test_only_generation_damaged_is_refused(index: Path, embedder: FakeEmbedder) -> None:
    """With nothing to fall back to the refusal names the cure."""
    (current(index) / "passages.sqlite").write_bytes(b"broken")
    with pytest.raises(IndexRefused, match="run `chiedi build"):
        Engine(index, embedder)


@pytest.mark.parametrize("other", ["fingerprint", "vectors"])
def test_another_model_is_refused(articles: Path, index: Path, embedder: FakeEmbedder, other: str) -> None:
    """A model with another fingerprint, or the same name but other vectors, never reads this index, not even an older generation."""
    (articles / "como.txt").unlink()
    build_index(articles, index, embedder)

    class Other(FakeEmbedder):
        fingerprint = "another" if other == "fingerprint" else FakeEmbedder.fingerprint

        def _vectors(self, texts):  # type: ignore[no-untyped-def]
            vectors = super()._vectors(texts)
            return vectors[:, ::-1] if other == "vectors" else vectors

    with pytest.raises(IndexRefused, match="was made with fake"):
        Engine(index, Other())


def test_missing_index_names_the_command(tmp_path: Path) -> None:
    """Loading without an index fails before any model is opened."""
    with pytest.raises(IndexMissing, match="run `chiedi build"):
        Engine.load(tmp_path / "nowhere", model="no-such-model")


@pytest.mark.parametrize("question", ["", "   ", "?", "\x00", "\ud800", "🙂", "a" * 10_000, "«»" * 300])
def test_odd_questions_get_an_answer(index: Path, embedder: FakeEmbedder, question: str) -> None:
    """Whatever is typed, the question comes back as typed and nothing is raised."""
    assert Engine(index, embedder).answer(question).question == question


def test_only_the_beginning_of_a_long_question_counts(index: Path, embedder: FakeEmbedder) -> None:
    """What stands beyond the limit does not change the hits."""
    engine = Engine(index, embedder)
    question = (QUESTION + " ").ljust(MAX_QUESTION, "x")
    assert engine.answer(question + " Bellagio turisti estate").hits == engine.answer(question).hits


def test_opened_articles_can_be_listed(index: Path, embedder: FakeEmbedder) -> None:
    """The collection is listed by id; the texts are verbatim."""
    engine = Engine(index, embedder)
    assert engine.article_ids() == ["como", "lakes", "uranium"]
    assert [article.text for article in engine.articles(["lakes"])] == [ARTICLES["lakes.txt"]]


def test_newest_articles(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """The newest come first, those of a day and the undated by their id; a part of them can be asked for."""
    for name, day in (("b", "2024-05-01"), ("a", "2024-05-01"), ("c", "2025-01-01")):
        (articles / f"{name}.md").write_text(f"---\npublished: {day}\n---\nUn testo.\n", encoding="utf-8")
    build_index(articles, index, embedder)
    engine = Engine(index, embedder)
    assert [article.id for article in engine.newest(0, 9)] == ["c", "a", "b", "como", "lakes", "uranium"]
    assert [article.id for article in engine.newest(2, 2)] == ["b", "como"]
    assert engine.newest(6, 2) == []


def test_answers_go_on_after_the_folder_is_gone(index: Path, embedder: FakeEmbedder) -> None:
    """A running engine survives the loss of the whole index folder."""
    engine = Engine(index, embedder)
    shutil.rmtree(index)
    assert _quoted(engine) == "Il Kazakistan produce il 43% dell’uranio mondiale."
