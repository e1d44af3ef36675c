"""Messages: sending, editing, deleting, and the signs that the bot is at work."""

import time
from typing import TYPE_CHECKING

from tests.bot.emulator.rules.formatting import keyboard, message_caption, message_text, reply_fields, target
from tests.bot.emulator.state import Message
from tests.bot.emulator.wire import Json, Parameters, bad, method

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

ACTIONS = {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"}
ACTIONS |= {"choose_sticker", "find_location", "record_video_note", "upload_video_note"}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content and "
    "reply markup of the message"
)


def deliver(telegram: "Emulator", p: Parameters, content: Json) -> Json:
    """Puts a message of the bot into the chat that the call names, with its reply, buttons and preview."""
    markup = keyboard(p)
    chat = target(telegram, p)
    fields = {"from": telegram.public_bot} | reply_fields(chat, p) | content
    if preview := p.object("link_preview_options", "link preview options"):
        fields["link_preview_options"] = preview
    if markup:
        fields["reply_markup"] = markup
    telegram.limits.check(chat)
    return chat.add(fields, by_bot=True).json()


@method("sendMessage")
async def send_message(telegram: "Emulator", p: Parameters) -> Json:
    return deliver(telegram, p, message_text(p))


@method("sendMessageDraft")
async def send_message_draft(telegram: "Emulator", p: Parameters) -> bool:
    content = message_text(p)
    chat = target(telegram, p)
    if not chat.private:
        raise bad("TEXTDRAFT_PEER_INVALID")
    if not p.integer("draft_id"):
        raise bad("RANDOM_ID_INVALID")
    telegram.limits.check(chat)
    chat.actions.append({"draft": content["text"], "at": time.monotonic()})
    return True


@method("sendChatAction")
async def send_chat_action(telegram: "Emulator", p: Parameters) -> bool:
    chat = target(telegram, p)
    if p.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.actions.append({"action": p.text("action"), "at": time.monotonic()})
    chat.changed.fire()
    return True


@method("editMessageText")
async def edit_message_text(telegram: "Emulator", p: Parameters) -> Json:
    content, markup = message_text(p), keyboard(p)
    message = _own(telegram, p)
    if "text" not in message.data:
        raise bad("there is no text in the message to edit")
    if preview := p.object("link_preview_options", "link preview options"):
        content["link_preview_options"] = preview
    return _change(telegram, message, ("text", "entities", "link_preview_options"), content, markup)


@method("editMessageCaption")
async def edit_message_caption(telegram: "Emulator", p: Parameters) -> Json:
    content, markup = message_caption(p), keyboard(p)
    return _change(telegram, _own(telegram, p), ("caption", "caption_entities"), content, markup)


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(telegram: "Emulator", p: Parameters) -> Json:
    return _change(telegram, _own(telegram, p), (), {}, keyboard(p))


def _own(telegram: "Emulator", p: Parameters) -> Message:
    """The bot's own message that a call wants to edit."""
    chat = target(telegram, p)
    if not p.integer("message_id"):
        raise bad("message identifier is not specified")
    message = chat.find(p.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if not message.by_bot:
        raise bad("message can't be edited")
    return message


def _change(telegram: "Emulator", message: Message, keys: tuple[str, ...], content: Json, markup: Json | None) -> Json:
    """Replaces the content under `keys` and the keyboard; refused when nothing would change."""
    fields = (*keys, "reply_markup")
    wanted = content | ({"reply_markup": markup} if markup else {})
    if {key: message.data[key] for key in fields if key in message.data} == wanted:
        raise bad(NOT_MODIFIED)
    telegram.limits.check(message.chat)
    kept = {key: value for key, value in message.data.items() if key not in fields}
    message.data = kept | wanted | {"edit_date": int(time.time())}
    message.edits += 1
    message.chat.changed.fire()
    return message.json()


@method("deleteMessage")
async def delete_message(telegram: "Emulator", p: Parameters) -> bool:
    chat = target(telegram, p)
    message = chat.find(p.integer("message_id"))
    if message is None:
        raise bad("message to delete not found")
    if not (message.by_bot or chat.private or chat.bot_is_admin):
        raise bad("message can't be deleted")
    message.deleted = True
    chat.changed.fire()
    return True
