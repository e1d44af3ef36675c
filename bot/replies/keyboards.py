"""The buttons under messages. What they send back is an action and a random name; the rest stays in the database."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.replies.links import article_payload, to_bot
from bot.replies.messages import LANGUAGE_NAMES, MESSAGES
from bot.replies.paging import Page, others
from bot.replies.rendering import citation, link_to, shortened
from index.types import Answer, Article, Language, Passage

_LABEL = 64  # UTF-16 units of a question on a button


def under_answer(answer: Answer, token: str, language: Language, username: str, *, within: bool = False) -> InlineKeyboardMarkup | None:
    """What the asker thinks of it, then more, copy and open; under a reading of the question also the way to the literal one, and from
    ``within`` one article to all of them.

    None under small talk and articles to choose from.
    """
    if answer.small_talk or answer.choice:
        return None
    words = MESSAGES[language]
    good, wrong = (words.answers, words.answers_not) if answer.verdict == "unsure" else (words.good, words.wrong)
    verdicts = [_action(good, "good", token), _action(wrong, "wrong", token)]
    more = [_action(words.more, "more", f"{token}:1")] if others(answer) else []
    first = verdicts if answer.answered else [_action(words.missed, "missed", token)]
    literal = [[_action(words.literal, "literal", token)]] if answer.understood else []
    wider = [[_action(words.everywhere, "everywhere", token)]] if within else []
    return InlineKeyboardMarkup([row for row in (first, [*more, *_taking(answer, language, username)], *literal, *wider) if row])


def under_opened(language: Language) -> InlineKeyboardMarkup:
    """The way back from one article to all of them."""
    return InlineKeyboardMarkup([[_action(MESSAGES[language].everywhere, "everywhere", "")]])


def under_page(page: Page, action: str, back: str | None = None) -> InlineKeyboardMarkup:
    """Backwards and forwards; ``back`` is where the first page leads back to."""
    before = f"{action}:{page.number - 1}" if page.number > 1 else back
    buttons = [InlineKeyboardButton("‹", callback_data=before)] if before else []
    if page.number < page.count:
        buttons.append(InlineKeyboardButton("›", callback_data=f"{action}:{page.number + 1}"))
    return InlineKeyboardMarkup([buttons] if buttons else [])


def to_article(passage: Passage, language: Language, username: str) -> InlineKeyboardButton:
    """Opens the page at the sentence or, where the article has no address, the article in the private chat."""
    return InlineKeyboardButton(MESSAGES[language].open, url=link_to(passage) or deep_link(passage.article, username))


def deep_link(article: Article, username: str) -> str:
    """Opens an article in the bot's private chat."""
    return to_bot(username, article_payload(article.id))


def languages(action: str) -> list[InlineKeyboardButton]:
    """One button for each language."""
    return [_action(name, action, code) for code, name in LANGUAGE_NAMES.items()]


def under_start(offers: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    """A row for each offered question, given as (token, question), then the languages."""
    return InlineKeyboardMarkup([*([_action(question, "offer", token)] for token, question in offers), languages("hello")])


def under_forget(language: Language) -> InlineKeyboardMarkup:
    """Yes or no."""
    words = MESSAGES[language]
    return InlineKeyboardMarkup([[_action(words.forget_yes, "forget", "yes"), _action(words.forget_no, "forget", "no")]])


def under_proposal(token: str, language: Language) -> InlineKeyboardMarkup:
    """Yes or no to articles that an owner has sent."""
    words = MESSAGES[language]
    return InlineKeyboardMarkup([[_action(words.add_yes, "add", token), _action(words.add_no, "discard", token)]])


def under_added(token: str, question: str) -> InlineKeyboardMarkup:
    """An offered question about what was added."""
    return InlineKeyboardMarkup([[_action(shortened(question, _LABEL), "offer", token)]])


def _taking(answer: Answer, language: Language, username: str) -> list[InlineKeyboardButton]:
    """Copy and open, for the quotation; open alone for a related sentence and a summary."""
    shown = answer.shown
    if shown is None:
        return []
    copy = InlineKeyboardButton(MESSAGES[language].copy, copy_text=CopyTextButton(citation(shown, language)))
    return [*([copy] if answer.quote else []), to_article(shown, language, username)]


def _action(words: str, action: str, name: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(words, callback_data=f"{action}:{name}")
