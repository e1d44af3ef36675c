"""Web addresses fetched politely and with care."""

from __future__ import annotations

from types import TracebackType

from sources.types import Fetched

AGENT = "Chiedi/0.1.0"


class Fetcher:
    """Fetches pages, feeds and documents. ``private`` names "host:port" that may be visited although they stand in a private network."""

    def __init__(self, user_agent: str = AGENT, pause: float = 1.0, private: frozenset[str] = frozenset()) -> None:
        self._agent, self._pause, self._private = user_agent, pause, private

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def get(self, url: str, etag: str | None = None, modified: str | None = None) -> Fetched | None:
        """What the address answers, or None when it is unchanged (304). Raises FetchRefused, PageGone."""
        raise NotImplementedError
