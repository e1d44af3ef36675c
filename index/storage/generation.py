"""Generations on disk: complete built indexes, checked before use and switched by one pointer.

``index/CURRENT`` names the folder below ``index/generations/`` that is served. A generation holds ``manifest.json`` with its SHA-256
beside it, the articles and passages in ``passages.sqlite`` and, for each language, ``<language>/vectors.faiss`` and
``<language>/keywords/``, both with row ``i`` for the passage ``(language, i)``; of a small collection also
``<language>/sentences/``, the vectors of each passage's sentences.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from index.errors import IndexDamaged, IndexMissing
from index.storage.inverted_index import Keywords
from index.storage.vectors import read_sentences, read_vectors
from index.texts.chunking import parts
from index.types import EVERYTHING, Article, Language, Passage, Scope

FORMAT = 5
PROBES = ("Chi ha scritto l'articolo?", "How much does it cost?", "Il Kazakistan produce uranio.")
LANGUAGES: tuple[Language, ...] = get_args(Language)
_ARTICLE = 'id, title, url, published, language, text, source, author, "group"'
_BY_DIGEST = "SELECT language, row FROM passage WHERE digest = ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from and the size and SHA-256 of each of its files.

    ``articles`` maps each article's id to the digest of its file; ``passages`` counts the passages of each language; ``probes`` are
    sentences with their vectors, by which a loaded model proves that it is the one that made the index.
    """

    format: int
    model: str
    fingerprint: str
    dimension: int
    chunking: dict[str, Any]
    articles: dict[str, str]
    passages: dict[Language, int]
    probes: dict[str, list[float]]
    files: dict[str, tuple[int, str]]


_MANIFEST = TypeAdapter(Manifest)


