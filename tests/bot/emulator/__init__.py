"""A strict Telegram Bot API on loopback, for tests, fault trials and load benches.

    async with Emulator() as telegram:
        alice = telegram.user(language_code="it")
        await alice.send("Quanto uranio produce il Kazakistan?")
        reply = await alice.reply()
        assert reply.marked("bold") == ["43%"]

It refuses what Telegram refuses, in Telegram's words. Stricter than Telegram: blockquotes may not nest, a query is answered once,
Markdown is refused. Laxer: a webhook may be plain http on any port, and floods are free unless `limits=True`. Missing, and answered
with 404: everything that a question-answering bot does not need (payments, games, stickers, administration of chats, ...).
"""

from tests.bot.emulator.people import Group, Person
from tests.bot.emulator.queries import Query
from tests.bot.emulator.server import Call
from tests.bot.emulator.state import Chat, Message
from tests.bot.emulator.telegram import Emulator

__all__ = ["Call", "Chat", "Emulator", "Group", "Message", "Person", "Query"]
