"""Pressed buttons. What a press brings is the client's claim: an action and a name, checked against the database here."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from telegram import CallbackQuery, Update
from telegram.error import TelegramError

from bot.conversation.editing import edit
from bot.conversation.questions import Asker
from bot.replies.keyboards import under_answer, under_page
from bot.replies.links import answer_payload, to_bot
from bot.replies.markup import Run, parts
from bot.replies.paging import page_of_others
from bot.replies.rendering import render
from bot.state.feedback import Feedback, Verdict
from bot.state.ledger import Past

log = logging.getLogger(__name__)
_NUMBER = re.compile("[0-9]{1,3}")


class Toast(NamedTuple):
    """How a press is acknowledged: with words over the chat, by opening a link to the bot, or silently."""

    text: str | None = None
    url: str | None = None


Action = Callable[[Update, CallbackQuery, str], Awaitable[Toast]]


class CallbackRouter:
    """Hands each press to its action, once, and acknowledges it, once."""

    def __init__(self, feedback: Feedback, actions: Mapping[str, Action]) -> None:
        self._feedback, self._actions = feedback, actions

    async def press(self, update: Update, context: Any) -> None:
        """Any button; one that no longer means anything only stops its clock."""
        query = update.callback_query
        assert query is not None
        if await self._feedback.was_pressed(query.id):
            return
        action, _, name = (query.data or "").partition(":")
        act = self._actions.get(action)
        await _acknowledge(query, await act(update, query, name) if act else Toast())
        await self._feedback.pressed(query.id)


class AnswerButtons:
    """The buttons under an answer; they belong to whoever asked, in the chat of the question."""

    def __init__(self, asker: Asker, feedback: Feedback) -> None:
        self._asker, self._feedback = asker, feedback

    def actions(self) -> dict[str, Action]:
        """What each button does."""
        return {
            "more": self._more,
            "literal": self._literal,
            "everywhere": self._everywhere,
            **{verdict: self._judge(verdict) for verdict in ("good", "wrong", "missed")},
        }

    async def _more(self, update: Update, query: CallbackQuery, name: str) -> Toast:
        """Shows a page of other passages in place of the answer's last message; page 0 is the answer."""
        token, _, number = name.rpartition(":")
        past = await self._own(query, token)
        if isinstance(past, Toast):
            return past
        if not _NUMBER.fullmatch(number):
            return Toast()
        bot, answer = query.get_bot(), await self._asker.again(past)
        page = page_of_others(answer, past.wording, int(number)) if int(number) else None
        within = await self._asker.article(past.within)
        part = page.part if page else render(answer, past.wording, within=within)[-1]
        back = under_page(page, f"more:{token}", back=f"more:{token}:0") if page else None
        below = back or under_answer(answer, token, past.wording, bot.username, within=bool(within))
        await edit(bot, past.chat, past.replies[-1], part, below)
        return Toast()

    def _judge(self, verdict: Verdict) -> Action:
        async def judge(update: Update, query: CallbackQuery, token: str) -> Toast:
            """Remembers the verdict and says thanks."""
            past = await self._own(query, token)
            if isinstance(past, Toast):
                return past
            await self._feedback.judge(past.id, query.from_user.id, verdict)
            words = await self._asker.words(query.from_user)
            return Toast({"good": words.thanks_good, "wrong": words.thanks_wrong, "missed": words.thanks_missed}[verdict])

        return judge

    async def _literal(self, update: Update, query: CallbackQuery, token: str) -> Toast:
        """Answers the question as it was typed, in place of the reading."""
        past = await self._own(query, token)
        if isinstance(past, Toast):
            return past
        within = await self._asker.article(past.within)
        await self._asker.correct(update, query.get_bot(), query.from_user, past.question, past, within=within)
        return Toast()

    async def _everywhere(self, update: Update, query: CallbackQuery, token: str) -> Toast:
        """Closes the article that is open; under an answer, answers its question from all articles in its place."""
        past = await self._own(query, token) if token else None
        if isinstance(past, Toast):
            return past
        await self._asker.users.close_article(query.from_user.id)
        closed = (await self._asker.words(query.from_user)).article_closed
        if past:
            await self._asker.correct(update, query.get_bot(), query.from_user, past.understood or past.question, past)
        elif query.message and query.message.chat.id > 0:
            await edit(query.get_bot(), query.message.chat.id, query.message.message_id, parts([Run(closed)])[0], None)
        return Toast(closed)

    async def _own(self, query: CallbackQuery, token: str) -> Past | Toast:
        """The exchange, if this person asked in this chat; another member is led to an own copy of the answer in private."""
        past = await self._asker.ledger.of_token(token)
        if past is None or query.message is None or past.chat != query.message.chat.id:
            return Toast((await self._asker.words(query.from_user)).button_expired)
        if past.user != query.from_user.id:
            return Toast(url=to_bot(query.get_bot().username, answer_payload(token)))
        return past


async def _acknowledge(query: CallbackQuery, toast: Toast) -> None:
    """Stops the button's clock; Telegram refuses it for old presses, which hurts nobody."""
    try:
        await query.answer(toast.text, url=toast.url)
    except TelegramError as error:
        log.info("a button press could not be acknowledged (%s)", error)
