"""Whether an update holds what the Bot API promises, as far as the library does not look: the types of ids, numbers and texts."""

from __future__ import annotations

from typing import Any

# https://core.telegram.org/bots/api, the fields that are read here
_WHOLE = frozenset({"message_id", "message_thread_id", "date", "edit_date", "migrate_to_chat_id", "migrate_from_chat_id", "length"})
_TEXT = frozenset({
    "text", "caption", "data", "query", "title", "username", "first_name", "last_name", "language_code", "type", "media_group_id",
    "guest_query_id", "chat_instance",
})  # fmt: skip
_TRUTH = frozenset({"is_bot", "is_topic_message", "is_automatic_forward"})
_MESSAGES = ("message", "edited_message", "guest_message")
_QUERIES = ("callback_query", "inline_query")


def check(raw: dict[str, Any]) -> None:
    """Raises TypeError for the first field of an update that has another type than Telegram says, or a number beyond 64 bits."""
    for kind, content in raw.items():
        if kind in _QUERIES and isinstance(content, dict):
            _expect(isinstance(content.get("id"), str), "id", content.get("id"))
            _expect(isinstance(content.get("from"), dict), "from", content.get("from"))
            _check({name: value for name, value in content.items() if name != "id"})
        else:
            if kind in _MESSAGES:
                chat = content.get("chat") if isinstance(content, dict) else None
                _expect(isinstance(chat, dict), "chat", chat)
            _check(content)


def _check(value: Any) -> None:
    for item in value if isinstance(value, list) else ():
        _check(item)
    for name, inner in value.items() if isinstance(value, dict) else ():
        if name in _WHOLE or name == "id":
            _expect(_is_whole(inner), name, inner)
        elif name in _TEXT:
            _expect(isinstance(inner, str), name, inner)
        elif name in _TRUTH:
            _expect(isinstance(inner, bool), name, inner)
        else:
            _check(inner)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _expect(fits: bool, name: str, value: Any) -> None:
    if not fits:
        raise TypeError(f"{name} is of the type {type(value).__name__}")
