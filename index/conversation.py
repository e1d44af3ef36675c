"""Follow-ups: what a short question means after the one before it, by rules over words and phrases.

"E in Cina?" takes the place of a phrase of the earlier question; "Where is it?" names what it was about; "Perché?" asks it anew.
"""

from __future__ import annotations

import re

from index.phrases import ARTICLES, PREPOSITIONS, Phrase, Question, language_of, listed, take_apart
from index.types import Language

LONGEST = 16  # words of a follow-up; longer questions stand on their own

_JOINING = {
    "it": re.compile(r"^\W*(?:e invece|ed? per quanto riguarda|e|ed|ma|invece|allora|quindi|poi)\b[\s,]*", re.IGNORECASE),
    "en": re.compile(r"^\W*(?:(?:and |but )?(?:what|how) about|and then|and|but|so|then)\b[\s,]*", re.IGNORECASE),
}
_PERSONS = listed("he she him her his lui lei egli ella costui costei")
_PRONOUNS: dict[Language, frozenset[str]] = {
    "it": listed("lui lei loro egli ella esso essa essi esse costui costei ciò questo questa questi queste quello quella quelli quelle"),
    "en": listed("it he she him they them this that these those"),
}
_POSSESSIVES: dict[Language, frozenset[str]] = {
    "it": listed("suo sua suoi sue loro"),
    "en": listed("its his her their"),
}
_DEMONSTRATIVES = listed("questo questa questi queste quest quello quella quel quell quelli quelle this that these those")
_PLACES = listed("there lì là")
_SELF = listed("articolo articoli testo domanda bot article articles text question page")
_EXPLETIVE = re.compile(r"\b(?:is|was) it (?:true|possible|that|raining)\b|\btime is it\b|\b(?:is|are|was|were) there\b", re.IGNORECASE)
_CLITICS = listed("lo la li le l")
_ENCLITIC = re.compile(r"(\w+[aei]r)(?:lo|la|li|le|ne|ci)")
_BARE = listed("else altro altri not non no mai ever exactly esattamente so circa poi si è was is did")
_COPULAS = listed("è era erano sono fu furono is are was were s 's")
_OF_A_PERSON = re.compile(
    r"nat[oa]|nacque|mort[oa]|morì|viss\w+|vive(?:va)?|spos\w+|figli|anni|età|uccis\w+|fece|firm\w+|disse|dett[oa]|scritt[oa]|scrisse"
)
_COUNTRY = re.compile(
    r".*(?:ia|istan|land|landa|gna|gal|gallo|ina)|france|germany|italy|spain|japan|giappone|canada|brasile|brazil|messico|mexico|egitto|egypt"
    r"|china|iran|iraq|per[uù]|cile|chile|turkey|europ[ae]|africa|america"
    r"|stati uniti|(?:the )?united states|regno unito|uk|usa|ucraina|ukraine",
    re.IGNORECASE,
)
_ARTICULATED = {"di": "de", "a": "a", "da": "da", "in": "ne", "su": "su"}


def understand(question: str, previous: str, exact: str | None, language: Language) -> str | None:
    """The reading of a follow-up, None when the question stands on its own.

    ``previous`` is the question before it as it was understood, ``exact`` the words that answered it, ``language`` that of the follow-up.
    """
    said = _JOINING[language].sub("", question.strip())
    asked, before = take_apart(said, language), take_apart(previous, language_of(previous))
    if not asked.words or not before.words or len(asked.words) > LONGEST:
        return None
    reading = _read(asked, before, _name(exact), joined=said != question.strip())
    return None if reading is None else _finished(reading)


def _read(asked: Question, before: Question, exact: str | None, joined: bool) -> str | None:
    if asked.asking == (0, len(asked.words)) or (asked.asking and _only_asks(asked)):
        return _asked_anew(asked, before, exact)
    if asked.asking is None and (joined or asked.words[0].role == "preposition") and _fragment(asked):
        return _substituted(asked, before, exact)
    for resolve in (_possessive, _pronoun, _clitic):
        if reading := resolve(asked, before, exact):
            return reading
    return _without_subject(asked, before, exact, joined) if asked.language == "it" else None


# What the earlier question was about


