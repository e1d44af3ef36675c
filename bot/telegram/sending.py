"""What goes out to a chat: replies, plain where HTML is refused, and signs of work; and how long to wait after a failure."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Conflict, EndPointNotFound, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.replies.markup import Part, Run, parts
from index.errors import ChiediError

log = logging.getLogger(__name__)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between two attempts
ATTEMPTS = 3000  # about a day: as long as Telegram itself keeps updates
TYPING_SECONDS = 4.5  # Telegram shows "typing" for 5
QUICK_SECONDS = 0.3  # what takes no longer needs no sign of work
# How a 400 says that the chat is gone or closed to the bot, as a 403 does
CLOSED = ("chat not found", "group chat was deactivated", "no rights", "not enough rights", "chat_write_forbidden", "thread not found")
REFUSED = (InvalidToken, EndPointNotFound)  # how the library words a 401


class TokenRefused(ChiediError):
    """Telegram does not accept the token, or no longer."""

    def __init__(self) -> None:
        super().__init__("Telegram refuses the token (401): copy TELEGRAM_BOT_TOKEN again from BotFather, or make a new one there")


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
    """Shows "typing" in the chat while the block runs, unless it is quick."""
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
            link_preview_options=NO_PREVIEW,
            reply_markup=buttons,
        )
        return sent.message_id

    try:
        return await send(part.html, ParseMode.HTML)
    except BadRequest as error:
        if any(words in str(error).lower() for words in CLOSED):
            raise Forbidden(str(error)) from error
        log.warning("Telegram refused a message (%s), sending it without markup", error)
        return await send(part.text, None)


async def _keep_typing(message: Message, over: asyncio.Event) -> None:
    pause = QUICK_SECONDS
    while not await _is_set_within(over, pause):
        with suppress(TelegramError):
            await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=_thread(message))
        pause = TYPING_SECONDS


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def _thread(message: Message) -> int | None:
    """The topic that a message belongs to."""
    return message.message_thread_id if message.is_topic_message else None
