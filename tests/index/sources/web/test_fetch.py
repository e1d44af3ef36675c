import gzip
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from threading import Thread
from time import monotonic

import pytest

from index.sources.errors import FetchRefused, PageGone
from index.sources.types import Fetched
from index.sources.web import fetch, robots
from index.sources.web import ssrf_guard as guard
from index.sources.web.fetch import Fetcher
from index.sources.web.ssrf_guard import is_public
from tests.index.sources.web_server import Page, Site, served


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with served() as site:
        yield site


@pytest.fixture
def site(server: Site) -> Site:
    """The server without pages, visitors or rules."""
    server.pages.clear()
    server.asked.clear()
    return server


def _fetcher(site: Site, pause: float = 0) -> Fetcher:
    return Fetcher("Chiedi/9.9 (+mailto:owner@example.org)", pause, frozenset({site.place}))


def _refusal(site: Site, url: str, kind: type[FetchRefused] = FetchRefused) -> str:
    """The one line that is told about an address."""
    with _fetcher(site) as fetcher, pytest.raises(FetchRefused) as refused:
        fetcher.get(url)
    assert type(refused.value) is kind
    assert str(refused.value).isprintable()
    return str(refused.value)


def test_a_page_comes_with_what_the_next_visit_needs(site: Site) -> None:
    """The answer holds the address without its fragment, the content, the kind, the mark and the date."""
    site.pages["/a?b=c"] = Page(
        b"<p>Ciao", "Text/HTML; charset=utf-8", headers={"ETag": '"1"', "Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"}
    )
    with _fetcher(site) as fetcher:
        answer = fetcher.get(site.url("/a?b=c#d"))
    assert answer == Fetched(site.url("/a?b=c"), b"<p>Ciao", "text/html", '"1"', "Sun, 01 Nov 2026 10:00:00 GMT")


def test_the_visitor_tells_its_name(site: Site) -> None:
    """Every request, the one for robots.txt too, carries the name of the visitor, and no cookie."""
    site.pages["/a"] = Page(b"a", headers={"Set-Cookie": "id=1"})
    with _fetcher(site) as fetcher:
        fetcher.get(site.url("/a"))
        fetcher.get(site.url("/a"))
    assert [headers["User-Agent"] for _, _, headers in site.asked] == ["Chiedi/9.9 (+mailto:owner@example.org)"] * 3
    assert not any("Cookie" in headers for _, _, headers in site.asked)


def test_an_unchanged_page_is_not_sent_again(site: Site) -> None:
    """The mark and the date of an earlier answer are sent along; 304 gives None."""
    seen: dict[str, str] = {}

    def unchanged(headers: Mapping[str, str]) -> Page:
        seen.update(headers)
        return Page(status=304)

    site.pages["/a"] = unchanged
    with _fetcher(site) as fetcher:
        assert fetcher.get(site.url("/a"), '"1"', "Sun, 01 Nov 2026 10:00:00 GMT") is None
    assert (seen["if-none-match"], seen["if-modified-since"]) == ('"1"', "Sun, 01 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_has_its_own_error(site: Site, status: int) -> None:
    """404 and 410 raise PageGone."""
    site.pages["/a"] = Page(status=status)
    assert _refusal(site, site.url("/a"), PageGone) == f"{site.url('/a')}: there is nothing any more ({status}): check the address"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(status=500), "the host answers with an error (500): try later"),
        (Page(status=503), "the host is busy (503): try later"),
        (Page(status=304), "the host answers with an error (304): try later"),
        (Page(status=403), "the host does not show it to programs, or only to those who log in (403): add it as a file"),
        (Page(b""), "the answer is empty: check the address"),
        (Page(status=301), "it leads on to nowhere (a redirect without an address): check the address"),
        (Page(b"x", "video/mp4"), "it is video/mp4, not a page, a feed or a document that can be read"),
        (Page(b"x", "video/\x1b[31m"), "it is video/[31m, not a page"),
        (Page(b"x", headers={"Content-Encoding": "br"}), "the answer is packed as 'br', which was not asked for: add the page as a file"),
        (
            Page(b"x" * 20, headers={"Content-Encoding": "gzip"}),
            "the gzip content is broken (Error -3 while decompressing data: incorrect header check)",
        ),
        (
            Page(gzip.compress(b"x" * 99)[:20], headers={"Content-Encoding": "gzip"}),
            "the gzip content is cut off or holds more than one part: ask its publisher",
        ),
        (Page(b"x", headers={"Content-Length": "9"}), "the connection failed (peer closed connection"),
    ],
    ids=lambda value: None if isinstance(value, Page) else str(value)[:40],
)
def test_every_other_answer_is_one_clear_line(site: Site, page: Page, words: str) -> None:
    """An answer that is no article names the address, the reason and the cure."""
    site.pages["/a"] = page
    assert _refusal(site, site.url("/a")).startswith(f"{site.url('/a')}: {words}")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/a", "text/html"),
        ("/a", "application/xhtml+xml"),
        ("/a", "application/rss+xml; charset=utf-8"),
        ("/a", "application/pdf"),
        ("/a.epub", "application/octet-stream"),
        ("/a", ""),
    ],
)
def test_pages_feeds_and_documents_are_taken(site: Site, path: str, media_type: str) -> None:
    """The allow-list holds what articles come in; an untold kind passes with a fitting name."""
    site.pages[path] = Page(b"x", media_type)
    with _fetcher(site) as fetcher:
        assert fetcher.get(site.url(path)) is not None


