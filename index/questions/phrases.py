"""A question taken apart into the words that ask, the phrases that name something, and what joins them; by word lists and capitals only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.questions.function_words import (
    ARTICLES,
    COPULAS,
    COUNTRIES,
    DEGREES,
    DETERMINERS,
    DO,
    OF,
    PREPOSITIONS,
    TIMES,
    italian_verb,
    participle,
    role,
)
from index.types import Language

_TOKEN = re.compile(
    r"'(?:s|t|re|ve|ll|d|m)\b|\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:-[^\W_]+)*(?:'(?!(?:s|t|re|ve|ll|d|m)\b))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question: ``plain`` is in lower case without the apostrophe of an elision; ``start`` and ``end`` count code points."""

    text: str
    start: int
    end: int
    role: str

    @property
    def plain(self) -> str:
        """The word as the lists know it."""
        return _plain(self.text)

    @property
    def capital(self) -> bool:
        """Whether it looks like a name."""
        return self.text[0].isupper() or self.plain in COUNTRIES


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch that names something: ``words[first:last]`` with its article; ``preposition``, in its plain form, stands before it."""

    first: int
    last: int
    preposition: str | None
    kind: Literal["name", "thing", "time"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question's words, the span of those that ask (with the noun that is asked for), and the phrases outside it.

    ``parts`` are the phrases before "of" joined them: "the capital" and "of France".
    """

    text: str
    language: Language
    words: tuple[Word, ...]
    asking: tuple[int, int] | None
    parts: tuple[Phrase, ...]
    phrases: tuple[Phrase, ...]

    def span(self, first: int, last: int) -> str:
        """The text of ``words[first:last]``."""
        return self.text[self.words[first].start : self.words[last - 1].end] if first < last else ""

    def rest(self, first: int) -> str:
        """The text from a word to the last one."""
        return self.span(first, len(self.words))

    def plain(self) -> list[str]:
        """Every word in lower case."""
        return [word.plain for word in self.words]

    def asked(self) -> list[str]:
        """The asking words in lower case, with the noun that is asked for."""
        return self.plain()[slice(*self.asking)] if self.asking else []

    def noun(self) -> str:
        """The noun that is asked for ("anno" in "In che anno"), "" where there is none."""
        word = self.words[self.asking[1] - 1] if self.asking else None
        return word.text if word and word.role not in ("asking", "preposition") and word.plain not in DEGREES else ""


def language_of(text: str) -> Language:
    """The language with more of its function words in the text; a quick guess where the text is known to be one of the two."""
    words = [_plain(match[0]) for match in _TOKEN.finditer(text)]
    italian, english = (sum(role(word, language) != "content" for word in words) for language in ARTICLES)
    return "en" if english > italian else "it"


def take_apart(text: str, language: Language, inner: bool = False) -> Question:
    """Words, asking words and phrases of a question; ``inner`` where its first word would not have a capital for standing first."""
    words = tuple(Word(match[0], match.start(), match.end(), role(_plain(match[0]), language)) for match in _TOKEN.finditer(text))
    asking = _asking(words, language)
    parts = _parts(words, asking, language, inner)
    return Question(text, language, words, asking, tuple(parts), tuple(_joined(words, parts)))


def _plain(word: str) -> str:
    word = word.lower()
    return word if word.startswith("'") or len(word) == 1 else word.rstrip("'")


def _asking(words: Sequence[Word], language: Language) -> tuple[int, int] | None:
    """The asking words with a preposition before them and the noun they ask for ("In che anno", "How many people")."""
    first = next((place for place, word in enumerate(words) if word.role == "asking"), None)
    if first is None:
        return None
    last = first + 1
    while last < len(words) and words[last].role == "asking" and words[last].plain in ("cosa", "chi", "cos"):
        last += 1
    last += words[first].plain == "how" and last < len(words) and words[last].plain in DEGREES
    if words[last - 1].plain in DETERMINERS:
        last = _asked_noun(words, last, language)
    return first - (first > 0 and words[first - 1].role == "preposition"), last


