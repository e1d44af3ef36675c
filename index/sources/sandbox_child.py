"""The other side of index/sources/sandbox.py: a process that has loaded one parser and reads each document in a fork of itself."""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from select import select
from typing import Any

from index.errors import ChiediError
from index.sources.errors import one_line
from index.sources.parsers import Parser, parser_of

TOO_LONG = 3
"""Exit code of a child whose answer passes ``Limits.output``."""
_IDLE = 30.0
"""Seconds without a document after which the process ends, to give its memory back."""
_SAMPLES = (
    b"<html><head><title>A sample</title></head><body><article><p>It was read on 1 May 2026.</p></article></body></html>",
    b"<rss version='2.0'><channel><item><title>A sample</title></item></channel></rss>",
)
"""Given to each parser first, so that its libraries load what they load at first use; whether they can be read does not matter."""
_ADDRESS = "http://e.org/"
"""Where the samples are said to be from; an unusual host makes libraries load the list of all domains, which pages then share."""
_OPEN_FILES = 64
_OUTSIDE = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename", "os.truncate")
"""Audit events (Python's own table of them) that no parser needs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """For one document: ``computing`` and ``waiting``, seconds of CPU and of the clock; ``memory``, bytes of address space with
    the libraries in it (less than 0.1 GB); ``output``, bytes of the answer, which is all that the child may write."""

    computing: int = 20
    waiting: int = 60
    memory: int = 1_000_000_000
    output: int = 10_000_000


def serve(parser: Parser, channel: socket.socket) -> None:
    """Answer each pair of open files (question, answer) that comes through the channel with an exit code, until it is closed.

    A question is a line of JSON, {"url": ..., "limits": {...}}, and the document; an answer is JSON, {"fields": {...}} of a
    dataclass, or {"refused": sentence}. There is one thread, so that forking is safe.
    """
    for sample in _SAMPLES:
        with suppress(Exception):  # what is wrong here, the first real document shows
            parser(sample, _ADDRESS)
    while select([channel], [], [], _IDLE)[0]:
        _, files, _, _ = socket.recv_fds(channel, 1, 2)
        if len(files) < 2:
            return
        child = os.fork()
        if child == 0:
            channel.close()
            _leave(parser, *files)
        for file in files:
            os.close(file)
        channel.sendall(struct.pack("<i", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


def _leave(parser: Parser, question: int, answer: int) -> None:
    """The whole life of a fork: its only ways out are an exit code and a signal."""
    code = 1
    try:
        code = _answer(parser, question, answer)
    finally:
        os._exit(code)


def _answer(parser: Parser, question: int, answer: int) -> int:
    with os.fdopen(question, "rb") as asked, os.fdopen(answer, "wb") as said:
        head = json.loads(asked.readline())
        limits = Limits(**head["limits"])
        _limit(limits)
        fields = _fields(parser, asked.read(), head["url"], limits)
        encoded = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        if len(encoded) > limits.output:
            return TOO_LONG
        said.write(encoded)
    return 0


def _fields(parser: Parser, content: bytes, url: str | None, limits: Limits) -> dict[str, Any]:
    try:
        return {"fields": _parsed(parser, content, url)}
    except ChiediError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": f"it needs more than {limits.memory // 1_000_000:,} MB of memory to read: split it"}
    except RecursionError:
        return {"refused": "it is nested too deeply to be read: save it in another form, such as text"}
    except Exception as error:
        return {
            "refused": f"its reader broke off ({one_line(f'{type(error).__name__}: {error}', 120)}): save it in another form, such as text"
        }


def _parsed(parser: Parser, content: bytes, url: str | None) -> dict[str, Any] | None:
    sys.addaudithook(_stay_inside)
    found = parser(content, url)
    return None if found is None else asdict(found)


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


if __name__ == "__main__":
    serve(parser_of(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
