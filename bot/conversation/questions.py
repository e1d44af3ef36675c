"""From a question in a chat to the reply under it: asks the engine off the event loop, sends, and writes down."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from telegram import Bot, Chat, InlineKeyboardMarkup, Message, Update, User

from bot.conversation.editing import edit, remove
from bot.engine import Engine
from bot.replies.keyboards import under_answer
from bot.replies.markup import Part, clean
from bot.replies.messages import MESSAGES, Messages
from bot.replies.rendering import render
from bot.state.ledger import Exchange, Ledger, Past
from bot.state.users import Users, language_from_code
from bot.telegram.sending import reply, say, typing
from index.texts.language import detect
from index.types import EVERYTHING, MAX_QUESTION, Answer, Article, Language, Passage, Scope

log = logging.getLogger(__name__)
T = TypeVar("T")
Send = Callable[[Sequence[Part], InlineKeyboardMarkup | None], Awaitable[tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question in a chat; ``started`` is when work on it began, by time.perf_counter()."""

    update: Update
    message: Message
    user: User
    text: str
    within: Article | None
    started: float = field(default_factory=time.perf_counter)


class Asker:
    """Puts people's questions to the engine, in the language of each, and answers them in the chat."""

    def __init__(self, engine: Engine, users: Users, ledger: Ledger) -> None:
        self.engine, self.users, self.ledger = engine, users, ledger
        self._threads = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="engine")

    def close(self) -> None:
        """Lets go of the threads without waiting for them."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        """Runs what takes its time off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def find(self, question: str, user: User, previous: Past | None = None, within: Article | None = None) -> tuple[Answer, Language]:
        """The answer, and the language to word it in: the user's choice, else that of the question. ``within``: from one article only."""
        chosen = await self.chosen(user)
        answer = await self.in_thread(self._find, question, chosen or language_from_code(user.language_code), previous, _scope(within))
        return answer, chosen or answer.language

    async def again(self, past: Past) -> Answer:
        """The answer to a past question as the articles stand now."""
        return await self.in_thread(self._repeat, past, _scope(await self.article(past.within)))

    async def answer(
        self, update: Update, message: Message, user: User, text: str, previous: Past | None = None, within: Article | None = None
    ) -> None:
        """Answers a question under its message, once."""
        asked = _Asked(update, message, user, text, within)
        question = question_of(text)
        if not question:
            await say(message, (await self.words(user)).ask_usage)
            return
        if await self.ledger.of_question(message.chat_id, message.message_id):
            return
        async with typing(message):
            answer, wording = await self.find(question, user, previous, within)
        await self._respond(asked, answer, wording, partial(reply, message))

    async def correct(
        self, update: Update, bot: Bot, user: User, text: str, past: Past, previous: Past | None = None, within: Article | None = None
    ) -> None:
        """Changes the reply to a question that is asked differently now, message by message."""
        asked = _Asked(update, _question_message(past, bot), user, text, within)
        answer, wording = await self.find(question_of(text), user, previous, within)
        await self._respond(asked, answer, wording, partial(_replace, bot, asked.message, past.replies))

    async def opened(self, user: User, now: float) -> Article | None:
        """The article that the user has open, if it is still there; nothing while the database cannot be read."""
        try:
            return await self.article(await self.users.opened_article(user.id, now))
        except sqlite3.Error as error:
            log.error("which article is open cannot be read (%s)", error)
            return None

    async def article(self, id: str | None) -> Article | None:
        """The article of an id, None when it is gone."""
        try:
            return (await self.in_thread(self.engine.articles, [id]))[0] if id is not None else None
        except KeyError:
            log.info("the article %s is gone", id)
            return None

    async def chosen(self, user: User) -> Language | None:
        """What the user chose; nothing while the database cannot be read."""
        try:
            return await self.users.language(user.id)
        except sqlite3.Error as error:
            log.error("the users' settings cannot be read (%s)", error)
            return None

    async def language(self, user: User) -> Language:
        """The user's choice, else Telegram's setting, else English."""
        return await self.chosen(user) or language_from_code(user.language_code) or "en"

    async def words(self, user: User) -> Messages:
        """The wording for a user."""
        return MESSAGES[await self.language(user)]

    def _find(self, question: str, prior: Language | None, past: Past | None, scope: Scope) -> Answer:
        """Language and answer; runs in a thread."""
        previous = self._recalled(past) if past else None
        language = detect(question, previous.language if previous else prior)
        return self.engine.answer(question, language=language, previous=previous, scope=scope)

    def _repeat(self, past: Past, scope: Scope) -> Answer:
        answer = self.engine.answer(past.understood or past.question, language=past.language, scope=scope)
        return replace(answer, question=past.question, understood=past.understood)

    def _recalled(self, past: Past) -> Answer:
        """A past answer as far as the articles still hold it."""
        quote = None
        try:
            if past.answered and past.article:
                (article,) = self.engine.articles([past.article])
                quote = Passage(article, past.quote_start or 0, past.quote_end or len(article.text))
        except (KeyError, ValueError):
            log.info("the article %s of a past answer has changed", past.article)
        return Answer(past.understood or past.question, past.language, "answer" if quote else "absent", quote)

    async def _respond(self, asked: _Asked, answer: Answer, wording: Language, send: Send) -> None:
        """Sends the reply and writes the exchange down."""
        token, within = secrets.token_urlsafe(9), asked.within
        parts = render(answer, wording, cut_at=_cut_at(asked.text), within=within)
        buttons = under_answer(answer, token, wording, asked.message.get_bot().username, within=bool(within))
        await self._remember(asked, answer, wording, token, await send(parts, buttons))

    async def _remember(self, asked: _Asked, answer: Answer, wording: Language, token: str, replies: tuple[int, ...]) -> None:
        """Writes an exchange down; a full disk does not take back an answer that was given. Small talk is not worth it."""
        took, message = (time.perf_counter() - asked.started) * 1000, asked.message
        what = answer.small_talk or ("answered" if answer.answered else "refused")
        log.info("update %d: %s in %.0f ms", asked.update.update_id, what, took)
        if answer.small_talk:
            return
        exchange = Exchange(
            update_id=asked.update.update_id,
            chat=message.chat_id,
            thread=message.message_thread_id if message.is_topic_message else None,
            user=asked.user.id,
            message=message.message_id,
            replies=replies,
            asked=message.date.timestamp(),
            latency_ms=took,
            wording=wording,
            answer=answer,
            token=token,
            within=asked.within.id if asked.within else None,
        )
        try:
            await self.ledger.remember(exchange)
        except sqlite3.Error as error:
            log.error("update %d was answered but not written down (%s)", asked.update.update_id, error)


