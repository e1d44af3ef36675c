"""What Telegram remembers: chats, their messages, and the signals that wake whoever waits for a change."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.bot.emulator.rules.text import utf16_length
from tests.bot.emulator.wire import Json, bad

Found = TypeVar("Found")


class Signal:
    """Wakes every waiter when something changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    async def until(self, find: Callable[[], Found | None], timeout: float, what: str) -> Found:
        """What `find` returns once it is not None; AssertionError naming `what` after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while (found := find()) is None:
                    await self.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"no {what} within {timeout} s") from None


@dataclass(slots=True, eq=False)
class Message:
    """One message of a chat: the Bot API object, with readers for what tests ask of it."""

    chat: "Chat"
    data: Json
    by_bot: bool = False
    edits: int = 0
    deleted: bool = False
    received: float = field(default_factory=time.monotonic)
    read: bool = False

    @property
    def id(self) -> int:
        return int(self.data["message_id"])

    @property
    def text(self) -> str:
        """Text or caption."""
        return str(self.data.get("text", self.data.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        return self.data.get("entities") or self.data.get("caption_entities") or []

    @property
    def reply_to(self) -> int | None:
        """Identifier of the message that this one answers."""
        answered: Json = self.data.get("reply_to_message", {})
        return answered.get("message_id")

    @property
    def buttons(self) -> list[str]:
        """Words on the inline buttons, row by row."""
        return [button["text"] for button in self._keys()]

    def button(self, words: str) -> Json:
        """The button that carries (or, failing that, contains) these words."""
        keys = self._keys()
        chosen = next((key for key in keys if key["text"] == words), None) or next((key for key in keys if words in key["text"]), None)
        assert chosen is not None, f"no button {words!r} among {self.buttons}"
        return chosen

    def marked(self, kind: str) -> list[str]:
        """The stretches of text under entities of a kind ("bold", "expandable_blockquote", "text_link", ...)."""
        units = self.text.encode("utf-16-le", "surrogatepass")
        spans = [(2 * e["offset"], 2 * (e["offset"] + e["length"])) for e in self.entities if e["type"] == kind]
        return [units[start:end].decode("utf-16-le", "surrogatepass") for start, end in spans]

    def json(self) -> Json:
        return dict(self.data)

    def _keys(self) -> list[Json]:
        markup = self.data.get("reply_markup") or {}
        return [button for row in markup.get("inline_keyboard", []) for button in row]


class Chat:
    """A private chat, group or channel: its messages in order, and the bot's standing in it."""

    def __init__(self, data: Json, first_message_id: int) -> None:
        self.data = data
        self.messages: dict[int, Message] = {}
        self.next_message_id = first_message_id
        self.changed = Signal()
        self.refusal: str | None = None
        self.started = True
        self.bot_is_admin = False
        self.members: dict[int, Json] = {}
        self.topics: set[int] = set()
        self.actions: list[Json] = []

    @property
    def id(self) -> int:
        return int(self.data["id"])

    @property
    def private(self) -> bool:
        return bool(self.data["type"] == "private")

    @property
    def bot_messages(self) -> list[Message]:
        """The bot's messages that still stand, oldest first."""
        return [message for message in self.messages.values() if message.by_bot and not message.deleted]

    def add(self, fields: Json, *, by_bot: bool = False) -> Message:
        """A new message with the next identifier; wakes those who wait for one."""
        data = {"message_id": self.next_message_id, "date": int(time.time()), "chat": self.data} | fields
        self.next_message_id += 1
        message = Message(self, data, by_bot)
        self.messages[message.id] = message
        self.changed.fire()
        return message

    def find(self, message_id: int) -> Message | None:
        message = self.messages.get(message_id)
        return message if message and not message.deleted else None

    def thread_fields(self, thread: int) -> Json:
        """How a message says in which thread it stands: a forum's topic, or in other groups a chain of replies."""
        return {} if not thread else {"message_thread_id": thread} | ({"is_topic_message": True} if thread in self.topics else {})

    def answered(self, message: Message) -> Json:
        """A message as it stands inside the one that replies to it: without its own reply."""
        return {key: value for key, value in message.data.items() if key not in ("reply_to_message", "quote")}

    def quote(self, answered: Message, words: str, position: int) -> Json:
        """The quoted words of a reply; refused when the message does not hold them."""
        if words not in answered.text:
            raise bad("QUOTE_TEXT_INVALID")
        return {"text": words, "position": position or utf16_length(answered.text[: answered.text.index(words)]), "is_manual": True}
