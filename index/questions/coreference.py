"""What the pronouns of a follow-up stand for, and the subjects that Italian leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from index.questions.function_words import COPULAS, DEMONSTRATIVES, PERSONS, POSSESSIVES, PREPOSITIONS, PRONOUNS, listed
from index.questions.phrases import Phrase, Question, Word
from index.questions.rewriting import fitting, genitive, inserted, replaced, with_owned, with_preposition, within
from index.types import Language

_PLACES = ("there", "lì", "là")
_NOT_TOLD = listed("""
    articolo articoli testo domanda article articles text question week month year day time way settimana mese anno giorno volta modo
    """)  # "this article", "quest'anno"
_EXPLETIVE = re.compile(
    r"\b(?:is|was) it (?:true|possible|raining)\b|\b(?:is|was) it (?:\w+ )+(?:to|that)\b|\bit takes? .*\b(?:to|for)\b|\btime is it\b"
    r"|\b(?:is|are|was|were) there\b|^\W*(?:è|e') (?:vero|possibile|così)\b",
    re.IGNORECASE,
)
_CLITICS = ("lo", "la", "li", "le", "l")
_ENCLITIC = re.compile(r"(\w+[aei]r)(?:lo|la|li|le)")
_OF_A_PERSON = re.compile(
    r"nat[oa]|nacque|mort[oa]|morì|viss\w+|vive(?:va)?|spos\w+|figli|anni|età|uccis\w+|fece|firm\w+|disse|dett[oa]|scritt[oa]|scrisse"
)
_FAMILY = listed("""
    moglie marito figlio figlia figli figlie padre madre fratello sorella fratelli sorelle genitori wife husband son daughter sons children
    father mother brother sister brothers parents
    """)


def named(exact: str | None) -> bool:
    """Whether the words that answered are a name."""
    return exact is not None and any(word[0].isupper() for word in exact.split()) and re.search(r"\d", exact) is None


def family(owned: str) -> bool:
    """Whether a noun names a relative."""
    return owned.split()[-1].lower() in _FAMILY


def topic(before: Question, exact: str | None, language: Language, *, person: bool = False, verb: str = "") -> str | None:
    """What a pronoun or a missing subject stands for: what was asked for where that has a name, else what the question was about.

    ``verb`` is the rest of the follow-up where it may distinguish a person from a thing.
    """
    if exact and named(exact) and _takes_up(before, person, verb):
        return fitting(exact, language)
    phrases = [phrase for phrase in before.phrases if phrase.kind != "time"]
    names = [phrase for phrase in phrases if phrase.kind == "name"] if person else []
    order = [*_free(names), *names, *_free(phrases), *phrases]
    if order:
        return fitting(before.span(order[0].first, order[0].last), language)
    content = [word.text for word in before.words if word.role == "content"]
    return content[-1] if content else exact


def _free(phrases: list[Phrase]) -> list[Phrase]:
    return [phrase for phrase in phrases if phrase.preposition is None]


def _takes_up(before: Question, person: bool, verb: str) -> bool:
    """Whether the follow-up is about what was asked for, and not about what the earlier question stated."""
    words = before.asked()
    if not words or before.asking is None:
        return False
    last = before.asking[1]
    copula = last < len(before.words) and before.words[last].plain in COPULAS
    if any(word in ("chi", "who", "whom", "whose") for word in words):
        return person or (copula and verb != "") or any(_OF_A_PERSON.fullmatch(word) for word in verb.lower().split())
    if words[0] in PREPOSITIONS[before.language]:
        return False
    return any(word in ("what", "which", "che", "quale", "quali", "qual", "cosa") for word in words) and (
        person or copula or len(words) > 1
    )


def possessive(asked: Question, before: Question, exact: str | None) -> str | None:
    """The reading of "What did his experiments show?", "Qual è la sua capitale?"."""
    for place, word, after in _words(asked):
        if word.plain not in POSSESSIVES[asked.language] or after is None or after.role != "content" or _asks_for_owner(asked):
            continue
        owner = topic(before, exact, asked.language, person=word.plain != "its")
        if owner is None:
            return None
        if asked.language == "en":
            return replaced(asked, place, place + 1, genitive(owner))
        return _owned(asked, place, owner)
    return None


def _asks_for_owner(asked: Question) -> bool:
    """Whether the owner is what the question asks for ("Which university has its origins in a school?")."""
    last = asked.asking[1] if asked.asking else 0
    return asked.noun() != "" and asked.plain()[last : last + 1] in (["has"], ["have"], ["had"], ["ha"], ["hanno"], ["aveva"])


def _owned(asked: Question, place: int, owner: str) -> str:
    """ "la sua capitale" as "la capitale del Kazakistan"."""
    last = place + 1
    while last < len(asked.words) and asked.words[last].role == "content":
        last += 1
    last = last if last == len(asked.words) else place + 2
    first = place - (place > 0 and asked.words[place - 1].role == "article")
    owned = asked.span(place + 1, last)
    before = asked.words[place - 1] if place else None
    if before is None or before.role != "preposition":
        owned = with_owned(owned, asked.words[place].plain, asked.span(first, place))
    elif before.plain.endswith("l") and owned[0].lower() in "aeiou":  # "al suo esercito"
        first, owned = place - 1, f"{before.text}l'{owned}"
    return replaced(asked, first, last, f"{owned} {with_preposition('di', owner)}")


def pronoun(asked: Question, before: Question, exact: str | None) -> str | None:
    """The reading of "Where is it?", "E lui cosa fece?", "Quando fu firmato questo trattato?"."""
    if _EXPLETIVE.search(asked.text):
        return None
    told: dict[str, int] = {}
    for place, word, after in _words(asked):
        if words := _stands_for(asked, before, exact, place, word, after):
            told.setdefault(words, place)
    reading = asked
    for words, place in reversed(told.items()):
        reading = replace(reading, text=replaced(reading, place, place + 1, words))
    return reading.text if told else None


def _stands_for(asked: Question, before: Question, exact: str | None, place: int, word: Word, after: Word | None) -> str | None:
    """The words that a pronoun stands for, None where the word is none."""
    if word.plain in _PLACES:
        where = exact if named(exact) else topic(before, exact, asked.language)
        return within(where, asked.language) if where and after is None else None
    behind = asked.words[place - 1] if place else None
    if behind and behind.plain in DEMONSTRATIVES and word.role == "content":
        about = None if asked.phrases or place == 1 or word.plain in _NOT_TOLD else topic(before, exact, asked.language)
        return f"{word.text} ({about})" if about else None
    if word.plain not in PRONOUNS[asked.language] or (word.plain in DEMONSTRATIVES and after and after.role == "content"):
        return None
    if word.plain == "that" and after and (behind is None or behind.role == "content"):
        return None
    thing = word.plain in ("it", "them") and after is None and behind is not None and behind.role == "content"
    if thing and before.noun() and before.asked()[0].startswith(("how", "quant")):
        return before.noun()
    return topic(before, exact, asked.language, person=word.plain in PERSONS)


def _words(asked: Question) -> Iterator[tuple[int, Word, Word | None]]:
    """Every word with its place and the word after it, up to a phrase of the question's own."""
    until = min((phrase.last for phrase in asked.phrases if phrase.kind != "time"), default=len(asked.words))
    for place, word in enumerate(asked.words[:until]):
        yield place, word, asked.words[place + 1] if place + 1 < len(asked.words) else None


