"""The test's side: people and groups that write to the bot, press its buttons and read its replies."""

import time
from typing import TYPE_CHECKING, Any

from tests.bot.emulator.queries import Query
from tests.bot.emulator.rules.text import find_entities
from tests.bot.emulator.state import Chat, Message
from tests.bot.emulator.wire import Json, Upload

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

TIMEOUT = 20.0  # seconds; only a failing test waits so long


class Place:
    """A chat as a test reads it: the bot's messages, one after the other."""

    def __init__(self, telegram: "Emulator", chat: Chat) -> None:
        self.telegram = telegram
        self.chat = chat

    @property
    def replies(self) -> list[Message]:
        """Every message of the bot that still stands here."""
        return self.chat.bot_messages

    def replies_to(self, message: Message) -> list[Message]:
        """The bot's messages that answer this one, if any."""
        return [reply for reply in self.chat.bot_messages if reply.reply_to == message.id]

    async def reply(self, timeout: float = TIMEOUT, *, to: Message | None = None) -> Message:
        """The bot's next message here (that answers `to`) which was not read yet."""

        def find() -> Message | None:
            return next((reply for reply in (self.replies_to(to) if to else self.replies) if not reply.read), None)

        reply = await self.chat.changed.until(find, timeout, f"reply in chat {self.chat.id}")
        reply.read = True
        return reply

    async def edited(self, message: Message, times: int = 1, timeout: float = TIMEOUT) -> Message:
        """The message once the bot has edited it so many times in all."""
        what = f"edit {times} of message {message.id}"
        return await self.chat.changed.until(lambda: message if message.edits >= times else None, timeout, what)

    async def removed(self, message: Message, timeout: float = TIMEOUT) -> None:
        """Waits until the bot has deleted the message."""
        await self.chat.changed.until(lambda: message.deleted or None, timeout, f"removal of message {message.id}")


class Group(Place):
    """A group, supergroup or forum with the bot in it."""

    def remove_bot(self) -> None:
        """Throws the bot out: from now on it is refused here."""
        self.chat.refusal = f"bot was kicked from the {self.chat.data['type']} chat"

    def delete(self) -> None:
        """Deletes the group: for the bot it was never there."""
        del self.telegram.chats[self.chat.id]

    def topic(self) -> int:
        """A new topic's message_thread_id."""
        thread = self.chat.next_message_id
        self.chat.next_message_id += 1
        self.chat.topics.add(thread)
        return thread


