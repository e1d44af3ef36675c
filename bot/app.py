"""The bot as a whole: the handler table, the life of one update, start and stop."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, BotCommandScopeAllGroupChats, Update
from telegram.error import Forbidden, InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackContext,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.addressing import PERSON, PRIVATE, QUESTION_IN_GROUP, QUESTION_IN_PRIVATE
from bot.database import Database
from bot.dispatch import AT_ONCE, Dispatcher
from bot.handlers import Conversation, Engine
from bot.inbox import Inbox, Waiting
from bot.ledger import Ledger
from bot.logs import configure
from bot.messages import MESSAGES
from bot.receiving import listen, poll
from bot.sending import REFUSED, Patience, TokenRefused
from bot.settings import Settings, SettingsError
from bot.users import Users

log = logging.getLogger(__name__)
DRAIN_SECONDS = 6.0  # for the answers in flight when the bot is stopped; the whole stop takes less than 10
AnyApplication = Application[Any, Any, Any, Any, Any, Any]
Handlers = Sequence[BaseHandler[Any, Any, Any]]


def run(settings: Settings, engine: Engine) -> int:
    """Serves Telegram until SIGTERM or SIGINT and returns the exit code 0.

    Raises SettingsError without a token, TokenRefused when Telegram does not take it, StateError and WebhookError.
    """
    if settings.token is None:
        raise SettingsError("TELEGRAM_BOT_TOKEN is not set: get one from @BotFather with /newbot, or use `chiedi chat`")
    token = settings.token.get_secret_value()
    configure(token)
    database = Database(settings.state)
    conversation = Conversation(engine, Users(database), Ledger(database))
    try:
        drained = asyncio.run(serve(settings, token, conversation, Inbox(database)))
    finally:
        conversation.close()
        database.close()
    if not drained:
        logging.shutdown()
        os._exit(0)  # an answer that does not end would keep the interpreter waiting for its thread
    return 0


def handler_table(talk: Conversation) -> Handlers:
    """Who answers what; the first that fits does."""
    return [
        CommandHandler("ask", talk.ask, PERSON),
        CommandHandler("start", talk.start, PRIVATE),
        CommandHandler("help", talk.help, PRIVATE),
        CommandHandler("lang", talk.language, PRIVATE),
        CommandHandler("articles", talk.articles, PRIVATE),
        MessageHandler(PRIVATE & filters.COMMAND, talk.unknown_command),
        MessageHandler(QUESTION_IN_PRIVATE, talk.question),
        MessageHandler(QUESTION_IN_GROUP, talk.question),
        MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, talk.not_text),
        CallbackQueryHandler(talk.choose_language, r"^lang:(it|en)$"),
        CallbackQueryHandler(talk.old_button),
    ]


class Desk:
    """Answers stored updates: parses, finds the handler, and sees to what goes wrong."""

    def __init__(self, application: AnyApplication, talk: Conversation, inbox: Inbox) -> None:
        self._application, self._talk, self._inbox = application, talk, inbox
        self._handlers = handler_table(talk)

    async def answer(self, waiting: Waiting) -> None:
        """Answers one update and marks it done. Raises TokenRefused, and then the update stays in the inbox."""
        try:
            await self._answer(waiting)
        except REFUSED:
            raise TokenRefused from None
        except sqlite3.Error as error:
            log.error("update %d could not be marked as answered (%s), it may be answered again", waiting.update_id, error)

    async def _answer(self, waiting: Waiting) -> None:
        try:
            update = Update.de_json(waiting.raw, self._application.bot)
        except Exception as error:
            await self._set_aside(waiting, error)
        else:
            await self._attend(update)
            await self._inbox.done(waiting.update_id)

    async def _attend(self, update: Update) -> None:
        """Handles an update; what goes wrong is logged and, where the chat is open, apologised for. Raises what stands for a 401."""
        try:
            await self._handle(update)
        except REFUSED:
            raise
        except Forbidden as error:
            log.info("update %d: the chat is closed to the bot (%s)", update.update_id, error)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("update %d failed, reference %s", update.update_id, reference)
            await self._talk.apologise(update, reference)

    async def _handle(self, update: Update) -> None:
        for handler in self._handlers:
            check = handler.check_update(update)
            if check is not None and check is not False:
                context: Any = CallbackContext.from_update(update, self._application)
                await handler.handle_update(update, self._application, check, context)
                return

    async def _set_aside(self, waiting: Waiting, error: Exception) -> None:
        await self._inbox.set_aside(waiting.update_id, f"unparsable: {error!r}")
        log.error("update %d cannot be parsed (%r); set aside, as %d in all", waiting.update_id, error, await self._inbox.count_set_aside())


async def serve(settings: Settings, token: str, talk: Conversation, inbox: Inbox) -> bool:
    """Receives and answers until a signal or an error; returns whether everything in flight ended by itself."""
    application = _application(settings, token)
    dispatcher = Dispatcher(Desk(application, talk, inbox).answer)
    receiving = asyncio.create_task(_receive(settings, application.bot, inbox, dispatcher))
    stop = asyncio.create_task(_stop_signal())
    try:
        await asyncio.wait({receiving, stop, dispatcher.failed}, return_when=asyncio.FIRST_COMPLETED)
        receiving.cancel()
        await asyncio.wait({receiving})
        for ended in (receiving, dispatcher.failed):
            if ended.done() and not ended.cancelled():
                ended.result()
        log.info("stopping: no more updates are taken, answers in flight are finished")
        return await dispatcher.drain(DRAIN_SECONDS)
    finally:
        receiving.cancel()
        stop.cancel()
        await dispatcher.drain(0)
        await application.bot.shutdown()


async def _receive(settings: Settings, bot: Bot, inbox: Inbox, dispatcher: Dispatcher) -> None:
    """Takes up what an earlier run left, then what comes in, for ever. Raises TokenRefused and WebhookError."""

    async def store(updates: list[Any]) -> None:
        dispatcher.submit(await inbox.store(updates))

    await inbox.purge()
    try:
        await bot.initialize()
        dispatcher.submit(await inbox.waiting())
        async with _alongside(set_menus(bot)):
            await (listen(bot, settings, store) if settings.webhook_url else poll(bot, store))
    except InvalidToken:
        raise TokenRefused from None


@asynccontextmanager
async def _alongside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs ``work`` beside the block and ends it with the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()


async def set_menus(bot: Bot) -> None:
    """Sets commands and descriptions: English for everyone, Italian for those whose Telegram is Italian; groups see /ask only."""
    try:
        for code, words in ((None, MESSAGES["en"]), ("it", MESSAGES["it"])):
            commands = list(words.commands.items())
            await bot.set_my_commands(commands, language_code=code)
            await bot.set_my_commands(commands[:1], BotCommandScopeAllGroupChats(), language_code=code)
            await bot.set_my_description(words.description, language_code=code)
            await bot.set_my_short_description(words.short_description, language_code=code)
    except TelegramError as error:
        log.warning("menus and descriptions could not be set (%s); they stay as they were", error)


async def _stop_signal() -> None:
    """Returns when the process is asked to stop."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()


def _application(settings: Settings, token: str) -> AnyApplication:
    """The library's application, which parses, routes and sends; updates come from our own inbox."""
    builder = ApplicationBuilder().token(token).updater(None).rate_limiter(Patience())
    builder.base_url(f"{settings.telegram_api}/bot").base_file_url(f"{settings.telegram_api}/file/bot")
    builder.connection_pool_size(2 * AT_ONCE).pool_timeout(30).connect_timeout(10).read_timeout(20).write_timeout(20)
    return builder.build()
