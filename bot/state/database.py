"""The bot's own database: one SQLite file, migrations by number, one thread that reads and writes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from index.errors import ChiediError
from index.storage.migrations import migrate

T = TypeVar("T")
FILE = "chiedi.sqlite3"
RETENTION_SECONDS = 30 * 24 * 3600.0  # how long questions, and what was set aside, are kept
# Add to the end; never change one.
MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE inbox (                    -- every update, stored before Telegram may forget it
        update_id INTEGER PRIMARY KEY,
        chat      INTEGER NOT NULL,         -- updates of one chat are answered in order
        received  REAL NOT NULL,            -- seconds since 1970
        finished  REAL,                     -- when it was answered or set aside; NULL: waiting
        problem   TEXT,                     -- why it was set aside unanswered
        raw       TEXT                      -- its JSON; NULL once it was answered
    );
    CREATE INDEX inbox_waiting ON inbox (update_id) WHERE finished IS NULL;
    CREATE TABLE users (
        user      INTEGER PRIMARY KEY,      -- Telegram's id
        language  TEXT                      -- what /lang chose
    );
    CREATE TABLE answers (                  -- every question that was answered, or refused
        id          INTEGER PRIMARY KEY,
        update_id   INTEGER NOT NULL,
        chat        INTEGER NOT NULL,
        thread      INTEGER,                -- topic of a group
        user        INTEGER NOT NULL,
        message     INTEGER NOT NULL,       -- the question's message
        replies     TEXT NOT NULL,          -- JSON list of the messages that answered it
        asked       REAL NOT NULL,          -- seconds since 1970
        latency_ms  REAL NOT NULL,          -- from receiving the update to the last reply
        question    TEXT NOT NULL,
        language    TEXT NOT NULL,          -- of the question
        wording     TEXT NOT NULL,          -- of the reply
        answered    INTEGER NOT NULL,       -- 0: abstained
        confidence  REAL NOT NULL,
        article     TEXT,                   -- of the quote, or of the related sentence
        quote_start INTEGER,
        quote_end   INTEGER,
        exact_start INTEGER,
        exact_end   INTEGER,
        hits        TEXT NOT NULL,          -- JSON list of [article, start, end, score]
        UNIQUE (chat, message)
    );
    CREATE INDEX answers_user ON answers (user);
    """,
    """
    ALTER TABLE answers ADD COLUMN token TEXT;      -- names the answer in buttons and links
    ALTER TABLE answers ADD COLUMN understood TEXT; -- how a question that leans on the one before was read
    CREATE UNIQUE INDEX answers_token ON answers (token);
    CREATE TABLE feedback (                 -- what the person who asked thinks of an answer
        id          INTEGER PRIMARY KEY,
        answer      INTEGER NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
        user        INTEGER NOT NULL,
        verdict     TEXT NOT NULL CHECK (verdict IN ('good', 'wrong', 'missed')),  -- missed: refused, yet the articles tell
        created     REAL NOT NULL,          -- seconds since 1970
        UNIQUE (answer, user)
    );
    CREATE TABLE presses (                  -- buttons that were pressed and dealt with
        callback    TEXT PRIMARY KEY,       -- Telegram's id of the press
        pressed     REAL NOT NULL           -- seconds since 1970
    );
    CREATE TABLE offers (                   -- questions that were offered as buttons
        token       TEXT PRIMARY KEY,
        chat        INTEGER NOT NULL,
        user        INTEGER NOT NULL,
        question    TEXT NOT NULL,
        created     REAL NOT NULL           -- seconds since 1970
    );
    """,
    """
    CREATE TABLE outbox (                   -- messages that were sent for an update that is not done yet
        update_id   INTEGER NOT NULL,
        number      INTEGER NOT NULL,       -- of the message among those of the update
        digest      TEXT NOT NULL,          -- of its content
        result      TEXT NOT NULL,          -- what Telegram answered, JSON
        PRIMARY KEY (update_id, number)
    );
    CREATE TABLE told (                     -- what the owner was told, so that once is enough
        trouble     TEXT PRIMARY KEY,
        told        REAL NOT NULL           -- seconds since 1970
    );
    CREATE INDEX answers_asked ON answers (asked);
    """,
    """
    ALTER TABLE answers ADD COLUMN words TEXT;      -- the exact words, or the sentence, that answered
    """,
    """
    ALTER TABLE answers ADD COLUMN within TEXT;     -- the article to which the question was limited
    ALTER TABLE users ADD COLUMN article TEXT;      -- which is open: questions in private are about it
    ALTER TABLE users ADD COLUMN opened REAL;       -- since when, in seconds since 1970
    """,
    """
    CREATE TABLE proposals (                -- articles that an owner has sent
        token       TEXT PRIMARY KEY,       -- names them in the buttons
        user        INTEGER NOT NULL,       -- the owner, and the private chat
        message     INTEGER NOT NULL,       -- that brought them
        shown       INTEGER,                -- the message that asks whether to add them; NULL until it was sent
        wording     TEXT NOT NULL,          -- of that message
        created     REAL NOT NULL,          -- seconds since 1970
        accepted    INTEGER NOT NULL DEFAULT 0,  -- 1: the owner said yes, they are being added
        found       TEXT NOT NULL,          -- JSON: the articles, and what could not be read
        UNIQUE (user, message)
    );
    """,
)


