"""Only public addresses are fetched, and those that the settings name."""

import re
import socket

import pytest

from index.sources.errors import FetchRefused
from index.sources.web import fetch
from index.sources.web import ssrf_guard as guard
from index.sources.web.fetch import Fetcher
from index.sources.web.ssrf_guard import is_public
from tests.index.sources.web.fetching import refusal_of
from tests.index.sources.web_server import Page, Site


def test_a_public_page_leads_to_no_private_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the owner named is read when it is asked for by name, not because a stranger's page leads there."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.2")
    monkeypatch.setattr(fetch, "_PORTS", (int(site.place.split(":")[1]),))
    monkeypatch.setattr(socket, "getaddrinfo", _resolving(socket.getaddrinfo))
    monkeypatch.setattr(guard.httpcore.SyncBackend, "connect_tcp", _to_loopback(guard.httpcore.SyncBackend.connect_tcp))
    site.pages["/a"] = Page(status=302, headers={"Location": site.url("/secret")})
    site.pages["/secret"] = Page(b"secret")
    port = site.place.split(":")[1]
    assert "the host is in a private network" in refusal_of(site, f"http://public.example:{port}/a")
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
    refusal = refusal_of(site, f"http://{host}/")
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
    assert "the host is in a private network" in refusal_of(site, "http://example.org/")


def test_a_name_is_resolved_once_for_a_connection(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was checked: a name that changes its meaning in between leads nowhere."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    used: list[str] = []

    def connect(self: object, host: str, port: int, timeout: float) -> None:
        used.append(host)
        raise guard.httpcore.ConnectError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (next(answers), port))])
    monkeypatch.setattr(guard.httpcore.SyncBackend, "connect_tcp", connect)
    assert refusal_of(site, "http://example.org/") == "http://example.org/: the connection failed (refused): try later"
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
    refusal = refusal_of(site, url)
    assert words in refusal
    assert "secret" not in refusal
    assert len(refusal) < 400


def test_private_places_are_named_with_their_port(site: Site) -> None:
    """Naming one port of a host opens no other."""
    host, port = site.place.split(":")
    with Fetcher(pause=0, private=frozenset({f"{host}:{int(port) + 1}"})) as fetcher, pytest.raises(FetchRefused):
        fetcher.get(site.url("/a"))
    assert site.asked == []