def _name(exact: str | None) -> str | None:
    """The exact words where they are short enough to stand for what was asked for."""
    exact = (exact or "").strip(' .,;:()"“”«»')
    return exact if exact and len(exact.split()) <= 8 else None


def _named(exact: str | None) -> bool:
    return exact is not None and any(word[0].isupper() for word in exact.split()) and not re.search(r"\d", exact)


def _topic(before: Question, exact: str | None, person: bool, asked: Question) -> str | None:
    """What a pronoun or a missing subject stands for: what was asked for where that has a name, else what the question was about."""
    if exact and _named(exact) and _asked_for_it(before, person, asked):
        return _fitting(exact, asked.language)
    phrases = [phrase for phrase in before.phrases if phrase.kind != "time"]
    names = [phrase for phrase in phrases if phrase.kind == "name"]
    order = [phrase for phrase in (names if person else phrases) if phrase.preposition is None] or (names if person else []) or phrases
    if order:
        return _fitting(before.span(order[0].first, order[0].last), asked.language)
    bare = [word.text for word in before.words if word.role == "content"]
    return bare[-1] if bare else exact


def _asked_for_it(before: Question, person: bool, asked: Question) -> bool:
    """Whether the pronoun takes up the answer rather than what the question told."""
    if before.asking is None:
        return False
    first, last = before.asking
    words = [word.plain for word in before.words[first:last]]
    who = any(word in ("chi", "who", "whom", "whose") for word in words)
    copula = last < len(before.words) and before.words[last].plain in _COPULAS
    if who:
        return person or (copula and asked.language == "it") or any(_OF_A_PERSON.fullmatch(word) for word in asked.plain())
    if words[0] in PREPOSITIONS[before.language]:
        return False
    return any(word in ("what", "which", "che", "quale", "quali", "qual", "cosa") for word in words) and (
        person or copula or last - first > 1
    )


def _fitting(topic: str, language: Language) -> str:
    """The topic without an article of the other language."""
    match = re.match(r"(?:the|il|lo|la|i|gli|le|un|una|an?) |l' ?", topic, re.IGNORECASE)
    if match and match[0].strip(" '").lower() not in ARTICLES[language]:
        return topic[match.end() :]
    return topic[0].lower() + topic[1:] if match else topic


# Pronouns


def _own_phrase(asked: Question, place: int) -> bool:
    """Whether the question names something itself before a word."""
    return any(phrase.last <= place and phrase.kind != "time" for phrase in asked.phrases)


def _possessive(asked: Question, before: Question, exact: str | None) -> str | None:
    """ "What did his experiments show?", "Qual è la sua capitale?"."""
    for place, word in enumerate(asked.words):
        followed = place + 1 < len(asked.words) and asked.words[place + 1].role == "content"
        if word.plain not in _POSSESSIVES[asked.language] or not followed or _own_phrase(asked, place):
            continue
        topic = _topic(before, exact, word.plain != "its", asked)
        if topic is None:
            return None
        last = place + 1
        while last < len(asked.words) and asked.words[last].role == "content" and last < place + 3:
            last += 1
        if asked.language == "en":
            return _replaced(asked, place, place + 1, _genitive(topic))
        owned = asked.span(place + 1, last if last == len(asked.words) else place + 2)
        article = asked.words[place - 1].text if place and asked.words[place - 1].role == "article" else ""
        return _replaced(asked, place, place + 1 + len(owned.split()), f"{owned} {_with_preposition('di', topic)}", elide=article)
    return None


def _pronoun(asked: Question, before: Question, exact: str | None) -> str | None:
    """ "Where is it?", "E lui?", "Chi ha firmato questo trattato?"."""
    if _EXPLETIVE.search(asked.text):
        return None
    for place, word in enumerate(asked.words):
        following = asked.words[place + 1] if place + 1 < len(asked.words) else None
        if _own_phrase(asked, place):
            return None
        if word.plain in _PLACES and following is None:
            place_name = exact if _named(exact) else _topic(before, exact, False, asked)
            return place_name and _replaced(asked, place, place + 1, _with_preposition("in", _fitting(place_name, asked.language)))
        pointing = word.plain in _DEMONSTRATIVES and following is not None and following.role == "content"
        if pointing and following is not None:
            topic = _topic(before, exact, False, asked)
            known = topic and following.plain not in _SELF and not asked.phrases
            return _replaced(asked, place + 1, place + 2, f"{following.text} ({topic})") if known and place else None
        if word.plain in _PRONOUNS[asked.language]:
            topic = _topic(before, exact, word.plain in _PERSONS, asked)
            return topic and _replaced(asked, place, place + 1, topic)
    return None


