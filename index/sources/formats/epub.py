"""Books (EPUB 2 and 3): the chapters in the order of the spine, what the package file states, and nothing of the cover or the contents."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from index.sources.cleaning.bylines import introduced
from index.sources.errors import DocumentRefused
from index.sources.formats.clean_html import Element, text_of
from index.sources.formats.zip_archives import opened
from index.sources.types import Document

_SPACES = {
    "box": "urn:oasis:names:tc:opendocument:xmlns:container",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "enc": "http://www.w3.org/2001/04/xmlenc#",
}
_PAGES = ("application/xhtml+xml", "text/html")
_LIST = re.compile(r"(^|[/_-])(nav|toc|cover|copertina|title_?page|frontespizio)[^/]*$", re.IGNORECASE)
"""Files that hold no text of the book, by how programs name them."""


def parse(content: bytes, url: str | None) -> Document:
    """A book's text and the title, author, day and publisher that it states.

    Raises DocumentRefused for a broken book and one whose text is locked (DRM).
    """
    try:
        with opened(content) as book:
            _check_locks(book)
            path = _package_path(book)
            package = _xml(book.read(path))
            chapters = [_chapter(book.read(name)) for name in _spine(package, path)]
    except (BadZipFile, KeyError, SyntaxError) as error:
        raise DocumentRefused(f"the EPUB is broken ({error}): get it again or convert it with another program") from error
    day = re.match(r"\d{4}(-\d\d-\d\d)?", _told(package, "date") or "")
    return introduced(
        Document(
            text="\n\n".join(filter(None, chapters)),
            title=_told(package, "title"),
            author=_told(package, "creator"),
            published=day[0] if day and day[1] else None,
            url=url,
            source=_told(package, "publisher"),
        )
    )


def _xml(content: bytes) -> Element:
    """A tree of the XML. lxml's errors of syntax are SyntaxErrors."""
    from lxml.etree import XMLParser, fromstring

    return fromstring(content, parser=XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True))


def _check_locks(book: ZipFile) -> None:
    """Fonts may be scrambled; a text that is encrypted cannot be read."""
    if "META-INF/encryption.xml" not in book.namelist():
        return
    references = _xml(book.read("META-INF/encryption.xml")).findall(".//enc:CipherReference", _SPACES)
    if any(re.search(r"\.(x?html?|opf|ncx)$", reference.get("URI", ""), re.IGNORECASE) for reference in references):
        raise DocumentRefused("the EPUB is locked (DRM): use a copy without the lock")


def _package_path(book: ZipFile) -> str:
    place = _xml(book.read("META-INF/container.xml")).find(".//box:rootfile", _SPACES)
    if place is None:
        raise KeyError("no package file is named")
    return str(place.get("full-path"))


def _spine(package: Element, path: str) -> list[str]:
    """The archive's names of the chapters in reading order."""
    items = {item.get("id"): item for item in package.findall(".//opf:manifest/opf:item", _SPACES)}
    order = [items.get(entry.get("idref")) for entry in package.findall(".//opf:spine/opf:itemref", _SPACES) if entry.get("linear") != "no"]
    chapters = [item for item in order if item is not None and item.get("media-type") in _PAGES and not _is_list(item)]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(item.get("href")))) for item in chapters]


def _is_list(item: Element) -> bool:
    return "nav" in item.get("properties", "").split() or _LIST.search(item.get("href", "").rpartition(".")[0]) is not None


def _chapter(content: bytes) -> str:
    root = _xml(content)
    body = root.find(".//{*}body") if root is not None else None
    return text_of(body) if body is not None else ""


def _told(package: Element, key: str) -> str | None:
    """What the metadata say of a key; several values are joined with commas, of titles and dates only the first counts."""
    found = [" ".join("".join(element.itertext()).split()) for element in package.findall(f".//dc:{key}", _SPACES)]
    values = [value for value in found if value]
    return (", ".join(values) if key == "creator" else values[0]) if values else None
