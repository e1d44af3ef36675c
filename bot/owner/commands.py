"""What only the owners can do: statistics, gaps, judged questions, rebuilding, deleting an article."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Callable, Coroutine
from hashlib import sha256
from io import BytesIO
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, Message, ReplyParameters, Update
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from bot.conversation.addressing import PRIVATE, message_and_author
from bot.conversation.questions import Asker
from bot.engine import Engine
from bot.owner.chart import bars
from bot.owner.gaps import groups
from bot.owner.judged_questions import export
from bot.owner.rebuilding import rebuild
from bot.owner.statistics import DAYS, Overview, Statistics
from bot.replies.markup import Part, Run, parts
from bot.replies.messages import Messages
from bot.settings import Settings
from bot.state.outbox import in_background
from bot.telegram.sending import reply, say
from bot.telegram.updates import AnyHandler
from index.errors import ChiediError
from index.texts.articles import article_files
from index.types import Article

log = logging.getLogger(__name__)
MOST_GAPS, MOST_GROUPS = 500, 20  # questions that are compared, groups that are shown
BUTTONS = 20  # articles offered for deletion at once


class Admin:
    """The owners' side; every coroutine answers an update of a person whose numeric id stands in the settings."""

    def __init__(self, engine: Engine, asker: Asker, statistics: Statistics, settings: Settings, now: Callable[[], float]) -> None:
        self._engine, self._asker, self._statistics, self._settings, self._now = engine, asker, statistics, settings, now
        self._rebuilding: asyncio.Task[None] | None = None

    def handlers(self, list_articles: Callable[..., Coroutine[Any, Any, None]]) -> list[AnyHandler]:
        """The owners' part of the handler table; ``list_articles`` is what /articles does for everyone. Empty without owners."""
        if not self._settings.admins:
            return []
        owners = PRIVATE & filters.User(self._settings.admins)

        async def articles(update: Update, context: Any) -> None:
            await list_articles(update, context)
            await self._offer_deletion(update)

        return [
            CommandHandler("stats", self.stats, owners),
            CommandHandler("gaps", self.gaps, owners),
            CommandHandler("export_eval", self.export_eval, owners),
            CommandHandler("rebuild", self.rebuild, owners),
            CommandHandler("articles", articles, owners),
            CallbackQueryHandler(self.delete, r"^adm:"),
        ]

    async def stats(self, update: Update, context: Any) -> None:
        """/stats: a table by day, and a picture of it."""
        message, words = await self._begin(update)
        overview = await self._statistics.overview(self._now())
        if not overview.total.asked:
            await say(message, words.stats_none.format(days=DAYS))
            return
        text = _table(overview, words)
        await reply(message, [Part(f"<pre>{html.escape(text, quote=False)}</pre>", text)])
        days = [(f"{day.day:%d.%m}", day.answered, day.asked - day.answered) for day in overview.days]
        picture = await self._asker.in_thread(bars, days, _title(overview, words), words.stats_head[2:4])
        await message.get_bot().send_photo(message.chat_id, BytesIO(picture), reply_parameters=_to(message))

    async def gaps(self, update: Update, context: Any) -> None:
        """/gaps: refused and wrongly answered questions, grouped by meaning."""
        message, words = await self._begin(update)
        questions = (await self._statistics.gaps(self._now()))[:MOST_GAPS]
        if not questions:
            await say(message, words.gaps_none)
            return
        vectors = await self._asker.in_thread(self._engine.embedder.encode_questions, [question for question, _ in questions])
        found = groups(questions, vectors)
        runs = [Run(words.gaps_title.format(count=sum(count for _, count in found)))]
        runs += [Run(f"\n{count} × {question}") for question, count in found[:MOST_GROUPS]]
        if len(found) > MOST_GROUPS:
            runs.append(Run("\n" + words.gaps_more.format(count=len(found) - MOST_GROUPS)))
        await reply(message, parts(runs))

    async def export_eval(self, update: Update, context: Any) -> None:
        """/export_eval: the judged questions as a file for `chiedi eval`."""
        message, words = await self._begin(update)
        judged = await self._statistics.judged()
        lines, count, left_out = await self._asker.in_thread(export, judged, self._article)
        if not count:
            await say(message, words.export_nothing)
            return
        document = InputFile(BytesIO(lines.encode()), filename="chiedi-eval.jsonl")
        caption = words.export_done.format(count=count, left_out=left_out)
        await message.get_bot().send_document(message.chat_id, document, caption=caption, reply_parameters=_to(message))

    async def rebuild(self, update: Update, context: Any) -> None:
        """/rebuild: brings the index up to date, with word about the progress."""
        message, words = await self._begin(update)
        await self._start_rebuild(message, words)

    async def delete(self, update: Update, context: Any) -> None:
        """The buttons under the owners' list of articles: which one, and yes or no."""
        query = update.callback_query
        assert query is not None
        message = query.message
        await query.answer()
        if query.from_user.id not in self._settings.admins or not isinstance(message, Message):
            return
        _, action, name = [*(query.data or "").split(":"), "", ""][:3]
        words = await self._asker.words(query.from_user)
        article = await self._asker.in_thread(self._named, name)
        if action == "no" or article is None:
            await _edit(message, words.not_deleted if action == "no" else words.article_gone)
        elif action == "ask":
            choices = {"yes": words.delete_yes, "no": words.delete_no}
            keys = [InlineKeyboardButton(text, callback_data=f"adm:{key}:{name}") for key, text in choices.items()]
            await say(message, words.delete_question.format(title=article.title), InlineKeyboardMarkup([keys]))
        else:
            await self._asker.in_thread(self._remove, article)
            await _edit(message, words.deleted.format(title=article.title))
            await self._start_rebuild(message, words)

    async def _begin(self, update: Update) -> tuple[Message, Messages]:
        message, user = message_and_author(update)
        return message, await self._asker.words(user)

    async def _offer_deletion(self, update: Update) -> None:
        message, words = await self._begin(update)
        newest = await self._asker.in_thread(self._engine.newest, 0, BUTTONS)
        keys = [[InlineKeyboardButton(article.title[:60], callback_data=f"adm:ask:{_name(article.id)}")] for article in newest]
        if keys:
            await say(message, words.delete_hint, InlineKeyboardMarkup(keys))

    async def _start_rebuild(self, message: Message, words: Messages) -> None:
        if self._rebuilding is None or self._rebuilding.done():
            notice = await message.get_bot().send_message(message.chat_id, words.rebuild_running)
            self._rebuilding = in_background(self._rebuild(notice, words))
        else:
            await say(message, words.rebuild_running)

    async def _rebuild(self, notice: Message, words: Messages) -> None:
        async def report_progress(done: int, total: int) -> None:
            await _edit(notice, words.rebuild_progress.format(done=done, total=total))

        try:
            report = await rebuild(self._settings.articles, self._settings.index, self._engine.embedder, report_progress)
        except (ChiediError, OSError) as error:
            log.error("the index could not be rebuilt (%s)", error)
            await _edit(notice, words.rebuild_failed.format(problem=str(error)[:1000]))
            return
        text = words.rebuild_done if report.changed else words.rebuild_same
        said = text.format(
            articles=report.articles, passages=report.passages, encoded=report.encoded, removed=report.removed,
            seconds=f"{report.seconds:.1f}",
        )  # fmt: skip
        if report.skipped:
            said += "\n" + words.rebuild_skipped.format(problems="\n".join(map(str, report.skipped)))[:2000]
        await _edit(notice, said)

    def _article(self, id: str) -> Article | None:
        try:
            return self._engine.articles([id])[0]
        except KeyError:
            return None

    def _named(self, name: str) -> Article | None:
        return next((self._article(id) for id in self._engine.article_ids() if _name(id) == name), None)

    def _remove(self, article: Article) -> None:
        for id, path in article_files(self._settings.articles):
            if id == article.id:
                path.unlink()


