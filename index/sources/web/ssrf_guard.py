"""Connections to the public internet only, whatever a name resolves to and however an address is spelt."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext
from time import monotonic
from typing import Any

import httpcore

from index.sources.errors import FetchRefused

_WIRE_SERVER = IPv4Address("168.63.129.16")
"""Public by number, answered inside Azure's machines with what is theirs."""
_UNICAST = IPv6Network("2000::/3")
"""All that is handed out of IPv6 (IANA); within it, 6to4 and Teredo carry an IPv4 address along."""
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public internet: not loopback, private, link-local, multicast, reserved or a tunnel."""
    number = ip_address(address)
    if isinstance(number, IPv6Address):
        inner = number.ipv4_mapped or (IPv4Address(number.packed[-4:]) if number in _NAT64 else None)
        if inner is None:
            return number.is_global and number in _UNICAST and not any(number in tunnel for tunnel in _TUNNELS)
        number = inner
    return number.is_global and not number.is_multicast and number != _WIRE_SERVER


def place(host: str, port: int) -> str:
    """A host and its port as the owner names them: "wiki.example:8080", "[::1]:80"."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Guard(httpcore.NetworkBackend):
    """Connects to the very address that was checked, so that a name cannot change its meaning in between (DNS rebinding).

    ``private`` hosts are not checked. Nothing read or written through it outlives ``deadline`` (of ``time.monotonic``).
    """

    def __init__(self, private: frozenset[str], deadline: float) -> None:
        self._private, self._deadline = private, deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port):
            try:
                return _Timed(self._backend.connect_tcp(address, port, _left(self._deadline)), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        """The addresses of a host; every one must be public, as any of them may be the one that is used."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchRefused("there is no such host, or no network: check the address") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if place(host, port) not in self._private and not all(map(is_public, addresses)):
            raise FetchRefused(f"the host is in a private network: only what the owner names as {place(host, port)} is read there")
        return addresses


class _Timed(httpcore.NetworkStream):
    """A stream that ends at the deadline, however steadily a server drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("deadline")
    return seconds
