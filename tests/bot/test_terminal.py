"""What people see who sit at a terminal: a progress bar, and a prompt to ask at."""

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMPT = b"Question: "
BAR = """
from bot.terminal import progress
with progress("Counting") as told:
    for done in range(3):
        told(done + 1, 3)
"""


def at_terminal(folder: Path, *arguments: str, typed: Sequence[str] = (), columns: int = 100) -> tuple[int, str]:
    """Runs Python with a terminal for its input and output, where one of ``typed`` is typed at each prompt; its exit code and all that is
    shown."""
    keyboard, terminal = pty.openpty()
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm",
        "COLUMNS": str(columns),
        "LC_ALL": "C.UTF-8",
    }
    process = subprocess.Popen([sys.executable, *arguments], stdin=terminal, stdout=terminal, stderr=terminal, cwd=folder, env=environment)
    os.close(terminal)
    shown, typing = b"", list(typed)
    with suppress(OSError):  # which comes when nobody has the terminal open any more
        while part := os.read(keyboard, 65536):
            shown += part
            if typing and shown.count(PROMPT) > len(typed) - len(typing):
                os.write(keyboard, typing.pop(0).encode())
    os.close(keyboard)
    return process.wait(), shown.decode()


def test_bar(tmp_path: Path) -> None:
    """The bar begins before any speed is known, and tells how far it is."""
    code, shown = at_terminal(tmp_path, "-c", BAR)
    assert (code, "Counting" in shown, "3/3" in shown) == (0, True, True), shown


def test_no_bar_elsewhere(tmp_path: Path) -> None:
    """Into a file goes nothing of it."""
    done = subprocess.run([sys.executable, "-c", BAR], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout + done.stderr == b""


def test_lines_end_between_words(tmp_path: Path) -> None:
    """Styles and empty lines stay, each row of a quotation stands behind the bar, and an address is left whole."""
    text = "\x1b[1m43%\x1b[0m dell'uranio mondiale viene dal Kazakistan\n\n"
    text += "\x1b[2m│ Uno due tre quattro cinque sei sette\n│ otto\x1b[0m\nhttps://example.org/a-b-c/d-e-f/g"
    code, shown = at_terminal(tmp_path, "-c", f"from bot.terminal import show; show({text!r})", columns=24)
    assert (code, shown.split("\r\n")) == (0, [
        "\x1b[1m43%\x1b[0m dell'uranio mondiale", "viene dal Kazakistan", "",
        *(f"\x1b[2m│ \x1b[0m\x1b[2m{row}\x1b[0m" for row in ("Uno due tre quattro", "cinque sei sette", "otto")),
        "https://example.org/a-b-c/d-e-f/g", "",
    ])  # fmt: skip


@pytest.mark.model
def test_first_use(tmp_path: Path) -> None:
    """`chiedi run` with an article and no token: the index is built, the prompt comes, a question and its follow-up are answered.

    The arrow keys bring the first question back, where Python was built with readline.
    """
    folders = {"CHIEDI_ARTICLES": str(ROOT / "data" / "articles"), "CHIEDI_INDEX": str(tmp_path / "index")}
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in folders.items()), encoding="utf-8")
    typed = ("How much uranium does Kazakhstan produce?\n", "And what is it short of?\n", "\x1b[A\x1b[A\n", "\x04")
    code, shown = at_terminal(tmp_path, "-m", "bot", "run", typed=typed)
    assert code == 0, shown
    assert "Encoding passages" in shown
    assert "Indexed 1 article" in shown
    assert shown.count("\r\n43%\r\n") == (2 if find_spec("readline") else 1)
    assert "What is Kazakhstan short of?" in shown
