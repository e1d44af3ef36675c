"""A fetcher for the tests' web server."""

import pytest

from index.sources.errors import FetchRefused
from index.sources.web.fetch import Fetcher
from tests.index.sources.web_server import Site


def fetcher_of(site: Site, pause: float = 0) -> Fetcher:
    return Fetcher("Chiedi/9.9 (+mailto:owner@example.org)", pause, frozenset({site.place}))


def refusal_of(site: Site, url: str, kind: type[FetchRefused] = FetchRefused) -> str:
    """The one line that is told about an address."""
    with fetcher_of(site) as fetcher, pytest.raises(FetchRefused) as refused:
        fetcher.get(url)
    assert type(refused.value) is kind
    assert str(refused.value).isprintable()
    return str(refused.value)
