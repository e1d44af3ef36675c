"""Hostile documents and file names: read within limits or refused in one sentence, and nothing stored changes."""

import gzip
import os
from pathlib import Path

import pytest

from index.sources.errors import DocumentRefused, FetchRefused
from index.sources.extraction import extract
from index.sources.file_types import kind_of
from index.sources.library.folder import Library
from index.sources.library.sync import add
from index.sources.types import Document
from index.sources.web.fetch import Fetcher
from index.sources.web.sandboxed_feeds import listing
from index.texts.articles import article_files, read_article
from index.texts.language import detect
from tests.index.sources.hostile import FILE_ENTITY, HOSTILE, NAMES, SENTENCE, Hostile, laughs

CASES = [pytest.param(case, id=case.name, marks=[pytest.mark.faults] if case.slow else []) for case in HOSTILE]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library of one article."""
    library = Library(tmp_path / "articles")
    library.add(Document("Il lago di Garda è il più grande d'Italia.", title="Garda"), "garda.txt")
    return library


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _add(library: Library, content: bytes, name: str) -> Document | str:
    """The document that was read and stored, or the sentence that refused it."""
    try:
        document = extract(content, name)
        library.add(document, name)
    except DocumentRefused as error:
        return str(error)
    return document


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_document_is_read_or_refused(case: Hostile, library: Library, tmp_path: Path) -> None:
    """It gives the words that it holds, or one sentence after its name; refused, it leaves every stored byte as it was."""
    before = _snapshot(tmp_path)
    told = _add(library, case.make(), case.name)
    if isinstance(told, Document):
        assert case.quotes is not None, f"read although it is hostile: {told.text[:200]!r}"
        assert case.quotes in told.text
        assert case.hidden not in told.text
        _check_articles(library.folder, 2)
        return
    assert case.quotes is None or case.slow, told
    assert case.slow or case.because in told
    assert told.startswith(f"{case.name}: ")
    assert told.isprintable()
    assert len(told) < 400
    assert _snapshot(tmp_path) == before


def _check_articles(folder: Path, number: int) -> None:
    """Every article file can be read again, and holds no control characters but line and page ends."""
    files = article_files(folder)
    assert len(files) == number
    for id, path in files:
        article = read_article(id, path, detect)
        assert all(character.isprintable() or character in "\n\f" for character in article.text)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_a_hostile_name_stays_a_name(name: str, library: Library, tmp_path: Path) -> None:
    """An ordinary text under it becomes one article inside the folder; an empty one is refused on one short line."""
    before = _snapshot(tmp_path)
    refused = _add(library, b"", name)
    assert isinstance(refused, str)
    assert refused.endswith("the file is empty: get it again")
    assert refused.isprintable()
    assert len(refused) < 300
    assert _snapshot(tmp_path) == before
    told = _add(library, SENTENCE.encode(), name)
    if "\ud800" not in name:
        assert isinstance(told, Document)
        _check_articles(library.folder, 2)
    else:
        assert told == "a.txt: its name is not in UTF-8: rename it"
    assert {path.parts[0] for path in map(Path, _snapshot(tmp_path))} == {"articles"}


def test_one_odd_name_spoils_no_folder(library: Library, tmp_path: Path) -> None:
    """What has a good name is added; the others have one line each."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, content in ((b"como.txt", SENTENCE.encode()), (b"a\nb\x1b[31m.txt", b""), (b"citt\xe0.txt", SENTENCE.encode())):
        (folder / os.fsdecode(name)).write_bytes(content)
    with Fetcher(pause=0) as fetcher:
        report = add([str(folder)], library, fetcher)
    assert [entry.id for entry in report.added] == ["como"]
    assert sorted(line.rpartition("/")[2] for line in report.refused) == [
        "a b[31m.txt: a b[31m.txt: the file is empty: get it again",
        "citt.txt: its name is not in UTF-8: rename it",
    ]


@pytest.mark.parametrize("filler", [b"<!---->", b"<? ?>", b"<!-- <html> -->\n"])
def test_what_stands_before_a_page_is_passed_over_quickly(filler: bytes) -> None:
    """A page's kind is found without trying every way of parting its comments."""
    assert kind_of(filler * 300 + b"x", "a.txt") in ("plain", "html")
    assert listing(filler * 300 + b"x", "http://example.org/") is None


def _feed(inside: bytes, before: bytes = b"") -> bytes:
    return b'<?xml version="1.0"?>' + before + b'<rss version="2.0"><channel>' + inside + b"</channel></rss>"


ITEM = b"<item><link>http://example.org/a</link><title>&a;</title></item>"


@pytest.mark.parametrize(
    "content",
    [
        _feed(ITEM, FILE_ENTITY),
        _feed(ITEM.replace(b"&a;", b"&a9;"), laughs()),
        laughs() + b"<urlset><url><loc>http://example.org/&a9;</loc></url></urlset>",
        _feed(b"<item>" * 3_000),
        _feed(b"\0\xff" * 1_000),
        gzip.compress(bytes(70_000_000), 1),
        gzip.compress(b"<rss>")[:-9],
    ],
    ids=["file entity", "laughs", "sitemap laughs", "nested", "noise", "bomb", "cut"],
)
def test_a_hostile_feed_is_read_or_refused(content: bytes) -> None:
    """It names at most what it names, or is refused in one sentence; no file of this machine is in it."""
    try:
        found = listing(content, "http://example.org/feed")
    except FetchRefused as error:
        told = str(error)
    else:
        told = str(found)
    assert told.isprintable()
    assert len(told) < 1_000
    assert "root:x" not in told


@pytest.mark.faults
def test_a_feed_that_takes_for_ever_is_given_up() -> None:
    """Hours of reading end after the seconds that one document has."""
    with pytest.raises(FetchRefused, match=r"^http://example.org/feed: it took longer than \d+ s to read"):
        listing(_feed(b"<a>" * 3_000_000), "http://example.org/feed")
