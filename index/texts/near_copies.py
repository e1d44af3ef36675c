"""Near copies: articles that say the same in almost the same words, such as an agency's report in two newspapers.

Method: MinHash signatures of word triples (Broder 1997, doi:10.1109/SEQUEN.1997.666900), looked up by bands of equal numbers (Leskovec,
Rajaraman and Ullman, Mining of Massive Datasets, chapter 3). A signature is stored with its article, so that only what changed is read:
a millisecond for each new article of 3,500 characters, then forty for the groups of 2,000 and two seconds for those of 50,000.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.texts.chunking import sentences
from index.texts.normalisation import normalise
from index.texts.words import fold
from index.types import Article, Hit, Language, Passage

ALIKE = 0.5  # share of all word triples of two articles that both have, from which they are near copies
SAME = 0.75  # share of the words of two sentences of near copies that both have in the same order, from which they say the same
_HASHES, _BANDS = 128, 32  # numbers in a signature (the share is estimated to about .04), bands of four of them
FEWEST = 20  # triples; shorter texts are too easily alike
_SLICE = 4096  # triples hashed at a time
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"\d+|\b[A-ZÀ-Ý]\w*")

_random = np.random.default_rng(1997)
_FACTORS = _random.integers(1, 2**63, (_HASHES, 1), np.uint64) * 2 + 1
_TERMS = _random.integers(0, 2**63, (_HASHES, 1), np.uint64)


def signature_of(text: str, fewest: int = FEWEST) -> bytes | None:
    """The smallest of 128 random numberings over the text's word triples, as uint32; None for a text of less than ``fewest`` triples."""
    codes = np.array([crc32(word.encode("utf-8", "replace")) for word in _words(text)], np.uint64)
    if len(codes) < fewest + 2:
        return None
    triples = np.unique((codes[:-2] * np.uint64(0x9E3779B1) + codes[1:-1]) * np.uint64(0x85EBCA77) + codes[2:])
    parts = (triples[start : start + _SLICE] for start in range(0, len(triples), _SLICE))
    smallest = np.min([(part * _FACTORS + _TERMS).min(axis=1) for part in parts], axis=0)
    return bytes((smallest >> np.uint64(32)).astype("<u4").tobytes())


def bands_of(signature: bytes | None) -> list[bytes]:
    """Parts of a signature; of two texts that share .94 of their triples each part is equal with a probability of .78."""
    width = 4 * _HASHES // _BANDS
    return [signature[start : start + width] for start in range(0, len(signature), width)] if signature else []


def resemblance(one: bytes | None, other: bytes | None) -> float:
    """0..1: the share of the word triples of two texts that both have (Jaccard), estimated from their signatures."""
    return float((np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")).mean()) if one and other else 0.0


def groups_of(signatures: Mapping[str, bytes]) -> dict[str, str]:
    """The near copies among articles, by their signatures: id -> the first id of its group; nothing for an article that stands alone."""
    ids = sorted(signatures)
    rows = np.frombuffer(b"".join(signatures[id] for id in ids), "<u4").reshape(len(ids), _HASHES)
    first = list(range(len(ids)))
    for one, other in _alike(rows):
        low, high = sorted((_root(first, one), _root(first, other)))
        first[high] = low
    roots = [_root(first, place) for place in range(len(ids))]
    many = {root for place, root in enumerate(roots) if root != place}
    return {ids[place]: ids[root] for place, root in enumerate(roots) if root in many}


def _alike(rows: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Pairs of rows with at least ``ALIKE`` equal numbers, such that near copies are joined by some of them."""
    pairs = [np.empty((0, 2), np.int64)]
    for band in np.split(rows, _BANDS, axis=1):
        order = np.lexsort(band.T)
        same = (band[order[1:]] == band[order[:-1]]).all(axis=1)
        pairs.append(np.stack([order[:-1][same], order[1:][same]], axis=1))
    found = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    shares = (rows[found[:, 0]] == rows[found[:, 1]]).mean(axis=1)
    return [(one, other) for one, other in found[shares >= ALIKE].tolist()]


def _root(first: list[int], place: int) -> int:
    while first[place] != place:
        place = first[place]
    return place


def without_repeats(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, best first, without those whose every sentence stands in the hits of better copies of the same article.

    The newest copy is the best, of those of a day the fullest. A hit takes over the score of what it makes needless.
    """
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: _rank(hit.passage.article), reverse=True):
        copies = [place for place, other in enumerate(kept) if are_copies(other.passage.article, hit.passage.article)]
        own = _sentences(hit.passage.text, hit.passage.article.language)
        said = [next((place for place in copies if _holds(kept[place].passage, sentence)), None) for sentence in own]
        if copies and said[0] is not None and None not in said:
            kept[said[0]] = replace(kept[said[0]], score=max(kept[said[0]].score, hit.score))
        else:
            kept.append(hit)
    return sorted(kept, key=lambda hit: -hit.score)


def are_copies(one: Article, other: Article) -> bool:
    """Whether two different articles are near copies."""
    return one.group is not None and one.group == other.group and one.id != other.id


def copies_with(quote: Passage, group: Sequence[Article]) -> tuple[Article, ...]:
    """The other articles of a quote's group that hold its words, in the order given."""
    wanted = f" {' '.join(_words(quote.text))} "
    return tuple(article for article in group if are_copies(article, quote.article) and wanted in f" {' '.join(_words(article.text))} ")


def say_the_same(one: str, other: str) -> bool:
    """Whether two sentences differ in little: the same names and numbers, and most of the words in the same order."""
    (names, words), (other_names, other_words) = _told(one), _told(other)
    return names == other_names and SequenceMatcher(None, words, other_words, autojunk=False).ratio() >= SAME


def _rank(article: Article) -> tuple[str, int, str]:
    return article.published or "", len(article.text), article.id


def _holds(passage: Passage, sentence: str) -> bool:
    return any(say_the_same(own, sentence) for own in _sentences(passage.text, passage.article.language))


@lru_cache(512)
def _sentences(text: str, language: Language) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in sentences(text, language))


@lru_cache(4096)
def _told(sentence: str) -> tuple[list[str], list[str]]:
    """The names and numbers of a sentence, sorted, and all its words."""
    return sorted(_NAME.findall(sentence)), _words(sentence)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(normalise(text).text))
