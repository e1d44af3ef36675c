"""Requests reach Telegram once, at its pace."""

import json
from pathlib import Path

import pytest

from tests.bot.emulator import Emulator
from tests.bot.serving import serving


async def test_message_follows_its_group(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a group becomes a supergroup while the bot thinks, the answer goes to the new chat, and replies to no old number."""
    monkeypatch.chdir(tmp_path)
    alice, old, new = telegram.user(), telegram.group(), telegram.group()
    moved = {"migrate_to_chat_id": new.chat.id}
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    body = json.dumps({"ok": False, "error_code": 400, "description": words, "parameters": moved})
    telegram.fail("sendMessage", status=400, body=body, chat_id=old.chat.id, times=None)
    async with serving(telegram, tmp_path):
        await alice.send_to(old, "/ask Quanto uranio si produce?")
        reply = await new.reply()
    assert (reply.text.startswith("43%"), reply.reply_to, old.replies) == (True, None, [])
