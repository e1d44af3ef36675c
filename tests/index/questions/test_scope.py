"""A question can be limited to a time, an article or a source."""

from datetime import date
from pathlib import Path

import pytest

from index.engine import Engine
from index.errors import QuestionError
from index.questions.scope import check, contains, day
from index.storage.build import build_index
from index.types import EVERYTHING, Article, Scope
from tests.conftest import FakeEmbedder

QUESTION = "Quanto è profondo il lago?"
DATED = {"old": ("2022-05-01", "ansa"), "middle": ("2023-05-31", "ANSA"), "new": ("2024-05-01", "ats/afp"), "timeless": (None, None)}


@pytest.fixture
def engine(tmp_path: Path, embedder: FakeEmbedder) -> Engine:
    """Four articles, three of them dated, that share most of their words."""
    folder = tmp_path / "dated"
    folder.mkdir()
    for depth, (id, (published, source)) in enumerate(DATED.items(), 300):
        front = f"---\npublished: {published}\nsource: {source}\n---\n" if published else ""
        (folder / f"{id}.md").write_text(f"{front}Il lago è profondo {depth} metri, dice il signor {id}.\n", encoding="utf-8")
    build_index(folder, tmp_path / "index", embedder)
    return Engine(tmp_path / "index", embedder)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (EVERYTHING, {"old", "middle", "new", "timeless"}),
        (Scope(since=date(2023, 5, 31)), {"middle", "new"}),
        (Scope(until=date(2023, 5, 31)), {"old", "middle"}),
        (Scope(since=date(2023, 1, 1), until=date(2023, 12, 31)), {"middle"}),
        (Scope(article="timeless"), {"timeless"}),
        (Scope(source="Ansa"), {"old", "middle"}),
        (Scope(source="ansa", since=date(2023, 1, 1)), {"middle"}),
        (Scope(since=date(2025, 1, 1)), set()),
    ],
)
def test_nothing_outside_is_shown(engine: Engine, scope: Scope, expected: set[str]) -> None:
    """Hits, quotation, related sentence and near copies all lie in the scope; an empty one is an abstention."""
    answer = engine.answer(QUESTION, scope=scope)
    assert {hit.passage.article.id for hit in answer.hits} == expected - {article.id for article in answer.also}
    shown = [*answer.also, *(passage.article for passage in (answer.quote, answer.related) if passage)]
    assert {article.id for article in shown} <= expected
    assert all(contains(scope, article) for article in shown)
    assert bool(answer.shown) == bool(expected)


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        (Scope(article="midle"), "there is no article 'midle' in the index: did you mean 'middle'?"),
        (Scope(article="time"), "there is no article 'time' in the index: did you mean 'timeless'?"),
        (Scope(article="xyz"), "there is no article 'xyz' in the index: check its spelling, or run `chiedi build`"),
        (Scope(source="afp"), "no article in the index is from the source 'afp': did you mean 'ats/afp'?"),
        (Scope(since=date(2024, 2, 1), until=date(2024, 1, 1)), "no day lies from 2024-02-01 to 2024-01-01: give the earlier day first"),
    ],
)
def test_impossible_scope_is_refused(engine: Engine, scope: Scope, line: str) -> None:
    """What is not there is named, with what could be meant."""
    with pytest.raises(QuestionError) as refused:
        engine.answer(QUESTION, scope=scope)
    assert str(refused.value) == line


def test_several_near_names(engine: Engine) -> None:
    """At most three near names are told."""
    with pytest.raises(QuestionError, match="did you mean 'report-1' or 'report-2' or 'report-3'"):
        check(Scope(article="report"), [f"report-{number}" for number in range(1, 9)], [])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_days_months_and_years(text: str, first: date, last: date) -> None:
    """A month or a year stands for its first or its last day."""
    assert (day(text), day(text, last=True)) == (first, last)


@pytest.mark.parametrize("text", ["", "ieri", "2024-13", "2024-02-30", "31/12/2024", "2024-1-2-3", "0"])
def test_other_days_are_refused(text: str) -> None:
    """Anything else is refused, with how a day is written."""
    with pytest.raises(QuestionError, match="is not a day: write it like 2024-05-31"):
        day(text)


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (EVERYTHING, True),
        (Scope(article="a"), True),
        (Scope(article="b"), False),
        (Scope(source="ANSA"), True),
        (Scope(since=date(2024, 5, 2)), False),
        (Scope(until=date(2024, 5, 1)), True),
    ],
)
def test_article_in_scope(scope: Scope, inside: bool) -> None:
    """An article lies in a scope that it fits in everything named."""
    assert contains(scope, Article("a", "A", None, "2024-05-01", "it", "Testo.", "ansa")) == inside


def test_undated_article_lies_outside_any_time() -> None:
    """Who asks for a time gets no article of unknown age."""
    undated = Article("a", "A", None, None, "it", "Testo.")
    assert not contains(Scope(since=date(1900, 1, 1)), undated)
    assert not contains(Scope(until=date(2900, 1, 1)), undated)
