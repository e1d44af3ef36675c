"""Feeds and sitemaps: which pages a site names, and when one of them has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, Literal
from urllib.parse import urljoin

from index.sources.errors import FetchRefused
from index.sources.web.gzip import unpacked
from index.sources.web.urls import is_web, key, site

ListingKind = Literal["feed", "sitemap"]
UNPACKED = 60_000_000
"""Bytes of an unpacked sitemap; the protocol allows 50 MB (sitemaps.org)."""
_HEAD_BYTES = 4096
_HTML_HEAD = 200_000
"""Bytes of a page in which its feeds are looked for."""
_GZIP = b"\x1f\x8b"
_FEEDS, _SITEMAPS = (b"rss", b"feed", b"rdf"), (b"urlset", b"sitemapindex")
_ROOT = re.compile(rb"\A(?:\xef\xbb\xbf)?(?>\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*+<(?:[\w.-]+:)?(\w+)", re.DOTALL | re.IGNORECASE)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")


@dataclass(frozen=True, slots=True)
class Item:
    """A page that a feed or sitemap names. ``stamp`` changes when the page does; None where the listing does not say. The rest is
    what the feed states, for what the page itself does not."""

    url: str
    stamp: str | None = None
    title: str | None = None
    author: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed or sitemap names: pages, each once in its order, and further sitemaps."""

    kind: ListingKind
    items: tuple[Item, ...]
    sitemaps: tuple[str, ...] = ()


def may_list(content: bytes) -> bool:
    """Whether it is worth reading as a feed or a sitemap, by its first bytes."""
    return content.startswith(_GZIP) or _root(content) in (*_FEEDS, *_SITEMAPS)


def listing(content: bytes, url: str | None) -> Listing | None:
    """The feed (RSS, Atom) or sitemap (also an index of sitemaps, also in gzip) that was fetched from ``url``; None for anything else.

    Raises FetchRefused, naming the address, for one that cannot be read.
    """
    url = url or ""
    plain = _unzipped(content, url)
    root = _root(plain)
    if root in _FEEDS:
        return _feed(plain, url)
    return _sitemap(plain, url) if root in _SITEMAPS else None


def advertised(content: bytes, url: str) -> list[str]:
    """The feeds that a page names in its head (``<link rel=alternate>``), in its order."""
    links = _Links()
    links.feed(content.partition(b"</head>")[0][:_HTML_HEAD].decode("utf-8", "replace"))
    return list(dict.fromkeys(address for link in links.found if is_web(address := _joined(url, link))))


def _root(content: bytes) -> bytes:
    """The name of an XML document's element, in lower case; empty for anything else."""
    found = _ROOT.match(content[:_HEAD_BYTES])
    return found[1].lower() if found else b""


def _unzipped(content: bytes, url: str) -> bytes:
    try:
        return unpacked(content, UNPACKED) if content.startswith(_GZIP) else content
    except FetchRefused as error:
        raise FetchRefused(f"{url}: {error}") from error


def _feed(content: bytes, url: str) -> Listing:
    import feedparser

    parsed = feedparser.parse(content, response_headers={"content-location": url}, sanitize_html=False)
    if parsed.bozo and not parsed.entries and not parsed.version:
        raise FetchRefused(f"{url}: the feed cannot be read ({parsed.bozo_exception}): ask its publisher")
    return Listing("feed", _once(item for entry in parsed.entries if is_web((item := _item(entry)).url)))


def _item(entry: Any) -> Item:
    updated = {name: entry[name] for name in ("updated", "updated_parsed") if name in entry}  # .get would give what is published
    day = entry.get("published_parsed") or updated.get("updated_parsed")
    dated = entry.get("published", "") + updated.get("updated", "")
    told = [dated, entry.get("title"), entry.get("summary"), *(part.get("value") for part in entry.get("content", []))]
    return Item(
        url=entry.get("link", "").strip(),
        stamp=sha256("\0".join(map(str, told)).encode("utf-8", "replace")).hexdigest()[:32] if dated else None,
        title=entry.get("title") or None,
        author=entry.get("author_detail", {}).get("name") or entry.get("author") or None,
        published=date(*day[:3]).isoformat() if day else None,
    )


def _sitemap(content: bytes, url: str) -> Listing:
    """Only pages of the sitemap's own site count (sitemaps.org, "Sitemap file location")."""
    from xml.etree import ElementTree

    if b"<!ENTITY" in content:
        raise FetchRefused(f"{url}: the sitemap defines entities, as none needs to: ask its publisher")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise FetchRefused(f"{url}: the sitemap is not well-formed ({error}): ask its publisher") from error
    places = [(_joined(url, _child(element, "loc")), _child(element, "lastmod")) for element in root]
    own = [(address, stamp) for address, stamp in places if is_web(address) and site(address) == site(url)]
    if root.tag.endswith("sitemapindex"):
        return Listing("sitemap", (), tuple(dict.fromkeys(address for address, _ in own)))
    return Listing("sitemap", _once(Item(address, stamp) for address, stamp in own))


def _child(element: Any, name: str) -> str | None:
    """The text of a child, whatever its namespace."""
    text = next((child.text for child in element if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name), None)
    return (text or "").strip() or None


def _once(items: Iterator[Item]) -> tuple[Item, ...]:
    """Each page once, as it is named first."""
    found: dict[str, Item] = {}
    for item in items:
        found.setdefault(key(item.url), item)
    return tuple(found.values())


def _joined(url: str, link: str | None) -> str:
    """A link as a whole address, empty for none."""
    try:
        return urljoin(url, link) if link else ""
    except ValueError:
        return ""


class _Links(HTMLParser):
    """Collects the addresses of ``<link rel=alternate>`` with the type of a feed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "link" and "alternate" in told.get("rel", "").lower().split() and told.get("type", "").strip().lower() in _FEED_TYPES:
            self.found.append(told.get("href", "").strip())
