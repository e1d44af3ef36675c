"""What the bot does with each kind of message."""

from __future__ import annotations

import json
import logging
from collections import deque
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, InputFile, Message, Update, User
from telegram.error import TelegramError

from bot.conversation.addressing import after_command, is_ask, is_for_bot, is_question, message_and_author, without_mentions
from bot.conversation.callbacks import AnswerButtons, CallbackRouter, Toast
from bot.conversation.editing import edit
from bot.conversation.examples import Examples
from bot.conversation.inline import Elsewhere
from bot.conversation.questions import Asker, question_of
from bot.replies.keyboards import deep_link, languages, under_forget, under_opened, under_page, under_start
from bot.replies.links import article_payload
from bot.replies.markup import Part, Run, parts
from bot.replies.messages import MESSAGES
from bot.replies.paging import Page, page_of_articles
from bot.replies.rendering import render_article
from bot.settings import Settings
from bot.state.database import RETENTION_SECONDS, Database
from bot.state.feedback import Feedback
from bot.state.ledger import Past
from bot.state.privacy import Privacy
from bot.telegram.sending import REFUSED, reply, say
from index.types import MAX_QUESTION, Article, Language

log = logging.getLogger(__name__)
FOLLOW_UP_SECONDS = 600.0  # so long after a question the next one in a private chat may lean on it
ARTICLE_PARTS = 3  # messages of an article that are shown at most


