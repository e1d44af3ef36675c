"""Questions from other chats: typed behind the bot's name, or put to it as a guest. Nothing of them is kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from hashlib import sha256
from typing import Any

from telegram import InlineKeyboardMarkup, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.conversation.addressing import without_mentions
from bot.conversation.questions import Asker, question_of
from bot.replies.keyboards import to_article
from bot.replies.markup import Part, Run, clean, parts
from bot.replies.messages import MESSAGES
from bot.replies.paging import others
from bot.replies.rendering import cited, render, shortened
from bot.telegram.sending import NO_PREVIEW
from index.texts.headings import unmarked
from index.types import Answer, Language, Passage

log = logging.getLogger(__name__)
LONGEST = 256  # characters of an inline question; Telegram cuts the rest (Bot API, InlineQuery)
CACHE_SECONDS = 60
_SHOWN = 8  # results besides the answer
_TITLE, _DESCRIPTION = 100, 200  # units that are shown of a result


class Elsewhere:
    """Answers in chats that the bot is no member of."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def inline(self, update: Update, context: Any) -> None:
        """@bot QUESTION: the answer and other passages to choose from, for this person only, since the wording is theirs."""
        query = update.inline_query
        assert query is not None
        words, question, hint, results = await self._asker.words(query.from_user), question_of(query.query), None, []
        if question:
            answer, language = await self._asker.find(question, query.from_user)
            results = results_of(answer, language, query.get_bot().username)
            hint = None if answer.answered else words.inline_abstained
        if not question or not results:
            hint = words.inline_hint
        if len(query.query) >= LONGEST:
            hint = words.inline_cut
        button = InlineQueryResultsButton(hint, start_parameter="inline") if hint else None
        try:
            await query.answer(results, cache_time=CACHE_SECONDS, is_personal=True, button=button)
        except BadRequest as error:
            log.info("update %d: an inline question is answered too late (%s)", update.update_id, error)

    async def guest(self, update: Update, context: Any) -> None:
        """A mention in a chat where the bot is a guest: one answer."""
        message = update.guest_message
        assert message is not None
        assert message.from_user is not None
        question = question_of(without_mentions(message))
        if question:
            answer, language = await self._asker.find(question, message.from_user)
            result = _answer(answer, language, message.get_bot().username)
        else:
            result = _result("usage", "?", "", parts([Run((await self._asker.words(message.from_user)).ask_usage)])[0], None)
        await message.answer_guest_query(result)


def results_of(answer: Answer, language: Language, username: str) -> list[InlineQueryResultArticle]:
    """The answer, if there is one, then the other passages, best first."""
    first = [_answer(answer, language, username)] if answer.answered else []
    return [*first, *(_passage(passage, language, username) for passage in others(answer)[:_SHOWN])]


def _answer(answer: Answer, language: Language, username: str) -> InlineQueryResultArticle:
    """The whole reply without the surroundings of the quotation."""
    (part, *_) = render(replace(answer, hits=()), language)
    told = answer.exact or answer.fact or answer.quote or (answer.summary[0] if answer.summary else None)
    title = told.text if told else MESSAGES[language].inline_abstained
    return _result("answer", title, answer.article.title if answer.article else "", part, _open(answer.shown, language, username))


def _passage(passage: Passage, language: Language, username: str) -> InlineQueryResultArticle:
    name = sha256(f"{passage.article.id}:{passage.start}:{passage.end}".encode()).hexdigest()[:32]
    (part, *_) = parts(cited(passage, language))
    return _result(name, passage.article.title, passage.text, part, _open(passage, language, username))


def _open(passage: Passage | None, language: Language, username: str) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([[to_article(passage, language, username)]]) if passage else None


def _result(id: str, title: str, description: str, part: Part, buttons: InlineKeyboardMarkup | None) -> InlineQueryResultArticle:
    content = InputTextMessageContent(part.html, ParseMode.HTML, link_preview_options=NO_PREVIEW)
    return InlineQueryResultArticle(
        id, _one_line(title, _TITLE) or "?", content, buttons, description=_one_line(description, _DESCRIPTION) or None
    )


def _one_line(text: str, room: int) -> str:
    return shortened(" ".join(clean(unmarked(text)).split()), room)
