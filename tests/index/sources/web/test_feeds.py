"""Feeds and sitemaps: the pages they name, and what tells that one has changed."""

import gzip

import pytest

from index.sources.errors import FetchRefused
from index.sources.web.feeds import Item, advertised, listing

FEED = "https://example.org/feed.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<!-- made by hand -->
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Notizie</title>
<item><title>Laghi &amp; fiumi</title><link>/laghi?utm_source=rss</link><pubDate>Wed, 27 Nov 2024 10:00:00 GMT</pubDate>
<dc:creator>Anna Rossi</dc:creator><description>{summary}</description></item>
<item><title>Senza data</title><link>https://example.org/altro</link></item>
<item><title>Due volte</title><link>https://example.org/altro/</link></item>
<item><title>Posta</title><link>mailto:anna@example.org</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><title>Lakes</title><link rel="alternate" href="https://example.org/lakes"/><published>2024-11-26T08:00:00Z</published>
<updated>2024-11-27T09:00:00Z</updated><author><name>Bo</name></author>
<content type="html">&lt;p&gt;Deep.&lt;/p&gt;</content></entry></feed>"""
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://www.example.org/a</loc><lastmod>2024-11-27</lastmod></url>
<url><loc> https://example.org/b </loc></url>
<url><loc>https://evil.example.net/c</loc><lastmod>2024-11-27</lastmod></url>
<url><loc>file:///etc/passwd</loc></url><url></url>
</urlset>"""


def test_rss() -> None:
    """Each page once, with an absolute address, title, author and day; no stamp without a date; no mail addresses."""
    found = listing(RSS.format(summary="Un lago.").encode(), FEED)
    assert found is not None
    first, second = found.items
    assert found.kind == "feed"
    assert (first.url, first.title, first.author, first.published) == (
        "https://example.org/laghi?utm_source=rss", "Laghi & fiumi", "Anna Rossi", "2024-11-27",
    )  # fmt: skip
    assert second == Item("https://example.org/altro", None, "Senza data")


def test_a_stamp_changes_with_the_entry() -> None:
    """The same entry gives the same stamp, another summary another one."""
    stamps = [listing(RSS.format(summary=summary).encode(), FEED) for summary in ("Uno.", "Uno.", "Due.")]
    one, again, other = [found.items[0].stamp for found in stamps if found]
    assert one == again != other
    assert one is not None


def test_atom() -> None:
    """An entry's own page, its author and the day on which it first appeared."""
    found = listing(ATOM.encode(), FEED)
    assert found is not None
    (item,) = found.items
    assert (item.url, item.title, item.author, item.published) == ("https://example.org/lakes", "Lakes", "Bo", "2024-11-26")


@pytest.mark.parametrize("content", [SITEMAP.encode(), gzip.compress(SITEMAP.encode())], ids=["plain", "gzip"])
def test_a_sitemap_names_pages_of_its_own_site(content: bytes) -> None:
    """lastmod is the stamp; what another site or scheme would be is left out."""
    found = listing(content, "https://example.org/sitemap.xml")
    assert found is not None
    assert (found.kind, found.items) == ("sitemap", (Item("https://www.example.org/a", "2024-11-27"), Item("https://example.org/b")))


def test_an_index_names_sitemaps() -> None:
    """An index of sitemaps has no pages of its own."""
    content = (
        b"<sitemapindex><sitemap><loc>/one.xml.gz</loc></sitemap><sitemap><loc>https://example.net/two.xml</loc></sitemap></sitemapindex>"
    )
    found = listing(content, "https://example.org/sitemap.xml")
    assert found is not None
    assert (found.items, found.sitemaps) == ((), ("https://example.org/one.xml.gz",))


@pytest.mark.parametrize("content", [b"", b"<html><body><feed></html>", b"%PDF-1.7", b"Una frase.", b"<?xml version='1.0'?><note/>"])
def test_everything_else_is_no_listing(content: bytes) -> None:
    """Pages, documents and other XML are neither feed nor sitemap."""
    assert listing(content, FEED) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<urlset><url>", "the sitemap is not well-formed"),
        (b"<!DOCTYPE x><urlset><!ENTITY a 'b'></urlset>", "the sitemap defines entities"),
        (b"\x1f\x8bnonsense", "the gzip content is broken"),
        (gzip.compress(b"<urlset>" + b" " * 70_000_000), "unpacks to more than 60,000,000 bytes"),
    ],
    ids=["cut off", "entities", "broken gzip", "bomb"],
)
def test_broken_and_hostile_listings_are_refused(content: bytes, reason: str) -> None:
    """One line with the address and the reason."""
    with pytest.raises(FetchRefused, match=f"^{FEED}: .*{reason}.*: ask its publisher$"):
        listing(content, FEED)


def test_a_feed_with_entities_expands_none() -> None:
    """Nested entities in a feed cost nothing and bring nothing in."""
    lol = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    entry = "<item><title>&l9;</title></item>"
    content = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{lol}]><rss version="2.0"><channel>{entry}</channel></rss>'
    found = listing(content.encode(), FEED)
    assert found is None or found.items == ()


def test_a_page_names_its_feeds() -> None:
    """Links of a feed's type, made absolute, in order and once; styles, other types and broken addresses are passed over."""
    page = """<html><head><link rel="stylesheet" href="/style.css"><link rel="alternate" hreflang="en" href="/en">
    <LINK REL="Alternate" TYPE="application/rss+xml" HREF="/feed.xml"><link rel="alternate" type="application/rss+xml" href="/feed.xml">
    <link rel="home alternate" type="application/atom+xml" href="https://example.org/atom.xml">
    <link rel="alternate" type="application/rss+xml" href="http://[broken"><link rel="alternate" type="application/rss+xml">"""
    assert advertised(page.encode(), "https://example.org/news/") == ["https://example.org/feed.xml", "https://example.org/atom.xml"]
