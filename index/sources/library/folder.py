"""The articles folder as a library: documents come in as Markdown files, are found again, renamed and taken out."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from index.charsets import decoded
from index.errors import ArticleError
from index.sources.errors import LibraryBusy, LibraryUnwritable, UnknownArticle
from index.sources.library import article_files as writing
from index.sources.library.database import Watch, Written
from index.sources.types import Document, completed
from index.sources.web.urls import key, site
from index.texts.articles import HIDDEN, article_files, read_article
from index.texts.language import detect
from index.texts.near_copies import bands_of, resemblance, signature_of

Outcome = Literal["new", "changed", "same"]
log = logging.getLogger(__name__)

_SAME_TEXT, SAME_PAGE, _SAME_TITLE = 0.94, 0.67, 0.5
"""Resemblances of the texts of one site's pages that are one article; of those that say so themselves by their canonical address; of
two titles of one article."""
_LOOKED_UP = 16
"""Bands of a signature by which others are found: texts of resemblance .94 share none of them about once in 10^10."""
_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An article of the folder; ``origin`` is where it was read, None for one that a person wrote there."""

    id: str
    path: Path
    title: str
    author: str | None
    published: str | None
    language: str
    source: str | None
    url: str | None
    origin: str | None
    words: int


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a document; ``kept`` is the copy of a file that a person had mended before the document changed."""

    entry: Entry
    outcome: Outcome
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out; ``kept`` is the copy of a text that could not be had again."""

    entry: Entry
    kept: Path | None


@dataclass(slots=True)
class _Known:
    """What has been read of the folder, kept up to date with every write."""

    files: dict[str, Path]
    addresses: dict[str, str]
    written: dict[str, Written]
    lookup: dict[bytes, set[str]] = field(default_factory=dict)

    def note(self, written: Written) -> None:
        self.written[written.article] = written
        for band in bands_of(written.signature)[:_LOOKED_UP]:
            self.lookup.setdefault(band, set()).add(written.article)


