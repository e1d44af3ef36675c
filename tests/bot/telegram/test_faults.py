"""The fault table: the bot as a process of its own, over HTTP. In short here, in full numbers with `make test-faults`."""

import asyncio
import os
import random
import shutil
import signal
import time
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from bot.replies.messages import MESSAGES
from tests.bot.emulator import Emulator, Message, Person
from tests.bot.processes.process import SmallBot, replies

QUESTION = "Quanto uranio si produce?"
full = pytest.mark.faults
# Where a killed bot is caught: before it stored an update, before it confirmed it, while it thinks, while it sends, after that.
MOMENTS = ("getUpdates", "getUpdates again", "thinking", "sending", "sent")


def in_order(person: Person) -> bool:
    """Whether the first replies to a person's questions came in the order of the questions."""
    asked = list(dict.fromkeys(reply.reply_to for reply in person.replies if reply.reply_to))
    return asked == sorted(asked)


async def catch(telegram: Emulator, bot: SmallBot, moment: str, chance: random.Random) -> None:
    """Waits for the moment in which the bot is killed, and a little of chance."""
    polls, sends = len(telegram.called("getUpdates")), len(telegram.called("sendMessage"))
    await bot.launch()
    if moment == "getUpdates":
        await telegram.hears("getUpdates", polls + 1, 60)
    elif moment == "getUpdates again":
        await telegram.hears("getUpdates", polls + 2, 60)
    elif moment == "thinking":
        await telegram.hears("getUpdates", polls + 2, 60)
        await asyncio.sleep(0.05)
    else:
        await telegram.hears("sendMessage", sends + 1 + (moment == "sent"), 60)
    await asyncio.sleep(chance.uniform(0, 0.03))


@pytest.mark.parametrize("kills", [5, pytest.param(300, marks=full)])
async def test_kills_lose_nothing(telegram: Emulator, tmp_path: Path, kills: int) -> None:
    """Killed between receiving, storing, answering and sending, the bot answers every question in order, a duplicate a kill at most."""
    chance, people = random.Random(1), [telegram.user(f"U{number}") for number in range(4)]
    asked: list[tuple[int, int]] = []
    bot = SmallBot(telegram, tmp_path, "--unlimited")
    for number in range(kills):
        for person in chance.sample(people, 2):
            asked += [(person.id, (await person.send(f"{QUESTION} {number}")).id)]
        await catch(telegram, bot, MOMENTS[number % len(MOMENTS)], chance)
        await bot.kill()
    async with bot:
        await bot.idle()
    got = replies(people)
    assert [question for question in asked if question not in got] == []
    assert sum(got.values()) - len(asked) <= kills
    assert all(in_order(person) for person in people)
    assert bot.state("SELECT count(*) FROM outbox") == [(0,)]


@pytest.mark.parametrize("stops", [2, pytest.param(50, marks=full)])
async def test_stops_keep_or_answer(telegram: Emulator, tmp_path: Path, stops: int) -> None:
    """SIGTERM with questions in flight ends the bot with 0 within ten seconds; each question is answered exactly once, then or later."""
    chance, people = random.Random(2), [telegram.user(f"U{number}") for number in range(4)]
    asked: list[tuple[int, int]] = []
    bot = SmallBot(telegram, tmp_path, "--unlimited", "--think", "0.2")
    for number in range(stops):
        await bot.start()
        asked += [(person.id, (await person.send(f"{QUESTION} {number}")).id) for person in people]
        await asyncio.sleep(chance.uniform(0, 0.4))
        assert await bot.stop() == 0
    async with bot:
        await bot.idle()
    assert replies(people) == dict.fromkeys(asked, 1)
    assert all(in_order(person) for person in people)


async def test_stuck_answer_does_not_hold_the_stop(telegram: Emulator, tmp_path: Path) -> None:
    """A question that never ends does not keep the process; it stays in the inbox."""
    bot = SmallBot(telegram, tmp_path)
    await bot.start()
    await telegram.user().send("stuck?")
    await telegram.hears("sendChatAction")
    assert await bot.stop() == 0
    assert bot.state("SELECT count(*) FROM inbox WHERE finished IS NULL") == [(1,)]


