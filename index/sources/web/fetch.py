"""Web addresses fetched politely, within limits, and from the public internet only."""

from __future__ import annotations

import codecs
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import PurePosixPath
from time import monotonic
from types import TracebackType

import httpcore
import httpx

from index.sources.errors import FetchRefused, PageGone, one_line
from index.sources.types import Fetched
from index.sources.web.gzip import unpacked
from index.sources.web.robots import Pace, Rules, rules
from index.sources.web.ssrf_guard import Guard, place

AGENT = "Chiedi/0.1 (quotes articles with their address; keeps to robots.txt)"
SECONDS = 30.0
"""Longest time of one request, from the first connection to the last byte."""
LARGEST = 10_000_000
"""Bytes of one answer, as sent and once more after unpacking."""
REDIRECTS = 3

_MOVED = (301, 302, 303, 307, 308)
_BUSY = (429, 503)
_PORTS = (80, 443, 8000, 8080, 8443)
_TEXTS = ("text/html", "text/plain", "text/markdown", "text/x-markdown")
_TYPES = {
    *_TEXTS,
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/epub+zip",
    "application/zip",
    "application/x-zip-compressed",
    "application/gzip",  # sitemaps
    "application/x-gzip",
}
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream")
_SUFFIXES = {".html", ".htm", ".xml", ".rss", ".atom", ".txt", ".md", ".pdf", ".docx", ".epub", ".zip", ".gz"}


@dataclass(frozen=True, slots=True)
class _Reply:
    """``headers`` by lower-case name; ``content`` is empty unless ``status`` is 200."""

    url: httpx.URL
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def media_type(self) -> str:
        return _content_type(self.headers).get_content_type() if "content-type" in self.headers else ""


class Fetcher:
    """Reads web addresses as a visitor named ``user_agent`` ("Name/version (+contact)"), ``pause`` seconds apart on each host.

    ``private`` names as "host:port" what may be read although it stands in a private network. The system's proxy settings are not
    used: a proxy would choose the address itself. Threads may share a Fetcher.
    """

    def __init__(self, user_agent: str = AGENT, pause: float = 1.0, private: frozenset[str] = frozenset()) -> None:
        self._agent, self._pause, self._private = user_agent, pause, private
        self._pace = Pace()
        self._rules: dict[str, Rules] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._rules.clear()

    def get(self, url: str, etag: str | None = None, modified: str | None = None) -> Fetched | None:
        """What the address answers; None when it is what ``etag`` or ``modified`` of an earlier answer stand for (304).

        Text in another encoding than UTF-8 that only the answer's headers name comes as UTF-8 with a byte-order mark. Raises
        PageGone (404, 410), and FetchRefused for everything else that cannot or must not be read.
        """
        try:
            page = _web_address(url)
            private = self._private if _place(page) in self._private else frozenset()
            reply = self._follow(page, _conditions(etag, modified), private)
            return None if reply.status == 304 and (etag or modified) else _fetched(reply)
        except FetchRefused as error:
            raise type(error)(f"{_shown(url)}: {error}") from error

    def _follow(self, page: httpx.URL, headers: dict[str, str], private: frozenset[str], heed: bool = True) -> _Reply:
        """Ask for a page and for what it leads on to; ``private`` is empty for a public page, so that it leads to no private one.
        ``heed`` robots.txt, but not for itself."""
        for _ in range(1 + REDIRECTS):
            _check_port(page, private)
            interval = self._interval(page, private) if heed else self._pause
            reply = self._visit(page, headers, private, interval)
            if reply.status not in _MOVED:
                return reply
            page = _moved(page, reply)
        raise FetchRefused(f"it leads on more than {REDIRECTS} times: give the address where it ends")

    def _interval(self, page: httpx.URL, private: frozenset[str]) -> float:
        """Seconds to leave after a request for this page. Raises FetchRefused when robots.txt forbids it."""
        found = self._rules.get(_origin(page))
        if found is None or found.until < monotonic():
            reply = self._follow(page.copy_with(raw_path=b"/robots.txt"), {}, private, heed=False)
            found = self._rules[_origin(page)] = rules(self._agent, reply.status, reply.content)
        if not found.allow(str(page)):
            raise FetchRefused("the host's robots.txt asks programs not to read it: read it yourself and add the text as a file")
        return max(self._pause, found.delay)

    def _visit(self, page: httpx.URL, headers: dict[str, str], private: frozenset[str], interval: float) -> _Reply:
        """One answer, asked for again after the time that a busy host names."""
        for _ in range(3):
            self._pace.wait(page.raw_host.decode(), interval)
            reply = self._ask(page, headers, private)
            seconds = _retry_after(reply)
            if reply.status not in _BUSY or seconds is None:
                return reply
            self._pace.hold(page.raw_host.decode(), seconds)
        return reply

    def _ask(self, page: httpx.URL, headers: dict[str, str], private: frozenset[str]) -> _Reply:
        guard = Guard(private, monotonic() + SECONDS)
        url = httpcore.URL(scheme=page.raw_scheme, host=page.raw_host, port=page.port, target=page.raw_path)
        sent = {"Host": page.netloc.decode(), "User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip", **headers}
        try:
            with (
                httpcore.ConnectionPool(ssl_context=_tls() if page.scheme == "https" else None, network_backend=guard) as pool,
                pool.stream("GET", url, headers=[_header(*pair) for pair in sent.items()]) as answer,
            ):
                found = {name.decode("latin-1").lower(): value.decode("utf-8", "replace") for name, value in answer.headers}
                reply = _Reply(page, answer.status, found, b"")
                return reply if answer.status != 200 else _filled(reply, answer)
        except httpcore.TimeoutException as error:
            raise FetchRefused(f"no whole answer within {SECONDS:.0f} s: try later") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise FetchRefused(f"the connection failed ({one_line(str(error))}): try later") from error