class Library:
    """The folder is the truth; in a hidden folder among the articles stands what is remembered about them.

    Open one for each piece of work: what it has read of the folder it does not read again. Several, in other threads or processes,
    wait for each other while they write. The writing methods raise LibraryUnwritable when the disk is full, LibraryBusy after a long
    wait, and ArticleError when two files of the folder share an id.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.watch = Watch(folder)
        self._hidden = folder / HIDDEN
        self._found: _Known | None = None

    def entries(self) -> list[Entry]:
        """All articles that can be read, by id; a build reports what is wrong with the others."""
        files = article_files(self.folder) if self.folder.is_dir() else []
        return [entry for id, path in files if (entry := _readable(id, path))]

    def add(self, document: Document, origin: str) -> Added:
        """Write a document as an article file, or bring up to date the one that it is.

        ``origin`` is where it was read: an address, a file's path or name. The same origin or canonical address, or nearly the same
        text from the same site, is the same article and keeps its id. A document that has not changed since leaves the file alone,
        whatever a person has mended in it; one that has replaces the file, of which a mended copy is kept in the hidden folder.
        Raises DocumentRefused for a text without words.
        """
        document = writing.clean(document, origin)
        with self._writing():
            id = self.find(document, origin) or self._new_id(document, origin)
            path, last = self._there(id), self._known().written.get(id)
            document = _completed(document, last)
            if path and last and last.document == _digest(document):
                return Added(_entry(id, path), "same")
            others = _others(path) if path else {}
            content = writing.rendered(document, origin, others).encode()
            target, there = path or self.folder / f"{id}.md", path.read_bytes() if path else None
            kept = self._keep(id, target) if there is not None and self._mended(id, there, content) else None
            if there != content:
                writing.write(target, content, self._hidden)
            self._remember(id, target, document, origin, content)
            return Added(_entry(id, target), "new" if there is None else "changed" if there != content else "same", kept)

    def find(self, document: Document, origin: str) -> str | None:
        """The id that a document has or had here; its file may have been removed."""
        document = writing.clean(document, origin)
        own, canonical = self._at(origin), self._at(document.url) if document.url else None
        if own is None and canonical is not None:
            last = self._known().written.get(canonical)
            own = canonical if last is None or resemblance(text_signature(document.text), last.signature) >= SAME_PAGE else None
        return own or self._near(document, site(origin))

    def has(self, id: str) -> bool:
        """Whether the article's file is there."""
        return bool(id) and ((self.folder / f"{id}.md").exists() or self._there(id) is not None)

    def remove(self, id: str) -> Removed:
        """Take an article out; a copy is kept of a text that could not be had again (mended, or written by hand).

        A page that is removed so stays removed, even where a feed names it still, until it is added again by its own address.
        Raises UnknownArticle with the closest ids.
        """
        path = self._path(id)
        entry = _readable(id, path) or Entry(id, path, id, None, None, "", None, None, None, 0)
        with self._writing():
            self._stop_following(id)
            return Removed(entry, self._take_out(id, path))

    def withdraw(self, id: str) -> Removed | None:
        """Take out an article whose page is gone, and forget it: it may come again. None when its file was removed before."""
        removed = self.remove(id) if self.has(id) else None
        with self._writing():
            self.watch.forget_written(id)
            self._known().written.pop(id, None)
        return removed

    def retitle(self, id: str, title: str) -> Entry:
        """Give an article another title; its id stays. Raises UnknownArticle, and ArticleError for a file that cannot be read."""
        path = self._path(id)
        with self._writing():
            read_article(id, path, detect)
            fields, text = writing.split(decoded(path.read_bytes()))
            renamed = {"title": " ".join(title.split()), **{name: value for name, value in fields.items() if name != "title"}}
            writing.write(path, writing.with_front(renamed, text).encode(), self._hidden)
            return _entry(id, path)

    def _known(self) -> _Known:
        if self._found is None:
            self._found = _Known(dict(article_files(self.folder)) if self.folder.is_dir() else {}, {}, {})
            for entry in self.entries():
                for address in filter(None, (entry.url, entry.origin)):
                    self._found.addresses.setdefault(key(address), entry.id)
            for written in self.watch.written().values():
                path = self._found.files.get(written.article)
                if written.signature is None and path and path.exists():  # written by an older Chiedi
                    text = writing.split(decoded(path.read_bytes()))[1]
                    written = replace(written, signature=text_signature(text))
                self._found.note(written)
        return self._found

    def _at(self, address: str) -> str | None:
        """The article that was read at an address."""
        page = self.watch.page(key(address))
        return page.article if page and page.article else self._known().addresses.get(key(address))

    def _near(self, document: Document, place: str) -> str | None:
        """The article of the same site whose text is all but the same; of files on this machine, one whose text is the same."""
        own, known = text_signature(document.text), self._known()
        bands = bands_of(own)[:_LOOKED_UP]
        candidates = {id for band in bands for id in known.lookup.get(band, ()) if id in known.written}
        for last in (known.written[id] for id in sorted(candidates)):
            enough = _SAME_TEXT if place else 1.0
            if last.site == place and _may_be_one(document, last) and resemblance(own, last.signature) >= enough:
                return last.article
        return None

    def _new_id(self, document: Document, origin: str) -> str:
        """An id that no article has or had, in whatever letter case."""
        known = self._known()
        taken = {id.casefold() for id in (*known.files, *known.written)}
        name, number = writing.slug(document, origin), 1
        while (id := f"{name}-{number}" if number > 1 else name) in taken or (self.folder / f"{id}.md").exists():
            number += 1
        return id

    def _path(self, id: str) -> Path:
        if path := self._there(id):
            return path
        ids = list(self._known().files)
        close = [other for other in ids if id and id in other][:3] or get_close_matches(id, ids, n=3, cutoff=0.5)
        cure = f"did you mean {' or '.join(close)}?" if close else "`chiedi list` shows the ids"
        raise UnknownArticle(f"{id!r} is no article of {self.folder}: {cure}")

    def _there(self, id: str) -> Path | None:
        """The article's file; a person may have removed it meanwhile."""
        path = self._known().files.get(id)
        return path if path and path.exists() else None

    def _mended(self, id: str, now: bytes, content: bytes | None = None) -> bool:
        """Whether what a file holds is neither what was last written nor what is to be written."""
        last = self._known().written.get(id)
        return now != content and (last is None or sha256(now).digest() != last.file)

    def _stop_following(self, id: str) -> None:
        """Stop visiting a page that was added by its own address."""
        pages = set(self.watch.pages_of(id))
        for place in self.watch.places():
            if place.kind == "page" and key(place.address) in pages:
                self.watch.forget_place(place.address)

    def _take_out(self, id: str, path: Path) -> Path | None:
        kept = self._keep(id, path) if self._mended(id, path.read_bytes()) else None
        path.unlink()
        del self._known().files[id]
        return kept

    def _keep(self, id: str, path: Path) -> Path:
        kept = self._hidden / "kept" / f"{id.replace('/', '-')}.{datetime.now():%Y%m%d-%H%M%S}{path.suffix}"
        writing.write(kept, path.read_bytes(), self._hidden)
        return kept

    def _remember(self, id: str, path: Path, document: Document, origin: str, content: bytes) -> None:
        known = self._known()
        known.files[id] = path
        for address in filter(None, (document.url, origin)):
            known.addresses[key(address)] = id
        last = Written(
            article=id,
            site=site(origin),
            title=document.title or "",
            author=document.author,
            published=document.published,
            document=_digest(document),
            file=sha256(content).digest(),
            signature=text_signature(document.text),
        )
        self.watch.keep_written(last)
        known.note(last)

    def held(self) -> AbstractContextManager[None]:
        """Only one `add` or `sync` at a time works on a folder. Raises LibraryBusy at once, or LibraryUnwritable."""
        return self._locked("sync", 0, f"another `chiedi add` or `chiedi sync` works on {self.folder}: wait until it has ended")

    def _writing(self) -> AbstractContextManager[None]:
        busy = f"another program is writing into {self.folder}: wait until it has ended, then try again"
        return self._locked("writing", _WAIT_SECONDS, busy)

    @contextmanager
    def _locked(self, name: str, seconds: float, busy: str) -> Iterator[None]:
        try:
            self._hidden.mkdir(parents=True, exist_ok=True)
            with FileLock(self._hidden / f"{name}.lock", timeout=seconds):
                yield
        except Timeout as error:
            raise LibraryBusy(busy) from error
        except OSError as error:
            reason = error.strerror or error
            raise LibraryUnwritable(f"{self.folder} cannot be written ({reason}): make space or mend its permissions") from error