class Person(Place):
    """A Telegram user; its place is the private chat with the bot."""

    def __init__(self, telegram: "Emulator", chat: Chat, data: Json) -> None:
        super().__init__(telegram, chat)
        self.data = data

    @property
    def id(self) -> int:
        return int(self.data["id"])

    async def send(self, text: str, *, reply_to: Message | None = None, **fields: Any) -> Message:
        """Writes to the bot in private; further fields go into the message as they stand."""
        self.chat.started = True
        return self._say(self.chat, _text(text) | fields, reply_to)

    async def send_to(self, group: Group, text: str, *, reply_to: Message | None = None, thread: int = 0, **fields: Any) -> Message:
        """Writes to a group; the bot learns of it only as privacy mode lets it."""
        return self._say(group.chat, group.chat.thread_fields(thread) | _text(text) | fields, reply_to)

    async def send_media(self, fields: Json, *, chat: Chat | None = None, reply_to: Message | None = None) -> Message:
        """Sends a message of any kind: voice, photo, sticker, location ..."""
        return self._say(chat or self.chat, fields, reply_to)

    async def send_document(self, name: str, content: bytes, mime: str = "text/plain", caption: str = "") -> Message:
        """Sends a file to the bot in private."""
        stored = self.telegram.files.add(Upload(name, mime, content), "documents")
        document = stored.json() | {"file_name": name, "mime_type": mime}
        return self._say(self.chat, {"document": document} | ({"caption": caption} if caption else {}), None)

    async def edit(self, message: Message, text: str) -> Message:
        """Changes the words of an own message."""
        kept = {key: value for key, value in message.data.items() if key not in ("text", "entities")}
        message.data = kept | _text(text) | {"edit_date": int(time.time())}
        self._announce("edited_message", message)
        return message

    async def press(self, message: Message, words: str) -> Query:
        """Presses the button with these words; its answer is awaited on the query that comes back."""
        data = message.button(words).get("callback_data")
        assert data is not None, f"the button {words!r} sends nothing to the bot"
        return await self.press_data(message, data)

    async def press_data(self, message: Message, data: str) -> Query:
        """Sends callback data for a message as a client may claim it, drawn on a button or not."""
        claim = {"from": self.data, "chat_instance": str(message.chat.id), "data": data, "message": message.json()}
        query = self.telegram.queries.add(claim)
        self.telegram.updates.add("callback_query", {"id": query.id} | query.data)
        return query

    async def inline(self, words: str, offset: str = "") -> Query:
        """Asks inline from some chat; a remembered answer comes back without the bot being asked."""
        assert self.telegram.bot["supports_inline_queries"], "inline mode is off for this bot"
        data = {"from": self.data, "query": words[:256], "offset": offset, "chat_type": "sender"}
        query = self.telegram.queries.add(data)
        query.result = self.telegram.queries.remembered(words[:256], offset, self.id)
        if query.result is None:
            self.telegram.updates.add("inline_query", {"id": query.id} | data)
        return query

    async def choose(self, query: Query, result_id: str, place: Place | None = None) -> Message:
        """Sends one of the results of an inline question to a chat."""
        assert query.result is not None, "the query was not answered"
        result = next(result for result in query.result["results"] if result["id"] == result_id)
        chosen = {"from": self.data, "result_id": result_id, "query": query.data["query"]}
        self.telegram.updates.add("chosen_inline_result", chosen)
        return self._say((place or self).chat, result["message"] | {"via_bot": self.telegram.public_bot}, None)

    async def add_bot(self, group: Group) -> None:
        """Adds the bot to a group: it is told of its membership and sees the service message."""
        self._membership("left", "member", group.chat)
        self._say(group.chat, {"new_chat_members": [self.telegram.public_bot]}, None)

    async def ask_as_guest(self, group: Group, text: str) -> Query:
        """Mentions the bot in a chat of which it is no member."""
        assert self.telegram.bot["supports_guest_queries"], "guest mode is off for this bot"
        message = group.chat.add({"from": self.data} | _text(text))
        query = self.telegram.queries.add({"from": self.data, "guest_message": message.json()})
        self.telegram.updates.add("guest_message", message.json() | {"guest_query_id": query.id})
        return query

    def block(self) -> None:
        """Blocks the bot: it is told, and refused from now on."""
        self.chat.refusal = "bot was blocked by the user"
        self._membership("member", "kicked")

    def unblock(self) -> None:
        """Lets the bot write again: it is told."""
        self.chat.refusal = None
        self._membership("kicked", "member")

    def deactivate(self) -> None:
        """Deletes the account: the bot is refused."""
        self.chat.refusal = "user is deactivated"

    def _membership(self, old: str, new: str, chat: Chat | None = None) -> None:
        bot = {"user": self.telegram.public_bot}
        states = {"old_chat_member": bot | _status(old), "new_chat_member": bot | _status(new)}
        place = {"chat": (chat or self.chat).data, "from": self.data, "date": int(time.time())}
        self.telegram.updates.add("my_chat_member", place | states)

    def _say(self, chat: Chat, fields: Json, reply_to: Message | None) -> Message:
        fields = {"from": self.data} | fields
        if reply_to is not None:
            fields["reply_to_message"] = chat.answered(reply_to)
            if not chat.private:
                fields |= chat.thread_fields(reply_to.data.get("message_thread_id", 0 if chat.data.get("is_forum") else reply_to.id))
        message = chat.add(fields)
        self._announce("message", message)
        return message

    def _announce(self, kind: str, message: Message) -> None:
        if self.telegram.bot_sees(message):
            self.telegram.updates.add(kind, message.json())


def _status(status: str) -> Json:
    return {"status": status} | ({"until_date": 0} if status == "kicked" else {})


def _text(text: str) -> Json:
    entities = find_entities(text)
    return {"text": text} | ({"entities": entities} if entities else {})
