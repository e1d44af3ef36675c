"""Which messages are meant for the bot, and what they say to it."""

from __future__ import annotations

from telegram import Message, MessageEntity, MessageOriginChannel, MessageOriginUser, Update, User
from telegram.ext import filters

from index.sources.web.urls import is_web


class _FromPerson(filters.MessageFilter):
    """Messages written by people: also by anonymous administrators, who appear as a bot with a sender chat. Not a channel's own posts."""

    def filter(self, message: Message) -> bool:
        sender = message.from_user
        written = sender is not None and (not sender.is_bot or message.sender_chat is not None)
        return written and message.via_bot is None and not message.is_automatic_forward


class _ToBot(filters.MessageFilter):
    """Messages that reply to the bot or mention it."""

    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message and message.reply_to_message.from_user
        return bool(replied and replied.id == message.get_bot().id) or bool(_mentions(message))


class _OwnWords(filters.MessageFilter):
    """Messages of the bot that come back to it, forwarded."""

    def filter(self, message: Message) -> bool:
        origin = message.forward_origin
        return isinstance(origin, MessageOriginUser) and origin.sender_user.id == message.get_bot().id


class _OnlyLink(filters.MessageFilter):
    """Messages that are a web address and nothing else."""

    def filter(self, message: Message) -> bool:
        return only_link(message) is not None


class _FromChannel(filters.MessageFilter):
    """Posts of a channel that a person forwards."""

    def filter(self, message: Message) -> bool:
        return isinstance(message.forward_origin, MessageOriginChannel)


PERSON = filters.UpdateType.MESSAGE & _FromPerson()
PRIVATE = PERSON & filters.ChatType.PRIVATE
GROUP = PERSON & filters.ChatType.GROUPS
WORDS = (filters.TEXT & ~filters.COMMAND) | filters.CAPTION
QUESTION_IN_PRIVATE = PRIVATE & WORDS
QUESTION_IN_GROUP = GROUP & WORDS & _ToBot()
OWN_WORDS = PRIVATE & _OwnWords()
EDITED = filters.UpdateType.EDITED_MESSAGE & _FromPerson() & (filters.TEXT | filters.CAPTION)
GUEST = filters.UpdateType.GUEST_MESSAGE & _FromPerson() & (filters.TEXT | filters.CAPTION)
MOVED = filters.UpdateType.MESSAGE & filters.StatusUpdate.MIGRATE
FILE = PRIVATE & filters.Document.ALL & ~filters.ANIMATION
ONLY_LINK = PRIVATE & _OnlyLink()
POST = PRIVATE & _FromChannel() & (filters.TEXT | filters.CAPTION)
REPLY_IN_PRIVATE = (
    (filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE)
    & filters.ChatType.PRIVATE & filters.REPLY & filters.TEXT & ~filters.COMMAND
)  # fmt: skip
_TO_BOT = _ToBot()


def after_command(message: Message) -> str:
    """The text behind the command."""
    return " ".join((message.text or "").split(maxsplit=1)[1:])


def is_ask(message: Message) -> bool:
    """Whether a message is the command /ask, to this bot or to any."""
    command = (message.text or "").split(maxsplit=1)[:1]
    return bool(command) and command[0].lower() in ("/ask", f"/ask@{message.get_bot().username}".lower())


def is_question(message: Message) -> bool:
    """Whether the words of a message, new or changed, are a question and no other command."""
    return is_ask(message) or not (message.text or "").startswith("/")


def is_for_bot(message: Message) -> bool:
    """Whether a message, new or changed, asks the bot something."""
    return is_ask(message) or (is_question(message) and (message.chat_id > 0 or _TO_BOT.filter(message)))


def without_mentions(message: Message) -> str:
    """The text, or what is written under a picture, without the words that only call the bot."""
    text = message.text or message.caption or ""
    for mention in _mentions(message):
        text = text.replace(mention, " ")
    return text


def only_link(message: Message) -> str | None:
    """The address, when a message is nothing else."""
    text = (message.text or "").strip()
    if is_web(text) and len(text.split()) == 1:
        return text
    return f"https://{text}" if text in message.parse_entities([MessageEntity.URL]).values() else None


def _mentions(message: Message) -> list[str]:
    """The words that mention the bot, by its name or by a link to it."""
    bot = message.get_bot()
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    found = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    return [
        text for entity, text in found.items() if (entity.user.id == bot.id if entity.user else text.lower() == f"@{bot.username}".lower())
    ]


def message_and_author(update: Update) -> tuple[Message, User]:
    """The message and its author, which the filters of the handler table promise."""
    assert update.message is not None
    assert update.message.from_user is not None
    return update.message, update.message.from_user