def _readable(id: str, path: Path) -> Entry | None:
    try:
        return _entry(id, path)
    except ArticleError as error:
        log.warning("%s", error)
        return None


def _entry(id: str, path: Path) -> Entry:
    article = read_article(id, path, detect)
    origin = writing.split(decoded(path.read_bytes()))[0].get("origin")
    return Entry(
        id=id,
        path=path,
        title=article.title,
        author=article.author,
        published=article.published,
        language=article.language,
        source=article.source,
        url=article.url,
        origin=origin if isinstance(origin, str) else None,
        words=len(article.text.split()),
    )


def _completed(document: Document, last: Written | None) -> Document:
    """What a page does not state stays as it was, perhaps from a feed that no longer names the page."""
    return completed(document, title=last.title or None, author=last.author, published=last.published) if last else document


@lru_cache(maxsize=4)
def text_signature(text: str) -> bytes | None:
    """What ``Written.signature`` holds, also of a short text; None for one or two words."""
    return signature_of(text, fewest=1)


def _others(path: Path) -> dict[str, object]:
    """What a person has added to a file's front matter."""
    fields, _ = writing.split(decoded(path.read_bytes()))
    return {name: value for name, value in fields.items() if name not in writing.FIELDS}


def _digest(document: Document) -> bytes:
    """What is the same for the same page at another spelling of its address."""
    fields = {**asdict(document), "url": key(document.url or "")}
    return sha256(json.dumps(fields, sort_keys=True).encode()).digest()


def _may_be_one(document: Document, last: Written) -> bool:
    """Whether titles and dates allow two like texts to be one article: bulletins differ in a number or the day."""
    if document.published and last.published and document.published != last.published:
        return False
    one, other = (document.title or "").casefold(), last.title.casefold()
    numbers = [[word for word in title.split() if any(map(str.isdigit, word))] for title in (one, other)]
    return not (one and other) or (numbers[0] == numbers[1] and SequenceMatcher(None, one, other).ratio() >= _SAME_TITLE)