KINDS: dict[str, dict[str, Any]] = {
    "429": {"status": 429, "retry_after": 1},
    "500": {"status": 500},
    "502": {"status": 502},
    "409": {"status": 409},
    "401": {"status": 401},
    "before": {"drop": "before"},
    "after": {"drop": "after"},
    "nonsense": {"body": "{"},
    "timeout": {"hang": 21.0, "drop": "before"},
}
QUICK = [kind for kind in KINDS if kind != "timeout"]
METHODS = (
    "sendMessage",
    "getUpdates",
    "sendChatAction",
    "editMessageText",
    "answerCallbackQuery",
    "getMe",
    "deleteWebhook",
    "setMyCommands",
)


@pytest.mark.parametrize(
    ("method", "faults"),
    [("sendMessage", len(QUICK)), ("getUpdates", len(QUICK)), *(pytest.param(method, 100, marks=full) for method in METHODS)],
)
async def test_faults_of_the_wire_pass(telegram: Emulator, tmp_path: Path, method: str, faults: int) -> None:
    """Whatever goes wrong with a method, the reply arrives; a 401 ends the bot with a clear line, and the next start goes on."""
    bot, alice = SmallBot(telegram, tmp_path, "--unlimited"), telegram.user()
    kinds = [*QUICK, *(["timeout"] if faults > len(QUICK) else [])]
    await bot.start()
    try:
        for number in range(faults):
            kind = kinds[number % len(kinds)] if number < 2 * len(kinds) else QUICK[number % len(QUICK)]
            telegram.fail(method, **KINDS[kind])
            if method in ("getMe", "deleteWebhook", "setMyCommands"):
                await bot.stop()
                await bot.launch()
            await provoke(telegram, bot, alice, method, kind)
            telegram.heal()
        await bot.idle()
    finally:
        await bot.kill()
    got = replies([alice])
    assert set(got.values()) <= {1, 2}
    assert sum(got.values()) - len(got) <= faults // len(QUICK) + 2  # what was cut after its effect comes twice
    assert "Traceback" not in bot.log.read_text()


async def provoke(telegram: Emulator, bot: SmallBot, alice: Person, method: str, kind: str) -> None:
    """Makes the bot call the method, and waits for the reply that follows; starts it again where the fault is the end of it."""
    if method in ("editMessageText", "answerCallbackQuery"):
        menu = await alice.reply(60, to=await alice.send("/lang"))
        await alice.press(menu, "English" if "italiano" in menu.text else "Italiano")
    question = await alice.send("adagio?" if method == "sendChatAction" else QUESTION)
    if kind == "401" and await ends(bot, telegram, alice, question):
        telegram.heal()
        await bot.start()
    await alice.reply(90, to=question)


async def ends(bot: SmallBot, telegram: Emulator, alice: Person, question: Message) -> bool:
    """Whether the bot ends (with exit code 1 and a line that says why) rather than answering."""
    ended = asyncio.create_task(bot.ended(90))
    answered = asyncio.create_task(alice.reply(90, to=question))
    done, _ = await asyncio.wait({ended, answered}, return_when=asyncio.FIRST_COMPLETED)
    for task in (ended, answered):
        task.cancel()
    if ended in done:
        assert ended.result() == 1
        assert "Telegram refuses the token (401)" in bot.log.read_text()
        return True
    answered.result().read = False
    return False


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=full)])
async def test_repeated_reordered_and_malformed_updates(telegram: Emulator, tmp_path: Path, count: int) -> None:
    """Repetitions, mixed order and updates that cannot be parsed: every good question gets one reply."""
    chance, people = random.Random(3), [telegram.user(f"U{number}") for number in range(10)]
    malformed: tuple[dict[str, object], ...]
    malformed = ({"message": {"message_id": "x", "chat": 5}}, {"message": []}, {"poll": 7}, {"message": {"message_id": 1}}, {"x": {}})
    asked: list[tuple[int, int]] = []
    async with SmallBot(telegram, tmp_path, "--unlimited") as bot:
        for start in range(0, count, 20):
            with telegram.paused():
                for number in range(start, start + 20):
                    person = chance.choice(people)
                    asked += [(person.id, (await person.send(f"{QUESTION} {number}")).id)]
                    telegram.repeat(chance.choice(telegram.updates.history))
                    telegram.inject(dict(chance.choice(malformed)))
                telegram.updates.shuffle(start)
            await bot.idle()
    assert replies(people) == dict.fromkeys(asked, 1)


