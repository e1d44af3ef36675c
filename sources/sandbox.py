"""Parsers run apart: one child process per document, with limits, so that a hostile file costs seconds and never the bot."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sources.errors import DocumentRefused
from sources.types import Document


@dataclass(frozen=True, slots=True)
class Limits:
    """``computing`` and ``waiting``: seconds of CPU and of the clock; ``memory``: bytes of address space, libraries included
    (about 0.3 GB of them for HTML); ``output``: bytes of the answer, which is all that the child may write."""

    computing: int = 20
    waiting: int = 60
    memory: int = 1_500_000_000
    output: int = 32_000_000


LIMITS = Limits()

_PARSERS = "sources"
"""The package whose modules hold ``parse(content, url)``."""
_PACKED = ("docx", "epub")
_OPEN_FILES = 64
_OUTSIDE = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename", "os.truncate")
"""Audit events (Python's own table of them) that no parser needs."""
_TOO_LONG = 3
"""Exit code of a child whose answer passes ``Limits.output``."""


def run_parser(kind: str, content: bytes, url: str | None, limits: Limits = LIMITS) -> Document:
    """What ``sources.KIND.parse(content, url)`` gives, computed in a process of its own; may be called from any thread.

    The child inherits no settings and may write one file, its answer; its Python opens no socket and starts no process.
    Archives pass ``sources.packed`` first. Raises DocumentRefused with the parser's own refusal, or with one sentence when the
    parser took too long, needed too much memory or broke.
    """
    try:
        with TemporaryFile() as output:
            code = _run(kind, _question(content, url, limits), output, limits)
            output.seek(0)
            answer = output.read()
    except OSError as error:
        raise DocumentRefused(f"no process or no temporary file could be had to read it ({error.strerror}): try later") from error
    if code != 0:
        raise DocumentRefused(_ended(code, limits))
    return _document(answer)


def _question(content: bytes, url: str | None, limits: Limits) -> bytes:
    return json.dumps({"url": url, "limits": asdict(limits)}).encode() + b"\n" + content


def _run(kind: str, question: bytes, output: IO[bytes], limits: Limits) -> int:
    """The exit code of the child, negative for a signal. A child that is still running is killed with its whole session."""
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", "sources.sandbox", f"{_PARSERS}.{kind}"],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],
        env={},
        start_new_session=True,
    )
    try:
        process.communicate(question, timeout=limits.waiting)
    except subprocess.TimeoutExpired:
        return -signal.SIGALRM
    finally:
        _end(process)
    return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ended(code: int, limits: Limits) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        seconds = limits.computing if code == -signal.SIGXCPU else limits.waiting
        return f"it took longer than {seconds} s to read: save it in a simpler form, or split it"
    if code == -signal.SIGKILL:
        return f"it needed more memory or time than there is (at most {limits.memory // 1_000_000:,} MB): split it"
    if code == _TOO_LONG:
        return f"it holds more than {limits.output:,} bytes of text: split it"
    return f"its reader broke off (exit {code}): save it in another form, such as text"


def _document(answer: bytes) -> Document:
    try:
        fields = json.loads(answer)
        if "refused" in fields:
            raise DocumentRefused(str(fields["refused"]))
        return Document(**fields)
    except (ValueError, TypeError) as error:
        raise DocumentRefused("its reader gave no usable answer: save it in another form, such as text") from error


def _child(parser: str) -> None:
    """Answer the question on standard input; every way out is an answer of one JSON object, or an exit code."""
    asked = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**asked["limits"])
    _limit(limits)
    try:
        answer = _parsed(parser, sys.stdin.buffer.read(), asked["url"])
    except DocumentRefused as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": f"it needs more than {limits.memory // 1_000_000:,} MB of memory to read: split it"}
    except RecursionError:
        answer = {"refused": "it is nested too deeply to be read: save it in another form, such as text"}
    except Exception as error:
        answer = {"refused": f"its reader broke off ({_line(error)}): save it in another form, such as text"}
    _say(answer, limits.output)


def _parsed(parser: str, content: bytes, url: str | None) -> dict[str, Any]:
    if parser.rpartition(".")[2] in _PACKED:
        from sources.packed import opened

        opened(content).close()
    parse: Callable[[bytes, str | None], Document] = import_module(parser).parse
    sys.addaudithook(_stay_inside)
    return asdict(parse(content, url))


def _limit(limits: Limits) -> None:
    """Hard limits of the kernel (setrlimit(2)); a process may lower them and, without privileges, never raise them."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.computing, limits.computing + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output, limits.output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    if sys.platform == "linux":  # macOS refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))


def _stay_inside(event: str, arguments: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event.startswith(_OUTSIDE):
        raise PermissionError(f"{event} is not for parsers")


def _say(answer: dict[str, Any], longest: int) -> None:
    said = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
    if len(said) > longest:
        sys.exit(_TOO_LONG)
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()


def _line(error: Exception) -> str:
    """Name and first words of an error, on one line without control characters."""
    text = " ".join(f"{type(error).__name__}: {error}".split())[:120]
    return "".join(character for character in text if character.isprintable())


if __name__ == "__main__":
    _child(sys.argv[1])
