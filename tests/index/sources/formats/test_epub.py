from pathlib import Path

import pytest

from index.sources.errors import DocumentRefused
from index.sources.formats.epub import parse
from index.sources.types import Document
from tests.index.sources.files import archive, epub

DOCUMENTS = Path(__file__).parents[3] / "data" / "documents"

METADATA = (
    "<dc:title>Il lago</dc:title><dc:creator>Lucia Bianchi</dc:creator><dc:creator>Edoardo Neri</dc:creator>"
    "<dc:date>2024-03-12T00:00:00Z</dc:date><dc:publisher>Lario Libri</dc:publisher>"
)


def test_chapters_in_order() -> None:
    """The spine's order, not the archive's; headings open the chapters."""
    book = epub({"z.xhtml": "<h1>Le acque</h1><p>Sono fredde.</p>", "a.xhtml": "<h1>I monti</h1><p>Sono alti.</p>"})
    assert parse(book, None).text == "## Le acque\n\nSono fredde.\n\n## I monti\n\nSono alti."


def test_what_the_package_tells() -> None:
    """Title, authors, day and publisher; the title's page adds nothing."""
    book = epub({"titlepage.xhtml": "<p>Una copertina</p>", "a.xhtml": "<h1>Il lago</h1><p>È profondo.</p>"}, METADATA)
    assert parse(book, None) == Document("È profondo.", "Il lago", "Lucia Bianchi, Edoardo Neri", "2024-03-12", source="Lario Libri")


def test_a_year_is_no_day() -> None:
    """A date without month and day is left out."""
    assert parse(epub({"a.xhtml": "<p>Acqua.</p>"}, "<dc:date>1999</dc:date>"), None).published is None


def test_notes_lose_their_marks() -> None:
    """The number in the text and the arrow back are no words of the book."""
    chapter = (
        '<p>Il lago è profondo<a xmlns:epub="http://www.idpf.org/2007/ops" epub:type="noteref" href="#n1">1</a>.</p>'
        '<aside id="n1"><p>Misurato nel 1892. <a href="#r1">↩</a></p></aside>'
    )
    assert parse(epub({"a.xhtml": chapter}), None).text == "Il lago è profondo.\n\nMisurato nel 1892."


def test_locked_books_are_refused() -> None:
    """Scrambled fonts are no lock, an encrypted chapter is one."""
    lock = '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:CipherReference URI="{}"/></encryption>'
    chapters = {"a.xhtml": "<p>Acqua.</p>"}
    with pytest.raises(DocumentRefused, match="the EPUB is locked"):
        parse(epub(chapters, **{"META-INF_encryption.xml": lock.format("OEBPS/a.xhtml")}), None)
    assert parse(epub(chapters, **{"META-INF_encryption.xml": lock.format("OEBPS/font.otf")}), None).text == "Acqua."


@pytest.mark.parametrize("content", [b"PK\x03\x04", archive({"mimetype": "application/epub+zip"})])
def test_broken_books_are_refused(content: bytes) -> None:
    """In one sentence with the cure."""
    with pytest.raises(DocumentRefused, match="is broken"):
        parse(content, None)


@pytest.mark.parametrize("name", ["book.epub"])
def test_files_of_other_programs(name: str) -> None:
    """They give the article's lines, letter by letter."""
    found = parse((DOCUMENTS / name).read_bytes(), None)
    lines = [line.removeprefix("- ").removeprefix("## ") for line in found.text.split("\n")]
    assert lines == (DOCUMENTS / "words.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert (found.title, found.author) == ("Normanni nelle carte d’archivio", "Lucia Bianchi")
