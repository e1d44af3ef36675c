"""Changes to messages that the bot sent before."""

from __future__ import annotations

import logging
from contextlib import suppress

from telegram import Bot, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.replies.markup import Part
from bot.telegram.sending import NO_PREVIEW

log = logging.getLogger(__name__)
_SAME, _GONE = "message is not modified", ("message to edit not found", "message can't be edited", "message_id_invalid", "chat not found")


async def edit(bot: Bot, chat: int, message: int, part: Part, buttons: InlineKeyboardMarkup | None = None) -> bool:
    """Puts ``part`` in place of what a message of the bot says; False when the message is gone. Plain where the HTML is refused."""
    for text, parse_mode in ((part.html, ParseMode.HTML), (part.text, None)):
        try:
            await bot.edit_message_text(text, chat, message, parse_mode=parse_mode, link_preview_options=NO_PREVIEW, reply_markup=buttons)
        except BadRequest as error:
            if _SAME in str(error).lower():
                return True
            if str(error).lower().startswith(_GONE):
                return False
            if parse_mode is None:
                raise
            log.warning("Telegram refused a changed message (%s), sending it without markup", error)
        else:
            return True
    return False


async def remove(bot: Bot, chat: int, message: int) -> None:
    """Deletes a message of the bot, where Telegram still lets it."""
    with suppress(BadRequest):
        await bot.delete_message(chat, message)
