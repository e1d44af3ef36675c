"""Queries that the bot answers: pressed buttons, inline questions, guest messages."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bot.emulator.rules.formatting import keyboard, message_text
from tests.bot.emulator.rules.text import utf16_length
from tests.bot.emulator.state import Signal
from tests.bot.emulator.wire import Json, Parameters, bad, method

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(slots=True, eq=False)
class Query:
    """Something that spins on a person's screen until the bot answers it, once."""

    id: str
    data: Json
    result: Json | None = None
    changed: Signal = field(default_factory=Signal)

    async def answer(self, timeout: float = 10.0) -> Json:
        """The parameters with which the bot answered."""
        return await self.changed.until(lambda: self.result, timeout, f"answer to the query {self.data}")


class Queries:
    """Open queries by identifier, and the inline answers that Telegram keeps for the next who asks the same."""

    def __init__(self) -> None:
        self.open: dict[str, Query] = {}
        self._cache: dict[tuple[str, str, int | None], tuple[float, Json]] = {}
        self._next = 4_900_000_000_000_000_000

    def add(self, data: Json) -> Query:
        self._next += 7
        query = Query(str(self._next), data)
        self.open[query.id] = query
        return query

    def expire(self) -> None:
        """Makes every query too old to answer."""
        self.open.clear()

    def answer(self, query_id: str, check: Callable[[], Json]) -> Query:
        """Closes a query with the answer that `check` makes; a second answer comes too late."""
        query = self.open.get(query_id)
        if query is None:
            raise bad(TOO_OLD)
        query.result = check()
        del self.open[query_id]
        query.changed.fire()
        return query

    def remember(self, query: Query) -> None:
        assert query.result is not None
        user = query.data["from"]["id"] if query.result["is_personal"] else None
        key = (query.data["query"], query.data["offset"], user)
        self._cache[key] = (time.monotonic() + query.result["cache_time"], query.result)

    def remembered(self, words: str, offset: str, user: int) -> Json | None:
        for who in (user, None):
            until, result = self._cache.get((words, offset, who), (0.0, {}))
            if until > time.monotonic():
                return result
        return None


@method("answerCallbackQuery")
async def answer_callback_query(telegram: "Emulator", p: Parameters) -> bool:
    def check() -> Json:
        if utf16_length(p.text("text")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        return {"text": p.text("text"), "show_alert": p.boolean("show_alert"), "url": p.text("url")}

    telegram.queries.answer(p.text("callback_query_id"), check)
    return True


@method("answerInlineQuery")
async def answer_inline_query(telegram: "Emulator", p: Parameters) -> bool:
    def check() -> Json:
        results = p.objects("results", "inline query results") or []
        if len(results) > 50:
            raise bad("RESULTS_TOO_MUCH")
        if len(p.text("next_offset").encode()) > 64:
            raise bad("NEXT_OFFSET_INVALID")
        checked = [_result(result) for result in results]
        if len({result["id"] for result in checked}) < len(checked):
            raise bad("RESULT_ID_DUPLICATE")
        return {
            "results": checked,
            "cache_time": p.integer("cache_time", 300),
            "is_personal": p.boolean("is_personal"),
            "next_offset": p.text("next_offset"),
            "button": p.object("button", "inline query results button") or None,
        }

    telegram.queries.remember(telegram.queries.answer(p.text("inline_query_id"), check))
    return True


@method("answerGuestQuery")
async def answer_guest_query(telegram: "Emulator", p: Parameters) -> Json:
    telegram.queries.answer(p.text("guest_query_id"), lambda: _result(p.object("result", "inline query result")))
    return {"inline_message_id": f"guest{p.text('guest_query_id')}"}


def _result(result: Json) -> Json:
    """One inline result, checked, with the message it would send under `message`."""
    if not result.get("type"):
        raise bad("can't parse inline query result: Can't find field \"type\"")
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise bad("RESULT_ID_INVALID")
    content = Parameters(result).object("input_message_content", "input message content")
    if result["type"] == "article":
        if not str(result.get("title", "")).strip():
            raise bad("can't parse inline query result: Can't find field \"title\"")
        if not content:
            raise bad("can't parse inline query result: Input message content is not specified")
    markup = keyboard(Parameters({"reply_markup": result.get("reply_markup")}))
    message = message_text(Parameters(content), "message_text") if "message_text" in content else {}
    return result | {"message": message | ({"reply_markup": markup} if markup else {})}
