"""Follow-ups that leave out most of a question: a bare question word, or a phrase alone."""

from __future__ import annotations

import re

from index.questions.coreference import family, named, topic
from index.questions.function_words import DO, OF, POSSESSIVES, PRONOUNS, country
from index.questions.phrases import Phrase, Question
from index.questions.rewriting import bare, genitive, inserted, replaced, with_article, with_owned, with_preposition

_BESIDE = ("else", "altro", "altri", "not", "non", "no", "mai", "ever", "exactly", "esattamente", "so", "circa", "poi")
_ENTITIES = ("chi", "who", "what", "which", "cosa", "che", "quale", "quali", "qual")
_ALIKE = {"in": ("in", "to", "a"), "a": ("a", "in"), "to": ("to", "in"), "di": OF, "of": OF}


def only_asks(asked: Question) -> bool:
    """Whether nothing stands beside the asking words ("E quando?", "Who else?", "Why not?")."""
    return asked.asking is not None and asked.asking[0] == 0 and all(word.plain in _BESIDE for word in asked.words[asked.asking[1] :])


def asked_anew(asked: Question, before: Question, exact: str | None) -> str:
    """The earlier question with the new asking words in place of its own."""
    new = re.sub(r"^(why|perch[eé]) (?:not|non|no)$", r"\1", asked.text.rstrip(" ?!."), flags=re.IGNORECASE)
    if before.asking is None:
        return f"{new} {before.text[0].lower()}{before.text[1:]}"
    first, last = before.asking
    if first > 0:
        return f"{new} {before.span(0, first)} {before.rest(last)}"
    if asked.noun() or asked.words[0].plain in _ENTITIES or last >= len(before.words):
        return f"{new} {before.rest(last)}"
    entity = exact if exact and any(word in _ENTITIES for word in before.asked()) and re.search(r"\d", exact) is None else ""
    return (_english if before.language == "en" else _italian)(new, before, last, entity)


def _english(new: str, before: Question, last: int, entity: str) -> str:
    """ "Why does Kazakhstan produce uranium?", "When was it that Rollo signed the treaty?"."""
    auxiliary = before.words[last]
    if auxiliary.role != "auxiliary":
        return f"{new} was it that {entity or before.noun() or 'someone'} {before.rest(last)}"
    if auxiliary.plain in DO:
        return f"{new} {auxiliary.text} {before.rest(last + 1)} {entity or before.noun()}"
    return f"{new} {auxiliary.text} {entity} {before.rest(last + 1)}"


def _italian(new: str, before: Question, last: int, entity: str) -> str:
    """ "Perché produce uranio il Kazakistan?", "Quando Rosatom costruirà la centrale?"."""
    asking = before.words[0].plain
    if asking == "chi" or (asking in ("qual", "quale") and not before.noun()):
        return f"{new} {entity} {before.rest(last)}"
    if asking.startswith("quant") and before.noun():
        return f"{new} {before.words[last].text} {before.noun()} {before.rest(last + 1)}"
    return f"{new} {before.rest(last)}"


def fragment(asked: Question) -> bool:
    """Whether the words are phrases and no clause: nothing is left beside them but a pronoun or a possessive."""
    covered = {place for phrase in asked.phrases for place in range(phrase.first - (phrase.preposition is not None), phrase.last)}
    left = [word for place, word in enumerate(asked.words) if place not in covered and word.role not in ("article", "preposition")]
    if any(word.plain in POSSESSIVES[asked.language] for word in asked.words):
        return all(word.role in ("content", "other") for word in left)
    if not asked.phrases and len(asked.words) <= 3:
        return all(word.role == "content" or word.plain in PRONOUNS[asked.language] for word in left)
    return not left


