"""The words of a text: folded, stemmed, and as exact match compares them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import Stemmer

from index.texts.normalisation import normalise
from index.texts.stopwords import STOP_WORDS
from index.types import Language

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\d\w*")
_ELISION = re.compile(r"\b[^\W\d_]{1,7}'(?=\w)")
_POSSESSIVE = re.compile(r"(?<=\w)'s?\b", re.IGNORECASE)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ARTICLES = frozenset(["a", "an", "the", "il", "lo", "la", "i", "gli", "le", "l", "un", "uno", "una"])
_TOKEN = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower case without accents: "Perché" becomes "perche"."""
    return _NOT_ASCII.sub(lambda run: _base_letters(run[0]), text.casefold())


def _base_letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@cache
def stemmer(language: Language) -> Stemmer.Stemmer:
    """Snowball's stemmer of a language."""
    return Stemmer.Stemmer({"it": "italian", "en": "english"}[language])


def words(text: str, language: Language) -> list[str]:
    """The words of a text that can be searched: stemmed for ``language``, stop words of both languages left out.

    Elisions are split ("dell'uranio" gives "uranio", "l'80%" gives "80"); numbers are kept as they are written.
    """
    return list(stemmer(language).stemWords(content_words(text)))


def content_words(text: str) -> list[str]:
    """The words of a text that carry a topic, folded, in their order."""
    plain = _ELISION.sub(" ", _POSSESSIVE.sub(" ", normalise(text).text))
    return [word for word in _WORD.findall(fold(plain)) if word not in STOP_WORDS]


def cognates(text: str) -> list[str]:
    """What both languages may share of a text's words: their first five letters ("nuclear", "nucleare"), names and numbers."""
    return [word[:5] for word in content_words(text)]


def answer_tokens(text: str) -> list[str]:
    """The tokens that exact match and F1 compare: lower case, without punctuation and English or Italian articles.

    SQuAD's normalisation (Rajpurkar et al. 2016, arXiv:1606.05250), with the Italian articles and their elisions ("l'uranio" is
    "uranio", "un'alleanza" is "alleanza").
    """
    return [token for token in _TOKEN.findall(unicodedata.normalize("NFKC", text).lower()) if token not in _ARTICLES]
