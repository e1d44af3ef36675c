import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from index.sources import sandbox
from index.sources.errors import DocumentRefused
from index.sources.sandbox import Limits, run_parser
from index.sources.types import Document

QUICK = Limits(computing=1, waiting=60, memory=400_000_000, output=1_000_000)


@pytest.fixture(autouse=True)
def _misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parsers come from the tests; each test starts without readers."""
    sandbox._end_all()
    monkeypatch.setattr(sandbox, "_CHILD", "tests.index.sources.misbehaving")


def _text(deed: str) -> str:
    return run_parser("plain", deed.encode(), None, QUICK).text


def _refusal(deed: str, limits: Limits = QUICK) -> str:
    with pytest.raises(DocumentRefused) as refused:
        run_parser("plain", deed.encode(), None, limits)
    assert str(refused.value).isprintable()
    return str(refused.value)


def _ended(group: int) -> bool:
    """Whether no process of the group is left but such as wait for their burial."""
    deadline = monotonic() + 10
    while monotonic() < deadline:
        states = subprocess.run(["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True).stdout.split()
        if all(state.startswith("Z") for state in states):
            return True
        sleep(0.05)
    return False


def test_a_document_comes_back_whole() -> None:
    """The document crosses the process as JSON; half a character becomes a question mark."""
    document = run_parser("plain", b"read", "https://example.org/a?b=è")
    assert document == Document("misbehaving.py", title="è?\x00", url="https://example.org/a?b=è")


def test_a_refusal_comes_back_in_its_words() -> None:
    """What the parser refuses is refused with the parser's sentence."""
    assert _refusal("refuse") == "it holds no text: è scritto così"


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("compute", "it took longer than 1 s to read: save it in a simpler form, or split it"),
        ("fill memory", "it needs more than 400 MB of memory to read: split it"),
        ("fill memory slowly", "it needs more than 400 MB of memory to read: split it"),
        ("answer much", "it holds more than 1,000,000 bytes of text: split it"),
        ("recurse", "it is nested too deeply to be read: save it in another form, such as text"),
        ("crash", "its reader broke off (exit -11): save it in another form, such as text"),
        ("leave", "its reader broke off (exit 1): save it in another form, such as text"),
        ("say nonsense", "its reader gave no usable answer: save it in another form, such as text"),
    ],
)
def test_a_parser_that_fails_is_one_sentence(deed: str, sentence: str) -> None:
    """Too long, too much memory, too much text, a crash: each has its own sentence."""
    assert _refusal(deed) == sentence


def test_an_error_of_a_parser_is_told_on_one_line() -> None:
    """The error's name and first words stand in the sentence, without control characters."""
    start = "its reader broke off (ValueError: first line second [31mline xxx"
    assert _refusal("raise").startswith(start)
    assert len(_refusal("raise")) < 250


def test_a_parser_that_waits_is_ended() -> None:
    """The clock runs too, not only the processor's."""
    started = monotonic()
    assert _refusal("wait", Limits(waiting=1)) == "it took longer than 1 s to read: save it in a simpler form, or split it"
    assert monotonic() - started < 10


@pytest.mark.parametrize("deed", ["connect", "start", "shell", "write"])
def test_a_parser_has_no_business_outside(deed: str) -> None:
    """Sockets, processes and files to write are refused to the parser."""
    assert _refusal(deed).startswith("its reader broke off (PermissionError: ")


def test_a_parser_inherits_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot's token, which stands in the environment, is not handed down."""
    monkeypatch.setenv("CHIEDI_TELEGRAM_TOKEN", "secret")
    assert "CHIEDI" not in _text("tell environment")


def test_a_loaded_parser_serves_the_next_document() -> None:
    """Only the first document waits for the libraries; a document leaves no trace for the next, whatever it was."""
    parent = _text("tell parent")
    assert [_text("remember"), _text("remember")] == ["1", "1"]
    for deed in ("crash", "compute", "fill memory"):
        _refusal(deed)
    assert _text("tell parent") == parent


def test_a_reader_that_has_ended_is_replaced() -> None:
    """Readers end by themselves after a while, or somebody ends them: nobody notices."""
    os.kill(int(_text("tell parent")), signal.SIGKILL)
    assert _text("read") == "misbehaving.py"
    reader = int(_text("tell parent"))
    assert _refusal("kill parent").startswith("it needed more memory or time than there is")
    assert _ended(reader)
    assert _text("read") == "misbehaving.py"


def test_an_overdue_reader_is_ended_with_its_document() -> None:
    """No process goes on in the background after its document was refused."""
    reader = int(_text("tell parent"))
    _refusal("wait", Limits(waiting=1))
    assert _ended(reader)


def test_threads_run_parsers_side_by_side() -> None:
    """Many threads may ask at once; each gets its own answer."""
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda number: run_parser("plain", b"read", str(number)).url, range(8))
        assert list(answers) == [str(number) for number in range(8)]


def test_archives_are_checked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """What calls itself a DOCX and is no archive does not reach the library."""
    monkeypatch.undo()
    with pytest.raises(DocumentRefused, match=r"the archive is broken or cut off"):
        run_parser("docx", b"PK\3\4nonsense", None)
