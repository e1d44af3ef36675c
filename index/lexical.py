"""Keyword search: BM25 a language over stemmed words and, for questions in the other language, over what the two share.

Method: BM25 as Lucene scores it (Robertson and Zaragoza 2009, doi:10.1561/1500000019), precomputed per word by bm25s
(Lù 2024, arXiv:2407.03618); Snowball stemmers; stop words of bm25s.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS, STOPWORDS_ITALIAN
from numpy.typing import NDArray

from index.text import normalise
from index.types import Language

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\d\w*")
_ELISION = re.compile(r"\b[^\W\d_]{1,7}'(?=\w)")
_POSSESSIVE = re.compile(r"(?<=\w)'s?\b", re.IGNORECASE)


def fold(text: str) -> str:
    """Lower case without accents: "Perché" becomes "perche"."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@cache
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer({"it": "italian", "en": "english"}[language])


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(fold(word) for word in (*STOPWORDS_EN_PLUS, *STOPWORDS_ITALIAN))


def words(text: str, language: Language) -> list[str]:
    """The words of a text that can be searched: stemmed for ``language``, stop words of both languages left out.

    Elisions are split ("dell'uranio" gives "uranio", "l'80%" gives "80"); numbers are kept as they are written.
    """
    return list(_stemmer(language).stemWords(_content_words(text)))


def _content_words(text: str) -> list[str]:
    plain = _ELISION.sub(" ", _POSSESSIVE.sub(" ", normalise(text).text))
    return [word for word in _WORD.findall(fold(plain)) if word not in _stop_words()]


def cognates(text: str) -> list[str]:
    """What both languages may share of a text's words: their first five letters ("nuclear", "nucleare"), names and numbers."""
    return [word[:5] for word in _content_words(text)]


def build_keywords(texts: Iterable[str], language: Language, folder: Path) -> None:
    """Writes the keyword index of ``texts`` into ``folder``, one for questions in their language and one for the other's.

    Row i is the i-th text.
    """
    stems, prefixes = _Rows(), _Rows()
    for text in texts:
        stems.add(words(text, language))
        prefixes.add(cognates(text))
    stems.write(folder / "words")
    prefixes.write(folder / "cognates")


class _Rows:
    """Texts as rows of word numbers, the form that bm25s takes."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {"": 0}
        self._rows: list[array[int]] = []

    def add(self, found: list[str]) -> None:
        self._rows.append(array("i", [self._vocabulary.setdefault(word, len(self._vocabulary)) for word in found] or [0]))

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index((self._rows, self._vocabulary), show_progress=False)
        index.save(folder, show_progress=False)


class Keywords:
    """The keyword index of one language, memory-mapped. Rows are numbered as they were given to ``build_keywords``."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.language = language
        self._words = bm25s.BM25.load(folder / "words", mmap=True, load_vocab=True)
        self._cognates = bm25s.BM25.load(folder / "cognates", mmap=True, load_vocab=True)

    def scores(self, question: str, language: Language) -> NDArray[np.float32]:
        """(n,) BM25 scores of a question in ``language``, divided by the number of words sought: one scale for questions of any length."""
        if language == self.language:
            return _scores(self._words, words(question, language))
        return _scores(self._cognates, cognates(question))


def _scores(index: bm25s.BM25, found: list[str]) -> NDArray[np.float32]:
    sought = list(dict.fromkeys(found))
    known = index.get_tokens_ids(sought)
    if not known:
        return np.zeros(index.scores["num_docs"], np.float32)
    return np.asarray(index.get_scores_from_ids(known) / len(sought), np.float32)
