from pathlib import Path

import pytest

from index.sources.errors import DocumentRefused
from index.sources.formats.docx import parse
from index.sources.types import Document
from tests.index.sources.files import archive, docx, paragraph

DOCUMENTS = Path(__file__).parents[3] / "data" / "documents"

ITEM = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'


def _cells(*words: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(word)}</w:tc>" for word in words) + "</w:tr>"


def test_headings_lists_and_tables() -> None:
    """Styles, numbering and tables become lines of a Document."""
    table = f"<w:tbl>{_cells('Anno', 'Visitatori')}{_cells('2021', '14.200')}</w:tbl>"
    body = paragraph("Il lago è profondo.") + paragraph("La pesca", "Heading2") + ITEM.format("agoni") + ITEM.format("lavarelli") + table
    assert parse(docx(body), None).text == (
        "Il lago è profondo.\n\n## La pesca\n\n- agoni\n- lavarelli\n\nAnno | Visitatori\n2021 | 14.200"
    )


def test_properties() -> None:
    """Title, author and the day of creation."""
    core = "<dc:title>Il lago</dc:title><dc:creator>Lucia Bianchi</dc:creator><dcterms:created>2024-03-12T10:00:00Z</dcterms:created>"
    assert parse(docx(paragraph("Acqua."), core), None) == Document("Acqua.", "Il lago", "Lucia Bianchi", "2024-03-12")


def test_the_first_lines_tell_more_than_the_properties() -> None:
    """The title in its style, the author and the day below it; the file was made on another day."""
    body = paragraph("Il lago", "Titolo") + paragraph("di Lucia Bianchi") + paragraph("12 marzo 2024") + paragraph("Acqua.")
    created = "<dcterms:created>2013-12-23T23:15:00Z</dcterms:created>"
    assert parse(docx(body, created), "https://lario.example/a.docx") == Document(
        "Acqua.", "Il lago", "Lucia Bianchi", "2024-03-12", url="https://lario.example/a.docx"
    )


def test_notes_follow_the_text() -> None:
    """A footnote comes at the end, and its mark does not stand in the sentence."""
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve"> e freddo.</w:t></w:r>'
    note = f'<w:footnote w:id="2">{paragraph("Secondo la misura del 1892.")}</w:footnote>'
    assert parse(docx(paragraph("Il lago è profondo", more=mark), notes=note), None).text == (
        "Il lago è profondo e freddo.\n\n- Secondo la misura del 1892."
    )


def test_deleted_words_are_left_out_and_inserted_ones_read() -> None:
    """Tracked changes read as if they had been accepted."""
    changes = "<w:del><w:r><w:delText>largo</w:delText></w:r></w:del><w:ins><w:r><w:t>profondo</w:t></w:r></w:ins>"
    assert parse(docx(paragraph("Il lago è ", more=changes)), None).text == "Il lago è profondo"


def test_a_bold_line_is_a_heading() -> None:
    """Many people know no styles."""
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>La pesca</w:t></w:r></w:p>"
    assert parse(docx(bold + paragraph("Si pesca di notte.")), None).text == "## La pesca\n\nSi pesca di notte."


def test_broken_files_are_refused() -> None:
    """In one sentence with the cure."""
    with pytest.raises(DocumentRefused, match=r"the Word file is broken .* save it again"):
        parse(archive({"word/document.xml": "<w:document>"}), None)


@pytest.mark.parametrize("name", ["word.docx", "pandoc.docx"])
def test_files_of_other_programs(name: str) -> None:
    """They give the article's lines, letter by letter."""
    found = parse((DOCUMENTS / name).read_bytes(), None)
    lines = [line.removeprefix("- ").removeprefix("## ") for line in found.text.split("\n")]
    assert lines == (DOCUMENTS / "words.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert (found.title, found.author) == ("Normanni nelle carte d’archivio", "Lucia Bianchi")
