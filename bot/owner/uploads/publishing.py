"""From an owner's yes to an article that answers: written into the folder, indexed, reported. One worker does it, also after a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.conversation.editing import edit
from bot.engine import Engine
from bot.monitoring import ERRORS
from bot.owner.rebuilding import apart, rebuild
from bot.owner.uploads.documents import own_origin
from bot.owner.uploads.preview import named, understood
from bot.replies.keyboards import under_added, under_proposal
from bot.replies.markup import Part, Run, parts
from bot.replies.messages import MESSAGES
from bot.settings import Settings
from bot.state.feedback import Feedback
from bot.state.proposals import Found, Proposal, Proposals
from index.errors import BuildBusy, ChiediError
from index.texts.articles import suggested_questions

if TYPE_CHECKING:
    from pathlib import Path

    from index.sources.library.folder import Entry

log = logging.getLogger(__name__)
BUSY_SECONDS = 2.0  # until the index is tried again while another build holds it
Written = tuple[Proposal, list["Entry"]]


class Publisher:
    """The worker; what it has not finished stays in the database."""

    def __init__(self, bot: Bot, engine: Engine, feedback: Feedback, proposals: Proposals, settings: Settings) -> None:
        self._bot, self._engine, self._feedback, self._proposals, self._settings = bot, engine, feedback, proposals, settings
        self._asked = asyncio.Event()

    async def accept(self, token: str, user: int, shown: int) -> bool:
        """Takes an owner's yes under the message ``shown``, once; False when it means nothing any more."""
        accepted = await self._proposals.accept(token, user, shown)
        self._asked.set()
        return accepted

    async def run(self) -> None:
        """Adds what was said yes to, also before the last stop. Never ends."""
        while True:
            self._asked.clear()
            try:
                await self._add(await self._proposals.accepted())
            except Exception:  # the next yes, or the next start, tries again
                ERRORS.inc()
                log.exception("what was said yes to could not be added")
            await self._asked.wait()

    async def _add(self, accepted: Sequence[Proposal]) -> None:
        """Writes everything, indexes it at once, and says so under each question. Adding twice changes nothing."""
        written: list[Written] = []
        for proposal in accepted:
            await self._show(proposal, _said(MESSAGES[proposal.wording].add_running.format(title=named(proposal.found))))
            try:
                written.append((proposal, await apart(partial(_write, proposal.found, self._settings.articles))))
            except (ChiediError, OSError) as error:
                await self._put_back(proposal, error)
        try:
            if written:
                await self._index()
        except (ChiediError, OSError) as error:
            for proposal, _ in written:
                await self._put_back(proposal, error)
        else:
            for proposal, entries in written:
                await self._tell(proposal, entries)

    async def _index(self) -> None:
        """Brings the index up to date, after another build that may have begun too early."""
        while True:
            try:
                await rebuild(self._settings.articles, self._settings.index, self._engine.embedder)
            except BuildBusy:
                await asyncio.sleep(BUSY_SECONDS)
            else:
                return

    async def _tell(self, proposal: Proposal, entries: Sequence[Entry]) -> None:
        """Done, with a question to try as a button, in the article's language, since it names the title."""
        words, first = MESSAGES[proposal.wording], entries[0]
        suggested = await apart(lambda: suggested_questions(first.path))
        question = next(iter(suggested), MESSAGES["it" if first.language == "it" else "en"].add_question.format(title=first.title))
        ((token, _),) = await self._feedback.offer(proposal.user, proposal.user, [question])
        done = words.added_one if len(entries) == 1 else words.added_many
        said = done.format(title=named(proposal.found), count=len(entries))
        await self._show(proposal, _said(said), under_added(token, question))
        await self._proposals.drop(proposal.token)

    async def _put_back(self, proposal: Proposal, error: Exception) -> None:
        """Says why nothing was added, and lets the owner say yes again."""
        log.error("an article could not be added (%s)", error)
        await self._proposals.put_back(proposal.token)
        buttons = under_proposal(proposal.token, proposal.wording)
        await self._show(proposal, understood(proposal.found, proposal.wording, str(error)), buttons)

    async def _show(self, proposal: Proposal, part: Part, buttons: InlineKeyboardMarkup | None = None) -> None:
        try:
            if proposal.shown is not None:
                await edit(self._bot, proposal.user, proposal.shown, part, buttons)
        except TelegramError as error:
            log.warning("an owner could not be notified of an article (%s)", error)


def _write(found: Found, articles: Path) -> list[Entry]:
    """The articles as they stand in the folder; runs in a thread."""
    from index.sources.library.folder import Library

    library = Library(articles)
    return [library.add(each.document, own_origin(library, each.document, each.origin)).entry for each in found.articles]


def _said(text: str) -> Part:
    return parts([Run(text)])[0]
