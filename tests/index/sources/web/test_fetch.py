import gzip
import socket
from collections.abc import Mapping
from contextlib import closing
from threading import Thread
from time import monotonic

import pytest

from index.sources.errors import FetchRefused, PageGone
from index.sources.types import Fetched
from index.sources.web import fetch, robots
from index.sources.web.fetch import Fetcher
from tests.index.sources.web.fetching import fetcher_of, refusal_of
from tests.index.sources.web_server import Page, Site


def test_a_page_comes_with_what_the_next_visit_needs(site: Site) -> None:
    """The answer holds the address without its fragment, the content, the kind, the mark and the date."""
    site.pages["/a?b=c"] = Page(
        b"<p>Ciao", "Text/HTML; charset=utf-8", headers={"ETag": '"1"', "Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"}
    )
    with fetcher_of(site) as fetcher:
        answer = fetcher.get(site.url("/a?b=c#d"))
    assert answer == Fetched(site.url("/a?b=c"), b"<p>Ciao", "text/html", '"1"', "Sun, 01 Nov 2026 10:00:00 GMT")


def test_the_visitor_tells_its_name(site: Site) -> None:
    """Every request, the one for robots.txt too, carries the name of the visitor, and no cookie."""
    site.pages["/a"] = Page(b"a", headers={"Set-Cookie": "id=1"})
    with fetcher_of(site) as fetcher:
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
    with fetcher_of(site) as fetcher:
        assert fetcher.get(site.url("/a"), '"1"', "Sun, 01 Nov 2026 10:00:00 GMT") is None
    assert (seen["if-none-match"], seen["if-modified-since"]) == ('"1"', "Sun, 01 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_has_its_own_error(site: Site, status: int) -> None:
    """404 and 410 raise PageGone."""
    site.pages["/a"] = Page(status=status)
    assert refusal_of(site, site.url("/a"), PageGone) == f"{site.url('/a')}: there is nothing any more ({status}): check the address"


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
    assert refusal_of(site, site.url("/a")).startswith(f"{site.url('/a')}: {words}")


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
    with fetcher_of(site) as fetcher:
        assert fetcher.get(site.url(path)) is not None


def test_an_untold_kind_needs_a_fitting_name(site: Site) -> None:
    """A stream of bytes named .exe is not downloaded."""
    site.pages["/a.exe"] = Page(b"x", "application/octet-stream")
    assert "it is application/octet-stream, not a page" in refusal_of(site, site.url("/a.exe"))


def test_packed_answers_are_unpacked(site: Site) -> None:
    """gzip, which is asked for, is undone."""
    site.pages["/a"] = Page(gzip.compress(b"<p>Ciao"), headers={"Content-Encoding": "gzip"})
    with fetcher_of(site) as fetcher:
        answer = fetcher.get(site.url("/a"))
    assert answer is not None
    assert answer.content == b"<p>Ciao"


def test_large_answers_are_broken_off(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for what is sent and for what it unpacks to: a gzip bomb is never unpacked."""
    monkeypatch.setattr(fetch, "LARGEST", 1_000)
    site.pages["/exact"] = Page(b"x" * 1_000)
    site.pages["/larger"] = Page(b"x" * 1_001)
    site.pages["/bomb"] = Page(gzip.compress(bytes(100_000)), headers={"Content-Encoding": "gzip"})
    with fetcher_of(site) as fetcher:
        assert fetcher.get(site.url("/exact")) is not None
    assert "larger than 1,000 bytes" in refusal_of(site, site.url("/larger"))
    assert "unpacks to more than 1,000 bytes" in refusal_of(site, site.url("/bomb"))


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
    with fetcher_of(site) as fetcher:
        answer = fetcher.get(site.url("/a"))
    assert answer is not None
    assert answer.content == expected


def test_three_redirects_are_followed_and_no_more(site: Site) -> None:
    """The answer names the address where it ends."""
    for step in range(4):
        site.pages[f"/{step}"] = Page(status=302, headers={"Location": f"{step + 1}"})
    site.pages["/4"] = Page(b"end")
    with fetcher_of(site) as fetcher:
        assert fetcher.get(site.url("/1")) == Fetched(site.url("/4"), b"end", "text/html")
    assert refusal_of(site, site.url("/0")).endswith("it leads on more than 3 times: give the address where it ends")


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
    refusal = refusal_of(site, site.url("/a"))
    assert words in refusal
    assert "secret" not in refusal


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