class Generation:
    """One opened generation; safe to use from several threads. Files are held open, so it outlives its removal from disk."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.vectors = {language: read_vectors(folder / language) for language in self.languages}
        self.keywords = {language: Keywords(folder / language / "keywords", language) for language in self.languages}
        self.sentences = {language: found for language in self.languages if (found := read_sentences(folder / language))}
        self._database = sqlite3.connect(
            f"{(folder / 'passages.sqlite').resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def languages(self) -> list[Language]:
        """The languages that have passages."""
        return [language for language in LANGUAGES if self.manifest.passages.get(language)]

    def article_ids(self) -> list[str]:
        """The id of every article, sorted."""
        return sorted(self.manifest.articles)

    def newest(self, first: int, many: int, scope: Scope = EVERYTHING) -> list[Article]:
        """At most ``many`` articles from place ``first`` (from 0) on: the newest first, undated ones last, those of a day by their id."""
        condition, values = _condition(scope)
        order = "published IS NULL, published DESC, id"
        rows = self._rows(f"SELECT id FROM article WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?", *values, many, first)
        return self.articles([id for (id,) in rows])

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles of these ids, in the order given. Raises KeyError for one that is not there."""
        marks = ",".join("?" * len(ids))
        rows = self._rows(f"SELECT {_ARTICLE} FROM article WHERE id IN ({marks})", *ids)
        found = {row[0]: Article(*row) for row in rows}
        return [found[id] for id in ids]

    def group(self, name: str) -> list[Article]:
        """The near copies that share a group, the newest first, of those of a day the fullest."""
        order = "published IS NULL, published DESC, length(text) DESC, id"
        return [Article(*row) for row in self._rows(f'SELECT {_ARTICLE} FROM article WHERE "group" = ? ORDER BY {order}', name)]

    @cached_property
    def has_groups(self) -> bool:
        """Whether any two articles are near copies."""
        return bool(self._rows('SELECT 1 FROM article WHERE "group" IS NOT NULL LIMIT 1'))

    def signature(self, article: str) -> bytes | None:
        """The signature by which near copies of an article are found (index/texts/near_copies.py)."""
        rows = self._rows("SELECT signature FROM article WHERE id = ?", article)
        return bytes(rows[0][0]) if rows and rows[0][0] else None

    def passages(self, language: Language, rows: Sequence[int]) -> list[Passage]:
        """The passages of these rows of a language, in the order given. Passages of one article share its Article."""
        marks = ",".join("?" * len(rows))
        query = f'SELECT row, article, start, "end" FROM passage WHERE language = ? AND row IN ({marks})'
        found = {row: (article, start, end) for row, article, start, end in self._rows(query, language, *rows)}
        articles = {article.id: article for article in self.articles(sorted({article for article, _, _ in found.values()}))}
        return [Passage(articles[article], start, end) for article, start, end in (found[row] for row in rows)]

    def spans(self, article: str) -> list[tuple[int, int]]:
        """The offsets of an article's passages, in order."""
        return self._rows('SELECT start, "end" FROM passage WHERE article = ? ORDER BY row', article)

    def within(self, language: Language, scope: Scope) -> NDArray[np.bool_] | None:
        """(n,) whether each passage of a language lies in the scope; None where everything does."""
        if scope == EVERYTHING:
            return None
        condition, values = _condition(scope)
        articles = f"SELECT id FROM article WHERE {condition}"
        rows = self._rows(f"SELECT row FROM passage WHERE language = ? AND article IN ({articles})", language, *values)
        marked = np.zeros(self.manifest.passages[language], np.bool_)
        marked[[row for (row,) in rows]] = True
        return marked

    def sources(self) -> list[str]:
        """The names of those who published an article, sorted."""
        return [name for (name,) in self._rows("SELECT DISTINCT source FROM article WHERE source IS NOT NULL ORDER BY source")]

    def newest_day(self) -> date | None:
        """The day on which the newest article was published, None where all are undated."""
        ((day,),) = self._rows("SELECT max(published) FROM article")
        return date.fromisoformat(day) if day else None

    def vectors_of(self, digest: bytes) -> NDArray[np.float32] | None:
        """(1 + s, d) the vector of a passage with this content digest and, where they are stored, those of its sentences; or None."""
        if not (rows := self._rows(_BY_DIGEST, digest)):
            return None
        language, row = rows[0]
        vector = np.asarray(self.vectors[language].reconstruct(row), np.float32)[None]
        return np.concatenate([vector, self.sentences[language].of(row)]) if language in self.sentences else vector

    def knows(self, digest: bytes, sentences: bool) -> bool:
        """Whether the vector of a passage with this content digest is stored, if so asked with those of its sentences."""
        rows = self._rows(_BY_DIGEST, digest)
        return bool(rows) and (not sentences or rows[0][0] in self.sentences)

    def sentence_vectors(self, quote: Passage) -> NDArray[np.float32] | None:
        """(s, d) the vectors of the sentences that a quote touches; None where they are not stored."""
        language = quote.article.language
        if not (stored := self.sentences.get(language)):
            return None
        query = 'SELECT row, start, "end" FROM passage WHERE article = ? AND start <= ? AND "end" >= ? LIMIT 1'
        for row, start, end in self._rows(query, quote.article.id, quote.start, quote.end):
            vectors, spans = stored.of(row), parts(quote.article.text[start:end], language)
            touched = [start + first < quote.end and quote.start < start + last for first, last in spans]
            return vectors[touched] if len(vectors) == len(spans) and any(touched) else None
        return None

    def close(self) -> None:
        self._database.close()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


def _condition(scope: Scope) -> tuple[str, list[str]]:
    """Which articles lie in a scope: an SQL condition and its values."""
    bounds = {
        "id = ?": scope.article,
        "source = ? COLLATE NOCASE": scope.source,
        "published >= ?": scope.since and scope.since.isoformat(),
        "published <= ?": scope.until and scope.until.isoformat(),
    }
    named = {condition: str(value) for condition, value in bounds.items() if value is not None}
    return " AND ".join(named) or "TRUE", list(named.values())


def open_current(index: Path) -> Generation:
    """Opens the generation that the pointer names, after checking every file. Raises IndexMissing or IndexDamaged."""
    return open_generation(current(index))


