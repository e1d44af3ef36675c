"""Readings put together from the words of two questions."""

from __future__ import annotations

import re

from index.questions.function_words import ARTICLES, country
from index.questions.phrases import Question
from index.types import Language

_ARTICLE = re.compile(r"(the|il|lo|la|i|gli|le|un|una|an?) |(l)' ?", re.IGNORECASE)
_ARTICULATED = {"di": "de", "a": "a", "da": "da", "in": "ne", "su": "su"}


def replaced(question: Question, first: int, last: int, words: str) -> str:
    """The question with other words in place of ``words[first:last]``."""
    return question.text[: question.words[first].start] + words + question.text[question.words[last - 1].end :]


def inserted(question: Question, place: int, words: str) -> str:
    """The question with further words before ``words[place]``, or at its end."""
    if place == len(question.words):
        return f"{question.text[: question.words[-1].end]} {words}"
    start = question.words[place].start
    return f"{question.text[:start]}{words} {question.text[start:]}"


def finished(reading: str) -> str:
    """One capital at the beginning, one question mark at the end, single spaces, none before a mark."""
    plain = re.sub(r"\s+([?,.])", r"\1", " ".join(reading.split())).rstrip(" ?!.,;:")
    return f"{plain[0].upper()}{plain[1:]}?"


def bare(name: str) -> str:
    """A name without its article."""
    match = _ARTICLE.match(name)
    return name[match.end() :] if match else name


def fitting(name: str, language: Language) -> str:
    """A name without an article of the other language, and its own in lower case."""
    match = _ARTICLE.match(name)
    if match is None:
        return name
    return name[0].lower() + name[1:] if (match[1] or match[2]).lower() in ARTICLES[language] else name[match.end() :]


def with_article(name: str, feminine: bool | None = None) -> str:
    """An Italian name or noun with its article, the likely one where the gender is not known: "la Cina", "l'India", "il Perù"."""
    if name[0].lower() in "aeiou":
        return f"l'{name}"
    if name.split()[0].endswith("a") if feminine is None else feminine:
        return f"la {name}"
    return f"lo {name}" if re.match(r"z|s[^aeiou]", name, re.IGNORECASE) else f"il {name}"


def with_owned(owned: str, possessive: str, article: str) -> str:
    """ "la sua capitale" and "suo figlio" without the possessive: "la capitale", "il figlio"."""
    return f"{article} {owned}" if possessive not in ("suo", "sua") else with_article(owned, possessive == "sua")


def with_preposition(preposition: str, name: str) -> str:
    """A name after a preposition; Italian ones join its article ("di" and "il Reno": "del Reno"), but for "in Francia"."""
    if preposition == "in" and country(bare(name)):
        return f"in {bare(name)}"
    stem, match = _ARTICULATED.get(preposition), re.match(r"(il|lo|la|i|gli|le) |l' ?", name)
    if not stem or not match:
        return f"{preposition} {name}"
    ending = {None: "ll'", "il": "l ", "i": "i ", "gli": "gli "}.get(match[1], f"l{match[1]} ")
    return f"{stem}{ending}{name[match.end() :]}"


def within(name: str, language: Language) -> str:
    """ "in" a place: "in Cina", "nel Regno Unito", "in the Netherlands"; Italian cities, as far as they are recognised, after "a"."""
    name = fitting(name, language)
    if language == "en":
        return f"in {name}"
    return with_preposition("in" if _ARTICLE.match(name) or country(name) else "a", name)


def genitive(name: str) -> str:
    """An English name as an owner: "Emma's", "the Normans'"."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"
