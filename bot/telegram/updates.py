"""The life of one stored update, from parsing to done, with a fair share for everyone."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from telegram import Message, Update, User
from telegram.error import Forbidden
from telegram.ext import Application, BaseHandler, CallbackContext, filters

from bot.logs import REQUEST
from bot.monitoring import ERRORS, SET_ASIDE
from bot.replies.messages import MESSAGES, Messages
from bot.state.inbox import Inbox, Waiting
from bot.state.notices import Owners
from bot.state.outbox import Outbox, Turn
from bot.state.users import Users, language_from_code
from bot.telegram.clock import TelegramClock
from bot.telegram.rate_limits import INLINE_QUESTIONS, QUESTIONS, Allowance
from bot.telegram.sending import REFUSED, TokenRefused, say
from bot.telegram.update_validation import check

log = logging.getLogger(__name__)
AnyApplication = Application[Any, Any, Any, Any, Any, Any]
AnyHandler = BaseHandler[Any, Any, Any]
Work = Callable[[], Awaitable[None]]
Apologise = Callable[[Update, str], Awaitable[None]]
BUSY_AT = 200  # questions that think at the same time; more are sent away with a word
FRESH_SECONDS = 60.0  # who wrote longer ago has waited enough and is not sent away
LATE_SECONDS = 300.0  # from then on a reply comes with a word about the delay


class UpdateProcessor:
    """Answers stored updates: parses, finds the handler, and sees to what goes wrong."""

    def __init__(
        self, application: AnyApplication, handlers: Sequence[AnyHandler], apologise: Apologise, inbox: Inbox, outbox: Outbox, users: Users,
        owners: Owners, clock: TelegramClock,
    ) -> None:  # fmt: skip
        self._application, self._handlers, self._apologise = application, handlers, apologise
        self._inbox, self._outbox, self._users, self._owners, self._clock = inbox, outbox, users, owners, clock
        self._questions, self._inline = Allowance(*QUESTIONS), Allowance(*INLINE_QUESTIONS)
        self._turns: dict[int, Turn] = {}
        self._asking: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._sorry: dict[int, float] = {}

    async def answer(self, waiting: Waiting) -> None:
        """Answers one update and marks it done. Raises TokenRefused, and then the update stays in the inbox."""
        REQUEST.set(waiting.update_id)
        try:
            await self._answer(waiting)
        except REFUSED:
            raise TokenRefused from None
        except sqlite3.Error as error:
            log.error("the update could not be marked as answered (%s), it may be answered again", error)
            self._owners.notify("disk", error)

    async def _answer(self, waiting: Waiting) -> None:
        try:
            check(waiting.raw)
            update = Update.de_json(waiting.raw, self._application.bot)
            work = self._work(update)
        except Exception as error:
            await self._set_aside(waiting, error)
            return
        if work is None:
            self._inbox.drop(waiting.update_id)
            return
        self._turns[waiting.update_id] = await self._outbox.open(waiting.update_id)
        try:
            await self._attend(update, work)
        finally:
            del self._turns[waiting.update_id]
        await self._inbox.done(waiting.update_id)

    def _work(self, update: Update) -> Work | None:
        """What there is to do for an update: its handler's work, a word where the person asks too fast, or nothing."""
        for handler in self._handlers:
            match = handler.check_update(update)
            if match is not None and match is not False:
                return partial(self._handle, update, handler, match) if self._affords(update) else self._word(update)
        return None

    def _affords(self, update: Update) -> bool:
        """Whether the person has a question left; buttons cost none, and owners may send many files at once."""
        user, message = update.effective_user, _asked(update)
        if user and message:
            return self._owners.is_one(user.id) or self._questions.take(user.id, _moment(message))
        return not update.inline_query or self._inline.take(update.inline_query.from_user.id, self._clock.now())

    def _word(self, update: Update) -> Work | None:
        user, message = update.effective_user, update.message  # no word about edits: they need not be meant for the bot
        if not user or not message or not self._questions.may_warn(user.id, _moment(message)):
            return None
        return partial(self._say, message, user, lambda words: words.too_fast)

    async def _attend(self, update: Update, work: Work) -> None:
        """Does the work; what goes wrong is logged and, where the chat is open, apologised for. Raises what stands for a 401."""
        try:
            await work()
        except REFUSED:
            raise
        except Forbidden as error:
            log.info("the chat is closed to the bot (%s)", error)
        except Exception as error:
            reference = secrets.token_hex(4)
            ERRORS.inc()
            log.exception("failed, reference %s", reference)
            self._owners.failed(error)
            await self._apologise_for(update, reference)

    async def _apologise_for(self, update: Update, reference: str) -> None:
        try:
            await self._apologise(update, reference)
        except REFUSED:
            raise
        except Exception:  # an apology must not end the bot, which would come back to the same update
            log.exception("the apology %s failed too", reference)

    async def _handle(self, update: Update, handler: AnyHandler, match: object) -> None:
        """One question of a person at a time; a word instead when too much is going on, or before it when it comes late."""
        user, message = update.effective_user, _asked(update)
        async with self._asking.setdefault(user.id if user else -update.update_id, asyncio.Lock()):
            if user and message and message is update.message:
                age = self._clock.age(message.date)
                if age < FRESH_SECONDS and self._thinking() > BUSY_AT:
                    await self._say(message, user, lambda words: words.busy)
                    return
                if age > LATE_SECONDS and self._is_first(message.chat_id):
                    await self._say(message, user, lambda words: words.late)
            context: Any = CallbackContext.from_update(update, self._application)
            await handler.handle_update(update, self._application, match, context)

    def _thinking(self) -> int:
        """How many updates have got no word of a reply yet."""
        return sum(not turn.speaking for turn in self._turns.values())

    def _is_first(self, chat: int) -> bool:
        """Whether a chat has not heard of a delay in the last minutes."""
        now = self._clock.now()
        if now - self._sorry.get(chat, 0.0) < LATE_SECONDS:
            return False
        self._sorry[chat] = now
        return True

    async def _say(self, message: Message, user: User, choose: Callable[[Messages], str]) -> None:
        language = await self._users.language(user.id) or language_from_code(user.language_code) or "en"
        await say(message, choose(MESSAGES[language]))

    async def _set_aside(self, waiting: Waiting, error: Exception) -> None:
        await self._inbox.set_aside(waiting.update_id, f"unparsable: {error!r}")
        count = await self._inbox.count_set_aside()
        SET_ASIDE.inc()
        log.error("the update cannot be parsed (%r); set aside, as %d in all", error, count)
        self._owners.notify("unparsable", count)


def _asked(update: Update) -> Message | None:
    """The message that costs a question: what people write, not what Telegram notes in a chat."""
    if filters.StatusUpdate.ALL.check_update(update):
        return None
    return update.message or update.edited_message or update.guest_message


def _moment(message: Message) -> float:
    return (message.edit_date or message.date).timestamp()
