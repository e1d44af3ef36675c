"""Builds a new generation beside the old one: only what changed is read, chunked and encoded."""

from __future__ import annotations

import shutil
import sqlite3
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, chain, islice
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.errors import ArticleError, BuildBusy, IndexDamaged, IndexMissing, IndexUnwritable
from index.models.embedder import Embedder
from index.storage.generation import FORMAT, LANGUAGES, PROBES, Generation, Manifest, old_generations, open_current, read_manifest
from index.storage.generation_writer import Writer, publish, seal
from index.storage.inverted_index import build_keywords
from index.storage.journal import Journal
from index.storage.vectors import has_sentences, write_sentences, write_vectors
from index.texts.articles import HIDDEN, article_files, encoding_note, read_article
from index.texts.chunking import PARAMETERS, parts, passages
from index.texts.language import detect
from index.texts.near_copies import groups_of, signature_of
from index.types import Article, Language

Progress = Callable[[int, int], None]
_SLICE = 64  # passages; what an interruption costs at most


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: counts, wall seconds, the files left out because they cannot be read, and a line on each read in doubt.

    ``encoded`` counts the passages whose vectors were not there yet; ``changed`` is False when nothing had to be done.
    """

    articles: int
    passages: int
    encoded: int
    removed: int
    seconds: float
    changed: bool
    skipped: tuple[ArticleError, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """One article file; ``article`` is None when the old generation holds it unchanged."""

    digest: str
    article: Article | None


def build_index(
    articles: Path, index: Path, embedder: Embedder, *, full: bool = False, skip_bad: bool = False, progress: Progress | None = None
) -> BuildReport:
    """Brings the index up to date with a folder of articles.

    ``progress(done, total)`` is called as new passages are encoded. Files that cannot be read raise one ArticleError that names them
    all, and the old generation stays; with ``skip_bad`` they are left out and reported. Raises BuildBusy while another build runs,
    IndexUnwritable when the disk is full.
    """
    started = time.monotonic()
    try:
        index.mkdir(parents=True, exist_ok=True)
        with FileLock(index / "build.lock", timeout=0), _usable(index, embedder, full) as old:
            _collect(index)
            sources, skipped = _read_changed(articles, old, skip_bad)
            notes = _notes(articles, sources)
            if old and _same(sources, old):
                manifest, encoded = old.manifest, 0
            else:
                manifest, encoded = _write_generation(index, sources, old, embedder, progress or (lambda done, total: None))
    except Timeout as error:
        raise BuildBusy(f"another build is writing {index}: wait until it has ended, then run `chiedi build` again") from error
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IndexUnwritable(
            f"the index {index} cannot be written ({reason}) and stays as it was: make space or mend the permissions, "
            f"then run `chiedi build --index {index}` again"
        ) from error
    removed = len(old.manifest.articles.keys() - sources.keys()) if old else 0
    changed = old is None or manifest is not old.manifest
    return BuildReport(len(sources), sum(manifest.passages.values()), encoded, removed, time.monotonic() - started, changed, skipped, notes)


@contextmanager
def _usable(index: Path, embedder: Embedder, full: bool) -> Iterator[Generation | None]:
    """The current generation when it is whole and made by this model and chunking, and its vectors may be reused."""
    try:
        old = None if full else open_current(index)
    except (IndexMissing, IndexDamaged):
        old = None
    try:
        yield old if old and (old.manifest.fingerprint, old.manifest.chunking) == (embedder.fingerprint, PARAMETERS) else None
    finally:
        if old:
            old.close()


def _read_changed(folder: Path, old: Generation | None, skip_bad: bool) -> tuple[dict[str, _Source], tuple[ArticleError, ...]]:
    known = old.manifest.articles if old else {}
    sources: dict[str, _Source] = {}
    skipped = []
    for id, path in article_files(folder):
        try:
            digest = _digest(path) if path.is_file() else ""  # read_article says what is wrong with another thing
            sources[id] = _Source(digest, None if known.get(id) == digest else read_article(id, path, detect))
        except ArticleError as error:
            skipped.append(error)
    if skipped and not skip_bad:
        raise ArticleError("\n".join(map(str, skipped)))
    emptied = old is not None and (folder / HIDDEN).is_dir()  # of articles that were taken out; another empty folder may be the wrong one
    if not sources and (skipped or not emptied):
        raise skipped[0] if skipped else ArticleError(f"{folder} holds no article: put .txt or .md files there")
    return sources, tuple(skipped)


def _notes(folder: Path, sources: dict[str, _Source]) -> tuple[str, ...]:
    """On the files that were read anew."""
    read = [path for id, path in article_files(folder) if (source := sources.get(id)) and source.article]
    return tuple(note for path in read if (note := encoding_note(path)))


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ArticleError(f"{path} cannot be read ({error.strerror}): mend its permissions or take it away") from error


def _same(sources: dict[str, _Source], old: Generation) -> bool:
    return sources.keys() == old.manifest.articles.keys() and all(source.article is None for source in sources.values())


def _write_generation(
    index: Path, sources: dict[str, _Source], old: Generation | None, embedder: Embedder, progress: Progress
) -> tuple[Manifest, int]:
    folder = index / "generations" / f"{time.time_ns():020d}"
    try:
        with closing(Writer(folder)) as writer, closing(Journal(index, embedder.fingerprint, embedder.dimension)) as journal:
            for id, source in sources.items():
                _add(writer, id, source.article, old)
            writer.group(groups_of(writer.signatures()))
            encoded = _encode_new(writer, old, journal, embedder, progress)
            for language in LANGUAGES:
                if writer.counts[language]:
                    _write_language(folder / language, writer, old, journal, language)
        manifest = seal(folder, _manifest(sources, writer, embedder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    publish(index, folder)
    journal.path.unlink()
    _collect(index)
    return manifest, encoded


def _manifest(sources: dict[str, _Source], writer: Writer, embedder: Embedder) -> Manifest:
    probes = dict(zip(PROBES, embedder.encode_passages(PROBES).tolist(), strict=True))
    digests = {id: source.digest for id, source in sources.items()}
    return Manifest(FORMAT, embedder.name, embedder.fingerprint, embedder.dimension, PARAMETERS, digests, dict(writer.counts), probes, {})


def _add(writer: Writer, id: str, article: Article | None, old: Generation | None) -> None:
    if article is not None:
        writer.add(article, [(passage.start, passage.end) for passage in passages(article)], signature_of(article.text))
    elif old is not None:
        writer.add(old.articles([id])[0], old.spans(id), old.signature(id))


def _encode_new(writer: Writer, old: Generation | None, journal: Journal, embedder: Embedder, progress: Progress) -> int:
    """Encodes into the journal the passages that neither it nor the old generation knows; returns how many."""
    fine = {language: has_sentences(writer.counts[language]) for language in LANGUAGES}
    stored = ((digest, fine[language]) for language in LANGUAGES for digest in writer.digests(language))
    missing = {digest for digest, split in stored if not (old and old.knows(digest, split)) and not journal.knows(digest, split)}
    total = len(missing)
    texts = ((*passage, language) for language in LANGUAGES for passage in writer.passages(language)) if missing else ()
    new = ((digest, _texts(text, language, fine[language])) for digest, text, language in texts if digest in missing)
    while batch := dict(islice(new, _SLICE)):
        rows = {text: row for row, text in enumerate(dict.fromkeys(chain.from_iterable(batch.values())))}
        ends = list(accumulate((max(rows[text] for text in texts) + 1 for texts in batch.values()), max))

        def report(done: int, kept: int = total - len(missing), ends: list[int] = ends) -> None:
            progress(kept + bisect_right(ends, done), total)

        vectors = embedder.encode_passages(list(rows), report)
        journal.keep(list(batch), [vectors[[rows[text] for text in texts]] for texts in batch.values()])
        missing -= batch.keys()
    return total


def _texts(text: str, language: Language, fine: bool) -> list[str]:
    """What is encoded of a passage: its text and, in a small collection, its sentences."""
    return [text, *(text[start:end] for start, end in parts(text, language) if fine)]


def _write_language(folder: Path, writer: Writer, old: Generation | None, journal: Journal, language: Language) -> None:
    fine = has_sentences(writer.counts[language])

    def vectors() -> Iterator[NDArray[np.float32]]:
        return (_vectors(digest, fine, old, journal) for digest in writer.digests(language))

    folder.mkdir()
    write_vectors(folder, writer.counts[language], lambda: (found[0] for found in vectors()), old.vectors.get(language) if old else None)
    if fine:
        write_sentences(folder, (found[1:] for found in vectors()))
    build_keywords((text for _, text in writer.passages(language)), language, folder / "keywords")


def _vectors(digest: bytes, fine: bool, old: Generation | None, journal: Journal) -> NDArray[np.float32]:
    """(1 + s, d) the vectors of a passage and its sentences from the old generation or the journal, one of which has them."""
    found = old.vectors_of(digest) if old and old.knows(digest, fine) else journal.vectors_of(digest)
    assert found is not None
    return found


def _collect(index: Path) -> None:
    """Removes what interrupted builds left and all old generations but the newest, which is served when the current one is damaged."""
    whole = False
    for folder in old_generations(index):
        if whole or not _is_sealed(folder):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            whole = True


def _is_sealed(folder: Path) -> bool:
    try:
        return bool(read_manifest(folder))
    except IndexDamaged:
        return False