def _clitic(asked: Question, before: Question, exact: str | None) -> str | None:
    """ "Chi la costruisce?", "Quando l'ha detto?", "Perché vogliono misurarle?"."""
    if asked.language != "it" or any(phrase.preposition is None and phrase.kind == "name" for phrase in asked.phrases):
        return None
    topic = _topic(before, None, False, asked)
    for place, word in enumerate(asked.words[1:], 1):
        behind = asked.words[place - 1]
        if topic and (match := _ENCLITIC.fullmatch(word.plain)):
            return _replaced(asked, place, place + 1, f"{match[1]}e {topic}")
        sure = behind.plain in ("chi", "cosa", "che", "non") or (behind.role == "asking" and len(asked.words) <= 4)
        if topic and word.plain in _CLITICS and sure and place + 1 < len(asked.words) and not asked.words[place + 1].capital:
            rest = asked.words[place + 1 :]
            until = next((at for at, later in enumerate(rest) if later.role in ("preposition", "article")), len(rest)) + place + 1
            return _replaced(asked, place, until, f"{asked.span(place + 1, until)} {topic}")
    return None


def _without_subject(asked: Question, before: Question, exact: str | None, joined: bool) -> str | None:
    """ "Dove si trova?", "Quanti abitanti ha?": Italian leaves out a subject that is known, and it can stand at the end."""
    if asked.asking is None:
        verb = asked.words[0].role == "auxiliary" and len(asked.words) <= 4
        if asked.phrases or not verb:
            return None
    elif any(phrase.preposition is None and phrase.kind != "time" for phrase in asked.phrases) or (asked.phrases and not joined):
        return None
    if asked.asking and asked.asking[0] > 0:
        return None
    topic = _topic(before, exact, False, asked)
    if topic is None:
        return None
    place = min((phrase.first - (phrase.preposition is not None) for phrase in asked.phrases), default=len(asked.words))
    joining = "l'" if asked.words[-1].plain in ("gli",) else ""
    return _inserted(asked, place, joining + topic)


# A bare question word


def _only_asks(asked: Question) -> bool:
    """Whether nothing stands beside the asking words ("E quando?", "Who else?", "Why not?")."""
    assert asked.asking is not None
    first, last = asked.asking
    return first == 0 and all(word.plain in _BARE for word in asked.words[last:])


def _asked_anew(asked: Question, before: Question, exact: str | None) -> str | None:
    """The earlier question with the new asking words in place of its own."""
    assert asked.asking is not None
    new = asked.text.rstrip(" ?!.")
    if before.asking is None:
        return f"{new} {before.text[0].lower()}{before.text[1:]}" if asked.language == "it" else f"{new}: {before.text}"
    first, last = before.asking
    if first > 0:
        return f"{new} {before.span(0, first)} {before.span(last, len(before.words))}"
    words = [word.plain for word in before.words[:last]]
    rest = before.span(last, len(before.words))
    noun = before.words[last - 1].text if last > 1 and before.words[last - 1].role != "asking" and words[-1] not in _DEGREE_WORDS else ""
    entity = any(word in ("chi", "who", "what", "which", "cosa", "che", "quale", "quali", "qual") for word in words)
    adjunct = asked.words[asked.asking[1] - 1].role == "asking" and asked.words[0].plain not in ("chi", "cosa", "che", "who", "what")
    if not adjunct or last >= len(before.words):
        return f"{new} {rest}"
    made = _english_anew if before.language == "en" else _italian_anew
    return made(new, before, last, noun, exact if entity and exact and not re.search(r"\d", exact) else None)


_DEGREE_WORDS = listed("much many long far old often tempo volte cosa chi")


def _english_anew(new: str, before: Question, last: int, noun: str, answer: str | None) -> str:
    """ "Why does Kazakhstan produce uranium?", "When was it that Rollo signed the treaty?"."""
    auxiliary, rest = before.words[last], before.span(last + 1, len(before.words))
    if auxiliary.role != "auxiliary":
        return f"{new} was it that {answer or noun or 'someone'} {before.span(last, len(before.words))}"
    if auxiliary.plain in ("do", "does", "did"):
        return f"{new} {auxiliary.text} {rest} {answer or noun}"
    return f"{new} {auxiliary.text} {answer or ''} {rest}" if answer else f"{new} {auxiliary.text} {rest}"


