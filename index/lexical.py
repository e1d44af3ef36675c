"""Keyword search: one BM25 index a language over stemmed, accent-folded words.

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
    plain = _ELISION.sub(" ", _POSSESSIVE.sub(" ", normalise(text).text)) if "'" in text or "’" in text else text
    found = (word for word in _WORD.findall(fold(plain)) if word not in _stop_words())
    return list(_stemmer(language).stemWords(list(found)))


def build_keywords(texts: Iterable[str], language: Language, folder: Path) -> None:
    """Writes the keyword index of ``texts`` into ``folder``; row i of the index is the i-th text."""
    vocabulary: dict[str, int] = {"": 0}
    rows = [array("i", [vocabulary.setdefault(word, len(vocabulary)) for word in words(text, language)] or [0]) for text in texts]
    folder.mkdir()
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index((rows, vocabulary), show_progress=False)
    index.save(folder, show_progress=False)


class Keywords:
    """The keyword index of one language, memory-mapped. Rows are numbered as they were given to ``build_keywords``."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.language = language
        self._index = bm25s.BM25.load(folder, mmap=True, load_vocab=True)

    def scores(self, question: str) -> NDArray[np.float32]:
        """(n,) BM25 scores divided by the number of words sought, so that questions of any length share one scale."""
        sought = list(dict.fromkeys(words(question, self.language)))
        known = self._index.get_tokens_ids(sought)
        if not known:
            return np.zeros(self._index.scores["num_docs"], np.float32)
        return np.asarray(self._index.get_scores_from_ids(known) / len(sought), np.float32)
