"""Everything that goes out to Telegram: patient with an unreachable or overloaded server, plain where HTML is refused."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.markup import Part, Run, parts
from index.errors import ChiediError

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between two attempts
ATTEMPTS = 3000  # about a day: as long as Telegram itself keeps updates
TYPING_SECONDS = 4.5  # Telegram shows "typing" for 5
IMPATIENT = frozenset({"sendChatAction", "answerCallbackQuery"})  # worth nothing when late
REFUSED = (InvalidToken, EndPointNotFound)  # how the library words a 401


class TokenRefused(ChiediError):
    """Telegram does not accept the token, or no longer."""

    def __init__(self) -> None:
        super().__init__("Telegram refuses the token (401): copy TELEGRAM_BOT_TOKEN again from BotFather, or make a new one there")


class Patience(BaseRateLimiter[None]):
    """Repeats a request until Telegram can be reached and takes it."""

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
        """Calls ``callback`` up to ``ATTEMPTS`` times, waiting in between; requests that are worth nothing when late only once."""
        for pause in pauses():
            try:
                return await callback(*args, **kwargs)
            except TelegramError as error:
                wait = None if endpoint in IMPATIENT else seconds_to_wait(error, pause)
                if wait is None:
                    raise
                log.warning("%s failed (%s), trying again in %.1f s", endpoint, error, wait)
            await asyncio.sleep(wait)
        return await callback(*args, **kwargs)


def pauses() -> Iterator[float]:
    """Seconds to wait after each failure: doubling from the first to the longest pause, with some chance in them."""
    for attempt in range(ATTEMPTS):
        yield min(FIRST_PAUSE * 2 ** min(attempt, 10), LONGEST_PAUSE) * random.uniform(0.75, 1.0)


def seconds_to_wait(error: Exception, pause: float) -> float | None:
    """How long to wait before the same request may work; None when it never will."""
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return after.total_seconds() if isinstance(after, timedelta) else float(after)
    passing = isinstance(error, NetworkError | Conflict) or type(error) is TelegramError
    return pause if passing and not isinstance(error, BadRequest) else None


async def reply(message: Message, parts: Sequence[Part], buttons: InlineKeyboardMarkup | None = None) -> tuple[int, ...]:
    """Answers ``message`` with the parts in order, the buttons under the last; returns the ids of what was sent."""
    sent = []
    for number, part in enumerate(parts):
        under = buttons if number == len(parts) - 1 else None
        sent.append(await _send(message, part, under, quoting=number == 0))
    return tuple(sent)


async def say(message: Message, text: str, buttons: InlineKeyboardMarkup | None = None) -> None:
    """Answers ``message`` with plain words."""
    await reply(message, parts([Run(text)]), buttons)


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Shows "typing" in the chat while the block runs."""
    over = asyncio.Event()
    task = asyncio.create_task(_keep_typing(message, over))
    try:
        yield
    finally:
        over.set()
        await asyncio.wait({task}, timeout=1)
        task.cancel()


async def _send(message: Message, part: Part, buttons: InlineKeyboardMarkup | None, quoting: bool) -> int:
    async def send(text: str, parse_mode: str | None) -> int:
        sent = await message.get_bot().send_message(
            message.chat_id,
            text,
            parse_mode=parse_mode,
            message_thread_id=_thread(message),
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True) if quoting else None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=buttons,
        )
        return sent.message_id

    try:
        return await send(part.html, ParseMode.HTML)
    except BadRequest as error:
        log.warning("Telegram refused a message (%s), sending it without markup", error)
        return await send(part.text, None)


async def _keep_typing(message: Message, over: asyncio.Event) -> None:
    while not over.is_set():
        with suppress(TelegramError):
            await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=_thread(message))
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), TYPING_SECONDS)


def _thread(message: Message) -> int | None:
    """The topic that a message belongs to."""
    return message.message_thread_id if message.is_topic_message else None
