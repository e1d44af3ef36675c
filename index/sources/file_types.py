"""What a file is: by its first bytes, then by its name, then by what the server called it."""

from __future__ import annotations

import re
from pathlib import PurePath

from index.charsets import decoded
from index.sources.errors import DocumentRefused
from index.sources.formats.zip_archives import opened
from index.sources.parsers import Kind

_SUFFIXES: dict[str, Kind] = {".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown"}
_TYPES: dict[str, Kind] = {"text/html": "html", "application/xhtml+xml": "html", "text/markdown": "markdown", "text/x-markdown": "markdown"}
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_REFUSED = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office file, or a new one locked with a password: save it as .docx or PDF without a password",
    ),
    (b"{\\rtf", "a rich text file (RTF): save it as .docx or PDF"),
    (b"%!PS", "a PostScript file: save it as PDF"),
    (b"\x89PNG", "a picture: only text can be read; run OCR on it first"),
    (b"\xff\xd8\xff", "a picture: only text can be read; run OCR on it first"),
    (b"GIF8", "a picture: only text can be read; run OCR on it first"),
    (b"II*\0", "a picture: only text can be read; run OCR on it first"),
    (b"MM\0*", "a picture: only text can be read; run OCR on it first"),
    (b"\x1f\x8b", "a packed file (gzip): unpack it first"),
    (b"7z\xbc\xaf", "a packed file (7z): unpack it first"),
    (b"Rar!", "a packed file (RAR): unpack it first"),
)
_OTHERS = (
    ("xl/workbook.xml", "an Excel workbook: save the sheet that matters as PDF or text"),
    ("ppt/presentation.xml", "a PowerPoint file: save it as PDF"),
    ("content.xml", "an OpenDocument file: save it as .docx or PDF"),
)


def kind_of(content: bytes, name: str, media_type: str | None = None) -> Kind:
    """The kind of a file. Raises DocumentRefused for a kind that cannot be read, saying what to save it as, and for an empty file."""
    if not content.strip():
        raise DocumentRefused("the file is empty: get it again")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    for start, what in _REFUSED:
        if content.startswith(start):
            raise DocumentRefused(f"it is {what}")
    return _text(content, name, media_type)


def _zipped(content: bytes) -> Kind:
    """Word files and EPUBs are archives, known by what they must hold."""
    with opened(content) as archive:
        names = set(archive.namelist())
    if any(re.fullmatch(r"word/document\d*\.xml", name) for name in names):
        return "docx"
    if "META-INF/container.xml" in names:
        return "epub"
    for name, what in _OTHERS:
        if name in names:
            raise DocumentRefused(f"it is {what}")
    raise DocumentRefused("it is a packed folder (zip), not a document: add its files, or the folder as a whole")


def _text(content: bytes, name: str, media_type: str | None) -> Kind:
    start = decoded(content[:4096])
    if _PAGE.match(start.lstrip("\ufeff")):
        return "html"
    if start.count("\0") > len(start) / 100:
        raise DocumentRefused("it is no document of a known kind: save it as text, HTML, PDF, .docx or EPUB")
    suffix = _SUFFIXES.get(PurePath(name).suffix.lower())
    return suffix or _TYPES.get((media_type or "").partition(";")[0].strip().lower()) or "plain"