def _italian_anew(new: str, before: Question, last: int, noun: str, answer: str | None) -> str:
    """ "Perché produce uranio il Kazakistan?", "Quando Rosatom costruirà la centrale?"."""
    verb, rest = before.words[last].text, before.span(last + 1, len(before.words))
    asking = before.words[0].plain
    if asking == "chi" or (asking in ("qual", "quale") and not noun):
        return f"{new} {answer or ''} {before.span(last, len(before.words))}"
    if asking.startswith("quant") and noun:
        return f"{new} {verb} {noun} {rest}"
    return f"{new} {before.span(last, len(before.words))}"


# A phrase alone


def _fragment(asked: Question) -> bool:
    """Whether the words are phrases and no clause: nothing is left beside them but pronouns and a possessive."""
    covered = {place for phrase in asked.phrases for place in range(phrase.first - 1, phrase.last)}
    left = [word for place, word in enumerate(asked.words) if place not in covered and word.role not in ("article", "preposition")]
    if any(word.plain in _POSSESSIVES[asked.language] for word in asked.words):
        left = [word for word in left if word.role not in ("content", "other")]
    if not asked.phrases and len(left) <= 2:
        return all(word.role == "content" or word.plain in _PRONOUNS[asked.language] for word in left) and len(asked.words) <= 3
    return not left


def _substituted(asked: Question, before: Question, exact: str | None) -> str | None:
    """The earlier question with the new phrases in place of those that match them."""
    owner = next((place for place, word in enumerate(asked.words) if word.plain in _POSSESSIVES[asked.language]), None)
    if owner is not None and owner + 1 < len(asked.words):
        return _related(asked, before, exact, owner)
    if asked.words[-1].plain in _PRONOUNS[asked.language]:
        name = next((phrase for phrase in before.phrases if phrase.kind == "name"), None)
        return _replaced(before, name.first, name.last, exact) if name and exact and _named(exact) else None
    new = asked.phrases or (Phrase(0, len(asked.words), None, "thing"),)
    match = _match(asked, new[0], before)
    words = asked.span(new[0].first, len(asked.words))
    if isinstance(match, Phrase):
        return _in_place(asked, new[0], words, before, match)
    if match is not None:
        return _replaced(before, match[0], match[1], re.sub(r"^(?:(?:il|lo|la|i|gli|le|the) |l' ?)", "", words))
    return _inserted(before, len(before.words), asked.text.rstrip(" ?!."))


def _match(asked: Question, new: Phrase, before: Question) -> Phrase | tuple[int, int] | None:
    """The phrase (or the noun asked for) whose place a new phrase takes, None when it adds to the question."""
    same = [phrase for phrase in before.phrases if phrase.kind == new.kind]
    crossed = {"in": ("in", "to", "a"), "a": ("a", "in"), "to": ("to", "in"), "di": ("di", "of"), "of": ("di", "of")}
    preposition = new.preposition
    if preposition:
        alike = [phrase for phrase in same if phrase.preposition in crossed.get(preposition, (preposition,))]
        if alike:
            return alike[0]
        if new.kind == "name":
            places = [
                phrase for phrase in same if _COUNTRY.fullmatch(_fitting(before.span(phrase.first, phrase.last), _other(before.language)))
            ]
            return places[0] if places else None
        return same[0] if new.kind == "time" and same else None
    free = [phrase for phrase in same if phrase.preposition is None] or same
    if new.kind == "time":
        return free[0] if free else None
    if not free and new.kind == "thing" and before.asking and before.words[before.asking[0]].plain.startswith(("quant", "how")):
        last = before.asking[1]
        if before.words[last - 1].role == "content":
            return last - 1, last
    return next(iter(free or [phrase for phrase in before.phrases if phrase.kind != "time"]), None)


