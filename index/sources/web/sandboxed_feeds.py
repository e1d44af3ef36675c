"""Feeds and sitemaps read apart, as documents are: a hostile one costs seconds and never the bot."""

from __future__ import annotations

from dataclasses import replace

from index.sources.errors import DocumentRefused, FetchRefused
from index.sources.sandbox import LIMITS, run_apart
from index.sources.web import feeds
from index.sources.web.feeds import Item, Listing

_LIMITS = replace(LIMITS, output=50_000_000)
"""A sitemap names up to 50,000 pages (sitemaps.org)."""


def listing(content: bytes, url: str) -> Listing | None:
    """``feeds.listing`` in a process of its own. Raises FetchRefused, naming the address."""
    if not feeds.may_list(content):
        return None
    try:
        found = run_apart("listing", content, url, _LIMITS)
    except DocumentRefused as error:
        raise FetchRefused(f"{url}: {str(error).removeprefix(f'{url}: ')}") from error
    return Listing(found["kind"], tuple(Item(**item) for item in found["items"]), tuple(found["sitemaps"])) if found else None
