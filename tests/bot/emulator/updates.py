"""Updates to the bot: kept until confirmed, handed out by long polling (or pushed, see webhook.py)."""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.bot.emulator.state import Signal
from tests.bot.emulator.webhook import Webhook
from tests.bot.emulator.wire import ApiError, Json, Parameters, bad, method

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

ON_REQUEST_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}
STOPPED = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True, eq=False)
class Pending:
    """One update that waits; `once` marks a repetition, which goes out a single time whatever the offset says."""

    update: Json
    once: bool = False

    @property
    def id(self) -> int:
        given = self.update.get("update_id")
        return given if isinstance(given, int) else 0


@dataclass(slots=True)
class Poll:
    """The getUpdates call under way; the words end it with 409."""

    stopped: str = ""


class Updates:
    """The queue of one bot. Identifiers rise by one; Telegram's start at a random number."""

    def __init__(self) -> None:
        self.pending: list[Pending] = []
        self.history: list[Json] = []
        self.next_id = 700_000_000
        self.allowed: list[str] = []
        self.changed = Signal()
        self.paused = False
        self.poll: Poll | None = None
        self.webhook = Webhook(self)

    def add(self, kind: str, content: Json) -> Json | None:
        """Queues an update of a kind; None when the bot did not ask for that kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST_ONLY
        if not wanted:
            return None
        return self.put({"update_id": self.take_id(), kind: content})

    def allow(self, kinds: Any) -> None:
        """Remembers which kinds of updates the bot asked for; an empty list is Telegram's own choice."""
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise bad("can't parse allowed updates: expected an Array of String")
        self.allowed = kinds

    def take_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def put(self, update: Json, *, once: bool = False) -> Json:
        """Queues an update as it stands."""
        self.pending.append(Pending(update, once or not isinstance(update.get("update_id"), int)))
        self.history.append(update)
        self.wake()
        return update

    def wake(self) -> None:
        self.changed.fire()
        self.webhook.wake()

    def shuffle(self, seed: int) -> None:
        """Mixes the order in which waiting updates are handed out; their identifiers stay."""
        random.Random(seed).shuffle(self.pending)

    def confirm(self, offset: int) -> None:
        """Forgets what lies below the offset; a negative one keeps only that many of the newest."""
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [waiting for waiting in self.pending if waiting.once or waiting.id >= offset]

    def batch(self, limit: int) -> list[Json]:
        """The next updates, oldest first; repetitions leave the queue with it."""
        if self.paused:
            return []
        chosen = self.pending[:limit]
        self.pending = [waiting for waiting in self.pending if not (waiting.once and waiting in chosen)]
        return [waiting.update for waiting in chosen]

    def stop_poll(self, words: str) -> None:
        if self.poll is not None:
            self.poll.stopped = words
            self.changed.fire()


@method("getUpdates")
async def get_updates(telegram: "Emulator", p: Parameters) -> list[Json]:
    queue = telegram.updates
    if queue.webhook.url:
        raise ApiError(409, "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
    if (kinds := p.json("allowed_updates", "allowed updates")) is not None:
        queue.allow(kinds)
    queue.stop_poll(STOPPED)
    queue.confirm(p.integer("offset"))
    limit = min(max(p.integer("limit", 100), 1), 100) if p.integer("limit", 100) else 100
    deadline = time.monotonic() + min(max(p.integer("timeout"), 0), 50)
    queue.poll = poll = Poll()
    try:
        while not poll.stopped and not (found := queue.batch(limit)) and (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await queue.changed.wait()
        if poll.stopped:
            raise ApiError(409, poll.stopped)
        return found
    finally:
        if queue.poll is poll:
            queue.poll = None