class StateError(ChiediError):
    """The bot's database cannot be opened."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    outcome: Future[Any] = field(default_factory=Future)


class Database:
    """The open file. One thread works on it; what waits when it is free shares one transaction, so that one sync to disk serves all."""

    def __init__(self, folder: Path) -> None:
        """Opens, or makes, the file in ``folder`` and brings it to the newest version. Raises StateError and SchemaNewer."""
        self._jobs: deque[_Job] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = self._thread.submit(_open, folder / FILE).result()
        except (OSError, sqlite3.Error) as error:
            raise StateError(f"the bot's database {folder / FILE} cannot be opened ({error}): check CHIEDI_STATE and its rights") from error

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs ``work`` off the event loop; its changes are on the disk when this returns, or undone when it raises what ``work`` did."""
        job = _Job(work)
        self._jobs.append(job)
        self._thread.submit(self._serve)
        return cast(T, await asyncio.wrap_future(job.outcome))

    async def execute(self, statement: str, *values: object) -> list[Any]:
        """Executes one statement in the same way; returns its rows."""
        return await self.run(lambda connection: connection.execute(statement, values).fetchall())

    async def shrink(self) -> None:
        """Empties the write-ahead log into the file, so that what was deleted stands in neither."""

        def checkpoint() -> None:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        await asyncio.get_running_loop().run_in_executor(self._thread, checkpoint)

    def close(self) -> None:
        """Finishes the work in hand and closes the file."""
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()

    def _serve(self) -> None:
        waiting = [self._jobs.popleft() for _ in range(len(self._jobs))]
        jobs = [job for job in waiting if job.outcome.set_running_or_notify_cancel()]
        if not jobs:
            return
        try:
            outcomes = _in_transaction(self._connection, [job.work for job in jobs])
        except BaseException as error:
            outcomes = [_Failure(error)] * len(jobs)
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, _Failure):
                job.outcome.set_exception(outcome.error)
            else:
                job.outcome.set_result(outcome)


@dataclass(frozen=True, slots=True)
class _Failure:
    error: BaseException


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    migrate(connection, path, MIGRATIONS)
    return connection


def _in_transaction(connection: sqlite3.Connection, works: list[Callable[[sqlite3.Connection], Any]]) -> list[Any]:
    """What each piece of work returns, or its failure; raises when the transaction itself fails, which undoes them all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_attempt(connection, work) for work in works]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _attempt(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Any]) -> Any:
    """Runs one piece of work; when it fails it leaves no trace, and the others go on."""
    connection.execute("SAVEPOINT work")
    try:
        result = work(connection)
    except Exception as error:
        if not connection.in_transaction:  # a full disk ends the whole transaction
            raise
        connection.execute("ROLLBACK TO work")
        result = _Failure(error)
    connection.execute("RELEASE work")
    return result
