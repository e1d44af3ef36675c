"""Faults on demand: what the wire or Telegram's servers do wrong, for a number of calls."""

import json
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from tests.bot.emulator.wire import ApiError, flood

PROXY_PAGE = (
    "<html>\r\n<head><title>{status} {words}</title></head>\r\n<body>\r\n<center><h1>{status} {words}</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
PROXY_WORDS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
WORDS = {
    401: "Unauthorized",
    409: "terminated by other getUpdates request; make sure that only one bot instance is running",
}


@dataclass(slots=True)
class Fault:
    """One planned fault; `times` counts down, None never ends.

    status: a false answer (429 with retry_after, 5xx as a proxy's page, others in Telegram's words or `description`).
    drop: the connection is cut before or after the call took effect. hang: seconds of silence, before the effect, or before the cut
    when drop is "after". body: an answer that is no envelope. chat_id: only calls to this chat. skip: calls that pass first.
    """

    method: str
    status: int | None = None
    retry_after: int | None = None
    description: str | None = None
    drop: Literal["before", "after"] | None = None
    hang: float = 0.0
    body: str | None = None
    chat_id: int | None = None
    skip: int = 0
    times: int | None = 1

    def matches(self, method: str, chat_id: int | None) -> bool:
        return self.method in ("*", method) and (self.times is None or self.times > 0) and (self.chat_id is None or self.chat_id == chat_id)

    def response(self) -> web.Response | None:
        """The false answer, or None where the fault lies elsewhere (drop, hang)."""
        if self.body is not None:
            return web.Response(text=self.body, status=self.status or 200, content_type="application/json")
        if self.status is None:
            return None
        if self.status >= 500 and self.description is None:
            page = PROXY_PAGE.format(status=self.status, words=PROXY_WORDS.get(self.status, "Error"))
            return web.Response(text=page, status=self.status, content_type="text/html")
        words = self.description or WORDS.get(self.status, "")
        error = flood(self.retry_after or 1) if self.status == 429 else ApiError(self.status, words)
        return web.Response(text=json.dumps(error.body()), status=self.status, content_type="application/json")


class Faults:
    """The planned faults of one emulator, in the order in which they were planned."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that strikes this call, counted."""
        for fault in self.planned:
            if not fault.matches(method, chat_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None


def drop(request: web.Request) -> web.Response:
    """Cuts the connection at once; the response that is returned is never seen."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
