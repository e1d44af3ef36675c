"""The command line: its contract with other programs, its errors, its exit codes."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.replies.messages import MESSAGES
from index.storage.build import build_index
from index.types import Language
from tests.conftest import ARTICLES, FakeEmbedder

ROOT = Path(__file__).parents[2]
QUESTION = "Quanto uranio produce il Kazakistan?"


@pytest.fixture(autouse=True)
def fake_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, embedder: FakeEmbedder) -> None:
    """Commands run in an empty folder, without settings, with the embedder that can be computed by hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setattr("index.models.embedder.load_embedder", lambda *_: embedder)
    monkeypatch.setattr("index.engine.load_embedder", lambda *_: embedder)


def run(*arguments: str | Path, reader: bool = False) -> int:
    return main([str(argument) for argument in (*arguments, *([] if reader else ["--reader", "none"]))])


def as_json(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_follows_the_contract(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with exactly the promised fields, of the promised types."""
    assert run("ask", QUESTION, "--json", "--index", index) == 0
    (answer,) = as_json(capsys)
    fields = ["question", "language", "answered", "verdict", "confidence", "quote", "exact", "related", "hits", "took_ms"]
    assert list(answer) == fields
    assert (answer["question"], answer["language"]) == (QUESTION, "it")
    assert 0 <= answer["confidence"] <= 1
    assert (answer["quote"] is None) == (not answer["answered"]) == (answer["related"] is not None)
    assert isinstance(answer["took_ms"], float)
    assert set(answer["hits"][0]) == {"article", "title", "url", "published", "start", "end", "text", "score", "page", "section"}
    assert set(answer["quote"] or answer["related"]) == {"article", "title", "url", "published", "start", "end", "text", "page", "section"}


def test_json_of_an_article_as_a_whole(articles: Path, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A summary, a fact, articles to choose from and near copies come in fields of their own, only where there are some."""
    (articles / "como.txt").unlink()
    (articles / "lakes.txt").unlink()
    text = "---\ntitle: Miniere\nauthor: A. Rossi\n---\n## Uranio\n\n\fIl Kazakistan produce uranio.\n"
    (articles / "uranium.txt").write_text(text, encoding="utf-8")
    for question in ("riassumi", "chi ha scritto l'articolo?", QUESTION):
        run("ask", question, "--json", "--index", index, "--articles", articles)
    summary, fact, quote = as_json(capsys)
    named = {"article": "uranium", "title": "Miniere", "url": None, "published": None}
    cited = {**named, "start": 12, "end": 41, "text": "Il Kazakistan produce uranio.", "page": 2, "section": "Uranio"}
    assert (summary["answered"], summary["summary"], summary["quote"]) == (True, [cited], None)
    assert (fact["answered"], fact["fact"]) == (True, {"kind": "author", "text": "A. Rossi", **named})
    assert not {"fact", "summary", "choice", "also"} & quote.keys()
    assert quote["quote"] == cited


def test_offsets_point_into_the_file(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """start and end are code points of the plain file's text, and the id is its name."""
    run("ask", QUESTION, "--json", "--index", index)
    (answer,) = as_json(capsys)
    for place in (*answer["hits"], answer["quote"] or answer["related"]):
        assert ARTICLES[place["article"] + ".txt"][place["start"] : place["end"]] == place["text"]


def test_hits_are_sorted_and_limited(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--top-k limits the hits; without it all three passages come."""
    run("ask", QUESTION, "--json", "--index", index)
    run("ask", QUESTION, "--json", "--index", index, "--top-k", "2")
    assert [len(answer["hits"]) for answer in as_json(capsys)] == [3, 2]


def test_standard_input_is_answered_line_by_line(index: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One object a line, in order; an empty line and broken bytes get theirs too."""
    lines = f"{QUESTION}\n\nHow deep is the lake?\r\n\xff\xfe\n".encode("latin-1")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert run("ask", "--stdin", "--json", "--index", index) == 0
    answers = as_json(capsys)
    assert [answer["question"] for answer in answers] == [QUESTION, "", "How deep is the lake?", "\ufffd\ufffd"]
    assert answers[1]["answered"] is False


def test_language_can_be_given(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--language overrides detection."""
    run("ask", QUESTION, "--json", "--index", index, "--language", "en")
    assert as_json(capsys)[0]["language"] == "en"


@pytest.fixture
def dated(articles: Path, index: Path, embedder: FakeEmbedder) -> Path:
    """The index with one dated article more."""
    front = "---\npublished: 2024-05-31\nsource: ats/afp\n---\n"
    (articles / "news.md").write_text(f"{front}Il Kazakistan produce uranio.\n", encoding="utf-8")
    build_index(articles, index, embedder)
    return index


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (["--since", "2024-05-31", "--until", "2024-05"], {"news"}),
        (["--until", "2023"], set()),
        (["--article", "como"], {"como"}),
        (["--source", "ATS/AFP"], {"news"}),
    ],
)
def test_question_can_be_limited(dated: Path, capsys: pytest.CaptureFixture[str], limits: list[str], expected: set[str]) -> None:
    """Only articles of the time, the id or the source come, with the day on which they were published."""
    assert run("ask", QUESTION, "--json", "--index", dated, *limits) == 0
    (answer,) = as_json(capsys)
    assert {hit["article"] for hit in answer["hits"]} == expected
    assert all(hit["published"] == ("2024-05-31" if hit["article"] == "news" else None) for hit in answer["hits"])


@pytest.mark.parametrize("command", [["ask", "--stdin"], ["chat"]])
def test_piped_questions_can_be_limited(
    dated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """The limits hold for every line of standard input; the day stands beside the source."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{QUESTION}\n{QUESTION}\n".encode())))
    assert run(*command, "--index", dated, "--article", "news") == 0
    assert capsys.readouterr().out.count("news · ats/afp · 31 maggio 2024") == 2


@pytest.mark.parametrize(
    ("limits", "line"),
    [
        (["--since", "ieri"], "chiedi: 'ieri' is not a day: write it like 2024-05-31, or a month like 2024-05, or a year like 2024\n"),
        (["--since", "2025", "--until", "2024"], "chiedi: no day lies from 2025-01-01 to 2024-12-31: give the earlier day first\n"),
        (["--article", "cmo"], "chiedi: there is no article 'cmo' in the index: did you mean 'como'?\n"),
        (["--source", "ats"], "chiedi: no article in the index is from the source 'ats': did you mean 'ats/afp'?\n"),
    ],
)
def test_bad_limits_are_one_line(dated: Path, capsys: pytest.CaptureFixture[str], limits: list[str], line: str) -> None:
    """A limit that means nothing here is told in one line."""
    assert run("ask", QUESTION, "--index", dated, *limits) == 1
    assert capsys.readouterr().err == line


def test_articles_are_indexed_first(articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ask --articles builds what is missing; standard output holds the answer only."""
    assert run("ask", QUESTION, "--json", "--articles", articles, "--index", tmp_path / "fresh") == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert "Indexed 3 articles, 3 passages (3 encoded anew" in captured.err


def test_build_tells_what_it_did(articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first build counts, the second finds nothing to do."""
    main(["build", "--articles", str(articles), "--index", str(tmp_path / "fresh")])
    main(["build", "--articles", str(articles), "--index", str(tmp_path / "fresh")])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Indexed 3 articles, 3 passages (3 encoded anew, 0 articles removed) in ")
    assert second == "Nothing changed: 3 articles, 3 passages in the index."


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["ask", "x", "--index", "nowhere"], "chiedi: there is no index in nowhere: run `chiedi build --index nowhere`"),
        (["ask"], "chiedi: give either a QUESTION or --stdin"),
        (["ask", "x", "--stdin"], "chiedi: give either a QUESTION or --stdin"),
        (["build", "--articles", "nowhere"], "chiedi: the articles folder nowhere does not exist"),
        (["eval", "nowhere.jsonl"], "chiedi: the question set nowhere.jsonl cannot be read"),
    ],
)
def test_errors_are_one_line(arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An error is one line on standard error, exit code 1, nothing on standard output."""
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith(line)
    assert (captured.err.count("\n"), captured.out) == (1, "")


@pytest.mark.parametrize("arguments", [[], ["fly"], ["ask", "x", "--top-k", "0"], ["ask", "x", "--language", "fr"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    """Usage errors exit with code 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_bad_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown setting is one line, whatever the command."""
    monkeypatch.setenv("CHIEDI_INDXE", "x")
    assert main(["ask", "x"]) == 1
    assert capsys.readouterr().err == "chiedi: CHIEDI_INDXE is not a setting of Chiedi: did you mean CHIEDI_INDEX?\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written() -> None:
    """A full disk under the output is told in one line, and nothing more at the end."""
    Path("data/articles").mkdir(parents=True)
    command = [sys.executable, "-c", "import sys; from bot.cli import main; sys.exit(main(['list']))"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "chiedi: the output: No space left on device; make room there or write elsewhere\n")


def test_chat_answers_a_pipe(index: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Piped questions are answered one after the other, empty lines skipped, without prompts."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{QUESTION}\n\nLake Como?\n".encode())))
    assert run("chat", "--index", index) == 0
    assert capsys.readouterr().out.count("«") == 2


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "it_IT.UTF-8"}, "it"), ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "it_CH"}, "it"), ({"LC_ALL": "C", "LANG": "it_IT"}, "en"),
        ({"LANG": "xx_YY", "LC_ALL": ""}, "en"), ({}, "en"),
    ],
)  # fmt: skip
def test_the_terminals_language(
    articles: Path, index: Path, variables: dict[str, str], language: Language, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """`run` greets in the language that the variables of POSIX name, whether or not this machine has their locale."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for name, folder in (("ARTICLES", articles), ("INDEX", index)):
        monkeypatch.setenv(f"CHIEDI_{name}", str(folder))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    assert main(["run"]) == 0
    assert MESSAGES[language].token_hint.format(command="make run") in capsys.readouterr().err


def test_eval_reports_as_json(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """eval --json prints one object with the figures of every direction."""
    question = {
        "id": "1",
        "language": "it",
        "question": QUESTION,
        "answerable": True,
        "answers": ["43%"],
        "article": "uranium",
        "start": 0,
        "end": 100,
    }
    (tmp_path / "questions.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    assert run("eval", tmp_path / "questions.jsonl", "--json", "--index", index) == 0
    (report,) = as_json(capsys)
    assert report["directions"]["it on it"]["recall@5"]["value"] == 1.0


COMMANDS = [["list"], ["ask", "Perché l’Ucraina… 😀?", "--reader", "none"], ["build"], ["--help"], ["eval", "è.jsonl"]]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "utf-8", "cp437"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_output_fits_any_encoding(tmp_path: Path, encoding: str, command: list[str]) -> None:
    """Into a pipe every command writes UTF-8, whatever encoding the environment names, and never a traceback."""
    places = [] if command == ["--help"] else ["--articles", str(ROOT / "data" / "articles"), "--index", str(tmp_path / "index")]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-m", "bot", *command, *places], capture_output=True, cwd=ROOT, env=environment, check=False)
    assert "Traceback" not in done.stderr.decode("utf-8")
    assert done.stdout.decode("utf-8") or done.returncode
