"""A web server of one's own."""

from collections.abc import Iterator

import pytest

from tests.index.sources.web_server import Site, served


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with served() as site:
        yield site


@pytest.fixture
def site(server: Site) -> Site:
    """The server without pages, visitors or rules."""
    server.pages.clear()
    server.asked.clear()
    return server
