"""Keyword search: BM25 a language over stemmed words and, for questions in the other language, over translations and what the two share.

Method: BM25 as Lucene scores it (Robertson and Zaragoza 2009, doi:10.1561/1500000019), precomputed for each word and passage as bm25s
does (Lù 2024, arXiv:2407.03618), in arrays on disk of which a question reads its words' stretches and nothing else. Snowball stemmers.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.arrays import Column, save
from index.errors import IndexDamaged
from index.texts.translations import translations
from index.texts.words import content_words, stemmer, words
from index.types import Language

K1, B = 1.2, 0.75  # Lucene's defaults
FEW, MANY = 5, 500  # passages: among fewer than five no word is rare or common; the fusion was fitted on 500 and more

Found: TypeAlias = tuple[NDArray[np.int32], NDArray[np.float16]]


def build_keywords(texts: Iterable[str], language: Language, folder: Path) -> None:
    """Writes the keyword index of ``texts`` into ``folder``, one for questions in their language and one for the other's.

    Row i is the i-th text.
    """
    stems, prefixes = _Counts(), _Counts()
    for text in texts:
        found = content_words(text)
        stems.add(stemmer(language).stemWords(found))
        prefixes.add([word[:5] for word in found])
    stems.write(folder / "words")
    prefixes.write(folder / "cognates")


class _Counts:
    """How often each word stands in each text: ``terms[i]`` stands ``counts[i]`` times; a text has ``sizes[row]`` different words."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._terms, self._counts = array("i"), array("i")
        self._sizes, self._lengths = array("i"), array("i")

    def add(self, found: Sequence[str]) -> None:
        """Adds the next text."""
        counted = Counter(found)
        self._terms.extend([self._vocabulary.setdefault(word, len(self._vocabulary)) for word in counted])
        self._counts.extend(counted.values())
        self._sizes.append(len(counted))
        self._lengths.append(len(found))

    def write(self, folder: Path) -> None:
        """Writes what ``_Postings`` reads: a word's digest stands in words.npy at the place where starts.npy holds its first one in
        rows.npy (texts that have it) and scores.npy; lengths.npy counts the words of each text."""
        folder.mkdir(parents=True)
        digests = np.fromiter(map(_digest, self._vocabulary), np.uint64, len(self._vocabulary))
        order = np.argsort(digests)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        terms = rank[np.frombuffer(self._terms, np.int32)]
        by_word = np.argsort(terms, kind="stable")
        found_in = np.bincount(terms, minlength=len(order))
        rows = np.repeat(np.arange(len(self._sizes), dtype=np.int32), np.frombuffer(self._sizes, np.int32))
        save(folder / "words.npy", digests[order])
        save(folder / "starts.npy", np.concatenate([[0], np.cumsum(found_in)]))
        save(folder / "rows.npy", rows[by_word])
        save(folder / "scores.npy", self._scores(rows, found_in[terms])[by_word])
        save(folder / "lengths.npy", np.frombuffer(self._lengths, np.int32))

    def _scores(self, rows: NDArray[np.int32], found_in: NDArray[np.int64]) -> NDArray[np.float16]:
        """BM25 of each count; ``found_in`` texts of all hold its word."""
        lengths, counts = np.frombuffer(self._lengths, np.int32), np.frombuffer(self._counts, np.int32)
        saturated = K1 * (1 - B + B * lengths / max(1.0, lengths.mean()))
        scores: NDArray[np.float16] = (_rarity(len(lengths), found_in) * counts / (saturated[rows] + counts)).astype(np.float16)
        return scores


def _rarity(texts: int, holding: Any) -> Any:
    """BM25's weight of a word that ``holding`` of ``texts`` hold: a number, or an array as ``holding`` is."""
    return np.log1p((texts - holding + 0.5) / (holding + 0.5))


def _digest(word: str) -> int:
    """64 bits of the word's SHA-256: among a million words two share one once in 40 million vocabularies."""
    return int.from_bytes(sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "little")


class Keywords:
    """The keyword index of one language, on disk. Rows are numbered as they were given to ``build_keywords``."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.language = language
        try:
            self._words, self._cognates = _Postings(folder / "words"), _Postings(folder / "cognates")
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"the keywords in {folder} cannot be read ({error}): run `chiedi build --full`") from error

    def scores(self, question: str, language: Language) -> NDArray[np.float32]:
        """(n,) BM25 scores of a question in ``language``, divided by the number of words query: one scale for questions of any length.

        In a small collection they are raised until its rarest words count as much as those of ``MANY`` passages.
        A word of the other language scores as the best of its translations and of what begins like it; one that no text holds as zero.
        """
        found = self._found(question, language)
        total, best = np.zeros((2, self._words.count), np.float32)
        for (first, scores), *others in found:
            if not any(len(rows) for rows, _ in others):
                total[first] += scores
                continue
            best[first] = scores
            for rows, scores in others:
                best[rows] = np.maximum(best[rows], scores)
            every = np.concatenate([first, *(rows for rows, _ in others)])
            total[every] += best[every]
            best[every] = 0
        raised = max(1.0, _rarity(MANY, 1) / _rarity(max(FEW, self._words.count), 1))
        scaled: NDArray[np.float32] = total * np.float32(raised / max(1, len(found)))
        return scaled

    def _found(self, question: str, language: Language) -> list[list[Found]]:
        """For each different word query the postings of what stands for it here, the longest first."""
        if language == self.language:
            return [[self._words.of(stem)] for stem in sorted(set(words(question, language)))]
        stem = stemmer(language).stemWord
        return [
            sorted(
                [self._cognates.of(word[:5]), *map(self._words.of, translations(stem(word), language))], key=lambda found: -len(found[0])
            )
            for word in sorted(set(content_words(question)))
        ]


class _Postings:
    """What ``_Counts.write`` wrote."""

    def __init__(self, folder: Path) -> None:
        self._digests, self._starts = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("words", "starts"))
        self._rows, self._scores, lengths = (Column(folder / f"{name}.npy") for name in ("rows", "scores", "lengths"))
        self.count = lengths.shape[0]

    def of(self, word: str) -> Found:
        """The rows that hold a word, each once, and its score in each."""
        digest = np.uint64(_digest(word))
        term = int(np.searchsorted(self._digests, digest))
        known = term < len(self._digests) and self._digests[term] == digest
        start, end = self._starts[term : term + 2].tolist() if known else (0, 0)
        return self._rows[start:end], self._scores[start:end]
