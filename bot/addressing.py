"""Which messages are meant for the bot, and what they say to it."""

from __future__ import annotations

from telegram import Message, MessageEntity
from telegram.ext import filters


class _FromPerson(filters.MessageFilter):
    """New messages written by people: also by anonymous administrators, who appear as a bot with a sender chat."""

    def filter(self, message: Message) -> bool:
        sender = message.from_user
        return sender is not None and message.via_bot is None and (not sender.is_bot or message.sender_chat is not None)


class _ToBot(filters.MessageFilter):
    """Messages that reply to the bot or mention it."""

    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message and message.reply_to_message.from_user
        return bool(replied and replied.id == message.get_bot().id) or bool(_mentions(message))


PERSON = filters.UpdateType.MESSAGE & _FromPerson()
PRIVATE = PERSON & filters.ChatType.PRIVATE
GROUP = PERSON & filters.ChatType.GROUPS
QUESTION_IN_PRIVATE = PRIVATE & filters.TEXT & ~filters.COMMAND
QUESTION_IN_GROUP = GROUP & filters.TEXT & ~filters.COMMAND & _ToBot()


def after_command(message: Message) -> str:
    """The text behind the command."""
    return " ".join((message.text or "").split(maxsplit=1)[1:])


def without_mentions(message: Message) -> str:
    """The text without the words that only call the bot."""
    text = message.text or ""
    for mention in _mentions(message):
        text = text.replace(mention, " ")
    return text


def _mentions(message: Message) -> list[str]:
    """The words that mention the bot, by its name or by a link to it."""
    bot = message.get_bot()
    found = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    return [
        text for entity, text in found.items() if (entity.user.id == bot.id if entity.user else text.lower() == f"@{bot.username}".lower())
    ]
