"""The wording: both languages say the same things, and every text survives extreme values."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from string import Formatter

import pytest

from bot.replies.markup import LIMIT, Run, parts
from bot.replies.messages import LANGUAGE_NAMES, MESSAGES, Messages

NUMBERS = (
    "days", "questions", "share", "p50", "p95", "left_out", "done", "total", "articles", "passages", "encoded", "removed", "seconds",
)  # fmt: skip
WORDS = ("command", "detail", "languages", "page", "problem", "problems", "section", "title", "value")
EXTREMES: list[dict[str, object]] = [
    {"bot": "@b", "limit": 0, "count": 0, "first": 0, "last": 0, "question": "", "reference": ""}
    | dict.fromkeys(NUMBERS, 0) | dict.fromkeys(WORDS, "x"),
    {
        "bot": "@" + "x" * 32, "limit": 10**9, "count": 10**12, "first": 10**12, "last": 10**12,
        "question": "😀<&>" * 300, "reference": "<b>&\"'" * 50,
    }
    | dict.fromkeys(NUMBERS, 10**12) | dict.fromkeys(WORDS, "😀<&>" * 125),
]  # fmt: skip


def texts(words: Messages) -> Iterator[tuple[str, str]]:
    """Every text of a language with a name for it."""
    for field in fields(words):
        value = getattr(words, field.name)
        if isinstance(value, Mapping):
            yield from ((f"{field.name}.{key}", text) for key, text in value.items())
        elif isinstance(value, tuple):
            yield from ((f"{field.name}.{place}", text) for place, text in enumerate(value))
        else:
            yield field.name, value


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_texts_and_placeholders() -> None:
    """Italian and English have the same fields and commands, with the same words in braces."""
    italian, english = dict(texts(MESSAGES["it"])), dict(texts(MESSAGES["en"]))
    assert list(italian) == list(english)
    assert {name: placeholders(text) for name, text in italian.items()} == {name: placeholders(text) for name, text in english.items()}
    assert set(MESSAGES) == set(LANGUAGE_NAMES) == {"it", "en"}


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_text_renders_with_extreme_values(language: str, extreme: dict[str, object]) -> None:
    """Each text fills in, is not empty, and fits in one Telegram message."""
    for name, text in texts(MESSAGES[language]):  # type: ignore[index]
        shown = text.format_map(extreme)
        assert shown.strip() == shown, name
        assert len(parts([Run(shown)], LIMIT)) == 1, name


@pytest.mark.parametrize("language", ["it", "en"])
def test_profile_texts_fit_telegram(language: str) -> None:
    """Descriptions and commands keep the Bot API's lengths: 512, 120, and 1 to 256 with names of at most 32."""
    words = MESSAGES[language]  # type: ignore[index]
    assert len(words.description) <= 512
    assert len(words.short_description) <= 120
    commands = {**words.commands, **words.group_commands, **words.admin_commands}
    assert all(len(name) <= 32 and 1 <= len(text) <= 256 for name, text in commands.items())


@pytest.mark.parametrize("language", ["it", "en"])
def test_toasts_and_buttons_fit_telegram(language: str) -> None:
    """What is shown over the chat has at most 200 characters, inline buttons' words at most 64."""
    words = MESSAGES[language]  # type: ignore[index]
    assert all(len(text) <= 200 for text in (words.thanks_good, words.thanks_wrong, words.thanks_missed, words.button_expired))
    assert all(len(text) <= 64 for text in (words.more, words.good, words.wrong, words.copy, words.open, words.missed, words.literal))
    assert all(len(text) <= 64 for text in (words.forget_yes, words.forget_no, words.inline_hint, words.inline_cut))


def test_two_texts_of_a_field_differ_between_languages() -> None:
    """No text was left untranslated; "p." and "No" are the same in both languages."""
    italian, english = dict(texts(MESSAGES["it"])), dict(texts(MESSAGES["en"]))
    assert [name for name in italian if italian[name] == english[name]] == ["page", "answers_not"]
