"""What the bot does with each kind of message."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update, User
from telegram.error import BadRequest, TelegramError

from bot.addressing import after_command, without_mentions
from bot.ledger import Exchange, Ledger
from bot.markup import clean
from bot.messages import LANGUAGE_NAMES, MESSAGES, Messages
from bot.replies import render, render_articles
from bot.sending import REFUSED, reply, say, typing
from bot.users import Users, language_from_code
from index.language import detect
from index.types import Answer, Article, Language

log = logging.getLogger(__name__)
T = TypeVar("T")
MAX_QUESTION = 1000  # characters of a question that are read


class Engine(Protocol):
    """What the bot needs of `index.engine.Engine`."""

    def answer(self, question: str, *, language: Language | None = None) -> Answer:
        """Answers one question; called from several threads."""

    def articles(self) -> list[Article]:
        """The collection."""


class Conversation:
    """The bot's side of every conversation; each public coroutine answers one update."""

    def __init__(self, engine: Engine, users: Users, ledger: Ledger) -> None:
        self._engine, self._users, self._ledger = engine, users, ledger
        self._threads = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="engine")

    async def start(self, update: Update, context: Any) -> None:
        """/start, with or without the payload of a deep link: says what the bot is."""
        message, user = _message(update)
        await say(message, (await self._words(user)).start)

    async def help(self, update: Update, context: Any) -> None:
        """/help: how to ask, and the commands."""
        message, user = _message(update)
        words = await self._words(user)
        await say(message, words.help.format(bot=f"@{message.get_bot().username}", limit=MAX_QUESTION))

    async def language(self, update: Update, context: Any) -> None:
        """/lang: offers the languages as buttons."""
        message, user = _message(update)
        buttons = [InlineKeyboardButton(name, callback_data=f"lang:{code}") for code, name in LANGUAGE_NAMES.items()]
        await say(message, (await self._words(user)).language_question, InlineKeyboardMarkup([buttons]))

    async def choose_language(self, update: Update, context: Any) -> None:
        """A language button: remembers the choice and says so in place of the question."""
        query = _query(update)
        language: Language = "it" if query.data == "lang:it" else "en"
        await self._users.choose_language(query.from_user.id, language)
        await _acknowledge(query)
        with suppress(BadRequest):  # it says so already, or is gone
            await query.edit_message_text(MESSAGES[language].language_set)

    async def old_button(self, update: Update, context: Any) -> None:
        """A button that no longer means anything: only stops its clock."""
        await _acknowledge(_query(update))

    async def articles(self, update: Update, context: Any) -> None:
        """/articles: lists the collection."""
        message, user = _message(update)
        language = await self._language(user)
        await reply(message, render_articles(await self._in_thread(self._engine.articles), language))

    async def ask(self, update: Update, context: Any) -> None:
        """/ask QUESTION: answers it."""
        message, user = _message(update)
        await self._answer(update, message, user, after_command(message))

    async def question(self, update: Update, context: Any) -> None:
        """A text that is a question: answers it."""
        message, user = _message(update)
        await self._answer(update, message, user, without_mentions(message))

    async def unknown_command(self, update: Update, context: Any) -> None:
        """A command that does not exist: a short help."""
        message, user = _message(update)
        await say(message, (await self._words(user)).unknown_command)

    async def not_text(self, update: Update, context: Any) -> None:
        """A photo, a voice message, anything that is not text: says that text is needed."""
        message, user = _message(update)
        await say(message, (await self._words(user)).text_only)

    async def apologise(self, update: Update, reference: str) -> None:
        """Tells the person that something went wrong, as far as Telegram lets it."""
        user = update.effective_user
        words = await self._words(user) if user else MESSAGES["en"]
        text = words.apology.format(reference=reference)
        try:
            if update.callback_query:
                await update.callback_query.answer(text, show_alert=True)
            elif update.message:
                await say(update.message, text)
        except REFUSED:
            raise
        except TelegramError as error:
            log.warning("the apology %s could not be sent (%s)", reference, error)

    def close(self) -> None:
        """Lets go of the threads without waiting for them."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _answer(self, update: Update, message: Message, user: User, text: str) -> None:
        started = time.perf_counter()
        question = clean(text).strip()[:MAX_QUESTION]
        if not question:
            await say(message, (await self._words(user)).ask_usage)
            return
        if await self._ledger.of_question(message.chat_id, message.message_id):
            return
        chosen = await self._chosen(user)
        async with typing(message):
            answer = await self._in_thread(self._find, question, chosen or language_from_code(user.language_code))
        wording = chosen or answer.language
        replies = await reply(message, render(answer, wording))
        took = (time.perf_counter() - started) * 1000
        log.info("update %d: %s in %.0f ms", update.update_id, "answered" if answer.quote else "refused", took)
        await self._remember(_exchange(update, message, user, replies, took, wording, answer))

    def _find(self, question: str, prior: Language | None) -> Answer:
        """Language and answer; runs in a thread."""
        return self._engine.answer(question, language=detect(question, prior))

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def _remember(self, exchange: Exchange) -> None:
        """Writes the exchange down; a full disk does not take back an answer that was given."""
        try:
            await self._ledger.remember(exchange)
        except sqlite3.Error as error:
            log.error("update %d was answered but not written down (%s)", exchange.update_id, error)

    async def _chosen(self, user: User) -> Language | None:
        """What the user chose; nothing while the database cannot be read."""
        try:
            return await self._users.language(user.id)
        except sqlite3.Error as error:
            log.error("the users' settings cannot be read (%s)", error)
            return None

    async def _language(self, user: User) -> Language:
        """The user's choice, else Telegram's setting, else English."""
        return await self._chosen(user) or language_from_code(user.language_code) or "en"

    async def _words(self, user: User) -> Messages:
        return MESSAGES[await self._language(user)]


def _exchange(
    update: Update, message: Message, user: User, replies: tuple[int, ...], took_ms: float, wording: Language, answer: Answer
) -> Exchange:
    return Exchange(
        update_id=update.update_id,
        chat=message.chat_id,
        thread=message.message_thread_id if message.is_topic_message else None,
        user=user.id,
        message=message.message_id,
        replies=replies,
        asked=message.date.timestamp(),
        latency_ms=took_ms,
        wording=wording,
        answer=answer,
        token=secrets.token_urlsafe(9),
    )


def _message(update: Update) -> tuple[Message, User]:
    """The message and its author, which the filters of the handler table promise."""
    assert update.message is not None
    assert update.message.from_user is not None
    return update.message, update.message.from_user


def _query(update: Update) -> CallbackQuery:
    assert update.callback_query is not None
    return update.callback_query


async def _acknowledge(query: CallbackQuery) -> None:
    """Stops the button's clock; Telegram refuses it for old presses, which hurts nobody."""
    try:
        await query.answer()
    except TelegramError as error:
        log.info("a button press could not be acknowledged (%s)", error)
