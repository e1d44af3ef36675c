"""The basic conversation against an emulator that nobody here wrote: npm telegram-test-api, patched at run time by server.js.

`make test-second-emulator` installs it and runs this file. It keeps one private chat, parses no markup and knows few methods; what it does
not know (menus, "typing") it answers with 500, which the bot must bear.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.replies.messages import MESSAGES

HERE = Path(__file__).parent
TOKEN = "123456789:AASecondEmulatorSecondEmulator00000"
ALICE = {"id": 4242, "is_bot": False, "first_name": "Alice", "language_code": "it"}
CHAT = {"id": 4242, "type": "private", "first_name": "Alice"}
IT, EN = MESSAGES["it"], MESSAGES["en"]


class Chat:
    """Alice's side: she writes, presses and reads."""

    def __init__(self, client: ClientSession) -> None:
        self._client = client

    async def send(self, text: str) -> None:
        """Writes to the bot."""
        command = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
        await self._post("sendCommand" if command else "sendMessage", self._message() | {"text": text, "entities": command})

    async def press(self, message: dict[str, Any], data: str) -> None:
        """Presses a button under one of the bot's messages."""
        shown = self._message() | {"message_id": message["messageId"], "text": message["message"]["text"]}
        await self._post("sendCallback", {"botToken": TOKEN, "from": ALICE, "message": shown, "data": data})

    async def sees(self, find: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The bot's message of which `find` holds, as soon as it stands in the chat."""
        async with asyncio.timeout(30):
            while True:
                for message in (await self._post("getUpdatesHistory", {"token": TOKEN}))["result"]:
                    if "chat_id" in message.get("message", {}) and find(message):
                        return dict(message)
                await asyncio.sleep(0.05)

    def _message(self) -> dict[str, Any]:
        return {"botToken": TOKEN, "from": ALICE, "chat": CHAT, "date": int(time.time())}

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._client.post(f"/{path}", json=body) as answer:
            assert answer.status == 200
            return dict(await answer.json())


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """The emulator and the small bot as processes of their own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = await asyncio.create_subprocess_exec("node", "server.js", str(port), cwd=HERE, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    await asyncio.wait_for(server.stdout.readline(), 30)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHIEDI_", "TELEGRAM_"))}
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "CHIEDI_TELEGRAM_API": f"http://127.0.0.1:{port}", "CHIEDI_STATE": str(tmp_path)}
    environment = kept | settings | {"PYTHONPATH": str(HERE.parents[1])}
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bot.processes.small_bot", cwd=tmp_path, env=environment)
    try:
        async with ClientSession(f"http://127.0.0.1:{port}") as client:
            yield Chat(client)
    finally:
        for process in (bot, server):
            if process.returncode is None:
                process.kill()
            await process.wait()


async def test_basic_conversation(chat: Chat) -> None:
    """A greeting, an answer in HTML with its buttons under the question, a refusal, a verdict, another language."""
    await chat.send("/start")
    await chat.sees(lambda sent: sent["message"]["text"].startswith(IT.start[:20]))
    await chat.send("Quanto uranio produce il Kazakistan?")
    answer = await chat.sees(lambda sent: sent["message"]["text"].startswith("43%"))
    assert "<b>43%</b>" in answer["message"]["text"]
    assert answer["message"]["parse_mode"] == "HTML"
    assert '"message_id"' in answer["message"]["reply_parameters"]
    await chat.send("Quanto costa la centrale?")
    await chat.sees(lambda sent: sent["message"]["text"].startswith(IT.abstained))
    good = next(key for row in answer["message"]["reply_markup"]["inline_keyboard"] for key in row if key["text"] == IT.good)
    await chat.press(answer, good["callback_data"])
    await chat.send("/lang")
    menu = await chat.sees(lambda sent: sent["message"]["text"] == IT.language_question)
    await chat.press(menu, menu["message"]["reply_markup"]["inline_keyboard"][0][1]["callback_data"])
    await chat.sees(lambda sent: sent["message"]["text"] == EN.language_set)
    await chat.send("/help")
    await chat.sees(lambda sent: sent["message"]["text"].startswith(EN.help[:20]))
