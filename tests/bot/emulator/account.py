"""The bot's own account: who it is, its menus and descriptions, and what it may ask about chats."""

import json
import re
from typing import TYPE_CHECKING

from tests.bot.emulator.rules.formatting import target
from tests.bot.emulator.rules.text import utf16_length
from tests.bot.emulator.wire import ApiError, Json, Method, Parameters, bad, method

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators", "chat_member"}
TEXTS = {
    "Name": ("name", 64, "NAME_TOO_LONG"),
    "Description": ("description", 512, "DESCRIPTION_TOO_LONG"),
    "ShortDescription": ("short_description", 120, "ABOUT_TOO_LONG"),
}


@method("getMe")
async def get_me(telegram: "Emulator", p: Parameters) -> Json:
    return telegram.bot


def language(p: Parameters) -> str:
    code = p.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad("invalid language code specified")
    return code


def scope(p: Parameters) -> str:
    """A command scope in one canonical spelling."""
    given = p.object("scope", "bot command scope") or {"type": "default"}
    if str(given.get("type")) not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    return json.dumps(given, sort_keys=True)


@method("setMyCommands")
async def set_my_commands(telegram: "Emulator", p: Parameters) -> bool:
    commands = p.objects("commands", "commands") or []
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(str(command.get("description", "")).strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    telegram.commands[scope(p), language(p)] = [
        {"command": command["command"].lstrip("/"), "description": command["description"]} for command in commands
    ]
    return True


@method("getMyCommands")
async def get_my_commands(telegram: "Emulator", p: Parameters) -> list[Json]:
    return telegram.commands.get((scope(p), language(p)), [])


@method("deleteMyCommands")
async def delete_my_commands(telegram: "Emulator", p: Parameters) -> bool:
    telegram.commands.pop((scope(p), language(p)), None)
    return True


def _setter(key: str, limit: int, refusal: str) -> Method:
    async def set_text(telegram: "Emulator", p: Parameters) -> bool:
        if utf16_length(p.text(key)) > limit:
            raise bad(refusal)
        telegram.texts[key, language(p)] = p.text(key)
        return True

    return set_text


def _getter(key: str) -> Method:
    async def get_text(telegram: "Emulator", p: Parameters) -> Json:
        return {key: telegram.texts.get((key, language(p))) or telegram.texts.get((key, ""), "")}

    return get_text


for _name, (_key, _limit, _refusal) in TEXTS.items():
    method(f"setMy{_name}")(_setter(_key, _limit, _refusal))
    method(f"getMy{_name}")(_getter(_key))


@method("getChat")
async def get_chat(telegram: "Emulator", p: Parameters) -> Json:
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    more: Json = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
    return target(telegram, p).data | more


@method("getChatMember")
async def get_chat_member(telegram: "Emulator", p: Parameters) -> Json:
    chat, user_id = target(telegram, p), p.integer("user_id")
    if user_id == telegram.bot["id"]:
        return {"status": "member", "user": telegram.public_bot}
    if user_id not in chat.members:
        raise bad("PARTICIPANT_ID_INVALID")
    return chat.members[user_id]


@method("leaveChat")
async def leave_chat(telegram: "Emulator", p: Parameters) -> bool:
    chat = target(telegram, p)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    chat.refusal = f"bot is not a member of the {chat.data['type']} chat"
    chat.changed.fire()
    return True


@method("logOut")
async def log_out(telegram: "Emulator", p: Parameters) -> bool:
    raise ApiError(400, "unsupported by the emulator: logOut")
