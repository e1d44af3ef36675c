"""A question taken apart into the words that ask, the phrases that name something, and what joins them; by word lists and capitals only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import Language


def listed(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


_TOKEN = re.compile(
    r"'(?:s|t|re|ve|ll|d|m)\b|\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:-[^\W_]+)*(?:'(?!(?:s|t|re|ve|ll|d|m)\b))?",
    re.IGNORECASE,
)
ARTICLES: Mapping[Language, frozenset[str]] = {
    "it": listed("il lo la l i gli le un uno una"),
    "en": listed("the a an"),
}
_CONTRACTED = {
    "di": "di d del dello della dell dei degli delle",
    "a": "a ad al allo alla all ai agli alle",
    "da": "da dal dallo dalla dall dai dagli dalle",
    "in": "in nel nello nella nell nei negli nelle",
    "su": "su sul sullo sulla sull sui sugli sulle",
    "con": "con col",
}
PREPOSITIONS: Mapping[Language, Mapping[str, str]] = {
    "it": {form: plain for plain, forms in _CONTRACTED.items() for form in forms.split()}
    | {word: word for word in listed("per tra fra verso contro durante dopo prima sotto sopra presso attraverso senza entro secondo")},
    "en": {
        word: word
        for word in listed("""
    of in on at to from by with for about into during after before since until between under over against through near without
    within across around besides than
    """)
    },
}
_OF = ("of", "di")
_ASKING = {
    "it": "chi che cosa cos quale quali qual quanto quanta quanti quante quant quando dove dov come perché perche perchè",
    "en": "who whom whose what which when where why how",
}
DETERMINERS = listed("che quale quali quanto quanta quanti quante quant what which whose many much")
_DEGREES = listed("long far old often big large tall high deep wide many much fast heavy soon late")
AUXILIARIES: Mapping[Language, frozenset[str]] = {
    "it": listed("""
    è e' é sono era erano fu furono sarà saranno sarebbe sia ha hanno aveva avevano ebbe ho viene vengono venne vennero può
    possono deve devono vuole vogliono sta stanno si non c ci vi ne stato stata stati state fa fanno essere avere fatto
    """),
    "en": listed("""
    is are was were be been do does did has have had can could will would shall should may might must not 's 're 've 'll 'd 't s
    """),
}
_OTHER = {
    "it": """e ed o ma se mi ti lo più meno molto anche così già mai proprio solo ancora tutto tutti altro altri invece poi io tu noi voi
    questo questa questi queste quest quello quella quelli quelle quel quell suo sua suoi sue loro lui lei lì là qui ciò egli ella esso essa
    essi esse cui""",
    "en": """and or but if that this these those it its he she him his her they them their there here so then too also very more most less
    ever exactly else any some all i you me we us my your our not""",
}
_TIMES = listed("""
    lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo aprile maggio giugno luglio agosto settembre
    ottobre novembre dicembre oggi ieri domani adesso ora monday tuesday wednesday thursday friday saturday sunday january
    february march april june july august september october november december today yesterday tomorrow now
    """)
_ITALIAN_VERB = re.compile(
    r".*(?:[àòù]|[aei]rono|[aei]v[ao]|[aei]vano|rebbe(?:ro)?|[st]ì)|costa(?:no)?|dura(?:no)?|pesa(?:no)?|misura(?:no)?|vale|valgono|produce"
    r"|esiste|esistono|dice|vive|nasce|cresce|rende|serve|significa|parla|succede|accade|guadagna|lavora|funziona|inizia|finisce|parte"
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
        return self.text.lower().rstrip("'") if len(self.text) > 1 and not self.text.startswith("'") else self.text.lower()

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch that names something: ``words[first:last]`` with its article; ``preposition`` stands before it."""

    first: int
    last: int
    preposition: str | None
    kind: str  # "name", "thing" or "time"


@dataclass(frozen=True, slots=True)
class Question:
    """A question's words, the span of those that ask (with the noun that is asked for), and the phrases outside it."""

    text: str
    language: Language
    words: tuple[Word, ...]
    asking: tuple[int, int] | None
    phrases: tuple[Phrase, ...]

    def span(self, first: int, last: int) -> str:
        """The text of ``words[first:last]``."""
        return self.text[self.words[first].start : self.words[last - 1].end] if first < last else ""

    def plain(self) -> list[str]:
        """Every word in lower case."""
        return [word.plain for word in self.words]


def language_of(text: str) -> Language:
    """The language with more of its function words in the text; a quick guess where the text is known to be one of the two."""
    words = [match[0].lower().rstrip("'") for match in _TOKEN.finditer(text)]
    known = {language: sum(_role(word, language) != "content" for word in words) for language in ARTICLES}
    return "en" if known["en"] > known["it"] else "it"


