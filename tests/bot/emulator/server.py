"""The HTTP side: calls come in, faults strike them, answers go out in Telegram's envelope."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.bot.emulator import account, messages  # noqa: F401  (importing them fills the table of methods)
from tests.bot.emulator.faults import Fault, drop
from tests.bot.emulator.rules.files import download
from tests.bot.emulator.wire import METHODS, ApiError, Json, Method, Parameters, read_parameters

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator


@dataclass(slots=True)
class Call:
    """One call of the bot: what it asked, and what it got. `status` 0 means that it got nothing (cut or kept waiting)."""

    method: str
    params: Json
    at: float
    status: int = 0
    description: str = ""
    result: Any = None


class Server:
    """Listens on a free port of 127.0.0.1, and on the same one again after an outage."""

    def __init__(self, telegram: "Emulator") -> None:
        self._telegram = telegram
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        self._site: web.TCPSite | None = None
        self.port = 0

    async def start(self) -> None:
        """Begins to listen."""
        if self._runner.server is None:
            await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Ends for good; calls that wait are cut."""
        await self._runner.cleanup()

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """Cuts every connection and refuses new ones for the length of the block."""
        assert self._site is not None
        assert self._runner.server is not None
        await self._site.stop()
        for connection in list(self._runner.server.connections):
            if connection.transport is not None:
                connection.transport.abort()
        try:
            yield
        finally:
            await self.start()

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self._telegram.token:
            return _answer(ApiError(401, "Unauthorized"))
        return download(self._telegram, request.match_info["path"])

    async def _serve(self, request: web.Request) -> web.Response:
        name, handler = METHODS.get(request.match_info["method"].lower(), (request.match_info["method"], None))
        call = Call(name, {}, time.monotonic())
        self._telegram.calls.append(call)
        self._telegram.heard.fire()
        if request.match_info["token"] != self._telegram.token:
            return _answer(ApiError(401, "Unauthorized"), call)
        try:
            p = await read_parameters(request)
        except ApiError as error:
            return _answer(error, call)
        call.params = p.values
        fault = self._telegram.faults.take(name, p.integer("chat_id") or None)
        return await (self._outcome(handler, p, call) if fault is None else self._struck(fault, request, handler, p, call))

    async def _struck(self, fault: Fault, request: web.Request, handler: Method | None, p: Parameters, call: Call) -> web.Response:
        """A call that a fault strikes, before or after its effect."""
        if fault.drop == "after":
            await self._outcome(handler, p, call)
            call.status = 0
        await asyncio.sleep(fault.hang)
        if fault.drop is not None:
            return drop(request)
        if (false_answer := fault.response()) is not None:
            call.status = false_answer.status
            return false_answer
        return await self._outcome(handler, p, call)

    async def _outcome(self, handler: Method | None, p: Parameters, call: Call) -> web.Response:
        """What the method makes of the call; a fault of the emulator itself is kept, and raised when the test leaves it."""
        try:
            if handler is None:
                raise ApiError(404, "Not Found")
            return _answer(await handler(self._telegram, p), call)
        except ApiError as error:
            return _answer(error, call)
        except Exception as bug:
            self._telegram.bugs.append(bug)
            return _answer(ApiError(500, f"the emulator failed: {bug!r}"), call)


def _answer(outcome: Any, call: Call | None = None) -> web.Response:
    """Telegram's envelope around a result or an error."""
    status = outcome.status if isinstance(outcome, ApiError) else 200
    body = outcome.body() if isinstance(outcome, ApiError) else {"ok": True, "result": outcome}
    if call is not None:
        call.status, call.result = status, body.get("result")
        call.description = body.get("description", "")
    return web.Response(text=json.dumps(body), status=status, content_type="application/json")
