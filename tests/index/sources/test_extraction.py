from pathlib import Path

import pytest

from index.sources.errors import DocumentRefused
from index.sources.extraction import extract
from tests.index.sources.files import docx, paragraph, pdf

DOCUMENTS = Path(__file__).parents[2] / "data" / "documents"


def test_kind_parser_and_language() -> None:
    """The parser of the file's kind runs apart; the language is that of the text."""
    found = extract((DOCUMENTS / "book.epub").read_bytes(), "book.epub")
    assert (found.title, found.language) == ("Normanni nelle carte d’archivio", "it")
    page = b"<html lang='it'><body><p>The lake is deep, and the water of the lake is cold in the winter.</p></body></html>"
    assert extract(page, "lake.html", url="https://lario.example/lake").language == "en"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a.bin: the file is empty: get it again"),
        (pdf([]), r"a.bin: the PDF holds no text"),
        (docx(paragraph("...")), "a.bin: it holds no words"),
        ((DOCUMENTS / "locked.pdf").read_bytes(), "a.bin: the PDF is locked with a password: save a copy without one"),
    ],
)
def test_refusals_name_the_file(content: bytes, reason: str) -> None:
    """Each is one line with the file, the reason and the cure."""
    with pytest.raises(DocumentRefused, match=reason):
        extract(content, "a.bin")