def take_apart(text: str, language: Language) -> Question:
    """Words, asking words and phrases of a question."""
    words = tuple(
        Word(match[0], match.start(), match.end(), _role(match[0].lower().rstrip("'") or "'", language)) for match in _TOKEN.finditer(text)
    )
    asking = _asking(words, language)
    return Question(text, language, words, asking, tuple(_phrases(words, asking, language)))


def _role(word: str, language: Language) -> str:
    if word in _ASKING[language].split():
        return "asking"
    if word in ARTICLES[language]:
        return "article"
    if word in PREPOSITIONS[language]:
        return "preposition"
    if word in AUXILIARIES[language]:
        return "auxiliary"
    if word in _OTHER[language].split():
        return "other"
    return "content"


def _asking(words: Sequence[Word], language: Language) -> tuple[int, int] | None:
    """The asking words with a preposition before them and the noun they ask for ("In che anno", "How many people")."""
    first = next((place for place, word in enumerate(words) if word.role == "asking"), None)
    if first is None:
        return None
    last = first + 1
    while last < len(words) and words[last].role == "asking" and words[last].plain in ("cosa", "chi", "cos"):
        last += 1
    degree = words[first].plain == "how" and last < len(words) and words[last].plain in _DEGREES
    last += degree
    if words[last - 1].plain in DETERMINERS:
        last = _asked_noun(words, last, language)
    if first and words[first - 1].role == "preposition":
        first -= 1
    return first, last


def _asked_noun(words: Sequence[Word], first: int, language: Language) -> int:
    """The end of the noun that is asked for, ``first`` where there is none."""
    last = first
    while last < len(words) and (words[last].role == "content" or words[last].plain == "stato") and not words[last].capital:
        last += 1
    if language == "it":
        quantity = words[first - 1].plain
        verb = last > first and quantity not in ("quanti", "quante") and _ITALIAN_VERB.fullmatch(words[first].plain)
        return first if verb else min(first + 1, last)
    followed = last < len(words) and words[last].role == "auxiliary"
    return last if followed or last == len(words) else min(first + 1, last)


def _phrases(words: Sequence[Word], asking: tuple[int, int] | None, language: Language) -> list[Phrase]:
    """The phrases in their order, with the "of" phrases that belong to them."""
    found: list[Phrase] = []
    place = 0
    while place < len(words):
        if asking and asking[0] <= place < asking[1]:
            place = asking[1]
            continue
        phrase = _phrase_at(words, place, asking, language)
        if phrase is None:
            place += 1
            continue
        if found and phrase.preposition in _OF and found[-1].last == phrase.first - (words[phrase.first - 1].role == "preposition"):
            found[-1] = Phrase(found[-1].first, phrase.last, found[-1].preposition, found[-1].kind)
        else:
            found.append(phrase)
        place = phrase.last
    return found


def _phrase_at(words: Sequence[Word], place: int, asking: tuple[int, int] | None, language: Language) -> Phrase | None:
    """The phrase that begins at a word: after a preposition or an article, at a name or a time, or where an English subject stands."""
    before = words[place - 1] if place else None
    first = place
    preposition = before is not None and before.role == "preposition"
    if words[place].role == "article":
        place += 1
    last = place
    verb_follows = language == "it" or _has_do(words[:first])
    while last < len(words) and words[last].role == "content" and not (asking and last == asking[0]):
        if last > place and words[last - 1].capital and verb_follows and not words[last].capital and not words[last].text[0].isdigit():
            break
        last += 1
    if place == first and not preposition:  # a verb may stand before a bare name
        first = place = next((at for at in range(place, last) if words[at].capital), place)
    if last == place:
        return None
    time = words[place].plain in _TIMES or re.fullmatch(r"[12]\d{3}", words[place].text) is not None
    name = any(word.capital for word in words[place:last]) and (
        place > 0 or words[place].text[1:] != words[place].text[1:].lower() or last > 1
    )
    contracted = preposition and before is not None and before.plain not in ("di", "a", "da", "in", "su", "con", "d", "ad")
    subject = language == "en" and before is not None and before.plain in ("do", "does", "did", "is", "are", "was", "were")
    if not (place > first or preposition or contracted or name or time or subject):
        return None
    if time:
        last = place + 1
    if subject and not name and last - place > 1 and before is not None and before.plain in ("do", "does", "did"):
        last -= 1
    if language == "en" and not name and _has_do(words[:first]) and last - place > 1 and last == len(words) and not preposition:
        last -= 1
    if last < len(words) and words[last].plain == "'s" and last + 1 < len(words) and words[last + 1].role == "content":
        last += 1
        while last < len(words) and words[last].role == "content":
            last += 1
    kind = "time" if time else "name" if name else "thing"
    joined = PREPOSITIONS[language].get(before.plain) if before is not None and preposition else None
    return Phrase(first, last, joined, kind)


def _has_do(words: Sequence[Word]) -> bool:
    return any(word.plain in ("do", "does", "did") for word in words)
