"""The bot as a whole: the handler table, start and stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, InlineQueryHandler, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.conversation.addressing import EDITED, GUEST, MOVED, OWN_WORDS, PERSON, PRIVATE, QUESTION_IN_GROUP, QUESTION_IN_PRIVATE
from bot.conversation.handlers import Conversation
from bot.conversation.questions import Asker
from bot.engine import Engine
from bot.logs import configure
from bot.monitoring import monitored
from bot.owner.commands import Admin
from bot.owner.maintenance import housekeeping
from bot.owner.statistics import Statistics
from bot.owner.syncing import syncing
from bot.owner.uploads.handlers import Uploads
from bot.settings import Settings, SettingsError
from bot.state.database import Database
from bot.state.inbox import Inbox
from bot.state.ledger import Ledger
from bot.state.notices import Owners
from bot.state.outbox import Outbox
from bot.state.users import Users
from bot.telegram.clock import TelegramClock
from bot.telegram.dispatcher import Dispatcher
from bot.telegram.menus import set_menus
from bot.telegram.rate_limits import SendingPace
from bot.telegram.receiving import listen, poll
from bot.telegram.requests import RequestLimiter
from bot.telegram.sending import TokenRefused
from bot.telegram.updates import AnyApplication, AnyHandler, UpdateProcessor

log = logging.getLogger(__name__)
DRAIN_SECONDS = 6.0  # for the answers in flight when the bot is stopped; the whole stop takes less than 10
CONNECTIONS = 128
Work = Callable[[], Coroutine[Any, Any, None]]


def run(settings: Settings, engine: Engine) -> int:
    """Serves Telegram until SIGTERM or SIGINT and returns the exit code 0.

    Raises SettingsError without a token, TokenRefused when Telegram does not take it, StateError, WebhookError and MonitorError.
    """
    if settings.token is None:
        raise SettingsError("TELEGRAM_BOT_TOKEN is not set: get one from @BotFather with /newbot, or use `chiedi chat`")
    configure(settings.token.get_secret_value())
    database = Database(settings.state)
    try:
        drained = asyncio.run(serve(settings, engine, database))
    finally:
        database.close()
    if not drained:
        logging.shutdown()
        os._exit(0)  # an answer that does not end would keep the interpreter waiting for its thread
    return 0


def handler_table(talk: Conversation) -> Sequence[AnyHandler]:
    """Who answers what; the first that fits does."""
    return [
        CommandHandler("ask", talk.ask, PERSON),
        CommandHandler("start", talk.start, PRIVATE),
        CommandHandler("help", talk.help, PRIVATE),
        CommandHandler("lang", talk.language, PRIVATE),
        CommandHandler("articles", talk.articles, PRIVATE),
        CommandHandler("privacy", talk.privacy, PRIVATE),
        CommandHandler("export", talk.export, PRIVATE),
        CommandHandler("forget", talk.forget, PRIVATE),
        MessageHandler(PRIVATE & filters.COMMAND, talk.unknown_command),
        MessageHandler(OWN_WORDS, talk.own_words),
        MessageHandler(QUESTION_IN_PRIVATE, talk.question),
        MessageHandler(QUESTION_IN_GROUP, talk.question),
        MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, talk.not_text),
        MessageHandler(EDITED, talk.edited),
        MessageHandler(MOVED, talk.moved),
        MessageHandler(GUEST, talk.elsewhere.guest),
        InlineQueryHandler(talk.elsewhere.inline),
        CallbackQueryHandler(talk.press),
    ]


async def serve(settings: Settings, engine: Engine, database: Database) -> bool:
    """Receives and answers until a signal or an error; returns whether everything in flight ended by itself."""
    clock, users, outbox = TelegramClock(), Users(database), Outbox(database)
    inbox, ledger = Inbox(database, clock.now), Ledger(database)
    application = _application(settings, RequestLimiter(outbox, SendingPace()), clock)
    owners = Owners(application.bot, settings.admins, users, database)
    asker = Asker(engine, users, ledger)
    talk = Conversation(asker, database, settings)
    admin = Admin(engine, asker, Statistics(database), settings, clock.now)
    uploads = Uploads(application.bot, engine, asker, database, settings, clock.now)
    handlers = [*uploads.handlers(talk), *admin.handlers(talk.articles), *handler_table(talk)]
    processor = UpdateProcessor(application, handlers, talk.apologise, inbox, outbox, users, owners, clock)
    dispatcher = Dispatcher(processor.answer)
    purges: list[Work] = [inbox.purge, *(partial(purge, clock.now) for purge in (ledger.purge, users.purge, uploads.proposals.purge))]
    keeping = partial(housekeeping, purges, engine, owners)
    following = partial(syncing, settings, lambda: engine.embedder, owners)
    receiving = asyncio.create_task(
        _receive(settings, application.bot, inbox, dispatcher, owners, [keeping, following, uploads.adding.run])
    )
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
        owners.close()
        await dispatcher.drain(0)
        talk.close()
        await application.bot.shutdown()


async def _receive(
    settings: Settings,
    bot: Bot,
    inbox: Inbox,
    dispatcher: Dispatcher,
    owners: Owners,
    besides: Sequence[Callable[[], Coroutine[Any, Any, None]]],
) -> None:
    """Takes up what an earlier run left, then what comes in, for ever. Raises TokenRefused, WebhookError and MonitorError."""

    async def store(updates: list[Any]) -> None:
        dispatcher.submit(await inbox.store(updates))

    polling = settings.webhook_url is None
    async with monitored(settings.monitor_listen, polling):
        try:
            await bot.initialize()
            dispatcher.submit(await inbox.waiting())
            async with _alongside(*(work() for work in besides), set_menus(bot, settings.admins)):
                await (poll(bot, store, owners) if polling else listen(bot, settings, store, owners))
        except InvalidToken:
            raise TokenRefused from None


@asynccontextmanager
async def _alongside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs each of ``works`` beside the block and ends it with the block."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _stop_signal() -> None:
    """Returns when the process is asked to stop."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()


def _application(settings: Settings, post: RequestLimiter, clock: TelegramClock) -> AnyApplication:
    """The library's application, which parses, routes and sends; updates come from our own inbox."""
    assert settings.token is not None
    request = HTTPXRequest(
        connection_pool_size=CONNECTIONS, pool_timeout=30, connect_timeout=10, read_timeout=20, write_timeout=20,
        httpx_kwargs={"event_hooks": {"response": [clock.hear]}},
    )  # fmt: skip
    builder = ApplicationBuilder().token(settings.token.get_secret_value()).updater(None).rate_limiter(post).request(request)
    return builder.base_url(f"{settings.telegram_api}/bot").base_file_url(f"{settings.telegram_api}/file/bot").build()
