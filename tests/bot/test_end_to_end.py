"""The whole thing: the bot as its own process, the real model, the first article, and Telegram over HTTP."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.replies.messages import LANGUAGE_NAMES, MESSAGES
from tests.bot.emulator import Emulator, Message

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parents[2]
START = 60.0  # seconds in which the bot listens, on a busy machine
ITALIAN = "Quanto uranio produce il Kazakistan?"
ENGLISH = "How much uranium does Kazakhstan produce?"
UNANSWERABLE = "Quanto costerà la centrale?"
IT, EN = MESSAGES["it"], MESSAGES["en"]


def environment(index: Path) -> dict[str, str]:
    """This process's environment with the first article and an index folder as the only settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHIEDI_", "TELEGRAM_"))}
    return kept | {"PYTHONPATH": str(ROOT), "CHIEDI_ARTICLES": str(ROOT / "data" / "articles"), "CHIEDI_INDEX": str(index)}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first article's index, built by the command that people use."""
    folder = tmp_path_factory.mktemp("index")
    subprocess.run([sys.executable, "-m", "bot", "build"], cwd=folder, env=environment(folder / "index"), check=True, timeout=120)
    return folder / "index"


class BotProcess:
    """`python -m bot bot` against an emulator, with folders of its own; can be stopped and started again."""

    def __init__(self, telegram: Emulator, folder: Path, index: Path, **settings: str) -> None:
        self.telegram = telegram
        self.folder = folder
        self.log = folder / "log"
        self.process: Process | None = None
        self.environment = environment(index) | {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "CHIEDI_TELEGRAM_API": telegram.url,
            "CHIEDI_STATE": str(folder / "state"),
            **settings,
        }

    async def start(self, method: str = "getUpdates") -> None:
        """Starts the bot and waits until it listens to Telegram."""
        times = len(self.telegram.called(method)) + 1
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "bot", cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        listening = asyncio.create_task(self.telegram.hears(method, times, START))
        ended = asyncio.create_task(self.process.wait())
        await asyncio.wait({listening, ended}, return_when=asyncio.FIRST_COMPLETED)
        assert self.process.returncode is None, self.log.read_text()
        await listening
        ended.cancel()

    async def stop(self) -> int:
        """Asks the bot to stop, as systemd does; its exit code, or TimeoutError after 10 seconds."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 10)

    async def end(self) -> None:
        """Ends the bot whatever it does."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def telegram() -> AsyncIterator[Emulator]:
    async with Emulator() as telegram:
        yield telegram


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bot(telegram: Emulator, index: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    bot = BotProcess(telegram, tmp_path_factory.mktemp("polling"), index)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.end()


async def test_start_greets_in_the_persons_language(telegram: Emulator, bot: BotProcess) -> None:
    """/start answers in the language of the person's Telegram."""
    for code, words in (("it", IT), ("en", EN)):
        person = telegram.user(language_code=code)
        await person.send("/start")
        assert (await person.reply()).text.startswith(words.start[:20])


async def test_menus_and_descriptions_are_set_in_both_languages(telegram: Emulator, bot: BotProcess) -> None:
    """After the start there are commands in English and Italian, for private chats and for groups, and both descriptions."""
    await telegram.hears("setMyShortDescription", 2)
    while telegram.called("setMyShortDescription")[1].status != 200:
        await asyncio.sleep(0.01)
    assert {language for _, language in telegram.commands} == {"", "it"}
    assert {"ask", "lang", "help"} <= {command["command"] for command in telegram.commands['{"type": "default"}', "it"]}
    assert telegram.texts["description", "it"] == IT.description
    assert telegram.texts["short_description", ""] == EN.short_description


def check_uranium(reply: Message, question: Message) -> None:
    """What every right answer to the uranium question shows."""
    assert "43%" in reply.text
    assert "43%" in reply.marked("bold")
    assert any("uranio" in quotation for quotation in reply.marked("expandable_blockquote"))
    assert "Putin in visita in Kazakistan" in reply.text
    assert reply.reply_to == question.id


async def test_an_italian_question_is_answered(telegram: Emulator, bot: BotProcess) -> None:
    """The exact words in bold, the sentence, its source, the passage folded, as a reply to the question."""
    alice = telegram.user(language_code="it")
    question = await alice.send(ITALIAN)
    reply = await alice.reply()
    check_uranium(reply, question)
    assert IT.other_language not in reply.text


async def test_an_english_question_is_answered_over_the_italian_text(telegram: Emulator, bot: BotProcess) -> None:
    """English wording around the Italian quotation, which is marked as Italian."""
    alice = telegram.user(language_code="en")
    question = await alice.send(ENGLISH)
    reply = await alice.reply()
    check_uranium(reply, question)
    assert EN.other_language in reply.text


async def test_what_the_articles_do_not_tell_is_refused_plainly(telegram: Emulator, bot: BotProcess) -> None:
    """The refusal says so, and offers the nearest sentence as related."""
    alice = telegram.user()
    question = await alice.send(UNANSWERABLE)
    reply = await alice.reply()
    assert reply.text.startswith(IT.abstained)
    assert IT.related in reply.text
    assert reply.reply_to == question.id


async def test_the_language_can_be_chosen_and_stays(telegram: Emulator, bot: BotProcess) -> None:
    """/lang offers both languages; the chosen one holds for what follows."""
    alice = telegram.user(language_code="it")
    await alice.send("/lang")
    offer = await alice.reply()
    assert offer.buttons == list(LANGUAGE_NAMES.values())
    query = await alice.press(offer, LANGUAGE_NAMES["en"])
    await query.answer()
    assert (await alice.edited(offer)).text == EN.language_set
    await alice.send("/articles")
    assert (await alice.reply()).text.startswith(EN.articles.format(first=1, last=1, count=1))
    await alice.send(ITALIAN)
    assert EN.other_language in (await alice.reply()).text


async def test_the_articles_are_listed(telegram: Emulator, bot: BotProcess) -> None:
    """/articles names the collection."""
    alice = telegram.user()
    await alice.send("/articles")
    assert "Putin in visita in Kazakistan · ats/afp" in (await alice.reply()).text


async def test_in_groups_the_bot_speaks_only_when_spoken_to(telegram: Emulator, bot: BotProcess) -> None:
    """Plain talk gets no answer, even where the bot sees it; /ask, a mention and a reply to the bot do, each once and in order."""
    alice, group = telegram.user(), telegram.group(bot_is_admin=True)
    await alice.send_to(group, ITALIAN)
    asked = await alice.send_to(group, f"/ask@chiedi_test_bot {ITALIAN}")
    first = await group.reply()
    check_uranium(first, asked)
    mention = await alice.send_to(group, f"@chiedi_test_bot {ITALIAN}")
    check_uranium(await group.reply(), mention)
    await alice.send_to(group, "Buona questa!", reply_to=asked)
    answer = await alice.send_to(group, ENGLISH, reply_to=first)
    check_uranium(await group.reply(), answer)
    assert len(group.replies) == 3


async def test_in_a_forum_the_answer_stays_in_its_topic(telegram: Emulator, bot: BotProcess) -> None:
    """A question asked in a topic is answered there."""
    alice, forum = telegram.user(), telegram.group(forum=True)
    topic = forum.topic()
    question = await alice.send_to(forum, f"/ask {ITALIAN}", thread=topic)
    reply = await forum.reply()
    check_uranium(reply, question)
    assert reply.data["message_thread_id"] == topic


@pytest.mark.parametrize(
    "text",
    [
        f"<b>{ITALIAN}</b> <script>alert(1)</script> </b> &lt; &#0; & <",
        f"{ITALIAN} *_`[x](y) \u202e\u200b 🏟🏟",
        "/ask <i>",
        "?",
        "\U0010ffff" * 4000,
        "<" * 4096,
    ],
)
async def test_markup_in_questions_is_harmless(telegram: Emulator, bot: BotProcess, text: str) -> None:
    """Whatever a person writes, the bot replies, and Telegram refuses none of its messages."""
    alice = telegram.user()
    await alice.send(text)
    await alice.reply()
    assert [call.description for call in telegram.calls if call.status == 400] == []


async def test_a_lost_connection_and_a_flood_delay_the_answer_only(telegram: Emulator, bot: BotProcess) -> None:
    """After a flood refusal, a proxy's error and a cut connection the answer arrives, once."""
    alice = telegram.user()
    telegram.fail("sendMessage", status=429, retry_after=1, chat_id=alice.id)
    telegram.fail("sendMessage", status=502, chat_id=alice.id)
    telegram.fail("sendMessage", drop="before", chat_id=alice.id)
    question = await alice.send(ITALIAN)
    check_uranium(await alice.reply(20), question)
    assert [call.status for call in telegram.called("sendMessage") if call.params["chat_id"] == str(alice.id)] == [429, 502, 0, 200]


async def test_other_kinds_of_messages_do_not_disturb(telegram: Emulator, bot: BotProcess) -> None:
    """A voice message gets a word, an edited or malformed update none, and the next question its answer."""
    alice = telegram.user()
    await alice.send_media({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}})
    assert (await alice.reply()).text == IT.text_only
    for malformed in ({"message": "no object"}, {"message": {"message_id": 1}}, {"unknown_kind": {"a": 1}}, {"message": None}):
        telegram.inject(dict(malformed))
    question = await alice.send(ITALIAN)
    check_uranium(await alice.reply(), question)


