"""The memory beside the articles: what is kept of places and pages, and what it does when it cannot be used."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import SchemaNewer
from index.sources.errors import LibraryUnwritable
from index.sources.library.database import MIGRATIONS, Page, Place, Watch, Written

FEED = Place("https://example.org/feed", "feed", etag='"1"', modified="Sun, 01 Nov 2026 10:00:00 GMT", visited="2026-11-22T20:00:00+00:00")
COMO = Page("example.org/como", "https://example.org/como", "como", '"2"', None, b"digest")


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


def test_nothing_is_written_by_looking(watch: Watch, tmp_path: Path) -> None:
    """A folder that nothing was added to holds no memory, and none comes by asking."""
    assert (watch.places(), watch.listed("x"), watch.page("x"), watch.pages_of("x"), watch.written()) == ([], {}, None, [], {})
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_comes_back(watch: Watch, tmp_path: Path) -> None:
    """Places, pages, what names them and what was written survive in a file that another program can open."""
    written = Written("como", "example.org", "Il lago", "Anna", "2024-11-27", b"document", b"file", b"signature")
    watch.keep_place(FEED)
    watch.note(COMO.key, COMO.url, COMO, {FEED.address: "stamp"}, ())
    watch.keep_written(written)
    again = Watch(tmp_path)
    assert (again.places(), again.page(COMO.key), again.pages_of("como")) == ([FEED], COMO, [COMO.key])
    assert again.listed(FEED.address) == {COMO.key: (COMO.url, "stamp")}
    assert again.written() == {"como": written}


def test_a_place_is_forgotten_with_those_that_it_names(watch: Watch) -> None:
    """Pages stay known, so that what was removed stays removed."""
    watch.keep_place(FEED)
    watch.keep_place(Place("https://example.org/part", "sitemap", parent=FEED.address))
    watch.note(COMO.key, COMO.url, COMO, {"https://example.org/part": None}, ())
    watch.forget_place(FEED.address)
    assert (watch.places(), watch.listed("https://example.org/part"), watch.page(COMO.key)) == ([], {}, COMO)


def test_a_page_is_forgotten_by_all(watch: Watch) -> None:
    """No place names it any more, and one that left it is not asked again."""
    watch.note(COMO.key, COMO.url, COMO, {"one": "a", "two": None}, ())
    watch.note(COMO.key, COMO.url, None, {}, ["two"])
    assert (watch.listed("one"), watch.listed("two")) == ({COMO.key: (COMO.url, "a")}, {})
    watch.forget_page(COMO.key)
    assert (watch.listed("one"), watch.page(COMO.key)) == ({}, None)


def test_top_places_come_first(watch: Watch) -> None:
    """Then the parts that they name, each group by address."""
    for address, parent in (("b", None), ("a", "b"), ("c", None)):
        watch.keep_place(Place(address, "sitemap", parent))
    assert [place.address for place in watch.places()] == ["b", "c", "a"]


def test_a_damaged_memory_is_told(watch: Watch, tmp_path: Path) -> None:
    """One line names the file and the cure."""
    (tmp_path / ".chiedi").mkdir()
    (tmp_path / ".chiedi" / "watch.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(LibraryUnwritable, match=r"watch\.sqlite cannot be used \(file is not a database\): .*or delete it to begin anew$"):
        watch.places()


def test_a_file_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """A file that had no version yet keeps what it holds; a signature that it lacks is None."""
    (tmp_path / ".chiedi").mkdir()
    with closing(sqlite3.connect(tmp_path / ".chiedi" / "watch.sqlite")) as old, old:
        old.executescript(MIGRATIONS[0])
        old.execute("INSERT INTO written VALUES ('como', 'example.org', 'Il lago', NULL, NULL, x'01', x'02', x'03')")
    assert Watch(tmp_path).written() == {"como": Written("como", "example.org", "Il lago", None, None, b"\1", b"\2", None)}


def test_a_file_of_a_newer_version_is_refused(watch: Watch, tmp_path: Path) -> None:
    """It is left as it is."""
    watch.keep_place(FEED)
    with closing(sqlite3.connect(tmp_path / ".chiedi" / "watch.sqlite")) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaNewer, match=rf"has version 99, this Chiedi knows {len(MIGRATIONS)}: install the newer Chiedi"):
        watch.places()
