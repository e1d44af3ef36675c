"""Addresses: which spellings are one page, which pages are one site."""

import pytest

from index.sources.web.urls import is_root, key, site


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.Example.org/A/b/?utm_source=x&id=1#top", "example.org/A/b?id=1"),
        ("http://m.example.org:80/A/b?id=1", "example.org/A/b?id=1"),
        ("https://example.org/?b=2&a=1&fbclid=3", "example.org?a=1&b=2"),
        ("https://example.org:8443/a", "example.org:8443/a"),
        ("https://example.org/perché", "example.org/perch%C3%A9"),
        ("https://example.org/a?cid=5&source=rss", "example.org/a?cid=5&source=rss"),
        ("https://www.it/a", "www.it/a"),
        ("/home/anna/a.txt", "/home/anna/a.txt"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_a_key_is_what_spellings_share(address: str, expected: str) -> None:
    """Scheme, www., default port, order, campaign parameters and fragment do not matter; other parameters, ports and letter case do."""
    assert key(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://amp.example.org/x", "example.org"),
        ("https://news.example.org", "news.example.org"),
        ("a.txt", ""),
        ("https://[broken", ""),
    ],
)
def test_a_site_is_its_host(address: str, expected: str) -> None:
    """Without www., m. and amp.; what is no address has none."""
    assert site(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org", True),
        ("https://example.org/?utm_source=x", True),
        ("https://example.org/?p=1", False),
        ("http://x.org/a", False),
    ],
)
def test_a_front_page_has_no_path(address: str, expected: bool) -> None:
    """A parameter that chooses an article makes another page."""
    assert is_root(address) == expected