def clitic(asked: Question, before: Question, exact: str | None) -> str | None:
    """The reading of "Chi la costruisce?", "Perché ci è andato?", "Da dove vogliono misurarle?"."""
    if asked.language != "it" or any(phrase.preposition is None and phrase.kind == "name" for phrase in asked.phrases):
        return None
    about = topic(before, None, "it")
    for place, word, after in _words(asked):
        behind = asked.words[place - 1].plain if place else ""
        led = place > 0 and asked.words[place - 1].role in ("auxiliary", "preposition")
        if about and led and (match := _ENCLITIC.fullmatch(word.plain)):
            return replaced(asked, place, place + 1, f"{match[1]}e {about}")
        if after is None or after.capital or not place or (asked.words[place - 1].role != "asking" and behind != "non"):
            continue
        sure = behind in ("chi", "non") or len(asked.words) <= 4
        if about and word.plain in _CLITICS and sure:
            noun = before.noun() if before.asked() and before.asked()[0].startswith("quant") else ""
            return _moved(asked, place, noun or about)
        there = exact if named(exact) else about
        if there and word.plain == "ci" and len(asked.words) <= 6 and (after.plain not in COPULAS or place + 2 < len(asked.words)):
            return _moved(asked, place, within(there, "it"))
    return None


def _moved(asked: Question, place: int, words: str) -> str:
    """The question without the clitic, and what it stands for behind the verb."""
    last = next((at for at in range(place + 1, len(asked.words)) if asked.words[at].role in ("preposition", "article")), len(asked.words))
    return replaced(asked, place, last, f"{asked.span(place + 1, last)} {words}")


def missing_subject(asked: Question, before: Question, exact: str | None, joined: bool) -> str | None:
    """The reading of "Dove si trova?", "Quanti abitanti ha?": Italian leaves out a subject that is known; it can stand at the end."""
    if asked.language != "it" or _EXPLETIVE.search(asked.text) or any(word.plain in DEMONSTRATIVES for word in asked.words):
        return None
    if asked.asking is None and (asked.words[0].role != "auxiliary" or len(asked.words) > 4):
        return None
    if any(phrase.preposition is None and phrase.kind != "time" for phrase in asked.phrases) or (asked.phrases and not joined):
        return None
    if asked.asking and asked.asking[0] > 0:
        return None
    told = [word for word in asked.words[asked.asking[1] if asked.asking else 0 :] if word.role == "content"]
    if not joined and len(told) > 2:
        return None
    about = topic(before, exact, "it", verb=asked.text.rstrip(" ?!."))
    if about is None:
        return None
    place = min((phrase.first - (phrase.preposition is not None) for phrase in asked.phrases), default=len(asked.words))
    reading = inserted(asked, place, about)
    return re.sub(r"^(quant[oaie]) ne ", rf"\1 {before.noun()} ", reading, flags=re.IGNORECASE) if before.noun() else reading