def _filled(reply: _Reply, answer: httpcore.Response) -> _Reply:
    """The reply with its content. Raises FetchRefused when its kind holds no article, or it is too large or broken off."""
    _check_type(reply)
    encoding = reply.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise FetchRefused(f"the answer is packed as {one_line(encoding)!r}, which was not asked for: add the page as a file")
    content = bytearray()
    for chunk in answer.iter_stream():
        content += chunk
        if len(content) > LARGEST:
            raise FetchRefused(f"the answer is larger than {LARGEST:,} bytes: save it as a file and split it")
    return replace(reply, content=bytes(content) if encoding == "identity" else unpacked(bytes(content), LARGEST))


def _check_type(reply: _Reply) -> None:
    path = PurePosixPath(reply.url.path)
    kind = reply.media_type
    told = kind in _TYPES or (kind in _UNTOLD and path.suffix.lower() in {"", *_SUFFIXES})
    if not told and path != PurePosixPath("/robots.txt"):
        raise FetchRefused(f"it is {one_line(kind) or 'of an untold type'}, not a page, a feed or a document that can be read")


def _fetched(reply: _Reply) -> Fetched:
    if reply.status in (404, 410):
        raise PageGone(f"there is nothing any more ({reply.status}): check the address")
    if reply.status in _BUSY:
        raise FetchRefused(f"the host is busy ({reply.status}): try later")
    if reply.status in (401, 402, 403, 407, 451):
        raise FetchRefused(f"the host does not show it to programs, or only to those who log in ({reply.status}): add it as a file")
    if reply.status != 200:
        raise FetchRefused(f"the host answers with an error ({reply.status}): try later")
    if not reply.content:
        raise FetchRefused("the answer is empty: check the address")
    content = _utf8(reply.content, reply.media_type, _content_type(reply.headers).get_content_charset())
    return Fetched(str(reply.url), content, reply.media_type or None, reply.headers.get("etag"), reply.headers.get("last-modified"))


def _utf8(content: bytes, media_type: str, charset: str | None) -> bytes:
    """Text as UTF-8 when only the headers name its encoding. What is valid UTF-8 already is taken for it, whatever they say."""
    if media_type not in _TEXTS or charset is None:
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        try:
            return codecs.BOM_UTF8 + content.decode(charset).encode()
        except (LookupError, UnicodeError):
            return content
    return content


def _content_type(headers: Mapping[str, str]) -> Message:
    message = Message()
    message["content-type"] = one_line(headers.get("content-type", ""))
    return message


@cache
def _tls() -> ssl.SSLContext:
    """Certificates as httpx checks them; making this takes some 50 ms."""
    return httpx.create_ssl_context()


def _header(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode("ascii"), value.encode("utf-8")


def _conditions(etag: str | None, modified: str | None) -> dict[str, str]:
    conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in conditions.items() if value}


def _retry_after(reply: _Reply) -> float | None:
    """Seconds that a busy host names, as a number or a date (RFC 9110, 10.2.3); None when it names none."""
    value = reply.headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _moved(page: httpx.URL, reply: _Reply) -> httpx.URL:
    if not reply.headers.get("location"):
        raise FetchRefused("it leads on to nowhere (a redirect without an address): check the address")
    try:
        return _web_address(str(page.join(reply.headers["location"])))
    except (httpx.InvalidURL, FetchRefused) as error:
        raise FetchRefused(f"it leads on to {_shown(reply.headers['location'])}, which must not be read: {error}") from error


def _web_address(url: str) -> httpx.URL:
    """An http or https address without its fragment, spelt in ASCII. Raises FetchRefused for everything else."""
    try:
        page = httpx.URL(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchRefused("it is not a web address: write it like https://example.org/page") from error
    if page.scheme not in ("http", "https") or not re.fullmatch(rb"[a-z0-9._:-]+", page.raw_host):
        raise FetchRefused("it is not a web address: write it like https://example.org/page")
    if page.userinfo:
        raise FetchRefused("it holds a name or a password, which a bot must not keep: leave out what stands before the @")
    return page


def _check_port(page: httpx.URL, private: frozenset[str]) -> None:
    if _port(page) not in _PORTS and _place(page) not in private:
        raise FetchRefused(f"port {_port(page)} is none that web pages use: only what the owner names as {_place(page)} is read there")


def _port(page: httpx.URL) -> int:
    return page.port or (443 if page.scheme == "https" else 80)


def _place(page: httpx.URL) -> str:
    return place(page.raw_host.decode(), _port(page))


def _origin(page: httpx.URL) -> str:
    return f"{page.scheme}://{_place(page)}"


def _shown(url: str) -> str:
    """An address from outside, fit for one line of a message and without its password."""
    return one_line(re.sub(r"//[^/?#]*@", "//…@", url))
