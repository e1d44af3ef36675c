"""How requests reach Telegram: each message once, at a pace that Telegram takes, again and again while it cannot be reached."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from telegram.error import ChatMigrated, TelegramError
from telegram.ext import BaseRateLimiter

from bot.monitoring import FAILED_CALLS
from bot.state.outbox import Outbox, Turn, current_turn, digest
from bot.telegram.rate_limits import SendingPace
from bot.telegram.sending import pauses, seconds_to_wait

log = logging.getLogger(__name__)
IMPATIENT = frozenset({"sendChatAction", "answerCallbackQuery", "answerInlineQuery", "answerGuestQuery"})  # worth nothing when late
Send = Callable[[], Awaitable[Any]]


class RequestLimiter(BaseRateLimiter[None]):
    """Sees every request but getUpdates: paces messages, repeats what failed, and sends nothing twice for one update."""

    def __init__(self, outbox: Outbox, pace: SendingPace) -> None:
        self._outbox, self._pace = outbox, pace

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Calls ``callback``; requests that are worth nothing when late only once, messages in the turn of their chat."""
        send = partial(callback, *args, **kwargs)
        turn = current_turn()
        if endpoint in IMPATIENT:
            return await send()
        if turn and endpoint.startswith("send"):
            return await self._once(turn, endpoint, data, send)
        return await self._patiently(endpoint, data, send)

    async def _once(self, turn: Turn, endpoint: str, data: dict[str, Any], send: Send) -> Any:
        """Sends a message unless an earlier try for the same update did; then it returns what Telegram answered that time."""
        turn.speaking, content = True, digest(endpoint, data)
        if known := turn.sent.get(content):
            return json.loads(known.pop(0))
        sent = await self._patiently(endpoint, data, send)
        try:
            await self._outbox.note(turn, content, sent)
        except sqlite3.Error as error:
            log.error("what was sent could not be noted (%s); a crash now would send it again", error)
        return sent

    async def _patiently(self, endpoint: str, data: dict[str, Any], send: Send) -> Any:
        """Repeats a request until Telegram takes it; raises what repeating does not help."""
        for pause in pauses():
            try:
                return await self._in_turn(endpoint, data, send)
            except ChatMigrated as error:
                _move(data, error.new_chat_id)
            except TelegramError as error:
                FAILED_CALLS.labels(endpoint).inc()
                wait = seconds_to_wait(error, pause)
                if wait is None:
                    raise
                log.warning("%s failed (%s), trying again in %.1f s", endpoint, error, wait)
                await asyncio.sleep(wait)
        return await send()

    async def _in_turn(self, endpoint: str, data: dict[str, Any], send: Send) -> Any:
        chat = data.get("chat_id")
        if not isinstance(chat, int) or not endpoint.startswith(("send", "edit")):
            return await send()
        async with self._pace.turn(chat):
            return await send()


def _move(data: dict[str, Any], chat: int) -> None:
    """Addresses a message to the supergroup that its group became, where the old message numbers and topics mean nothing."""
    log.info("a group became a supergroup, its message goes there")
    data["chat_id"] = chat
    for name in ("reply_parameters", "message_thread_id"):
        data.pop(name, None)
