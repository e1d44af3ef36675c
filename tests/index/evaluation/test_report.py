"""Reports on question sets: what is read, what is counted, what is listed."""

import json
from pathlib import Path

import pytest

from index.engine import Engine
from index.errors import QuestionError
from index.evaluation.report import Question, ask_all, read_questions, report, table
from tests.conftest import FakeEmbedder

LINE = {"id": "1", "language": "it", "question": "Quanto?", "answerable": True, "answers": ["43%"], "article": "a", "start": 1, "end": 5}


def _file(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_questions_are_read(tmp_path: Path) -> None:
    """Each line is a question; empty lines are passed over; a place may be missing or null."""
    removed = LINE | {"id": "2", "answerable": False, "answers": [], "start": None, "end": None}
    assert read_questions(_file(tmp_path, LINE, "", removed)) == [
        Question("1", "Quanto?", "it", True, ("43%",), "a", 1, 5),
        Question("2", "Quanto?", "it", False, (), "a", 0, 0),
    ]


def test_kind_and_exact_words_are_read(tmp_path: Path) -> None:
    """A question may name its kind and the exact words that answer."""
    (question,) = read_questions(_file(tmp_path, LINE | {"kind": "price", "exact": ["43"]}))
    assert (question.kind, question.exact) == ("price", ("43",))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: JSONDecodeError"),
        ("[]", "line 2: TypeError"),
        ('{"id": "1"}', "line 2: KeyError('language')"),
        (LINE | {"language": "fr"}, "language is 'fr', not 'it' or 'en'"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: object, reason: str) -> None:
    """A line that is no question is named with the reason."""
    with pytest.raises(QuestionError) as caught:
        read_questions(_file(tmp_path, LINE, line))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_empty_set_is_an_error(tmp_path: Path) -> None:
    """A set without questions is refused."""
    with pytest.raises(QuestionError, match="holds no question"):
        read_questions(_file(tmp_path, ""))


@pytest.fixture
def engine(index: Path, embedder: FakeEmbedder) -> Engine:
    return Engine(index, embedder)


def _question(text: str, answers: tuple[str, ...], article: str | None = "uranium") -> Question:
    return Question("q", text, "it", bool(answers), answers, article, 0, 200)


def test_quote_and_rank_are_scored(engine: Engine) -> None:
    """The right sentence of the right article is quoted, and its passage is the first hit."""
    (outcome,) = ask_all(engine, [_question("Il Kazakistan produce uranio mondiale?", ("43%",))])
    assert (outcome.rank, outcome.quoted, outcome.direction) == (1, True, "it on it")


def test_right_words_in_the_wrong_article_do_not_count(engine: Engine) -> None:
    """A gold answer must stand in the gold article."""
    (outcome,) = ask_all(engine, [_question("Il Kazakistan produce uranio mondiale?", ("43%",), article="como")])
    assert outcome.quoted is False


def test_answer_without_a_place_is_sought_in_the_words(engine: Engine) -> None:
    """Without a gold paragraph a hit is right when it holds a gold answer."""
    (outcome,) = ask_all(engine, [_question("Il Kazakistan produce uranio mondiale?", ("43%",), article=None)])
    assert (outcome.rank, outcome.quoted, outcome.direction) == (1, True, "it on en+it")


def test_unanswerable_questions_count_for_abstention_only(engine: Engine) -> None:
    """Recall, quotes and exact words are counted over the answerable question alone."""
    questions = [_question("Il Kazakistan produce uranio mondiale?", ("43%",)), _question("Come si prepara la carbonara?", ())]
    figures = report(ask_all(engine, questions))["all"]
    assert (figures["recall@1"]["value"], figures["recall@1"]["count"]) == (1.0, 1)
    assert figures["refusal recall"]["count"] == 1
    assert figures["refusal AUROC"]["value"] in (0.0, 0.5, 1.0)


def test_misses_are_listed_for_people(engine: Engine) -> None:
    """A miss names the question, its kind, what was wanted and what was shown."""
    measured = report(ask_all(engine, [_question("Il lago di Como è profondo?", ("Rosatom",))]))
    (miss,) = measured["misses"]
    assert miss["kind"] in ("another sentence", "passage not found")
    assert "wanted Rosatom; shown" in table(measured)


def test_report_is_json(engine: Engine) -> None:
    """Everything in the report can be printed as JSON."""
    assert json.loads(json.dumps(report(ask_all(engine, [_question("Quanto uranio?", ("43%",))]))))["question_words"].keys() == {"how many"}