def test_an_untold_kind_needs_a_fitting_name(site: Site) -> None:
    """A stream of bytes named .exe is not downloaded."""
    site.pages["/a.exe"] = Page(b"x", "application/octet-stream")
    assert "it is application/octet-stream, not a page" in _refusal(site, site.url("/a.exe"))


def test_packed_answers_are_unpacked(site: Site) -> None:
    """gzip, which is asked for, is undone."""
    site.pages["/a"] = Page(gzip.compress(b"<p>Ciao"), headers={"Content-Encoding": "gzip"})
    with _fetcher(site) as fetcher:
        answer = fetcher.get(site.url("/a"))
    assert answer is not None
    assert answer.content == b"<p>Ciao"


def test_large_answers_are_broken_off(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for what is sent and for what it unpacks to: a gzip bomb is never unpacked."""
    monkeypatch.setattr(fetch, "LARGEST", 1_000)
    site.pages["/exact"] = Page(b"x" * 1_000)
    site.pages["/larger"] = Page(b"x" * 1_001)
    site.pages["/bomb"] = Page(gzip.compress(bytes(100_000)), headers={"Content-Encoding": "gzip"})
    with _fetcher(site) as fetcher:
        assert fetcher.get(site.url("/exact")) is not None
    assert "larger than 1,000 bytes" in _refusal(site, site.url("/larger"))
    assert "unpacks to more than 1,000 bytes" in _refusal(site, site.url("/bomb"))


@pytest.mark.parametrize(
    ("content", "header", "expected"),
    [
        ("città".encode("latin-1"), "text/html; charset=iso-8859-1", b"\xef\xbb\xbfcitt\xc3\xa0"),
        ("città".encode(), "text/html; charset=iso-8859-1", "città".encode()),
        ("città".encode("latin-1"), "text/html; charset=nonsense", "città".encode("latin-1")),
        ("città".encode("latin-1"), "application/xml; charset=iso-8859-1", "città".encode("latin-1")),
    ],
)
def test_an_encoding_that_only_the_headers_tell_is_not_lost(site: Site, content: bytes, header: str, expected: bytes) -> None:
    """Text that is not UTF-8 comes as UTF-8 with a mark; what is UTF-8 already, in spite of the headers, stays."""
    site.pages["/a"] = Page(content, header)
    with _fetcher(site) as fetcher:
        answer = fetcher.get(site.url("/a"))
    assert answer is not None
    assert answer.content == expected


def test_three_redirects_are_followed_and_no_more(site: Site) -> None:
    """The answer names the address where it ends."""
    for step in range(4):
        site.pages[f"/{step}"] = Page(status=302, headers={"Location": f"{step + 1}"})
    site.pages["/4"] = Page(b"end")
    with _fetcher(site) as fetcher:
        assert fetcher.get(site.url("/1")) == Fetched(site.url("/4"), b"end", "text/html")
    assert _refusal(site, site.url("/0")).endswith("it leads on more than 3 times: give the address where it ends")


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "it is not a web address"),
        ("gopher://127.0.0.1:70/x", "it is not a web address"),
        ("http://[::1]/", "the host is in a private network"),
        ("http://2130706433/", "the host is in a private network"),
        ("http://localhost:8080/", "the host is in a private network"),
        ("http://127.0.0.1:22/", "port 22 is none that web pages use"),
        ("http://me:secret@127.0.0.1/", "it holds a name or a password"),
    ],
)
def test_each_redirect_is_checked_like_an_address(site: Site, location: str, words: str) -> None:
    """A page cannot lead the reader into the network that it stands in."""
    site.pages["/a"] = Page(status=307, headers={"Location": location})
    refusal = _refusal(site, site.url("/a"))
    assert words in refusal
    assert "secret" not in refusal


def test_a_public_page_leads_to_no_private_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the owner named is read when it is asked for by name, not because a stranger's page leads there."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.2")
    monkeypatch.setattr(fetch, "_PORTS", (int(site.place.split(":")[1]),))
    monkeypatch.setattr(socket, "getaddrinfo", _resolving(socket.getaddrinfo))
    monkeypatch.setattr(guard.httpcore.SyncBackend, "connect_tcp", _to_loopback(guard.httpcore.SyncBackend.connect_tcp))
    site.pages["/a"] = Page(status=302, headers={"Location": site.url("/secret")})
    site.pages["/secret"] = Page(b"secret")
    port = site.place.split(":")[1]
    assert "the host is in a private network" in _refusal(site, f"http://public.example:{port}/a")
    assert site.paths == ["/robots.txt", "/a"]


def _resolving(resolve):  # type: ignore[no-untyped-def]
    return lambda host, *rest, **named: resolve("127.0.0.2" if host == "public.example" else host, *rest, **named)


def _to_loopback(connect):  # type: ignore[no-untyped-def]
    return lambda self, host, port, timeout: connect(self, "127.0.0.1", port, timeout)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "0", "0.0.0.0", "localhost", "LOCALHOST",
        "localhost.", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "168.63.129.16",
        "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:0:7f00:1::]", "[2001:db8::1]",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_however_they_are_spelt(site: Site, host: str) -> None:
    """No connection is made to a host that is not of the public internet."""
    refusal = _refusal(site, f"http://{host}/")
    assert re.search("the host is in a private network: only what the owner names as|no such host|it is not a web address", refusal)
    assert site.asked == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_public(address: str) -> None:
    """Ordinary addresses pass, also through the translation of a network without IPv4."""
    assert is_public(address)


def test_a_name_with_one_private_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """All addresses of a name are checked before one is used."""
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    assert "the host is in a private network" in _refusal(site, "http://example.org/")


def test_a_name_is_resolved_once_for_a_connection(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was checked: a name that changes its meaning in between leads nowhere."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    used: list[str] = []

    def connect(self: object, host: str, port: int, timeout: float) -> None:
        used.append(host)
        raise guard.httpcore.ConnectError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (next(answers), port))])
    monkeypatch.setattr(guard.httpcore.SyncBackend, "connect_tcp", connect)
    assert _refusal(site, "http://example.org/") == "http://example.org/: the connection failed (refused): try later"
    assert used == ["93.184.216.34"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "it is not a web address"),
        ("ciao", "it is not a web address"),
        ("ftp://example.org/", "it is not a web address"),
        ("file:///etc/passwd", "it is not a web address"),
        ("javascript:alert(1)", "it is not a web address"),
        ("http:///x", "it is not a web address"),
        ("http://exa mple.org/", "it is not a web address"),
        ("http://exa\nmple.org/", "it is not a web address"),
        ("http://[fe80::1%25lo]/", "it is not a web address"),
        ("http://example.org:99999/", "port 99999 is none that web pages use"),
        ("http://①②⑦.⓪.⓪.①/", "it is not a web address"),
        ("http://" + "a" * 70_000, "it is not a web address"),
        ("http://example.org\\@127.0.0.1/", "it holds a name or a password"),
        ("http://me:secret@example.org/", "it holds a name or a password"),
        ("https://example.org:22/", "port 22 is none that web pages use: only what the owner names as example.org:22 is read there"),
        ("http://no-such-host.invalid/", "there is no such host, or no network: check the address"),
        ("http://a..b/", "there is no such host, or no network: check the address"),
        (f"http://{'a' * 300}.com/", "there is no such host, or no network: check the address"),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_no_public_web_address_is_refused(site: Site, url: str, words: str) -> None:
    """Other schemes, passwords, odd ports and nonsense are refused in one short line that repeats no password."""
    refusal = _refusal(site, url)
    assert words in refusal
    assert "secret" not in refusal
    assert len(refusal) < 400


def test_private_places_are_named_with_their_port(site: Site) -> None:
    """Naming one port of a host opens no other."""
    host, port = site.place.split(":")
    with Fetcher(pause=0, private=frozenset({f"{host}:{int(port) + 1}"})) as fetcher, pytest.raises(FetchRefused):
        fetcher.get(site.url("/a"))
    assert site.asked == []


def test_robots_txt_is_kept(site: Site) -> None:
    """What it forbids this visitor is not asked for; the file is read once; no file forbids nothing."""
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /\n\nUser-agent: chiedi\nDisallow: /private\n", "text/plain")
    site.pages["/a"] = Page(b"a")
    site.pages["/b"] = Page(status=301, headers={"Location": "/private/c"})
    with _fetcher(site) as fetcher:
        assert fetcher.get(site.url("/a")) is not None
        for path in ("/private/x", "/b"):
            with pytest.raises(FetchRefused, match=r"robots\.txt asks programs not to read it"):
                fetcher.get(site.url(path))
    assert site.paths == ["/robots.txt", "/a", "/b"]


@pytest.mark.parametrize(("status", "read"), [(404, True), (403, True), (429, False), (500, False), (503, False)])
def test_a_missing_robots_txt_allows_and_a_failing_one_forbids(site: Site, status: int, read: bool) -> None:
    """RFC 9309, 2.3.1: what may be a prohibition is taken for one."""
    site.pages["/robots.txt"] = Page(status=status)
    site.pages["/a"] = Page(b"a")
    if read:
        with _fetcher(site) as fetcher:
            assert fetcher.get(site.url("/a")) is not None
    else:
        words = f"the host's robots.txt answers with an error ({status}), so nothing is read there: try later"
        assert _refusal(site, site.url("/a")) == f"{site.url('/a')}: {words}"


@pytest.mark.parametrize(("rules", "pause", "between"), [("", 0.2, 0.2), ("User-agent: *\nCrawl-delay: 0.3", 0.1, 0.3)])
def test_requests_to_a_host_are_spaced(site: Site, rules: str, pause: float, between: float) -> None:
    """The pause stands between two requests from any thread; a longer Crawl-delay replaces it between pages."""
    site.pages["/robots.txt"] = Page(rules.encode() or b"#", "text/plain")
    site.pages["/a"] = Page(b"a")
    with _fetcher(site, pause) as fetcher:
        fetcher.get(site.url("/a"))
        threads = [Thread(target=fetcher.get, args=(site.url("/a"),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    moments = [moment for moment, path, _ in site.asked if path == "/a"]
    assert [later - earlier >= between - 0.05 for earlier, later in pairwise(moments)] == [True, True]


def test_a_host_that_asks_for_a_long_wait_is_left_for_later(site: Site) -> None:
    """Nobody waits an hour for a page."""
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 3600", "text/plain")
    site.pages["/a"] = Page(b"a")
    with _fetcher(site) as fetcher:
        fetcher.get(site.url("/a"))
        with pytest.raises(FetchRefused, match=r"the host asks to wait 3600 s: try later"):
            fetcher.get(site.url("/a"))


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_asked_again_when_it_says(site: Site, status: int) -> None:
    """Retry-After, in seconds or as a date, is waited for."""
    answers = iter(
        [
            Page(status=status, headers={"Retry-After": "1"}),
            Page(status=status, headers={"Retry-After": format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)}),
            Page(b"a"),
        ]
    )
    site.pages["/a"] = lambda _: next(answers)
    started = monotonic()
    with _fetcher(site) as fetcher:
        assert fetcher.get(site.url("/a")) is not None
    assert monotonic() - started >= 1
    assert site.paths.count("/a") == 3


def test_a_busy_host_is_not_asked_before_its_time(site: Site) -> None:
    """A host that names an hour is refused at once, for its other pages too."""
    site.pages["/a"] = Page(status=429, headers={"Retry-After": "3600"})
    with _fetcher(site) as fetcher:
        for path in ("/a", "/b"):
            with pytest.raises(FetchRefused, match=r"the host asks to wait 3600 s: try later"):
                fetcher.get(site.url(path))
    assert site.paths == ["/robots.txt", "/a"]


def test_a_dripping_server_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """However steadily bytes come, an answer has a fixed time."""
    monkeypatch.setattr(fetch, "SECONDS", 0.5)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        Thread(target=_drip, args=(listening,), daemon=True).start()
        started = monotonic()
        with Fetcher(pause=0, private=frozenset({place})) as fetcher, pytest.raises(FetchRefused, match="no whole answer within"):
            fetcher.get(f"http://{place}/")
    assert monotonic() - started < 5


def _drip(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with closing(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        try:
            while True:
                connection.sendall(b"x")
                robots.sleep(0.05)
        except OSError:
            return


@pytest.mark.parametrize("answer", [b"", b"\x00\xff\r\n\r\n", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000])
def test_what_is_no_web_server_is_refused(answer: bytes) -> None:
    """Bytes that are not HTTP are one clear line."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        Thread(target=_answer, args=(listening, answer), daemon=True).start()
        with Fetcher(pause=0, private=frozenset({place})) as fetcher, pytest.raises(FetchRefused) as refused:
            fetcher.get(f"http://{place}/")
    assert str(refused.value).startswith(f"http://{place}/: the connection failed (")
    assert str(refused.value).isprintable()


def _answer(listening: socket.socket, answer: bytes) -> None:
    connection, _ = listening.accept()
    with closing(connection):
        connection.recv(4096)
        connection.sendall(answer)
