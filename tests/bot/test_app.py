"""The life of the bot: nothing is lost, errors end loudly, and it stops in time."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Update
from telegram.ext import MessageHandler

from bot import app
from bot.conversation.handlers import Conversation
from bot.settings import Settings, SettingsError
from bot.telegram.receiving import WebhookError
from bot.telegram.sending import TokenRefused
from tests.bot.emulator import Emulator
from tests.bot.serving import FakeEngine, fill_disk_once, serving, until_done, waiting

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
QUESTION = "Quanto uranio si produce?"


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads this machine's `.env`, nor waits long before a call is repeated."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.telegram.sending.FIRST_PAUSE", 0.02)


async def until_confirmed(telegram: Emulator) -> None:
    """Waits until the bot has confirmed all updates."""
    while telegram.updates.pending:
        await asyncio.sleep(0.01)


async def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_unanswered_update_is_answered_by_the_next_run(telegram: Emulator, tmp_path: Path) -> None:
    """A bot that dies over a question it had confirmed leaves it in the inbox, and the next run answers it once."""
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send("slow: quanto?")
        await until_confirmed(telegram)
    assert (len(waiting(tmp_path)), alice.replies) == (1, [])
    async with serving(telegram, tmp_path, engine := FakeEngine()):
        engine.gate.set()
        await alice.reply()
        await alice.send(QUESTION)
        await alice.reply()
        await until_done(tmp_path)
    assert len(alice.replies) == 2


async def test_question_that_was_answered_before_a_crash_is_not_answered_again(telegram: Emulator, tmp_path: Path) -> None:
    """A crash between writing the answer down and emptying the inbox costs no second reply."""
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send(QUESTION)
        await alice.reply()
        await until_done(tmp_path)
    with sqlite3.connect(tmp_path / "chiedi.sqlite3") as database:
        database.execute("UPDATE inbox SET finished = NULL, raw = ?", (json.dumps(telegram.updates.history[-1]),))
    async with serving(telegram, tmp_path):
        await until_done(tmp_path)
    assert len(alice.replies) == 1


async def test_update_that_cannot_be_stored_is_not_confirmed(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the disk is full Telegram keeps the update; it is answered once it could be stored."""
    failures = fill_disk_once(monkeypatch)
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send(QUESTION)
        await alice.reply()
    assert (failures, len(alice.replies)) == ([], 1)


async def test_repeated_and_malformed_updates(telegram: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A repeated update is answered once; one that cannot be parsed is set aside, counted, and does not keep others out."""
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send(QUESTION)
        await alice.reply()
        telegram.repeat(telegram.updates.history[-1])
        telegram.inject({"message": {"message_id": "x", "chat": 5}})
        telegram.inject({"poll": ["what"]})
        telegram.inject({"unheard_of": {"a": 1}})
        await alice.send("Quanto oro si produce?")
        await alice.reply()
        await until_done(tmp_path)
    assert len(alice.replies) == 2
    assert sum("set aside" in record.getMessage() for record in caplog.records) == 2


async def test_update_that_breaks_the_bot_itself_is_set_aside(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update over which routing or even the apology fails is put away; the bot lives, and the next question is answered."""
    check = MessageHandler.check_update

    def failing(self: MessageHandler, update: Update) -> Any:  # type: ignore[type-arg]
        if update.message and update.message.text == "bad":
            raise RuntimeError("cannot route this")
        return check(self, update)

    async def apologise(*_: object) -> None:
        raise RuntimeError("nor apologise")

    monkeypatch.setattr(MessageHandler, "check_update", failing)
    monkeypatch.setattr(Conversation, "apologise", apologise)
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send("bad")
        await alice.send("boom")
        await alice.send(QUESTION)
        assert (await alice.reply()).text.startswith("43%")
        await until_done(tmp_path)
    with sqlite3.connect(tmp_path / "chiedi.sqlite3") as database:
        assert database.execute("SELECT problem FROM inbox WHERE problem IS NOT NULL").fetchall() == [
            ("unparsable: RuntimeError('cannot route this')",)
        ]


async def test_backup_while_the_bot_runs(telegram: Emulator, tmp_path: Path) -> None:
    """SQLite's own backup of the running bot's database is whole and holds what was answered before."""
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send(QUESTION)
        await alice.reply()
        await until_done(tmp_path)
        await alice.send("slow: quanto?")
        await until_confirmed(telegram)
        with sqlite3.connect(tmp_path / "chiedi.sqlite3") as running, sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
            running.backup(copy)
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT question FROM answers").fetchall() == [(QUESTION,)]
            assert copy.execute("SELECT count(*) FROM inbox WHERE finished IS NULL").fetchone() == (1,)


@pytest.mark.parametrize(
    "fault", [{"status": 429, "retry_after": 1}, {"status": 500}, {"status": 502}, {"drop": "before"}, {"body": "{"}], ids=str
)
@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "getUpdates", "sendMessage"])
async def test_passing_faults(telegram: Emulator, tmp_path: Path, method: str, fault: dict[str, Any]) -> None:
    """Whatever call fails in passing, also twice in a row, the question is answered exactly once."""
    telegram.fail(method, times=2, **fault)
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send(QUESTION)
        await alice.reply()
        await alice.send("/help")
        await alice.reply()
        await until_done(tmp_path)
    assert len(alice.replies) == 2


