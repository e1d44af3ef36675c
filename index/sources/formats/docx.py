"""Word files (DOCX): mammoth turns them into clean HTML, which index/sources/formats/clean_html.py reads."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from index.sources.cleaning.bylines import introduced
from index.sources.errors import DocumentRefused
from index.sources.formats.clean_html import Element, text_of
from index.sources.formats.zip_archives import opened
from index.sources.types import Document

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh\np[style-name='Intense Quote'] => p:fresh"
_SPACES = {
    "core": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "terms": "http://purl.org/dc/terms/",
}


def parse(content: bytes, url: str | None) -> Document:
    """The text of a Word file with its headings, lists, tables and, at the end, notes; deleted text and comments are left out.

    The title is the file's property or else its first line in the style Title or Heading. Raises DocumentRefused for a broken file.
    """
    import mammoth
    from lxml.html import HTMLParser, document_fromstring

    try:
        about = _properties(content)
        found = mammoth.convert_to_html(BytesIO(content), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda image: {}))
    except (BadZipFile, ExpatError, KeyError, OSError, SyntaxError) as error:
        raise DocumentRefused(f"the Word file is broken ({error}): open it in a word processor and save it again") from error
    page = document_fromstring(f"<html><body>{found.value}</body></html>", parser=HTMLParser(huge_tree=True))
    title = about.get("title") or _first_heading(page)
    document = introduced(Document(text=text_of(page), title=title, author=about.get("author"), url=url))
    return replace(document, published=document.published or about.get("published"))


def _properties(content: bytes) -> dict[str, str]:
    """Title, author and day of creation, as far as the file states them."""
    from lxml.etree import XMLParser, fromstring

    with opened(content) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return {}
        core = fromstring(archive.read("docProps/core.xml"), parser=XMLParser(resolve_entities=False, no_network=True))
    paths = {"title": "dc:title", "author": "dc:creator", "published": "terms:created"}
    told = {key: " ".join((core.findtext(path, namespaces=_SPACES) or "").split()) for key, path in paths.items()}
    day = re.match(r"\d{4}-\d\d-\d\d", told.pop("published"))
    return {key: value for key, value in told.items() if value} | ({"published": day[0]} if day else {})


def _first_heading(page: Element) -> str | None:
    """The text of a heading of the first rank, if the document begins with one."""
    first = next(iter(page.find("body")), None)
    return " ".join("".join(first.itertext()).split()) or None if first is not None and first.tag == "h1" else None