def _name(id: str) -> str:
    """What stands for an article in a button's data, which holds 64 bytes."""
    return sha256(id.encode()).hexdigest()[:24]


def _to(message: Message) -> ReplyParameters:
    return ReplyParameters(message.message_id, allow_sending_without_reply=True)


async def _edit(message: Message, text: str) -> None:
    try:
        await message.get_bot().edit_message_text(text, message.chat_id, message.message_id)
    except TelegramError as error:
        log.warning("a message could not be changed (%s)", error)


def _title(overview: Overview, words: Messages) -> str:
    total = overview.total
    return words.stats_title.format(days=DAYS, questions=total.asked, share=round(100 * total.answered / total.asked))


def _table(overview: Overview, words: Messages) -> str:
    """The days on which something was asked, as a table for a narrow screen."""
    rows = [(*words.stats_head, "p50 ms", "p95 ms")]
    for day in overview.days:
        if day.asked:
            counts = (day.asked, day.answered, day.asked - day.answered)
            rows.append((f"{day.day:%d.%m}", *map(str, counts), f"{day.p50:.0f}", f"{day.p95:.0f}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    latency = words.stats_latency.format(p50=round(overview.total.p50), p95=round(overview.total.p95))
    languages = words.stats_languages.format(languages=", ".join(f"{name} {count}" for name, count in overview.languages))
    return "\n".join([_title(overview, words), "", *lines, "", latency, languages])
