"""Parsers run apart, in processes with limits, so that a hostile file costs seconds and never the bot."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any, Literal

from index.sources.errors import DocumentRefused
from index.sources.parsers import Kind
from index.sources.sandbox_child import TOO_LONG, Limits
from index.sources.types import Document

LIMITS = Limits()

_CHILD = "index.sources.sandbox_child"
"""The module that runs as that process."""
_NO_ANSWER = "its reader gave no usable answer: save it in another form, such as text"


def run_parser(kind: Kind, content: bytes, url: str | None, limits: Limits = LIMITS) -> Document:
    """The Document that a parser makes of content and address; for the rest see ``run_apart``."""
    fields = run_apart(kind, content, url, limits)
    try:
        return Document(**fields)
    except TypeError as error:
        raise DocumentRefused(_NO_ANSWER) from error


def run_apart(kind: Kind | Literal["listing"], content: bytes, url: str | None, limits: Limits = LIMITS) -> Any:
    """The fields of what the parser of a kind returns, computed in a process of its own; None for None.

    May be called from any thread. That process inherits no settings and may write one file, its answer; its Python opens no socket
    and starts no process. Raises DocumentRefused with the parser's own refusal, or with one sentence when it took too long, needed
    too much memory or broke.
    """
    try:
        with TemporaryFile() as question, TemporaryFile() as answer:
            question.write(json.dumps({"url": url, "limits": asdict(limits)}).encode() + b"\n" + content)
            code = _run(kind, question, answer, limits.waiting)
            answer.seek(0)
            said = answer.read()
    except OSError as error:
        raise DocumentRefused(f"no process or no temporary file could be had to read it ({error.strerror}): try later") from error
    if code != 0:
        raise DocumentRefused(_ended(code, limits))
    return _fields(said)


def _run(kind: str, question: IO[bytes], answer: IO[bytes], seconds: int) -> int:
    """The exit code of the process that read the document, negative for a signal."""
    while True:
        reader, waited = _taken(kind)
        try:
            code = reader.read(question, answer, seconds)
        except TimeoutError:
            reader.end()
            return -signal.SIGALRM
        except ConnectionError:
            reader.end()
            if not waited:
                return -signal.SIGKILL
        except BaseException:
            reader.end()
            raise
        else:
            _give_back(kind, reader)
            return code


class _Reader:
    """A process that has loaded one parser (``index.sources.sandbox_child``); one thread at a time uses it."""

    def __init__(self, kind: str) -> None:
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-B", "-m", _CHILD, kind, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
                env={},
                start_new_session=True,
            )

    def read(self, question: IO[bytes], answer: IO[bytes], seconds: int) -> int:
        """Raises TimeoutError, and ConnectionError when the process has ended."""
        question.seek(0)
        self._channel.settimeout(seconds)
        socket.send_fds(self._channel, [b"?"], [question.fileno(), answer.fileno()])
        code = self._channel.recv(4)
        if len(code) < 4:
            raise ConnectionError
        return int(struct.unpack("<i", code)[0])

    def end(self) -> None:
        """Kill the process and all that it has started, also when it has ended itself: until it is waited for, the number is its own."""
        self._channel.close()
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


_waiting: defaultdict[str, list[_Reader]] = defaultdict(list)
"""Idle readers by kind that have nothing to do; each ends by itself after a while."""
_lock = Lock()


def _taken(kind: str) -> tuple[_Reader, bool]:
    """A reader for one document, and whether it has waited, so that it may have ended meanwhile."""
    with _lock:
        if _waiting[kind]:
            return _waiting[kind].pop(), True
    return _Reader(kind), False


def _give_back(kind: str, reader: _Reader) -> None:
    with _lock:
        _waiting[kind].append(reader)


@atexit.register
def _end_all() -> None:
    with _lock:
        for reader in (reader for readers in _waiting.values() for reader in readers):
            reader.end()
        _waiting.clear()


def _ended(code: int, limits: Limits) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        seconds = limits.computing if code == -signal.SIGXCPU else limits.waiting
        return f"it took longer than {seconds} s to read: save it in a simpler form, or split it"
    if code in (-signal.SIGKILL, -signal.SIGABRT):  # libraries in C++ abort where they get no memory
        return f"it needed more memory or time than there is (at most {limits.memory // 1_000_000:,} MB): split it"
    if code == TOO_LONG:
        return f"it holds more than {limits.output:,} bytes of text: split it"
    return f"its reader broke off (exit {code}): save it in another form, such as text"


def _fields(said: bytes) -> Any:
    try:
        answer = json.loads(said)
        if "refused" in answer:
            raise DocumentRefused(str(answer["refused"]))
        return answer["fields"]
    except (ValueError, TypeError, KeyError) as error:
        raise DocumentRefused(_NO_ANSWER) from error