class Conversation:
    """The bot's side of every conversation; each public coroutine answers one update."""

    def __init__(self, asker: Asker, database: Database, settings: Settings) -> None:
        feedback = Feedback(database)
        self._asker, self._feedback, self._privacy = asker, feedback, Privacy(database)
        self._examples = Examples(asker, feedback, settings.articles, settings.admins)
        self._albums: deque[str] = deque(maxlen=1000)
        self.elsewhere = Elsewhere(asker)
        self.press = CallbackRouter(feedback, AnswerButtons(asker, feedback).actions() | {
            "lang": self._choose_language, "hello": self._greet_again, "offer": self._take_offer,
            "articles": self._turn_articles, "forget": self._forget,
        }).press  # fmt: skip

    async def start(self, update: Update, context: Any) -> None:
        """/start: says what the bot is, with questions to begin with, and closes the open article; a deep link opens one, or an answer."""
        message, user = message_and_author(update)
        payload = after_command(message)
        if payload.startswith("d_"):
            await self._open_article(message, user, payload)
        elif payload.startswith("a_"):
            await self._open_answer(update, message, user, payload[2:])
        else:
            await self._asker.users.close_article(user.id)
            part, buttons = await self._greeting(message.chat_id, user, await self._asker.language(user))
            await reply(message, [part], buttons)

    async def help(self, update: Update, context: Any) -> None:
        """/help: how to ask, and the commands."""
        message, user = message_and_author(update)
        words, bot = await self._asker.words(user), message.get_bot()
        said = [words.help, words.help_inline] if bot.supports_inline_queries else [words.help]
        await say(message, "\n\n".join(said).format(bot=f"@{bot.username}", limit=MAX_QUESTION))

    async def language(self, update: Update, context: Any) -> None:
        """/lang: offers the languages as buttons."""
        message, user = message_and_author(update)
        await say(message, (await self._asker.words(user)).language_question, InlineKeyboardMarkup([languages("lang")]))

    async def articles(self, update: Update, context: Any) -> None:
        """/articles: lists the collection, page by page."""
        message, user = message_and_author(update)
        part, buttons = await self._listed(message.get_bot().username, await self._asker.language(user), 1)
        await reply(message, [part], buttons)

    async def privacy(self, update: Update, context: Any) -> None:
        """/privacy: what is kept."""
        message, user = message_and_author(update)
        days = round(RETENTION_SECONDS / 86400)
        await say(message, (await self._asker.words(user)).privacy.format(bot=f"@{message.get_bot().username}", days=days))

    async def export(self, update: Update, context: Any) -> None:
        """/export: everything that is kept about the person, as a JSON document."""
        message, user = message_and_author(update)
        kept = json.dumps(await self._privacy.export(user.id), ensure_ascii=False, indent=2).encode()
        await message.reply_document(InputFile(kept, "chiedi.json"), caption=(await self._asker.words(user)).export_caption)

    async def forget(self, update: Update, context: Any) -> None:
        """/forget: asks whether to delete everything."""
        message, user = message_and_author(update)
        language = await self._asker.language(user)
        await say(message, MESSAGES[language].forget_question, under_forget(language))

    async def ask(self, update: Update, context: Any) -> None:
        """/ask QUESTION: answers it."""
        message, user = message_and_author(update)
        await self._asker.answer(update, message, user, after_command(message), await self._previous(message), await self._opened(message))

    async def question(self, update: Update, context: Any) -> None:
        """A text that is a question: answers it."""
        message, user = message_and_author(update)
        self.note_album(message)
        text, within = without_mentions(message), await self._opened(message)
        await self._asker.answer(update, message, user, text, await self._previous(message), within)

    async def edited(self, update: Update, context: Any) -> None:
        """A question that was changed: its answer is changed too; what becomes a question only now is answered."""
        message = update.edited_message
        assert message is not None
        assert message.from_user is not None
        text = after_command(message) if is_ask(message) else without_mentions(message)
        past = await self._asker.ledger.of_question(message.chat_id, message.message_id)
        if past is None and is_for_bot(message):
            await self._asker.answer(update, message, message.from_user, text, within=await self._opened(message))
        elif past and is_question(message) and question_of(text) not in ("", past.question):
            previous, within = await self._previous(message), await self._asker.article(past.within)
            await self._asker.correct(update, message.get_bot(), message.from_user, text, past, previous, within)

    async def own_words(self, update: Update, context: Any) -> None:
        """One of the bot's own messages, forwarded to it: nothing to look for."""
        message, user = message_and_author(update)
        await say(message, (await self._asker.words(user)).own_words)

    async def unknown_command(self, update: Update, context: Any) -> None:
        """A command that does not exist: a short help."""
        message, user = message_and_author(update)
        await say(message, (await self._asker.words(user)).unknown_command)

    async def not_text(self, update: Update, context: Any) -> None:
        """A photo, a voice message, anything without words: says what can be done, once for an album."""
        message, user = message_and_author(update)
        if message.media_group_id and message.media_group_id in self._albums:
            return
        self.note_album(message)
        await say(message, (await self._asker.words(user)).text_only)

    def note_album(self, message: Message) -> None:
        """One word about an album is enough: its other pictures get none."""
        if message.media_group_id:
            self._albums.append(message.media_group_id)

    async def moved(self, update: Update, context: Any) -> None:
        """A group became a supergroup: what was said in it moves along."""
        message = update.effective_message
        assert message is not None
        old, new = message.migrate_from_chat_id or message.chat_id, message.migrate_to_chat_id or message.chat_id
        await self._asker.ledger.moved(old, new)

    async def apologise(self, update: Update, reference: str) -> None:
        """Apologises to the person, as far as Telegram lets it."""
        user, message = update.effective_user, update.message or update.edited_message
        words = await self._asker.words(user) if user else MESSAGES["en"]
        text = words.apology.format(reference=reference)
        try:
            if update.callback_query:
                await update.callback_query.answer(text, show_alert=True)
            elif message:
                await say(message, text)
        except REFUSED:
            raise
        except TelegramError as error:
            log.warning("the apology %s could not be sent (%s)", reference, error)

    def close(self) -> None:
        """Lets go of the threads without waiting for them."""
        self._asker.close()

    async def _previous(self, message: Message) -> Past | None:
        """The exchange that a question may lean on: the one it replies to, or in a private chat the last one, if it is fresh."""
        replied, ledger = message.reply_to_message, self._asker.ledger
        if replied and replied.from_user and replied.from_user.id == message.get_bot().id:
            return await ledger.of_reply(message.chat_id, replied.message_id)
        if message.chat_id < 0 or replied:
            return None
        return await ledger.before(message.chat_id, message.message_id, message.date.timestamp() - FOLLOW_UP_SECONDS)

    async def _opened(self, message: Message) -> Article | None:
        """The article that a question in a private chat is about, because the person has it open."""
        user = message.from_user if message.chat_id > 0 else None
        return await self._asker.opened(user, message.date.timestamp()) if user else None

    async def _greeting(self, chat: int, user: User, language: Language) -> tuple[Part, InlineKeyboardMarkup]:
        words, questions = MESSAGES[language], await self._examples.draw(language)
        offers = await self._feedback.offer(chat, user.id, questions)
        return parts([Run("\n\n".join([words.start, *([words.start_examples] if offers else [])]))])[0], under_start(offers)

    async def _open_article(self, message: Message, user: User, payload: str) -> None:
        """The article that a deep link names: shown, and open from now on."""
        language = await self._asker.language(user)
        article = await self._asker.in_thread(self._article, payload)
        if article is None:
            await say(message, MESSAGES[language].article_gone)
        else:
            await self._asker.users.open_article(user.id, article.id, message.date.timestamp())
            await reply(message, render_article(article, language)[:ARTICLE_PARTS])
            await say(message, MESSAGES[language].article_opened, under_opened(language))

    def _article(self, payload: str) -> Article | None:
        ids = [id for id in self._asker.engine.article_ids() if article_payload(id) == payload]
        return self._asker.engine.articles(ids)[0] if ids else None

    async def _open_answer(self, update: Update, message: Message, user: User, token: str) -> None:
        """The question that a deep link names is answered here, for this person."""
        past = await self._asker.ledger.of_token(token)
        if past is None:
            await say(message, (await self._asker.words(user)).answer_gone)
        else:
            await self._asker.answer(update, message, user, past.understood or past.question)

    async def _choose_language(self, update: Update, query: CallbackQuery, name: str) -> Toast:
        """A language button of /lang: remembers the choice and says so in place of the question."""
        if name in ("it", "en"):
            language: Language = "it" if name == "it" else "en"
            await self._asker.users.choose_language(query.from_user.id, language)
            await _change(query, parts([Run(MESSAGES[language].language_set)])[0])
        return Toast()

    async def _greet_again(self, update: Update, query: CallbackQuery, name: str) -> Toast:
        """A language button of /start: remembers the choice and greets in that language."""
        if name in ("it", "en") and query.message:
            language: Language = "it" if name == "it" else "en"
            await self._asker.users.choose_language(query.from_user.id, language)
            part, buttons = await self._greeting(query.message.chat.id, query.from_user, language)
            await _change(query, part, buttons)
        return Toast()

    async def _take_offer(self, update: Update, query: CallbackQuery, token: str) -> Toast:
        """An offered question: puts it into the chat and answers it there."""
        chat = query.message.chat.id if query.message else 0
        question = await self._feedback.offered(token, chat, query.from_user.id)
        if question is None:
            return Toast((await self._asker.words(query.from_user)).button_expired)
        asked = await query.get_bot().send_message(chat, question)
        await self._asker.answer(update, asked, query.from_user, question)
        return Toast()

    async def _turn_articles(self, update: Update, query: CallbackQuery, number: str) -> Toast:
        """Another page of the collection."""
        if number.isascii() and number.isdecimal() and len(number) < 7:
            language = await self._asker.language(query.from_user)
            await _change(query, *await self._listed(query.get_bot().username, language, int(number)))
        return Toast()

    async def _listed(self, username: str, language: Language, number: int) -> tuple[Part, InlineKeyboardMarkup | None]:
        def page() -> Page | None:
            engine = self._asker.engine
            return page_of_articles(
                engine.newest, len(engine.article_ids()), language, number, lambda article: deep_link(article, username)
            )

        shown = await self._asker.in_thread(page)
        if shown is None:
            return parts([Run(MESSAGES[language].articles_none)])[0], None
        return shown.part, under_page(shown, "articles")

    async def _forget(self, update: Update, query: CallbackQuery, name: str) -> Toast:
        """Yes or no under /forget."""
        words = await self._asker.words(query.from_user)
        if name == "yes":
            await self._privacy.forget(query.from_user.id)
        if name in ("yes", "no"):
            await _change(query, parts([Run(words.forgotten if name == "yes" else words.not_forgotten)])[0])
        return Toast()


async def _change(query: CallbackQuery, part: Part, buttons: InlineKeyboardMarkup | None = None) -> None:
    """Puts ``part`` in place of the message under which the button stands."""
    if query.message:
        await edit(query.get_bot(), query.message.chat.id, query.message.message_id, part, buttons)
