"""What is of the time asked about goes first."""

import json
from datetime import date
from pathlib import Path

import pytest

from index.answers.answering import Candidate
from index.answers.time_preference import NEWER, candidates_by_time
from index.bundled import READER
from index.engine import Engine
from index.models.embedder import load_embedder
from index.questions.time_expressions import asked_time
from index.storage.build import build_index
from index.types import Hit, Scope
from tests.conftest import FakeEmbedder
from tests.index.questions.test_asked_time import passage

DATA = Path(__file__).parents[2] / "data"


def candidate(published: str | None, log_odds: float, text: str = "Il lago è profondo.") -> Candidate:
    quote = passage(published, text)
    return Candidate(Hit(quote, 0.0), quote, None, (), log_odds)


def test_best_of_that_time_leads_and_is_no_surer() -> None:
    """A candidate of the time is two log-odds better; the one that leads keeps its own, the other falls behind."""
    older, newer = candidate("2022-05-01", 1.0), candidate("2024-05-01", 2.0)
    moved = candidates_by_time([newer, older], asked_time("Nel 2022?", date(2024, 6, 1)))
    assert [found.log_odds for found in moved] == pytest.approx([2.0 - 2.0, 1.0], abs=NEWER)
    weak = candidate("2022-05-01", -1.0)
    assert [found.log_odds for found in candidates_by_time([newer, weak], asked_time("Nel 2022?", date(2024, 6, 1)))] == pytest.approx(
        [2.0, 1.0], abs=NEWER
    )


def test_newer_of_equals_leads() -> None:
    """Without words of time the newer of two equal candidates leads by a little; a better one stays ahead, and undated ones stay."""
    older, newer, undated = candidate("2022-05-01", 1.0), candidate("2024-05-01", 1.0), candidate(None, 1.0)
    assert [found.log_odds for found in candidates_by_time([older, newer], None)] == pytest.approx([0.95, 1.0])
    assert [found.log_odds for found in candidates_by_time([candidate("2022-05-01", 1.2), newer], None)] == pytest.approx([1.2, 1.0])
    assert candidates_by_time([undated, candidate(None, 2.0)], asked_time("Oggi?", date(2024, 6, 1))) == [undated, candidate(None, 2.0)]
    assert candidates_by_time([], None) == []


@pytest.fixture
def lakes(tmp_path: Path, embedder: FakeEmbedder) -> Path:
    """An index of sixty articles, one a month from January 2020 on, with the same words, and one about something else."""
    folder = tmp_path / "lakes"
    folder.mkdir()
    for number in range(60):
        front = f"---\npublished: {2020 + number // 12}-{number % 12 + 1:02}-15\n---\n"
        (folder / f"{number}.md").write_text(f"{front}Il lago è profondo.\n", encoding="utf-8")
    (folder / "cheese.md").write_text("---\npublished: 2024-12-31\n---\nLa fiera del formaggio apre domani.\n", encoding="utf-8")
    build_index(folder, tmp_path / "index", embedder)
    return tmp_path / "index"


def test_an_article_of_the_time_is_found_among_many(lakes: Path, embedder: FakeEmbedder) -> None:
    """A month is found among sixty, "the latest" is the last one about the lake; the clock decides what "last year" is."""
    engine = Engine(lakes, embedder, today=lambda: date(2024, 12, 31))

    def first(question: str) -> str:
        return engine.answer(question).hits[0].passage.article.published or ""

    assert first("Quanto è profondo il lago a marzo 2021?") == "2021-03-15"
    assert first("Quanto è profondo il lago secondo le ultime notizie?") == "2024-12-15"
    assert first("Quanto era profondo il lago due anni fa?")[:4] == "2022"
    assert (
        Engine(lakes, embedder, today=lambda: date(2023, 7, 1)).answer("Il lago due anni fa?").hits[0].passage.article.published[:4]
        == "2021"
    )


def test_limits_hold_for_words_of_time(lakes: Path, embedder: FakeEmbedder) -> None:
    """A time in the question never leads out of the scope."""
    engine = Engine(lakes, embedder, today=lambda: date(2024, 12, 31))
    hits = engine.answer("Quanto è profondo il lago a marzo 2021?", scope=Scope(since=date(2023, 1, 1), until=date(2023, 12, 31))).hits
    assert {(hit.passage.article.published or "")[:4] for hit in hits} == {"2023"}


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The real engine on the dated articles, on Wednesday, 20 November 2024; low caution, for it is the choice that is asked about."""
    index = tmp_path_factory.mktemp("dated") / "index"
    build_index(DATA / "dated", index, load_embedder(None))
    return Engine.load(index, reader=READER, caution="low", today=lambda: date(2024, 11, 20))


@pytest.mark.model
@pytest.mark.parametrize("asked", [json.loads(line) for line in (DATA / "dated_questions.jsonl").read_text(encoding="utf-8").splitlines()])
def test_questions_of_time(dated: Engine, asked: dict[str, str]) -> None:
    """The answer comes from the article of that time, in both languages."""
    answer = dated.answer(asked["question"])
    assert answer.quote is not None
    assert answer.quote.article.id == asked["article"]
    assert asked["holds"] in answer.quote.text