def substituted(asked: Question, before: Question, exact: str | None) -> str | None:
    """The earlier question with the new phrase in place of the one that matches it."""
    owner = next((place for place, word in enumerate(asked.words) if word.plain in POSSESSIVES[asked.language]), None)
    if owner is not None and owner + 1 < len(asked.words):
        return _related(asked, before, exact, owner)
    if asked.words[-1].plain in PRONOUNS[asked.language]:
        name = next((phrase for phrase in before.phrases if phrase.kind == "name"), None)
        return replaced(before, name.first, name.last, exact) if name and exact and named(exact) else None
    new = asked.phrases[0] if asked.phrases else Phrase(0, len(asked.words), None, "thing")
    if old := _match(asked, new, before):
        return _in_place(asked, new, before, old)
    if new.kind == "thing" and new.preposition is None and before.asking and before.noun():
        return replaced(before, before.asking[1] - 1, before.asking[1], bare(asked.rest(new.first)))
    return inserted(before, len(before.words), asked.text.rstrip(" ?!."))


def _match(asked: Question, new: Phrase, before: Question) -> Phrase | None:
    """The phrase whose place a new one takes, None where it adds to the question or takes the place of the noun that was asked for."""
    same = [phrase for phrase in (before.phrases if new.kind == "thing" else before.parts) if phrase.kind == new.kind]
    if new.preposition:
        alike = [phrase for phrase in (*same, *before.parts) if phrase.preposition in _ALIKE.get(new.preposition, (new.preposition,))]
        places = [phrase for phrase in same if new.kind == "time" or country(bare(before.span(phrase.first, phrase.last)))]
        fitting = [phrase for phrase in alike if phrase.kind == new.kind or new.preposition in OF]
        return next(iter(fitting or (places if new.kind != "thing" else [])), None)
    free = [phrase for phrase in same if phrase.preposition is None] or same
    quantity = before.asking is not None and before.noun() and before.words[before.asking[0]].plain.startswith(("quant", "how"))
    if free or new.kind == "time" or (quantity and new.kind == "thing"):
        return next(iter(free), None)
    return next((phrase for phrase in before.phrases if phrase.kind != "time"), None)


def _in_place(asked: Question, new: Phrase, before: Question, old: Phrase) -> str:
    """The earlier question with the new phrase in place of an old one; the old preposition stays where the new one does not fit."""
    words = asked.rest(new.first)
    start = old.first - 1 if old.preposition and before.words[old.first - 1].role == "preposition" else old.first
    if new.preposition and (new.kind == "time" or old.preposition in _ALIKE.get(new.preposition, (new.preposition,))):
        return replaced(before, start, old.last, asked.text.rstrip(" ?!."))
    article = (
        before.language == "it" and asked.words[new.first].role != "article" and before.words[start].plain not in ("in", "a", "da", "di")
    )
    if new.preposition and article:
        words = with_article(words)
    if old.preposition and before.language == "it":
        return replaced(before, start, old.last, with_preposition(old.preposition, words))
    return replaced(before, old.first, old.last, words)


def _related(asked: Question, before: Question, exact: str | None, owner: int) -> str | None:
    """ "And her husband?" after "Who was Emma's brother?"; "E la sua capitale?" after "Quanti abitanti ha la Francia?"."""
    owned = asked.rest(owner + 1)
    about = _owner(before) or topic(before, exact, asked.language, person=asked.words[owner].plain != "its")
    if about is None:
        return None
    verb = before.words[before.asking[1]].plain if before.asking and before.asking[1] < len(before.words) else ""
    if asked.language == "en":
        return f"{'Who' if family(owned) else 'What'} {verb if verb in ('was', 'were', 'are') else 'is'} {genitive(about)} {owned}"
    plural = asked.words[owner].plain in ("suoi", "sue")
    asking = ("Chi sono" if plural else "Chi è") if family(owned) else ("Quali sono" if plural else "Qual è")
    return f"{asking} {with_owned(owned, asked.words[owner].plain, asked.span(0, owner))} {with_preposition('di', about)}"


def _owner(before: Question) -> str | None:
    """Emma in "Emma's brother"."""
    place = next(
        (place for place, word in enumerate(before.words) if place and word.plain == "'s" and before.words[place - 1].capital), None
    )
    if place is None:
        return None
    first = place - 1
    while first and before.words[first - 1].capital and before.words[first - 1].role == "content":
        first -= 1
    return before.span(first, place)