def _in_place(asked: Question, new: Phrase, words: str, before: Question, old: Phrase) -> str:
    """The earlier question with ``words`` in place of one of its phrases; the preposition of the old place stays where the new has none."""
    behind = before.words[old.first - 1] if old.preposition else None
    first = old.first - 1 if behind is not None and behind.role == "preposition" else old.first
    if new.preposition and (old.preposition or new.kind == "time"):
        return _replaced(before, first, old.last, asked.text.rstrip(" ?!."))
    if old.preposition:
        plain = old.preposition if asked.language == "it" else ""
        return (
            _replaced(before, first, old.last, _with_preposition(plain, words)) if plain else _replaced(before, old.first, old.last, words)
        )
    if (
        new.preposition
        and before.language == "it"
        and before.words[old.first].role == "article"
        and asked.words[new.first].role != "article"
    ):
        words = _with_article(words)
    return _replaced(before, old.first, old.last, words)


def _related(asked: Question, before: Question, exact: str | None, owner: int) -> str | None:
    """ "And her husband?" after "Who was Emma's brother?"; "E la sua capitale?" after "Quanti abitanti ha la Francia?"."""
    owned = asked.span(owner + 1, len(asked.words))
    topic = _owner(before) or _topic(before, exact, asked.words[owner].plain != "its", asked)
    if topic is None:
        return None
    if asked.language == "en":
        asking = "Who" if before.asking and before.words[before.asking[0]].plain in ("who", "chi") else "What"
        verb = (
            before.words[before.asking[1]].text
            if before.asking and before.words[before.asking[1]].plain in ("was", "were", "are")
            else "is"
        )
        return f"{asking} {verb} {_genitive(topic)} {owned}"
    article = asked.words[owner - 1].text.lower() if owner and asked.words[owner - 1].role == "article" else ""
    verb = "Qual è" if article not in ("i", "gli", "le") else "Quali sono"
    return f"{verb} {article} {owned} {_with_preposition('di', topic)}"


def _owner(before: Question) -> str | None:
    """Emma in "Emma's brother"."""
    for place, word in enumerate(before.words):
        if word.plain == "'s" and place and before.words[place - 1].capital:
            first = place - 1
            while first and before.words[first - 1].capital and before.words[first - 1].role == "content":
                first -= 1
            return before.span(first, place)
    return None


# Wording


def _other(language: Language) -> Language:
    return "en" if language == "it" else "it"


def _genitive(topic: str) -> str:
    return f"{topic}'" if topic.endswith("s") else f"{topic}'s"


def _with_article(name: str) -> str:
    """An Italian name with its likely article: "la Cina", "l'India", "il Perù"."""
    if name[0].lower() in "aeiou":
        return f"l'{name}"
    return f"la {name}" if name.endswith("a") else f"lo {name}" if re.match(r"z|s[^aeiou]", name, re.IGNORECASE) else f"il {name}"


def _with_preposition(preposition: str, topic: str) -> str:
    """An Italian or English phrase after a preposition; Italian prepositions join the article ("di" and "il Reno": "del Reno")."""
    stem, match = _ARTICULATED.get(preposition), re.match(r"(il|lo|la|i|gli|le) |l' ?", topic)
    if not stem or not match:
        return f"{preposition} {topic}"
    ending = {None: "ll'", "il": "l ", "i": "i ", "gli": "gli "}.get(match[1], f"l{match[1]} ")
    return f"{stem}{ending}{topic[match.end() :]}"


def _replaced(question: Question, first: int, last: int, words: str, elide: str = "") -> str:
    """The question with other words in place of ``words[first:last]``."""
    start, end = question.words[first].start, question.words[last - 1].end
    if elide and first and words[0].lower() in "aeiou" and elide.lower() in ("il", "la", "lo"):
        start, words = question.words[first - 1].start, f"l'{words}"
    return question.text[:start] + words + question.text[end:]


def _inserted(question: Question, place: int, words: str) -> str:
    """The question with further words before ``words[place]``."""
    if place == len(question.words):
        return f"{question.text[: question.words[-1].end]} {words}?"
    start = question.words[place].start
    return f"{question.text[:start]}{words} {question.text[start:]}"


def _finished(reading: str) -> str:
    """One capital at the beginning, one question mark at the end, single spaces."""
    plain = re.sub(r"\s+([?,.])", r"\1", " ".join(reading.split())).rstrip(" ?!.,;:")
    return f"{plain[0].upper()}{plain[1:]}?"
