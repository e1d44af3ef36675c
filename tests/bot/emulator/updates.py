"""Updates to the bot: kept until confirmed, handed out by long polling or pushed to a webhook."""

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.bot.emulator.state import Signal
from tests.bot.emulator.wire import ApiError, Json, Parameters, bad, method

if TYPE_CHECKING:
    from tests.bot.emulator.server import Emulator

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

    def __init__(self, retry_first: float = 0.1, retry_most: float = 2.0) -> None:
        self.pending: list[Pending] = []
        self.history: list[Json] = []
        self.next_id = 700_000_000
        self.allowed: list[str] = []
        self.changed = Signal()
        self.paused = False
        self.poll: Poll | None = None
        self.webhook = Webhook(self, retry_first, retry_most)

    def add(self, kind: str, content: Json) -> Json | None:
        """Queues an update of a kind; None when the bot did not ask for that kind."""
        if kind not in self.allowed if self.allowed else kind in ON_REQUEST_ONLY:
            return None
        return self.put({"update_id": self.take_id(), kind: content})

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


@dataclass(eq=False)
class Webhook:
    """Pushes updates to the bot's address: in order within a chat, chats side by side, again after every failure."""

    queue: Updates
    retry_first: float
    retry_most: float
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0
    deliveries: int = 0

    def __post_init__(self) -> None:
        self._workers: dict[Any, asyncio.Task[None]] = {}
        self._waiting: dict[Any, list[Pending]] = defaultdict(list)
        self._given: set[int] = set()
        self._session: ClientSession | None = None
        self._places = asyncio.Semaphore(40)

    def set(self, url: str, secret: str, max_connections: int) -> None:
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self._places = asyncio.Semaphore(max_connections)
        self.wake()

    def wake(self) -> None:
        """Gives every waiting update to the worker of its chat."""
        if not self.url or self.queue.paused:
            return
        for waiting in self.queue.pending:
            if id(waiting) in self._given:
                continue
            self._given.add(id(waiting))
            lane = _lane(waiting.update)
            self._waiting[lane].append(waiting)
            if lane not in self._workers:
                self._workers[lane] = asyncio.create_task(self._work(lane))

    async def close(self) -> None:
        """Stops pushing; what was not accepted stays in the queue."""
        self.url = ""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._workers.clear()
        self._waiting.clear()
        self._given.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _work(self, lane: Any) -> None:
        while self._waiting[lane]:
            waiting = self._waiting[lane][0]
            pause = self.retry_first
            while not await self._deliver(waiting.update):
                await asyncio.sleep(pause)
                pause = min(2 * pause, self.retry_most)
            self._waiting[lane].pop(0)
            self._given.discard(id(waiting))
            if waiting in self.queue.pending:
                self.queue.pending.remove(waiting)
            self.queue.changed.fire()
        del self._workers[lane], self._waiting[lane]

    async def _deliver(self, update: Json) -> bool:
        """One attempt; true when the bot answered 2xx."""
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=60))
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        async with self._places:
            self.deliveries += 1
            try:
                async with self._session.post(self.url, json=update, headers=headers) as answer:
                    if 200 <= answer.status < 300:
                        return True
                    self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
            except TimeoutError:
                self._failed("Read timeout expired")
            except ClientError as error:
                self._failed(f"Connection refused: {type(error).__name__}")
        return False

    def _failed(self, words: str) -> None:
        self.last_error, self.last_error_date = words, int(time.time())


def _lane(update: Json) -> Any:
    """Updates of one chat (or of one person, where there is no chat) share a lane."""
    for content in update.values():
        if isinstance(content, dict):
            message = content.get("message", content)
            chat = message.get("chat") if isinstance(message, dict) else None
            who = chat or content.get("from")
            return who.get("id") if isinstance(who, dict) else None
    return None


@method("getUpdates")
async def get_updates(telegram: "Emulator", p: Parameters) -> list[Json]:
    queue = telegram.updates
    if queue.webhook.url:
        raise ApiError(409, "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
    if (kinds := p.json("allowed_updates", "allowed updates")) is not None:
        queue.allowed = _kinds(kinds)
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


def _kinds(kinds: Any) -> list[str]:
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise bad("can't parse allowed updates: expected an Array of String")
    return kinds


@method("setWebhook")
async def set_webhook(telegram: "Emulator", p: Parameters) -> bool:
    """Unlike Telegram, plain http and any port will do: the bot is on this machine."""
    queue, url, secret = telegram.updates, p.text("url"), p.text("secret_token")
    if url and not url.startswith(("http://", "https://")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in secret):
        raise bad("secret token contains unallowed characters")
    if (kinds := p.json("allowed_updates", "allowed updates")) is not None:
        queue.allowed = _kinds(kinds)
    await queue.webhook.close()
    if p.boolean("drop_pending_updates"):
        queue.pending.clear()
    if url:
        queue.stop_poll("terminated by setWebhook request")
        queue.webhook.set(url, secret, p.integer("max_connections", 40) or 40)
    return True


@method("deleteWebhook")
async def delete_webhook(telegram: "Emulator", p: Parameters) -> bool:
    await telegram.updates.webhook.close()
    if p.boolean("drop_pending_updates"):
        telegram.updates.pending.clear()
    return True


@method("getWebhookInfo")
async def get_webhook_info(telegram: "Emulator", p: Parameters) -> Json:
    queue, hook = telegram.updates, telegram.updates.webhook
    info: Json = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(queue.pending)}
    if hook.url:
        info["max_connections"] = hook.max_connections
    if hook.last_error:
        info |= {"last_error_message": hook.last_error, "last_error_date": hook.last_error_date}
    return info | ({"allowed_updates": queue.allowed} if queue.allowed else {})
