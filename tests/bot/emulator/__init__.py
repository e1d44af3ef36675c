"""A strict Telegram Bot API on loopback, for tests, fault trials and load benches.

    async with Emulator() as telegram:
        alice = telegram.user(language_code="it")
        await alice.send("Quanto uranio produce il Kazakistan?")
        reply = await alice.reply()
        assert reply.marked("bold") == ["43%"]

It refuses what Telegram refuses, in Telegram's words; where it is stricter or laxer than Telegram, the place says so.
"""

from tests.bot.emulator.people import Group, Person
from tests.bot.emulator.queries import Query
from tests.bot.emulator.server import Call
from tests.bot.emulator.state import Chat, Message
from tests.bot.emulator.telegram import Emulator

__all__ = ["Call", "Chat", "Emulator", "Group", "Message", "Person", "Query"]
