"""Figures of the running bot, and where a monitor reads them: `/metrics` for Prometheus, `/health` for whoever restarts it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from index.errors import ChiediError

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
UPDATES = Counter("chiedi_updates", "Updates that were stored", registry=REGISTRY)
SET_ASIDE = Counter("chiedi_updates_set_aside", "Updates that cannot be parsed", registry=REGISTRY)
WAITING = Gauge("chiedi_updates_waiting", "Updates that are not answered yet", registry=REGISTRY)
QUESTIONS = Counter("chiedi_questions", "Questions by what became of them", ["outcome"], registry=REGISTRY)
SECONDS = Histogram(
    "chiedi_answer_seconds", "From taking a question up to its last message", registry=REGISTRY,
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60),
)  # fmt: skip
ERRORS = Counter("chiedi_errors", "Updates whose handling failed", registry=REGISTRY)
FAILED_CALLS = Counter("chiedi_failed_calls", "Requests that Telegram did not take", ["method"], registry=REGISTRY)
POLL_AGE = Gauge("chiedi_poll_age_seconds", "Seconds since Telegram last answered a poll", registry=REGISTRY)
QUIET_SECONDS = 120.0  # a poll takes 30; after four of them the poller counts as lost


class MonitorError(ChiediError):
    """The monitor's address cannot be listened on."""


class Poller:
    """When Telegram last answered a poll, by the monotonic clock; the start counts as an answer."""

    def __init__(self) -> None:
        self._heard = time.monotonic()

    def hear(self) -> None:
        """Notes an answer."""
        self._heard = time.monotonic()

    def quiet(self) -> float:
        """Seconds since the last answer."""
        return time.monotonic() - self._heard


POLLER = Poller()
POLL_AGE.set_function(POLLER.quiet)


@asynccontextmanager
async def monitored(address: tuple[str, int] | None, polling: bool) -> AsyncIterator[None]:
    """Serves the figures while the block runs, where an address is given. Raises MonitorError."""
    if address is None:
        yield
        return
    application = web.Application()
    application.router.add_get("/metrics", _metrics)
    application.router.add_get("/health", _health_of_poller if polling else _health)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await _listen(runner, address)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, address: tuple[str, int]) -> None:
    host, port = address
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise MonitorError(f"cannot listen on CHIEDI_MONITOR_LISTEN={host}:{port} ({error.strerror}): choose a free address") from error


async def _metrics(_: web.Request) -> web.Response:
    return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _health_of_poller(_: web.Request) -> web.Response:
    if POLLER.quiet() < QUIET_SECONDS:
        return web.Response(text="ok\n")
    return web.Response(text=f"no answer to a poll for {QUIET_SECONDS:.0f} s\n", status=503)
