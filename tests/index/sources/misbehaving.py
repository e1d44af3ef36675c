"""A sandbox whose parser does what the content names: what no parser may do, and what it may."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from index.sources.errors import DocumentRefused
from index.sources.sandbox_child import serve
from index.sources.types import Document


def parse(content: bytes, url: str | None) -> Document:
    return Document(_DEEDS[content.decode()]() or "done", title="è\ud800\x00", url=url)


def _refuse() -> str:
    raise DocumentRefused("it holds no text: è scritto così")


def _compute() -> str:
    while True:
        pass


def _wait() -> str:
    time.sleep(60)
    return ""


def _fill_memory() -> str:
    return "x" * 10_000_000_000


def _fill_memory_slowly() -> str:
    return "".join(["x" * 10_000_000 + str(number) for number in range(1_000)])


def _answer_much() -> str:
    return "x" * 1_000_001


def _recurse() -> str:
    return _recurse()


def _raise() -> str:
    raise ValueError("first line\nsecond \x1b[31mline " + "x" * 500)


def _crash() -> str:
    os.kill(os.getpid(), signal.SIGSEGV)
    return ""


def _leave() -> str:
    sys.exit(0)


def _say_nonsense() -> str:
    sys.stdout.write("[nonsense")
    sys.stdout.flush()
    os._exit(0)


def _connect() -> str:
    socket.create_connection(("127.0.0.1", 80))
    return ""


def _start() -> str:
    subprocess.run(["true"], check=True)
    return ""


def _shell() -> str:
    os.system("true")
    return ""


def _write() -> str:
    Path("written.txt").write_text("x", encoding="utf-8")
    return ""


def _read() -> str:
    return Path(__file__).name


def _tell_parent() -> str:
    return str(os.getppid())


def _kill_parent() -> str:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return ""


def _remember() -> str:
    """The number of documents that this process has seen."""
    _seen.append(1)
    return str(len(_seen))


_seen: list[int] = []


def _tell_environment() -> str:
    return ",".join(sorted(os.environ)) or "none"


_DEEDS = {
    name.lstrip("_").replace("_", " "): deed
    for name, deed in globals().items()
    if name.startswith("_") and not name.startswith("__") and callable(deed)
}

if __name__ == "__main__":
    serve(parse, socket.socket(fileno=int(sys.argv[2])))