async def test_conflict_is_waited_out(telegram: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While another program polls with the same token the bot says so in the log and goes on afterwards."""
    telegram.fail("getUpdates", status=409, times=2)
    alice = telegram.user()
    async with serving(telegram, tmp_path):
        await alice.send(QUESTION)
        await alice.reply()
    assert sum("only one bot instance" in record.getMessage() for record in caplog.records) == 2


async def test_unreachable_telegram_at_start(telegram: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A start while nobody answers is said in the log and goes through once Telegram is back."""
    alice = telegram.user()
    async with telegram.outage():
        running = serving(telegram, tmp_path)
        await running.__aenter__()
        while "getMe failed" not in caplog.text:
            await asyncio.sleep(0.01)
    await alice.send(QUESTION)
    await alice.reply()
    await running.__aexit__(None, None, None)


@pytest.mark.parametrize("method", ["getMe", "getUpdates", "sendMessage"])
async def test_refused_token_ends_the_bot(telegram: Emulator, tmp_path: Path, method: str) -> None:
    """A 401 anywhere ends the bot with one clear line, and an unanswered question is answered once the token works again."""
    alice = telegram.user()
    telegram.fail(method, status=401, skip=int(method == "getUpdates"))
    async with serving(telegram, tmp_path) as task:
        await alice.send(QUESTION)
        with pytest.raises(TokenRefused, match=r"^Telegram refuses the token \(401\): copy TELEGRAM_BOT_TOKEN again"):
            await task
    async with serving(telegram, tmp_path):
        await alice.reply()
    assert len(alice.replies) == 1


async def test_closed_chats_are_left_alone(telegram: Emulator, tmp_path: Path) -> None:
    """A question of someone who then blocked the bot is done without a reply, and others are answered."""
    alice, bob = telegram.user(), telegram.user("Bob")
    async with serving(telegram, tmp_path, engine := FakeEngine()):
        await alice.send("slow: quanto?")
        await until_confirmed(telegram)
        alice.block()
        engine.gate.set()
        await bob.send(QUESTION)
        await bob.reply()
        await until_done(tmp_path)
    assert alice.replies == []


async def test_stop_signal_finishes_what_is_in_flight(telegram: Emulator, tmp_path: Path) -> None:
    """On SIGTERM the running answer is finished and sent; what waits behind it stays in the inbox."""
    alice = telegram.user()
    async with serving(telegram, tmp_path, engine := FakeEngine()) as task:
        await alice.send("slow: quanto?")
        await alice.send(QUESTION)
        await until_confirmed(telegram)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.2)
        engine.gate.set()
        assert await task is True
    assert (len(alice.replies), len(waiting(tmp_path))) == (1, 1)


async def test_stop_signal_does_not_wait_for_ever(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that does not end in time stays in the inbox, and the caller is told."""
    monkeypatch.setattr(app, "DRAIN_SECONDS", 0.1)
    alice = telegram.user()
    async with serving(telegram, tmp_path) as task:
        await alice.send("slow: quanto?")
        await until_confirmed(telegram)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await task is False
    assert len(waiting(tmp_path)) == 1


async def test_webhook(telegram: Emulator, tmp_path: Path) -> None:
    """With a webhook Telegram calls the bot, which answers; a stranger without the secret gets 403, nonsense 400."""
    port = await free_port()
    url = f"http://127.0.0.1:{port}/hook"
    alice = telegram.user()
    async with serving(telegram, tmp_path, CHIEDI_WEBHOOK_URL=url, CHIEDI_WEBHOOK_LISTEN=f"127.0.0.1:{port}", CHIEDI_WEBHOOK_SECRET="s3"):
        await alice.send(QUESTION)
        await alice.reply()
        async with ClientSession() as stranger:
            header = {"X-Telegram-Bot-Api-Secret-Token": "s3"}
            codes = [
                (await stranger.post(url, json={"update_id": 1})).status,
                (await stranger.post(url, json={"update_id": 1}, headers={"X-Telegram-Bot-Api-Secret-Token": "é"})).status,
                (await stranger.post(url, data=b"{", headers=header)).status,
                (await stranger.get(url, headers=header)).status,
                (await stranger.post(url + "/x", headers=header)).status,
            ]
    assert codes == [403, 403, 400, 405, 404]
    assert len(alice.replies) == 1


async def test_webhook_address_in_use(telegram: Emulator, tmp_path: Path) -> None:
    """An address that is taken ends the start with one line."""
    taken = telegram.url.removeprefix("http://")
    async with serving(telegram, tmp_path, CHIEDI_WEBHOOK_URL=f"http://{taken}", CHIEDI_WEBHOOK_LISTEN=taken) as task:
        with pytest.raises(WebhookError, match=rf"cannot listen on CHIEDI_WEBHOOK_LISTEN={taken} \(.*\): choose a free address"):
            await task


def test_bot_without_token_says_how_to_get_one() -> None:
    """Without a token the start ends with the way to get one."""
    with pytest.raises(SettingsError, match=r"^TELEGRAM_BOT_TOKEN is not set: get one from @BotFather"):
        app.run(Settings(TELEGRAM_BOT_TOKEN=None), FakeEngine())
