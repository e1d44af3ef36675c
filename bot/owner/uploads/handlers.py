"""Owners add articles by sending them: a file, a link or a forwarded post is understood, then asked about with a yes and a no."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any

from telegram import Bot, CallbackQuery, Document, Message, MessageOriginChannel, Update, User
from telegram.error import BadRequest, InvalidToken, NetworkError
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.conversation.addressing import FILE, ONLY_LINK, POST, REPLY_IN_PRIVATE, message_and_author, only_link
from bot.conversation.callbacks import CallbackRouter, Toast
from bot.conversation.editing import edit
from bot.conversation.handlers import Conversation
from bot.conversation.questions import Asker
from bot.engine import Engine
from bot.owner.rebuilding import apart
from bot.owner.uploads.documents import Post, from_file, from_link, from_post
from bot.owner.uploads.preview import named, understood
from bot.owner.uploads.publishing import Publisher
from bot.replies.keyboards import under_proposal
from bot.replies.markup import Run, clean, parts
from bot.replies.messages import MESSAGES, Messages
from bot.settings import Settings
from bot.state.database import Database
from bot.state.feedback import Feedback
from bot.state.proposals import Found, Proposals
from bot.telegram.sending import pauses, reply, say, typing
from bot.telegram.updates import AnyHandler
from index.errors import ChiediError
from index.sources.errors import DocumentRefused

log = logging.getLogger(__name__)
LARGEST = 20 * 1024 * 1024  # bytes of a file that a bot may download (Bot API, getFile)
ATTEMPTS = 5  # to download a file, within about 15 seconds
LONGEST_TITLE, LONGEST_PROBLEM = 300, 1000  # characters


class Uploads:
    """What owners send, from the message that brings it to their decision."""

    def __init__(self, bot: Bot, engine: Engine, asker: Asker, database: Database, settings: Settings, now: Callable[[], float]) -> None:
        self._asker, self._settings, self._now = asker, settings, now
        self._feedback, self.proposals = Feedback(database), Proposals(database)
        self.adding = Publisher(bot, engine, self._feedback, self.proposals, settings)

    def handlers(self, talk: Conversation) -> list[AnyHandler]:
        """The owners' part of the handler table; ``talk`` takes replies that are no new title. Empty without owners."""
        if not self._settings.admins:
            return []
        owners = filters.User(self._settings.admins)

        async def post(update: Update, context: Any) -> None:
            talk.note_album(message_and_author(update)[0])
            await self.post(update, context)

        async def retitle(update: Update, context: Any) -> None:
            if not await self._retitle(update):
                await (talk.edited if update.edited_message else talk.question)(update, context)

        return [
            MessageHandler(FILE & owners, self.file),
            MessageHandler(ONLY_LINK & owners, self.link),
            MessageHandler(POST & owners, post),
            MessageHandler(REPLY_IN_PRIVATE & owners, retitle),
            CallbackQueryHandler(CallbackRouter(self._feedback, {"add": self._yes, "discard": self._no}).press, "^(add|discard):"),
        ]

    async def file(self, update: Update, context: Any) -> None:
        """A file: downloaded, unless it is too large, and read."""
        message, user = message_and_author(update)
        file = message.document
        assert file is not None
        if (file.file_size or 0) > LARGEST:
            await say(message, (await self._asker.words(user)).add_too_large)
            return

        async def read() -> Found:
            content, articles = await _downloaded(file), self._settings.articles
            return await apart(lambda: from_file(content, file.file_name, file.mime_type, _post(message), articles))

        await self._propose(message, user, read)

    async def link(self, update: Update, context: Any) -> None:
        """A link: its page is fetched and read."""
        message, user = message_and_author(update)
        url, private, articles = only_link(message) or "", self._settings.private_hosts, self._settings.articles
        await self._propose(message, user, lambda: apart(lambda: from_link(url, private, articles)))

    async def post(self, update: Update, context: Any) -> None:
        """A channel's post, forwarded: its text is the article."""
        message, user = message_and_author(update)
        text, post = message.text or message.caption or "", _post(message)
        assert post is not None
        await self._propose(message, user, lambda: apart(lambda: from_post(text, post, self._settings.articles)))

    async def _propose(self, message: Message, user: User, read: Callable[[], Awaitable[Found]]) -> None:
        """Says what was understood and asks whether to add it, or why it cannot be added."""
        language = await self._asker.language(user)
        try:
            async with typing(message):
                found = await read()
        except (ChiediError, OSError) as error:
            await say(message, _refusal(error, MESSAGES[language]))
            return
        proposal = await self.proposals.keep(user.id, message.message_id, language, found, self._now())
        (shown,) = await reply(message, [understood(found, language)], under_proposal(proposal.token, language))
        await self.proposals.show(proposal.token, shown)

    async def _retitle(self, update: Update) -> bool:
        """Takes a reply to a question as the new title; False when it replies to something else."""
        message = update.effective_message
        assert message is not None
        assert message.reply_to_message is not None
        proposal = await self.proposals.of_message(message.chat_id, message.reply_to_message.message_id)
        if proposal is None or proposal.shown is None:
            return False
        if len(proposal.found.articles) > 1:
            await say(message, MESSAGES[proposal.wording].add_no_title)
            return True
        proposal = await self.proposals.retitle(proposal, " ".join(clean(message.text or "").split())[:LONGEST_TITLE])
        buttons = under_proposal(proposal.token, proposal.wording)
        await edit(message.get_bot(), proposal.user, proposal.shown or 0, understood(proposal.found, proposal.wording), buttons)
        return True

    async def _yes(self, update: Update, query: CallbackQuery, token: str) -> Toast:
        """Hands over to the worker, which reports the rest."""
        user, message = query.from_user, query.message
        if message and user.id in self._settings.admins and await self.adding.accept(token, user.id, message.message_id):
            return Toast()
        return Toast((await self._asker.words(user)).button_expired)

    async def _no(self, update: Update, query: CallbackQuery, token: str) -> Toast:
        """Forgets what was sent."""
        proposal = await self.proposals.discard(token, query.from_user.id)
        if proposal is None or query.message is None:
            return Toast((await self._asker.words(query.from_user)).button_expired)
        said = MESSAGES[proposal.wording].not_added.format(title=named(proposal.found))
        await edit(query.get_bot(), proposal.user, query.message.message_id, parts([Run(said)])[0])
        return Toast()


