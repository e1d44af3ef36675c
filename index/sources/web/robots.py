"""How a host wants to be visited: its robots.txt, and the pause between two requests."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic, sleep

from protego import Protego

from index.sources.errors import FetchRefused

LONGEST = 60.0
"""Seconds that a host may make us wait before a page is left for another day."""
_READ = 512_000
"""Bytes of a robots.txt that count (RFC 9309, 2.5, asks for at least this)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A robots.txt as read by a visitor named ``agent``; ``until`` (of ``time.monotonic``) is when it must be read again."""

    agent: str
    until: float
    parsed: Protego

    def allow(self, url: str) -> bool:
        return self.parsed.can_fetch(url, self.agent)

    @property
    def delay(self) -> float:
        """Seconds asked for between two requests (Crawl-delay), 0 when nothing is asked."""
        return self.parsed.crawl_delay(self.agent) or 0.0


def rules(agent: str, status: int, content: bytes) -> Rules:
    """The rules in an answer to /robots.txt: none when there is no such file (4xx). RFC 9309, 2.3.1.

    Raises FetchRefused for any other answer, which may hide a prohibition.
    """
    if status == 429 or (status != 200 and not 400 <= status < 500):
        raise FetchRefused(f"the host's robots.txt answers with an error ({status}), so nothing is read there: try later")
    text = content[:_READ].decode("utf-8", "replace") if status == 200 else ""
    return Rules(agent.split("/")[0], monotonic() + 3600, Protego.parse(text))


class Pace:
    """Spaces the requests to each host, from whichever thread they come."""

    def __init__(self) -> None:
        self._free: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, host: str, interval: float) -> None:
        """Sleep until the host is free and keep it for ``interval`` seconds. Raises FetchRefused if that takes longer than LONGEST."""
        with self._lock:
            now = monotonic()
            start = max(now, self._free.get(host, now))
            if start - now > LONGEST:
                raise FetchRefused(f"the host asks to wait {ceil(start - now)} s: try later")
            self._free[host] = start + interval
        sleep(start - now)

    def hold(self, host: str, seconds: float) -> None:
        """Keep the host for ``seconds`` from now on, as it asked (Retry-After)."""
        with self._lock:
            self._free[host] = max(self._free.get(host, 0.0), monotonic() + seconds)
