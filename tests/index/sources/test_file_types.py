from typing import get_args

import pytest

from index.sources.errors import DocumentRefused
from index.sources.file_types import kind_of
from index.sources.parsers import Kind, parser_of
from tests.index.sources.files import archive, docx, epub, paragraph, pdf


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kind"),
    [
        (pdf([]), "articolo.txt", "text/plain", "pdf"),
        (docx(paragraph("a")), "a", None, "docx"),
        (epub({"a.xhtml": "<p>a</p>"}), "a.zip", None, "epub"),
        (b"\n<!DOCTYPE html><p>a", "a.txt", None, "html"),
        ("<html><p>è".encode("utf-16"), "a", None, "html"),
        (b"<p>Acqua", "a.htm", None, "html"),
        (b"<p>Acqua", "a", "text/html; charset=utf-8", "html"),
        (b"# Acqua", "LAGO.MD", "text/plain", "markdown"),
        (b"# Acqua", "lago", "text/markdown", "markdown"),
        (b"Acqua", "lago.txt", None, "plain"),
        ("Acqua".encode("utf-16-le"), "lago", None, "plain"),
    ],
)
def test_the_content_counts_before_the_name(content: bytes, name: str, media_type: str | None, kind: Kind) -> None:
    """First what the file holds, then what it is called, then what the server says."""
    assert kind_of(content, name, media_type) == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" \n", "the file is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, r"an old Office file, .* save it as \.docx or PDF"),
        (b"{\\rtf1 ciao}", "a rich text file"),
        (b"\x89PNG\r\n", "a picture: only text can be read; run OCR"),
        (archive({"xl/workbook.xml": "<a/>"}), "an Excel workbook"),
        (archive({"content.xml": "<a/>"}), "an OpenDocument file"),
        (archive({"a.txt": "a"}), "a packed folder"),
        (b"\x01\x00\x00\x00" * 100, "no document of a known kind"),
    ],
)
def test_other_kinds_are_refused_with_the_cure(content: bytes, reason: str) -> None:
    """Each says what the file is, and what to do."""
    with pytest.raises(DocumentRefused, match=reason):
        kind_of(content, "file")


def test_every_kind_is_a_parser() -> None:
    """The parser of a kind is ``parse`` of the module of that name."""
    assert [parser_of(kind).__module__ for kind in get_args(Kind)] == [f"index.sources.formats.{kind}" for kind in get_args(Kind)]