def current(index: Path) -> Path:
    """The folder of the generation that the pointer names. Raises IndexMissing or IndexDamaged."""
    folder = current_folder(index)
    if folder is None:
        raise IndexMissing(f"there is no index in {index}: run `chiedi build --index {index}`")
    return folder


def open_generation(folder: Path) -> Generation:
    """Opens one generation. Raises IndexDamaged, naming the file that is missing, damaged or of another format."""
    manifest = read_manifest(folder)
    _check_files(folder, manifest)
    try:
        generation = Generation(folder, manifest)
    except (RuntimeError, sqlite3.Error, OSError) as error:
        raise _refused(folder, str(error).splitlines()[0]) from error
    for language, vectors in generation.vectors.items():
        if (vectors.ntotal, vectors.d) != (manifest.passages[language], manifest.dimension):
            raise _refused(folder, f"{language}/vectors.faiss holds {vectors.ntotal} vectors of {vectors.d}, not what manifest.json says")
    return generation


def current_folder(index: Path) -> Path | None:
    """The folder that the pointer names, or None when nothing was built."""
    try:
        name = (index / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (UnicodeDecodeError, OSError) as error:
        raise IndexDamaged(f"the pointer {index / 'CURRENT'} cannot be read ({error}): run `chiedi build --index {index}`") from error
    if not name or "/" in name or not (index / "generations" / name).is_dir():
        raise IndexDamaged(f"the pointer {index / 'CURRENT'} names {name!r}, which is not there: run `chiedi build --index {index}`")
    return index / "generations" / name


def read_manifest(folder: Path) -> Manifest:
    """Reads a generation's manifest. Raises IndexDamaged when it is missing, damaged or of another format."""
    try:
        content = (folder / "manifest.json").read_bytes()
        fields = json.loads(content)
        if fields["format"] != FORMAT:
            raise _refused(folder, f"its format is {fields['format']}, this version reads {FORMAT}")
        if (folder / "manifest.sha256").read_bytes() != seal_of(content):
            raise _refused(folder, "manifest.json does not have the content it was written with")
        manifest = _MANIFEST.validate_python(fields)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _refused(folder, f"manifest.json cannot be read ({type(error).__name__})") from error
    if any(len(manifest.probes.get(probe, ())) != manifest.dimension for probe in PROBES):
        raise _refused(folder, "manifest.json lacks the vectors of the probe sentences")
    return manifest


def seal_of(manifest: bytes) -> bytes:
    """The line that ``sha256sum --check manifest.sha256`` reads."""
    return f"{sha256(manifest).hexdigest()}  manifest.json\n".encode()


def _check_files(folder: Path, manifest: Manifest) -> None:
    for name in sorted(files_in(folder) - manifest.files.keys()):
        raise _refused(folder, f"{name} is not one of its files")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for reason in pool.map(lambda name: _damage(folder / name, *manifest.files[name]), manifest.files):
            if reason:
                raise _refused(folder, reason)


def files_in(folder: Path) -> set[str]:
    """The files of a generation that its manifest lists."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"manifest.json", "manifest.sha256"}


def _damage(path: Path, size: int, digest: str) -> str | None:
    """What is wrong with a file, None when it is as it was written."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno()).st_size
            if found != size:
                return f"{path} has {found} bytes instead of {size}"
            if file_digest(file, "sha256").hexdigest() != digest:
                return f"{path} does not have the content it was written with"
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    return None


def _refused(folder: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(f"the index {folder} is refused: {reason}; run `chiedi build --index {folder.parent.parent}`")


def old_generations(index: Path) -> Iterator[Path]:
    """The generation folders that the pointer does not name, newest first; all of them when it names none."""
    try:
        kept = current_folder(index)
    except IndexDamaged:
        kept = None
    folders = (index / "generations").iterdir() if (index / "generations").is_dir() else ()
    yield from sorted((folder for folder in folders if folder != kept), reverse=True)
