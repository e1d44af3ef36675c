"""How updates come in: asked for (long polling) or called in (webhook). Either way they are stored before Telegram hears of it."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
import sqlite3
import warnings
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot
from telegram.error import Conflict, TelegramError

from bot.monitoring import POLLER, QUIET_SECONDS
from bot.settings import Settings
from bot.state.notices import Owners
from bot.telegram.sending import REFUSED, TokenRefused, pauses, seconds_to_wait
from index.errors import ChiediError

log = logging.getLogger(__name__)
POLL_SECONDS = 30
STORE_AGAIN_SECONDS = 30.0  # after a full disk, and whatever else does not pass by itself
ALLOWED_UPDATES = ["message", "edited_message", "guest_message", "callback_query", "inline_query"]
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
Store = Callable[[list[Any]], Awaitable[None]]


class WebhookError(ChiediError):
    """The webhook's address cannot be listened on."""


async def poll(bot: Bot, store: Store, owners: Owners) -> None:
    """Asks for updates for ever. An offset goes out only after what lies before it was stored. Raises TokenRefused."""
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'")  # which parses, see _fetch
    await bot.delete_webhook()
    log.info("asking Telegram for updates as @%s", bot.username)
    offset, waits = None, pauses()
    while True:
        try:
            updates = await _fetch(bot, offset)
            POLLER.hear()
            await store(updates)
        except REFUSED:
            raise TokenRefused from None
        except (TelegramError, sqlite3.Error) as error:
            wait = seconds_to_wait(error, next(waits)) or STORE_AGAIN_SECONDS
            log.warning("no updates (%s), asking again in %.1f s", error, wait)
            _report(error, owners)
            await asyncio.sleep(wait)
        else:
            offset, waits = _next_offset(updates), pauses()


async def listen(bot: Bot, settings: Settings, store: Store, owners: Owners) -> None:
    """Serves the webhook for ever, at an address that is set with Telegram. Raises WebhookError."""
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else secrets.token_urlsafe(32)
    url, (host, port) = settings.webhook_url or "", settings.webhook_listen
    application = web.Application(client_max_size=10 * 2**20)
    application.router.add_post(urlsplit(url).path or "/", partial(_receive, secret, store, owners))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
        log.info("waiting for Telegram's calls as @%s on %s port %d", bot.username, host, port)
        await asyncio.Event().wait()
    except OSError as error:
        raise WebhookError(f"cannot listen on CHIEDI_WEBHOOK_LISTEN={host}:{port} ({error.strerror}): choose a free address") from error
    finally:
        await runner.cleanup()


def _report(error: Exception, owners: Owners) -> None:
    """Notifies the owners of what does not pass by itself."""
    if isinstance(error, sqlite3.Error):
        owners.notify("disk", error)
    elif isinstance(error, Conflict):
        owners.notify("conflict")
    elif POLLER.quiet() > QUIET_SECONDS:
        owners.notify("poller", error)


async def _fetch(bot: Bot, offset: int | None) -> list[Any]:
    """One long poll, unparsed: an update that the library cannot parse must not keep the others out."""
    request = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
    updates = await bot.do_api_request("getUpdates", request, read_timeout=POLL_SECONDS + 10)
    if not isinstance(updates, list) or (updates and _next_offset(updates) is None):
        raise TelegramError("the answer to getUpdates holds no updates")
    return updates


def _next_offset(updates: list[Any]) -> int | None:
    """What confirms the updates. None when there are none: all is confirmed then, and ids may start anywhere (Bot API, Update)."""
    ids = [raw["update_id"] for raw in updates if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)]
    return max(ids) + 1 if ids else None


async def _receive(secret: str, store: Store, owners: Owners, request: web.Request) -> web.Response:
    """One call of the webhook: 200 only when the update is stored."""
    if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
        return web.Response(status=403)
    try:
        update = json.loads(await request.read())
    except ValueError:
        return web.Response(status=400)
    try:
        await store([update])
    except sqlite3.Error as error:
        log.error("an update could not be stored (%s), Telegram will send it again", error)
        owners.notify("disk", error)
        return web.Response(status=500)
    return web.Response()
