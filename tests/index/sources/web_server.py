"""A web server on loopback whose answers a test writes, and which remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic


@dataclass(frozen=True)
class Page:
    """One answer; ``before`` runs first. ``headers`` without a Content-Length get one."""

    content: bytes = b""
    media_type: str = "text/html"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """``pages`` by path, an answer or what makes it from the request's headers; ``asked``: (moment, path, headers) in order."""

    place: str
    pages: dict[str, Page | Callable[[Mapping[str, str]], Page]] = field(default_factory=dict)
    asked: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]


@contextmanager
def served() -> Iterator[Site]:
    """A site on a free port of 127.0.0.1; a path without a page is answered with 404."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    site = server.site = Site(f"127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        site.asked.append((monotonic(), self.path, dict(self.headers.items())))
        page = site.pages.get(self.path, Page(b"", status=404))
        answer = page if isinstance(page, Page) else page({name.lower(): value for name, value in self.headers.items()})
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.media_type, "Content-Length": str(len(answer.content)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, format: str, *arguments: object) -> None:
        pass