def question_of(text: str) -> str:
    """What is read of a text: without control characters, at most ``MAX_QUESTION`` characters."""
    return clean(text).strip()[:MAX_QUESTION]


def _scope(within: Article | None) -> Scope:
    return Scope(article=within.id) if within else EVERYTHING


def _cut_at(text: str) -> int | None:
    return MAX_QUESTION if len(clean(text).strip()) > MAX_QUESTION else None


def _question_message(past: Past, bot: Bot) -> Message:
    """The message of a past question, as far as a reply to it needs it."""
    chat = Chat(past.chat, Chat.PRIVATE if past.chat > 0 else Chat.SUPERGROUP)
    asked = datetime.fromtimestamp(past.asked, UTC)
    message = Message(past.message, asked, chat, message_thread_id=past.thread, is_topic_message=past.thread is not None)
    message.set_bot(bot)
    return message


async def _replace(
    bot: Bot, message: Message, old: Sequence[int], parts: Sequence[Part], buttons: InlineKeyboardMarkup | None
) -> tuple[int, ...]:
    """Says ``parts`` in the messages ``old`` as far as they reach; the rest is sent anew, and messages left over are deleted."""
    kept = []
    for number, (id, part) in enumerate(zip(old, parts, strict=False), 1):
        if not await edit(bot, message.chat_id, id, part, buttons if number == len(parts) else None):
            break
        kept.append(id)
    for id in old[len(parts) :]:
        await remove(bot, message.chat_id, id)
    rest = parts[len(kept) :]
    return (*kept, *(await reply(message, rest, buttons) if rest else ()))
