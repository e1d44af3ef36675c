"""Menus and descriptions as Telegram shows them around the chat."""

from __future__ import annotations

import logging
from collections.abc import Collection

from telegram import Bot, BotCommandScopeAllGroupChats, BotCommandScopeChat
from telegram.error import BadRequest, TelegramError

from bot.replies.messages import MESSAGES, Messages

log = logging.getLogger(__name__)


async def set_menus(bot: Bot, admins: Collection[int]) -> None:
    """Sets commands and descriptions: English for everyone, Italian where Telegram is Italian; groups and admins have their own."""
    try:
        for code, words in ((None, MESSAGES["en"]), ("it", MESSAGES["it"])):
            await bot.set_my_commands([*words.commands.items()], language_code=code)
            await bot.set_my_commands([*words.group_commands.items()], BotCommandScopeAllGroupChats(), language_code=code)
            await bot.set_my_description(words.description, language_code=code)
            await bot.set_my_short_description(words.short_description, language_code=code)
            for admin in sorted(admins):
                await _set_admin_menu(bot, admin, words, code)
    except TelegramError as error:
        log.warning("menus and descriptions could not be set (%s); they stay as they were", error)


async def _set_admin_menu(bot: Bot, admin: int, words: Messages, code: str | None) -> None:
    try:
        await bot.set_my_commands([*words.commands.items(), *words.admin_commands.items()], BotCommandScopeChat(admin), language_code=code)
    except BadRequest as error:
        log.warning("admin %d has no menu yet (%s): write to the bot once and start it again", admin, error)
