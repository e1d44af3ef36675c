"""What every outgoing message shares: the text with its entities, the buttons, the reply, the chat."""

from typing import TYPE_CHECKING, Any

from tests.bot.emulator.rules.html import MarkupError, parse_html
from tests.bot.emulator.rules.text import Entity, checked_link, finish, utf16_length
from tests.bot.emulator.state import Chat
from tests.bot.emulator.wire import ApiError, Json, Parameters, bad

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
BUTTONS = 100
ACTIONS = ("url", "callback_data", "copy_text", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat")


def formatted(p: Parameters, key: str = "text", entities_key: str = "entities") -> tuple[str, list[Entity]]:
    """A text parameter as it will stand, with its entities, by parse_mode or as given."""
    text, mode = p.text(key), p.text("parse_mode").lower()
    if mode == "html":
        try:
            text, entities = parse_html(text)
        except MarkupError as error:
            raise bad(f"can't parse entities: {error}") from None
    elif mode in ("markdown", "markdownv2"):
        raise bad("unsupported by the emulator: Markdown; send HTML")
    elif mode and mode != "none":
        raise bad("unsupported parse_mode")
    else:
        entities = _given_entities(p, entities_key, text)
    return finish(text, entities)


def _given_entities(p: Parameters, key: str, text: str) -> list[Entity]:
    given = p.objects(key, "message entities") or []
    length = utf16_length(text)
    for entity in given:
        start = Parameters(entity).integer("offset", -1)
        end = start + Parameters(entity).integer("length")
        if start < 0 or end <= start or end > length or "type" not in entity:
            raise bad(f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}")
    return list(given)


def message_text(p: Parameters, key: str = "text") -> Json:
    """`text` and `entities` of a text message, within Telegram's limits."""
    if not p.text(key):
        raise bad("message text is empty")
    text, entities = formatted(p, key)
    if not text.strip():
        raise bad("text must be non-empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def message_caption(p: Parameters) -> Json:
    """`caption` and `caption_entities`, within Telegram's limit; nothing when there is none."""
    text, entities = formatted(p, "caption", "caption_entities")
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return ({"caption": text} if text else {}) | ({"caption_entities": entities} if entities else {})


def keyboard(p: Parameters) -> Json | None:
    """The inline keyboard of a message (None without one), refused where Telegram refuses it."""
    markup = p.object("reply_markup", "reply keyboard markup")
    if "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" must be of type Array of Arrays')
    for button in (button for row in rows for button in row):
        _check_button(button)
    if sum(map(len, rows)) > BUTTONS:
        raise bad("reply markup is too long")
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _check_button(button: Any) -> None:
    where = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(where + "InlineKeyboardButton must be an Object")
    if not str(button.get("text", "")).strip():
        raise bad(where + "text of the button is empty" if "text" in button else where + 'Can\'t find field "text"')
    if not any(action in button for action in ACTIONS):
        raise bad(where + "Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not checked_link(str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= utf16_length(Parameters(Parameters(button).object("copy_text", where)).text("text")) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")


def target(telegram: "Emulator", p: Parameters) -> Chat:
    """The chat that a call addresses, if the bot may write there."""
    name = p.text("chat_id").strip()
    if not name:
        raise bad("chat_id is empty")
    chat = telegram.chat(name)
    if chat is None:
        raise bad("chat not found")
    if chat.refusal:
        raise ApiError(403, chat.refusal)
    if chat.private and not chat.started:
        raise ApiError(403, "bot can't initiate conversation with a user")
    return chat


def reply_fields(chat: Chat, p: Parameters) -> Json:
    """`reply_to_message` (and `quote`) of a message that answers another one, and its topic."""
    given = Parameters(p.object("reply_parameters", "reply parameters"))
    number = given.integer("message_id") or p.integer("reply_to_message_id")
    tolerant = given.boolean("allow_sending_without_reply") or p.boolean("allow_sending_without_reply")
    thread = p.integer("message_thread_id")
    if thread and thread not in chat.topics:
        raise bad("message thread not found")
    fields = chat.thread_fields(thread)
    answered = chat.find(number) if number else None
    if number and answered is None and not tolerant:
        raise bad("message to be replied not found")
    if answered is None:
        return fields
    if words := given.text("quote"):
        quoted, _ = formatted(Parameters({"text": words, "parse_mode": given.text("quote_parse_mode")}))
        fields["quote"] = chat.quote(answered, quoted, given.integer("quote_position"))
    return fields | {"reply_to_message": chat.answered(answered)}
