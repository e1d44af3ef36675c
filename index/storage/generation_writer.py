"""Writing a generation: articles and passages, the manifest with its seal, and the pointer that publishes it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import file_digest, sha256
from itertools import groupby
from pathlib import Path

from index.files import sync, write_synced
from index.storage.generation import LANGUAGES, Manifest, files_in, read_manifest, seal_of
from index.types import Article, Language

_SCHEMA = """
CREATE TABLE article (
    id TEXT PRIMARY KEY, title TEXT, url TEXT, published TEXT, language TEXT, text TEXT, source TEXT, author TEXT, "group" TEXT,
    signature BLOB
) WITHOUT ROWID;
CREATE TABLE passage (
    language TEXT, row INTEGER, article TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (language, row)
) WITHOUT ROWID;
CREATE INDEX passage_article ON passage (article);
CREATE INDEX passage_digest ON passage (digest);
CREATE INDEX article_group ON article ("group") WHERE "group" IS NOT NULL;
"""


class Writer:
    """Fills a new generation folder with articles and passages; rows are numbered from 0 in each language, in the order added."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.counts: dict[Language, int] = dict.fromkeys(LANGUAGES, 0)
        self._database = sqlite3.connect(folder / "passages.sqlite")
        self._database.executescript(_SCHEMA)

    def add(self, article: Article, spans: Sequence[tuple[int, int]], signature: bytes | None = None) -> None:
        """Adds an article with the offsets of its passages and its signature; groups come later."""
        fields = (article.id, article.title, article.url, article.published, article.language, article.text, article.source, article.author)
        self._database.execute("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)", (*fields, signature))
        rows = (
            (article.language, row, article.id, start, end, digest(article.text[start:end]))
            for row, (start, end) in enumerate(spans, self.counts[article.language])
        )
        self._database.executemany("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.counts[article.language] += len(spans)

    def signatures(self) -> dict[str, bytes]:
        """The signature of each article that has one."""
        return dict(self._database.execute("SELECT id, signature FROM article WHERE signature IS NOT NULL"))

    def group(self, groups: Mapping[str, str]) -> None:
        """Writes down which articles are near copies: id -> group."""
        self._database.executemany('UPDATE article SET "group" = ? WHERE id = ?', [(group, id) for id, group in groups.items()])

    def digests(self, language: Language) -> Iterator[bytes]:
        """The content digest of each passage of a language, in row order."""
        rows = self._database.execute("SELECT digest FROM passage WHERE language = ? ORDER BY row", (language,))
        yield from (row[0] for row in rows)

    def passages(self, language: Language) -> Iterator[tuple[bytes, str]]:
        """The (digest, text) of each passage of a language, in row order, with one article in memory at a time."""
        rows = self._database.execute('SELECT article, digest, start, "end" FROM passage WHERE language = ? ORDER BY row', (language,))
        for article, spans in groupby(rows, key=lambda row: row[0]):
            (text,) = self._database.execute("SELECT text FROM article WHERE id = ?", (article,)).fetchone()
            yield from ((digest, text[start:end]) for _, digest, start, end in spans)

    def close(self) -> None:
        self._database.commit()
        self._database.close()


def digest(text: str) -> bytes:
    """The content digest by which vectors are reused: 128 bits of the text's SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def seal(folder: Path, manifest: Manifest) -> Manifest:
    """Brings a written generation to disk and adds its manifest, with sizes and digests; returns the manifest as it is read back."""
    sealed = asdict(manifest) | {"files": {name: _seal(folder / name) for name in sorted(files_in(folder))}}
    content = json.dumps(sealed, ensure_ascii=False).encode()
    write_synced(folder / "manifest.json", content)
    write_synced(folder / "manifest.sha256", seal_of(content))
    for path in [*folder.rglob("*"), folder, folder.parent]:
        if path.is_dir():
            sync(path)
    return read_manifest(folder)


def publish(index: Path, folder: Path) -> None:
    """Makes a sealed generation the current one by replacing the pointer."""
    write_synced(index / "CURRENT.new", folder.name.encode())
    os.replace(index / "CURRENT.new", index / "CURRENT")
    sync(index)


def _seal(path: Path) -> tuple[int, str]:
    sync(path)
    with path.open("rb") as file:
        return path.stat().st_size, file_digest(file, "sha256").hexdigest()
