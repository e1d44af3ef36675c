"""A polite visitor: robots.txt, pauses, and waiting when a host is busy."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Thread
from time import monotonic

import pytest

from index.sources.errors import FetchRefused
from tests.index.sources.web.fetching import fetcher_of, refusal_of
from tests.index.sources.web_server import Page, Site


def test_robots_txt_is_kept(site: Site) -> None:
    """What it forbids this visitor is not asked for; the file is read once; no file forbids nothing."""
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /\n\nUser-agent: chiedi\nDisallow: /private\n", "text/plain")
    site.pages["/a"] = Page(b"a")
    site.pages["/b"] = Page(status=301, headers={"Location": "/private/c"})
    with fetcher_of(site) as fetcher:
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
        with fetcher_of(site) as fetcher:
            assert fetcher.get(site.url("/a")) is not None
    else:
        words = f"the host's robots.txt answers with an error ({status}), so nothing is read there: try later"
        assert refusal_of(site, site.url("/a")) == f"{site.url('/a')}: {words}"


@pytest.mark.parametrize(("rules", "pause", "between"), [("", 0.2, 0.2), ("User-agent: *\nCrawl-delay: 0.3", 0.1, 0.3)])
def test_requests_to_a_host_are_spaced(site: Site, monkeypatch: pytest.MonkeyPatch, rules: str, pause: float, between: float) -> None:
    """The pause stands between two requests from any thread; a longer Crawl-delay replaces it between pages."""
    site.pages["/robots.txt"] = Page(rules.encode() or b"#", "text/plain")
    site.pages["/a"] = Page(b"a")
    waits, now = list[float](), monotonic()
    monkeypatch.setattr("index.sources.web.robots.monotonic", lambda: now)
    monkeypatch.setattr("index.sources.web.robots.sleep", waits.append)
    with fetcher_of(site, pause) as fetcher:
        fetcher.get(site.url("/a"))
        threads = [Thread(target=fetcher.get, args=(site.url("/a"),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(waits) == pytest.approx([0, pause, pause + between, pause + 2 * between])


def test_a_host_that_asks_for_a_long_wait_is_left_for_later(site: Site) -> None:
    """Nobody waits an hour for a page."""
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 3600", "text/plain")
    site.pages["/a"] = Page(b"a")
    with fetcher_of(site) as fetcher:
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
    with fetcher_of(site) as fetcher:
        assert fetcher.get(site.url("/a")) is not None
    assert monotonic() - started >= 1
    assert site.paths.count("/a") == 3


def test_a_busy_host_is_not_asked_before_its_time(site: Site) -> None:
    """A host that names an hour is refused at once, for its other pages too."""
    site.pages["/a"] = Page(status=429, headers={"Retry-After": "3600"})
    with fetcher_of(site) as fetcher:
        for path in ("/a", "/b"):
            with pytest.raises(FetchRefused, match=r"the host asks to wait 3600 s: try later"):
                fetcher.get(site.url(path))
    assert site.paths == ["/robots.txt", "/a"]
