"""The emulator itself: Telegram for one bot, and the test's handle on it."""

import itertools
import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Self

from tests.bot.emulator.faults import Fault, Faults
from tests.bot.emulator.people import TIMEOUT, Group, Person
from tests.bot.emulator.queries import Queries
from tests.bot.emulator.rules.files import Files
from tests.bot.emulator.rules.limits import Limits
from tests.bot.emulator.server import Call, Server
from tests.bot.emulator.state import Chat, Message, Signal
from tests.bot.emulator.updates import Updates
from tests.bot.emulator.wire import Json

TOKEN = "123456789:AAEmulatorEmulatorEmulatorEmulator0"


class Emulator:
    """Telegram for one bot. Use as `async with Emulator() as telegram`, then `telegram.url` and `telegram.token`.

    privacy: groups show the bot only what is meant for it. mentions: a mention counts as meant for it (Telegram does so, but does
    not promise it). limits: refuse floods with 429. inline, guests: what getMe says the bot can do.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        privacy: bool = True,
        mentions: bool = True,
        limits: bool = False,
        inline: bool = True,
        guests: bool = False,
    ) -> None:
        self.token = token
        self.mentions = mentions
        self.public_bot: Json = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Chiedi", "username": "chiedi_test_bot"}
        self.bot: Json = self.public_bot | {
            "can_join_groups": True,
            "can_read_all_group_messages": not privacy,
            "supports_inline_queries": inline,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "supports_guest_queries": guests,
        }
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.updates = Updates()
        self.queries = Queries()
        self.files = Files()
        self.limits = Limits(on=limits)
        self.faults = Faults()
        self.heard = Signal()
        self.bugs: list[Exception] = []
        self.url = ""
        self._ids = itertools.count(1)
        self._server = Server(self)

    async def __aenter__(self) -> Self:
        await self._server.start()
        self.url = f"http://127.0.0.1:{self._server.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.updates.webhook.close()
        self.updates.stop_poll("terminated by setWebhook request")
        await self._server.close()
        if self.bugs:
            raise self.bugs[0]

    # People and places

    def user(
        self, first_name: str = "Alice", *, language_code: str | None = "it", user_id: int = 0, started: bool = True, **fields: Any
    ) -> Person:
        """A new person, who has pressed Start before unless told otherwise."""
        number = user_id or 5_000_000_000 + next(self._ids)
        spoken = {"language_code": language_code} if language_code else {}
        data: Json = {"id": number, "is_bot": False, "first_name": first_name} | spoken | fields
        chat = Chat({"id": number, "type": "private", "first_name": first_name}, first_message_id=100 * next(self._ids))
        chat.started = started
        self.chats[number] = chat
        return Person(self, chat, data)

    def group(self, title: str = "Redazione", *, forum: bool = False, bot_is_admin: bool = False, owner: Person | None = None) -> Group:
        """A new supergroup with the bot in it."""
        number = -1_000_000_000_000 - 1_000_000 - next(self._ids)
        data: Json = {"id": number, "type": "supergroup", "title": title} | ({"is_forum": True} if forum else {})
        chat = Chat(data, first_message_id=10 * next(self._ids))
        chat.bot_is_admin = bot_is_admin
        if owner is not None:
            chat.members[owner.id] = {"status": "creator", "user": owner.data, "is_anonymous": False}
        self.chats[number] = chat
        return Group(self, chat)

    def chat(self, name: str) -> Chat | None:
        """The chat with this identifier, as calls write it."""
        return self.chats.get(int(name)) if re.fullmatch("-?[0-9]{1,19}", name) else None

    def bot_sees(self, message: Message) -> bool:
        """Whether Telegram shows a message to the bot (privacy mode)."""
        if message.chat.private or message.chat.bot_is_admin or self.bot["can_read_all_group_messages"]:
            return message.chat.refusal is None
        return message.chat.refusal is None and self._meant_for_bot(message)

    def _meant_for_bot(self, message: Message) -> bool:
        if "new_chat_members" in message.data:
            return True
        answered = message.data.get("reply_to_message", {}).get("from", {})
        if self.public_bot["id"] in (answered.get("id"), message.data.get("via_bot", {}).get("id")):
            return True
        name = "@" + self.public_bot["username"].lower()
        if self.mentions and name in (words.lower() for words in message.marked("mention")):
            return True
        commands = [words.lower() for words in message.marked("bot_command")]
        return any("@" not in words or words.endswith(name) for words in commands if message.text.lower().startswith(words))

    # Faults

    def fail(self, method: str, **fault: Any) -> Fault:
        """Plans a fault for the next calls of a method ("*": any); see `Fault` for what can go wrong."""
        planned = Fault(method, **fault)
        self.faults.planned.append(planned)
        return planned

    def heal(self) -> None:
        """Forgets every planned fault."""
        self.faults.planned.clear()

    def inject(self, update: Json) -> Json:
        """Queues a raw update as it stands, given the next identifier unless it brings its own `update_id`."""
        return self.updates.put(update if "update_id" in update else {"update_id": self.updates.take_id()} | update)

    def repeat(self, update: Json) -> None:
        """Delivers an update once more, whatever the bot has confirmed."""
        self.updates.put(update, once=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Holds updates back, so that several go out together."""
        self.updates.paused = True
        try:
            yield
        finally:
            self.updates.paused = False
            self.updates.wake()

    def outage(self) -> AbstractAsyncContextManager[None]:
        """Nobody listens any more: every connection is cut, new ones are refused; people may go on writing meanwhile."""
        return self._server.outage()

    def called(self, method: str) -> list[Call]:
        """Every call of a method so far."""
        return [call for call in self.calls if call.method == method]

    async def hears(self, method: str, times: int = 1, timeout: float = TIMEOUT) -> Call:
        """The call of a method that makes so many in all, as soon as it comes in (its status may follow)."""

        def find() -> Call | None:
            calls = self.called(method)
            return calls[times - 1] if len(calls) >= times else None

        return await self.heard.until(find, timeout, f"call {times} of {method}")