def _asked_noun(words: Sequence[Word], first: int, language: Language) -> int:
    """The end of the noun that is asked for, ``first`` where there is none."""
    last = first
    while last < len(words) and (words[last].role == "content" or words[last].plain == "stato") and not words[last].capital:
        last += 1
    if language == "it":
        verb = last > first and words[first - 1].plain not in ("quanti", "quante") and italian_verb(words[first].plain)
        return first if verb else min(first + 1, last)
    followed = last <= first + 2 if last == len(words) else words[last].role == "auxiliary"
    return last if followed else min(first + 1, last)


def _parts(words: Sequence[Word], asking: tuple[int, int] | None, language: Language, inner: bool) -> list[Phrase]:
    """The phrases in their order, each "of" phrase for itself."""
    found: list[Phrase] = []
    place = 0
    while place < len(words):
        if asking and asking[0] <= place < asking[1]:
            place = asking[1]
        elif phrase := _phrase_at(words, place, asking[0] if asking else -1, language, inner):
            found.append(phrase)
            place = phrase.last
        else:
            place += 1
    return found


def _joined(words: Sequence[Word], parts: Sequence[Phrase]) -> list[Phrase]:
    """The phrases with the "of" phrases that belong to them."""
    found: list[Phrase] = []
    for part in parts:
        before = found[-1] if found else None
        if before and part.preposition in OF and before.last == part.first - 1 and words[before.last].role == "preposition":
            found[-1] = Phrase(before.first, part.last, before.preposition, before.kind)
        else:
            found.append(part)
    return found


def _phrase_at(words: Sequence[Word], first: int, asking: int, language: Language, inner: bool) -> Phrase | None:
    """The phrase that begins at a word: after a preposition or an article, at a name or a time, or where an English subject stands."""
    before = words[first - 1] if first else None
    preposition = PREPOSITIONS[language].get(before.plain) if before and before.role == "preposition" else None
    subject = language == "en" and before is not None and (before.plain in DO or before.plain in COPULAS)
    noun = first + (words[first].role == "article")
    last = _run(words, noun, asking, language)
    if noun == first and not preposition:  # a verb may stand before a bare name
        first = noun = next((at for at in range(noun, last) if words[at].capital), noun)
    if last == noun:
        return None
    time = words[noun].plain in TIMES or re.fullmatch(r"[12]\d{3}", words[noun].text) is not None
    name = any(word.capital for word in words[noun:last]) and (noun > 0 or inner or last > 1 or words[0].plain in COUNTRIES)
    if not (noun > first or preposition or name or time or subject):
        return None
    last = noun + 1 if time else _genitive(words, _without_verb(words, noun, last, language, name, preposition is not None))
    return Phrase(first, last, preposition, "time" if time else "name" if name else "thing")


def _run(words: Sequence[Word], first: int, asking: int, language: Language) -> int:
    """The end of the content words from one on; a name ends where lower case follows, but for "the Norse leader"."""
    last = first
    adjective = (
        language == "en" and first > 0 and words[first - 1].role == "article" and not any(word.plain in DO for word in words[:first])
    )
    while last < len(words) and words[last].role == "content" and last != asking:
        if last > first and words[last - 1].capital and not words[last].capital and not words[last].text[0].isdigit() and not adjective:
            break
        last += 1
    return last


def _without_verb(words: Sequence[Word], first: int, last: int, language: Language, name: bool, prepositional: bool) -> int:
    """The end of an English phrase without the verb at the end of the question ("did the last glacial start")."""
    if language == "it" or last - first < 2 or (last < len(words) and not participle(words[last - 1].plain)):
        return last
    did = any(word.plain in DO for word in words[:first]) and not name and not prepositional
    been = any(word.plain in COPULAS for word in words[:first]) and participle(words[last - 1].plain)
    return last - (did or been)


def _genitive(words: Sequence[Word], last: int) -> int:
    """The end of a phrase with what is owned ("Putin's Kazakh counterpart")."""
    if last + 1 < len(words) and words[last].plain == "'s" and words[last + 1].role == "content":
        last += 2
        while last < len(words) and words[last].role == "content":
            last += 1
    return last
