"""Generations on disk: complete built indexes, checked before use and switched by one pointer.

``index/CURRENT`` names the folder below ``index/generations/`` that is served. A generation holds ``manifest.json``, the articles and
passages in ``passages.sqlite`` and, for each language, ``<language>/vectors.faiss`` and ``<language>/keywords/``, both with row ``i`` for
the passage ``(language, i)``.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, get_args

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged, IndexMissing
from index.types import Article, Language, Passage

FORMAT = 2
PROBES = ("Chi ha scritto l'articolo?", "How much does it cost?", "Il Kazakistan produce uranio.")
LANGUAGES: tuple[Language, ...] = get_args(Language)
_SCHEMA = """
CREATE TABLE article (id TEXT PRIMARY KEY, title TEXT, url TEXT, published TEXT, language TEXT, text TEXT, source TEXT) WITHOUT ROWID;
CREATE TABLE passage (
    language TEXT, row INTEGER, article TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (language, row)
) WITHOUT ROWID;
CREATE INDEX passage_article ON passage (article);
CREATE INDEX passage_digest ON passage (digest);
"""


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
    passages: dict[str, int]
    probes: dict[str, list[float]]
    files: dict[str, list[Any]]


class Generation:
    """One opened generation; safe to use from several threads. Files are held open, so it outlives its removal from disk."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.vectors = {language: faiss.read_index(str(folder / language / "vectors.faiss")) for language in self.languages}
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

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles of these ids, in the order given. Raises KeyError for one that is not there."""
        marks = ",".join("?" * len(ids))
        rows = self._rows(f"SELECT id, title, url, published, language, text, source FROM article WHERE id IN ({marks})", *ids)
        found = {row[0]: Article(*row) for row in rows}
        return [found[id] for id in ids]

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

    def vector(self, digest: bytes) -> NDArray[np.float32] | None:
        """(d,) the stored vector of a passage with this content digest, or None."""
        rows = self._rows("SELECT language, row FROM passage WHERE digest = ? LIMIT 1", digest)
        return np.asarray(self.vectors[rows[0][0]].reconstruct(rows[0][1]), np.float32) if rows else None

    def close(self) -> None:
        self._database.close()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


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
        return Generation(folder, manifest)
    except (RuntimeError, sqlite3.Error, OSError) as error:
        raise _refused(folder, str(error).splitlines()[0]) from error


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
        fields = json.loads((folder / "manifest.json").read_bytes())
        if fields["format"] != FORMAT:
            raise _refused(folder, f"its format is {fields['format']}, this version reads {FORMAT}")
        return Manifest(**fields)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _refused(folder, f"manifest.json cannot be read ({type(error).__name__})") from error


def _check_files(folder: Path, manifest: Manifest) -> None:
    for name, (size, digest) in manifest.files.items():
        try:
            with (folder / name).open("rb") as file:
                found = os.fstat(file.fileno()).st_size
                if found != size:
                    raise _refused(folder, f"{name} has {found} bytes instead of {size}")
                if file_digest(file, "sha256").hexdigest() != digest:
                    raise _refused(folder, f"{name} does not have the content it was written with")
        except OSError as error:
            raise _refused(folder, f"{name} cannot be read ({error.strerror})") from error


def _refused(folder: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(f"the index {folder} is refused: {reason}; run `chiedi build --index {folder.parent.parent}`")


class Writer:
    """Fills a new generation folder with articles and passages; rows are numbered from 0 in each language, in the order added."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.counts: dict[str, int] = dict.fromkeys(LANGUAGES, 0)
        self._database = sqlite3.connect(folder / "passages.sqlite")
        self._database.executescript(_SCHEMA)

    def add(self, article: Article, spans: Sequence[tuple[int, int]]) -> None:
        """Adds an article with the offsets of its passages."""
        fields = (article.id, article.title, article.url, article.published, article.language, article.text, article.source)
        self._database.execute("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?)", fields)
        rows = (
            (article.language, row, article.id, start, end, digest(article.text[start:end]))
            for row, (start, end) in enumerate(spans, self.counts[article.language])
        )
        self._database.executemany("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.counts[article.language] += len(spans)

    def passages(self, language: Language) -> Iterator[tuple[bytes, str]]:
        """The (digest, text) of each passage of a language, in row order."""
        query = """SELECT digest, substr(text, start + 1, "end" - start) FROM passage JOIN article ON id = article
                   WHERE passage.language = ? ORDER BY row"""
        yield from self._database.execute(query, (language,))

    def close(self) -> None:
        self._database.commit()
        self._database.close()


def digest(text: str) -> bytes:
    """The content digest by which vectors are reused: SHA-256 of the text."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def write_vectors(path: Path, vectors: Iterable[NDArray[np.float32]]) -> None:
    """Writes unit vectors of d floats as an exact inner-product FAISS index. Raises OSError when the disk is full.

    faiss.write_index can leave a truncated file on a full disk without a word, so the bytes are written here.
    """
    matrix = np.stack(list(vectors))
    index = faiss.IndexFlatIP(matrix.shape[1])
    index.add(matrix)
    with path.open("wb") as file:
        file.write(faiss.serialize_index(index).data)


class Journal:
    """Vectors encoded by a build that has not been published yet, by content digest: an interrupted build goes on from here."""

    def __init__(self, index: Path, fingerprint: str) -> None:
        self.path = index / f"encoded-{fingerprint[:16]}.sqlite"
        self._database = sqlite3.connect(self.path)
        self._database.execute("CREATE TABLE IF NOT EXISTS vector (digest BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")

    def vector(self, digest: bytes) -> NDArray[np.float32] | None:
        """(d,) the vector with this digest, or None."""
        row = self._database.execute("SELECT value FROM vector WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else np.frombuffer(row[0], np.float32)

    def keep(self, digests: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Stores (n, d) vectors under their digests, at once."""
        with self._database:
            rows = ((key, value.tobytes()) for key, value in zip(digests, vectors, strict=True))
            self._database.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)

    def close(self) -> None:
        self._database.close()


def publish(index: Path, folder: Path, manifest: Manifest) -> None:
    """Makes a written generation the current one: files to disk, manifest, then one pointer replaced."""
    files = {str(path.relative_to(folder)): _seal(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    sealed = asdict(manifest) | {"files": files}
    _write_synced(folder / "manifest.json", json.dumps(sealed, ensure_ascii=False))
    for path in [*folder.rglob("*"), folder, folder.parent]:
        if path.is_dir():
            _sync(path)
    _write_synced(index / "CURRENT.new", folder.name)
    os.replace(index / "CURRENT.new", index / "CURRENT")
    _sync(index)


def _seal(path: Path) -> list[Any]:
    _sync(path)
    with path.open("rb") as file:
        return [path.stat().st_size, file_digest(file, "sha256").hexdigest()]


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def old_generations(index: Path) -> Iterator[Path]:
    """The generation folders that the pointer does not name, newest first; all of them when it names none."""
    try:
        kept = current_folder(index)
    except IndexDamaged:
        kept = None
    folders = (index / "generations").iterdir() if (index / "generations").is_dir() else ()
    yield from sorted((folder for folder in folders if folder != kept), reverse=True)
