"""The other way to deliver updates: Telegram calls the bot."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.bot.emulator.wire import Json, Parameters, bad, method

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator
    from tests.bot.emulator.updates import Pending, Updates


@dataclass(eq=False)
class Webhook:
    """Pushes updates to the bot's address: in order within a chat, chats side by side, again after every failure."""

    queue: "Updates"
    retry_first: float = 0.1
    retry_most: float = 2.0
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


@method("setWebhook")
async def set_webhook(telegram: "Emulator", p: Parameters) -> bool:
    """Unlike Telegram, plain http and any port will do: the bot is on this machine."""
    queue, url, secret = telegram.updates, p.text("url"), p.text("secret_token")
    if url and not url.startswith(("http://", "https://")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in secret):
        raise bad("secret token contains unallowed characters")
    if (kinds := p.json("allowed_updates", "allowed updates")) is not None:
        queue.allow(kinds)
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