class _TooLarge(DocumentRefused):
    """Telegram does not let bots download a file of this size."""


async def _downloaded(document: Document) -> bytes:
    """Raises DocumentRefused when Telegram does not hand the file over."""
    for pause in islice(pauses(), ATTEMPTS):
        try:
            file = await document.get_file()
        except BadRequest as error:
            refusal = _TooLarge if "too big" in str(error).lower() else DocumentRefused
            raise refusal(str(error)) from error
        try:
            return bytes(await file.download_as_bytearray())
        except (NetworkError, InvalidToken) as error:  # a 404 here is about the file: the token was good a moment ago
            log.warning("a file could not be downloaded (%s), trying again in %.1f s", error, pause)
            await asyncio.sleep(pause)
    raise DocumentRefused("Telegram does not hand the file over: send it again")


def _refusal(error: Exception, words: Messages) -> str:
    return words.add_too_large if isinstance(error, _TooLarge) else words.add_refused.format(problem=str(error)[:LONGEST_PROBLEM])


def _post(message: Message) -> Post | None:
    """Where a message forwarded from a channel stood."""
    origin = message.forward_origin
    if not isinstance(origin, MessageOriginChannel):
        return None
    channel, number = origin.chat, origin.message_id
    url = f"https://t.me/{channel.username}/{number}" if channel.username else None
    private = f"t.me/c/{str(channel.id).removeprefix('-100')}/{number}"
    return Post(url or private, url, channel.title or private, origin.author_signature, origin.date.date().isoformat())