async def test_sigterm_ends_the_bot_and_a_restart_goes_on(telegram: Emulator, bot: BotProcess) -> None:
    """A question in flight is answered or kept, what was written meanwhile is answered after the restart, in order, each once."""
    alice = telegram.user()
    questions = [await alice.send(ITALIAN)]
    assert await bot.stop() == 0
    questions += [await alice.send(ENGLISH), await alice.send("/help")]
    await bot.start()
    replies = [await alice.reply() for _ in questions]
    assert [reply.reply_to for reply in replies] == [question.id for question in questions]
    assert len(alice.replies) == 3


async def test_a_kill_in_the_middle_of_sending_loses_nothing(telegram: Emulator, bot: BotProcess) -> None:
    """The bot dies before Telegram took the reply; after the restart the question is answered, once."""
    alice = telegram.user()
    telegram.fail("sendMessage", hang=60.0, times=None, chat_id=alice.id)
    question = await alice.send(ITALIAN)
    await telegram.hears("sendMessage", len(telegram.called("sendMessage")) + 1)
    await bot.end()
    telegram.heal()
    await bot.start()
    assert (await alice.reply(to=question)).reply_to == question.id
    await alice.send("/help")
    await alice.reply()
    assert len(alice.replies) == 2


async def test_the_token_never_reaches_the_log(telegram: Emulator, bot: BotProcess) -> None:
    """After all of that the log holds neither the token nor its secret half, nor any question."""
    log = bot.log.read_text()
    assert telegram.token.partition(":")[2] not in log
    assert "uran" not in log.lower()


async def test_the_webhook_works_the_same(tmp_path: Path, index: Path) -> None:
    """With an address and a secret set, Telegram calls the bot; others are turned away; the state of questions is kept the same way."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = {"CHIEDI_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "CHIEDI_WEBHOOK_LISTEN": f"127.0.0.1:{port}"}
    async with Emulator() as telegram:
        bot = BotProcess(telegram, tmp_path, index, CHIEDI_WEBHOOK_SECRET="s3cret-s3cret", **address)
        alice = telegram.user()
        early = await alice.send(ITALIAN)
        try:
            await bot.start("setWebhook")
            check_uranium(await alice.reply(), early)
            telegram.updates.webhook.secret = "wrong"
            refused = await alice.send("/help")
            while not telegram.updates.webhook.last_error:
                await asyncio.sleep(0.01)
            assert telegram.updates.webhook.last_error.startswith("Wrong response from the webhook: 403")
            telegram.updates.webhook.secret = "s3cret-s3cret"
            assert (await alice.reply()).reply_to == refused.id
            assert (await bot.stop(), len(alice.replies)) == (0, 2)
            assert telegram.token.partition(":")[2] not in bot.log.read_text()
        finally:
            await bot.end()
