"""Where articles came from: an SQLite file in a hidden folder among them.

It stands beside the articles, because it describes just those files and moves with them; in SQLite, because each page's line is
written by itself, right after its file, so that it never claims a file that is not there. Without it nothing is lost but the visits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal

from index.sources.errors import DocumentRefused, LibraryUnwritable, one_line
from index.storage.migrations import migrate
from index.texts.articles import HIDDEN

Kind = Literal["feed", "sitemap", "page", "folder", "archive"]

# Add to the end; never change one. Files of the first version may have no number yet.
MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE IF NOT EXISTS places (address TEXT PRIMARY KEY, kind TEXT NOT NULL, parent TEXT, etag TEXT, modified TEXT, visited TEXT,
        problem TEXT);
    CREATE TABLE IF NOT EXISTS pages (key TEXT PRIMARY KEY, url TEXT NOT NULL, article TEXT NOT NULL, etag TEXT, modified TEXT,
        content BLOB);
    CREATE INDEX IF NOT EXISTS pages_article ON pages (article);
    CREATE TABLE IF NOT EXISTS listed (place TEXT NOT NULL, page TEXT NOT NULL, url TEXT NOT NULL, stamp TEXT,
        PRIMARY KEY (place, page));
    CREATE TABLE IF NOT EXISTS written (article TEXT PRIMARY KEY, site TEXT NOT NULL, title TEXT NOT NULL, author TEXT, published TEXT,
        document BLOB NOT NULL, file BLOB NOT NULL, sketch BLOB NOT NULL);
    """,
    """
    ALTER TABLE written DROP COLUMN sketch;
    ALTER TABLE written ADD COLUMN signature BLOB;  -- by near_copies; NULL: not known yet
    """,
)


@dataclass(frozen=True, slots=True)
class Place:
    """What is visited again: ``parent`` is the sitemap or folder that names it; ``visited`` the last visit that went well (ISO 8601, UTC);
    ``problem`` what went wrong since."""

    address: str
    kind: Kind
    parent: str | None = None
    etag: str | None = None
    modified: str | None = None
    visited: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page or file that was read: ``key`` is what all spellings of its address share, ``article`` the article's id, empty when it
    held none, ``content`` the SHA-256 of what was read."""

    key: str
    url: str
    article: str
    etag: str | None = None
    modified: str | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An article file as it was last written: the SHA-256 of the document and of the file, and the signature of its
    text, by which it is found again (see ``index.texts.near_copies``)."""

    article: str
    site: str
    title: str
    author: str | None
    published: str | None
    document: bytes
    file: bytes
    signature: bytes | None


class Watch:
    """The memory of one articles folder. Every call opens and commits by itself, so it may come from any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / HIDDEN / "watch.sqlite"

    def places(self) -> list[Place]:
        """All places, those that no other names first, in the order of their addresses."""
        rows = self._rows("SELECT address, kind, parent, etag, modified, visited, problem FROM places ORDER BY parent IS NOT NULL, address")
        return [Place(*row) for row in rows]

    def keep_place(self, place: Place) -> None:
        """Remember a place or what is new about it."""
        self._write("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(place))

    def forget_place(self, address: str) -> None:
        """Stop visiting a place and those that it names; its articles stay."""
        for (child,) in self._rows("SELECT address FROM places WHERE parent = ?", address):
            self.forget_place(child)
        with self._open() as connection:
            connection.execute("DELETE FROM listed WHERE place = ?", (address,))
            connection.execute("DELETE FROM places WHERE address = ?", (address,))

    def listed(self, place: str) -> dict[str, tuple[str, str | None]]:
        """What a place named when it was last read: a page's key -> its address and the stamp that changes with it, if any."""
        return {key: (url, stamp) for key, url, stamp in self._rows("SELECT page, url, stamp FROM listed WHERE place = ?", place)}

    def unlist_page(self, place: str, key: str) -> None:
        """A place no longer names a page."""
        self._write("DELETE FROM listed WHERE place = ? AND page = ?", (place, key))

    def page(self, key: str) -> Page | None:
        """The page of a key."""
        rows = self._rows("SELECT key, url, article, etag, modified, content FROM pages WHERE key = ?", key)
        return Page(*rows[0]) if rows else None

    def pages_of(self, article: str) -> list[str]:
        """The keys of the pages whose text is an article."""
        return [key for (key,) in self._rows("SELECT key FROM pages WHERE article = ? ORDER BY key", article)]

    def note(self, key: str, url: str, page: Page | None, stamps: Mapping[str, str | None], left: Iterable[str]) -> None:
        """Remember all at once what is new about a page, that places name it as of their stamps, and that those in ``left`` do no more."""
        with self._open() as connection:
            if page:
                connection.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?)", astuple(page))
            for place, stamp in stamps.items():
                connection.execute("INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?)", (place, key, url, stamp))
            for place in left:
                connection.execute("DELETE FROM listed WHERE place = ? AND page = ?", (place, key))

    def forget_page(self, key: str) -> None:
        """A page is gone, whoever named it."""
        with self._open() as connection:
            connection.execute("DELETE FROM listed WHERE page = ?", (key,))
            connection.execute("DELETE FROM pages WHERE key = ?", (key,))

    def written(self) -> dict[str, Written]:
        """Every article that was written here, also those whose file a person has removed since."""
        rows = self._rows("SELECT article, site, title, author, published, document, file, signature FROM written")
        return {row[0]: Written(*row) for row in rows}

    def keep_written(self, written: Written) -> None:
        """Remember an article file that has just been written."""
        self._write("INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(written))

    def forget_written(self, article: str) -> None:
        """An article is gone; its text is new when it comes again."""
        self._write("DELETE FROM written WHERE article = ?", (article,))

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        if not self._path.exists():
            return []
        with self._open() as connection:
            return connection.execute(query, values).fetchall()

    def _write(self, command: str, values: tuple[object, ...]) -> None:
        with self._open() as connection:
            connection.execute(command, values)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are committed together. Raises LibraryUnwritable, and DocumentRefused for a name that is half a
        character, as of a file in an old encoding."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=30)) as connection, connection:
                migrate(connection, self._path, MIGRATIONS)
                yield connection
        except UnicodeEncodeError as error:
            raise DocumentRefused(f"{one_line(error.object)}: its name is not in UTF-8: rename it") from error
        except (sqlite3.Error, OSError) as error:
            raise LibraryUnwritable(
                f"{self._path} cannot be used ({error}): make space, mend its permissions, or delete it to begin anew"
            ) from error