HOSTILE = (
    "\x00", "\u202e",
    "\u2066", "<b>", "</b>", "&amp;", "<a href='x'>", "😀", "👩‍🚀", "a" * 50, "\n\n", "«»", "`*_[]()", "\t", " ", "\u200b", "\ufeff",
    "\u0301" * 20, "%s{0}{x}", "perché?", "/ask", "@chiedi_test_bot", "\x1b[31m", "\U0010ffff", "﷽", "\u2028", "\r", "costa", "lungo",
)  # fmt: skip


def hostile(chance: random.Random) -> str:
    """Up to 4,096 characters that break naive programs."""
    if chance.random() < 0.02:
        return chance.choice(("😀", "<", "W", "\u202e", "&")) * 4096
    return "".join(chance.choices(HOSTILE, k=chance.randint(1, 30)))[:4096]


def memory(pid: int) -> int:
    """The resident memory of a process, in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=full)])
async def test_hostile_messages(telegram: Emulator, tmp_path: Path, count: int) -> None:
    """Whatever people write, nothing raises, Telegram refuses nothing, and the memory stays."""
    chance, people = random.Random(4), [telegram.user(f"U{number}") for number in range(50)]
    early = 0
    async with SmallBot(telegram, tmp_path, "--unlimited", "--think", "0") as bot:
        for start in range(0, count, 50):
            for person in people:
                await person.send(hostile(chance))
            await bot.idle()
            if start >= count // 4 and not early:
                early = memory(bot.pid)
        late = memory(bot.pid)
    assert [call.description for call in telegram.calls if call.status == 400] == []
    assert "Traceback" not in bot.log.read_text()
    assert bot.state("SELECT count(*) FROM inbox WHERE problem IS NOT NULL") == [(0,)]
    assert count < 10_000 or late < 1.1 * early


async def test_flood_of_one_person(telegram: Emulator, tmp_path: Path) -> None:
    """Who asks sixty questions at once gets twenty answers and one word; the others are answered as ever."""
    eve, others = telegram.user("Eve"), [telegram.user(f"U{number}") for number in range(10)]
    async with SmallBot(telegram, tmp_path, "--unpaced", "--think", "0") as bot:
        with telegram.paused():
            for number in range(60):
                await eve.send(f"{QUESTION} {number}")
            questions = [(person, await person.send(QUESTION)) for person in others]
        for person, question in questions:
            assert (await person.reply()).reply_to == question.id
        await bot.idle()
    said = [reply.text for reply in eve.replies]
    assert (said.count(MESSAGES["it"].too_fast), len(said)) == (1, 21)


@full
async def test_flood_does_not_slow_the_others(telegram: Emulator, tmp_path: Path) -> None:
    """One person writes a hundred messages a second for a minute; the p95 of ten others stays below twice that of an idle bot."""
    eve, others = telegram.user("Eve"), [telegram.user(f"U{number}") for number in range(10)]

    async def ask(person: Person, seconds: float) -> list[float]:
        waits, until = [], time.monotonic() + seconds
        while time.monotonic() < until:
            started = time.monotonic()
            question = await person.send(QUESTION)
            reply = await person.reply(60, to=question)
            waits.append(reply.received - started)
            await asyncio.sleep(max(0.0, started + 3.1 - time.monotonic()))  # as fast as one's share lasts
        return waits

    async def flood(seconds: float) -> None:
        started = time.monotonic()
        for number in range(int(seconds * 100)):
            await eve.send(f"{QUESTION} {number}")
            await asyncio.sleep(max(0.0, started + number / 100 - time.monotonic()))

    async with SmallBot(telegram, tmp_path):
        idle = sorted(chain(*await asyncio.gather(*(ask(person, 30) for person in others))))
        flooding = asyncio.create_task(flood(60))
        busy = sorted(chain(*await asyncio.gather(*(ask(person, 60) for person in others))))
        await flooding
    p95 = [waits[int(0.95 * len(waits))] for waits in (idle, busy)]
    print(f"p95 idle {p95[0] * 1000:.0f} ms, beside the flood {p95[1] * 1000:.0f} ms")
    assert p95[1] < 2 * p95[0]


@pytest.mark.skipif(shutil.which("faketime") is None, reason="needs faketime (apt install faketime)")
@pytest.mark.parametrize("clock", ["-2d", pytest.param("+2d", marks=full), pytest.param("@2038-01-20 00:00:00", marks=full)])
async def test_wrong_clock(telegram: Emulator, tmp_path: Path, clock: str) -> None:
    """With a clock days off, or beyond 2038, questions are answered without a word about delay, the limits hold and nothing is purged."""
    alice = telegram.user()
    async with SmallBot(telegram, tmp_path, "--unpaced", before=("faketime", "-f", clock)) as bot:
        with telegram.paused():
            for number in range(30):
                await alice.send(f"{QUESTION} {number}")
        await bot.idle()
    said = [reply.text for reply in alice.replies]
    assert (said.count(MESSAGES["it"].too_fast), said.count(MESSAGES["it"].late), len(said)) == (1, 0, 21)
    async with SmallBot(telegram, tmp_path, "--unpaced", before=("faketime", "-f", clock)) as bot:
        await bot.idle()
        assert bot.state("SELECT count(*) FROM answers") == [(20,)]


async def test_long_reply_is_not_sent_again_after_a_crash(telegram: Emulator, tmp_path: Path) -> None:
    """Killed before the last part of a reply, the bot goes on with that part."""
    alice = telegram.user()
    bot = SmallBot(telegram, tmp_path, "--unlimited")
    telegram.fail("sendMessage", hang=60.0, skip=1, times=1)
    await bot.start()
    await alice.send("lungo?")
    await telegram.hears("sendMessage", 2)
    await asyncio.sleep(0.2)
    await bot.kill()
    telegram.heal()
    async with bot:
        await bot.idle()
    words = "".join(reply.text for reply in alice.replies)
    assert len(alice.replies) > 2
    assert len({reply.text for reply in alice.replies[:2]}) == 2
    assert words.count("Una frase") == 250


async def test_outage_of_hours(telegram: Emulator, tmp_path: Path) -> None:
    """What was written while the bot was away is answered in order, with one word about the delay in each chat."""
    alice, bob, hours = telegram.user(), telegram.user("Bob", language_code="en"), int(time.time()) - 3 * 3600
    old = [await alice.send(f"{QUESTION} {number}", date=hours + number) for number in range(3)]
    fresh = await bob.send("How much uranium?")
    async with SmallBot(telegram, tmp_path, "--unlimited") as bot:
        await bot.idle()
    assert [reply.text == MESSAGES["it"].late for reply in alice.replies] == [True, False, False, False]
    assert [reply.reply_to for reply in alice.replies[1:]] == [message.id for message in old]
    assert [reply.reply_to for reply in bob.replies] == [fresh.id]


async def test_telegrams_limits(tmp_path: Path) -> None:
    """Many chats at once, and one chat in a row: no chat ever gets two messages within a second."""
    async with Emulator(limits=True) as telegram:
        telegram.limits.overall = 1000  # the bot's own count is tested by its clock: on a busy machine messages draw together on the way
        people = [telegram.user(f"U{number}") for number in range(40)]
        async with SmallBot(telegram, tmp_path, "--think", "0") as bot:
            with telegram.paused():
                for person in (*people, people[0], people[0]):
                    await person.send(QUESTION)
            await bot.idle()
        assert (telegram.limits.refused, sum(replies(people).values())) == (0, 42)


@full
async def test_telegrams_limit_of_groups(tmp_path: Path) -> None:
    """A group gets twenty messages a minute, and what is more a minute later."""
    async with Emulator(limits=True) as telegram:
        group, people = telegram.group(), [telegram.user(f"U{number}") for number in range(5)]
        async with SmallBot(telegram, tmp_path, "--think", "0") as bot:
            for person in people * 5:
                await person.send_to(group, f"/ask {QUESTION}")
            await bot.idle()
        assert (telegram.limits.refused, len(group.replies)) == (0, 25)


async def test_wrong_token_ends_loudly(telegram: Emulator, tmp_path: Path) -> None:
    """A token that Telegram does not know ends the process with code 1 and one line, no zombie."""
    bot = SmallBot(telegram, tmp_path, TELEGRAM_BOT_TOKEN="1:wrong")
    await bot.launch()
    assert await bot.ended(60) == 1
    assert bot.log.read_text().splitlines()[-1].startswith("chiedi: Telegram refuses the token (401)")


async def test_interrupt_stops_too(telegram: Emulator, tmp_path: Path) -> None:
    """Ctrl-C is a stop like any other."""
    bot = SmallBot(telegram, tmp_path)
    await bot.start()
    os.kill(bot.pid, signal.SIGINT)
    assert await bot.ended() == 0
