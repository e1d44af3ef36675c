"""Clean HTML to the text of a Document: what Word files, EPUB chapters, Markdown and extracted pages all pass through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from index.sources.cleaning.text_repair import clean

Element = Any
"""An lxml element; lxml ships no types."""

_HIDDEN = {
    *("head", "script", "style", "noscript", "template", "svg", "math", "img", "audio", "video", "iframe", "object"),
    *("button", "input", "select", "form"),
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_BACK = re.compile(r"[\s↑↩\ufe0e\ufe0f⤴^]+")
_MARK = re.compile(r"\[?\(?(?:\d{1,3}|\*{1,3}|[a-z])\)?\]?")
_BREAK = "\x0b"
"""A line break inside a block, which the collapsing of spaces leaves alone."""


@dataclass(slots=True)
class _Page:
    """``text``: the blocks so far; ``words`` of the block and ``row`` of the table that are being read; ``mark``: what the next block
    starts with; ``last``: the table or list that the last block belongs to."""

    text: str = ""
    words: list[str] = field(default_factory=list)
    row: list[str] | None = None
    mark: str = ""
    last: Element = None


def text_of(root: Element) -> str:
    """Paragraphs, headings, lists and tables of a tree in the form that ``Document.text`` describes; marks of notes are left out.

    A short paragraph that is all bold is a heading. Tables of one column, or with a table inside, only place things.
    """
    from lxml.etree import iterwalk

    rows = _rows(root)
    page = _Page()
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            _end(page, element, rows.get(element))
            page.words.append(_spaced(element.tail, element.getparent()) if element is not root else "")
        elif name(element) in _HIDDEN or _refers(element):
            walk.skip_subtree()
        else:
            _start(page, element, element in rows)
    _flush(page)
    return clean(page.text)


def name(element: Element) -> str:
    """The tag in lower case without its namespace; empty for comments."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _rows(root: Element) -> dict[Element, Element]:
    """Each row of a table that holds data, with that table."""
    tables = root.xpath("descendant-or-self::*[local-name()='table']")
    inside = {table: table.xpath(".//*[local-name()='tr']") for table in tables if not table.xpath(".//*[local-name()='table']")}
    return {row: table for table, rows in inside.items() for row in rows if any(len(_cells(each)) > 1 for each in rows)}


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row if name(cell) in ("td", "th")]


def _refers(element: Element) -> bool:
    """Whether the element is a note's mark in the text, or the link back from the note."""
    if name(element) == "sup":
        links = element.xpath("descendant::*[local-name()='a'][starts-with(@href, '#')]")
        return bool(links) and _MARK.fullmatch("".join(element.itertext()).strip()) is not None
    if name(element) != "a":
        return False
    text = "".join(element.itertext())
    kind = element.get("{http://www.idpf.org/2007/ops}type") or element.get("role") or element.get("class") or ""
    return bool(text and _BACK.fullmatch(text)) or ("noteref" in kind and _MARK.fullmatch(text.strip()) is not None)


def _start(page: _Page, element: Element, is_row: bool) -> None:
    tag = name(element)
    if tag in _BLOCKS:
        _flush(page)
    if is_row:
        page.row = []
    elif tag == "li":
        page.mark = "- "
    elif tag == "br":
        page.words.append(_BREAK)
    page.words.append(_spaced(element.text, element))


def _end(page: _Page, element: Element, table: Element) -> None:
    tag = name(element)
    if table is not None and page.row is not None:
        cells, page.row = page.row, None
        page.words.clear()
        _add(page, " | ".join(cells).strip(" |"), table)
    elif tag in ("td", "th") and page.row is not None:
        page.row.append(_taken(page).replace(_BREAK, " "))
    elif tag in _BLOCKS:
        heading = tag in _HEADINGS or (tag == "p" and not page.mark and _is_bold(element))
        _flush(page, element.getparent() if tag == "li" else None, heading)
    if tag == "li":
        page.mark = ""


def _spaced(text: str | None, element: Element) -> str:
    if not text:
        return ""
    if name(element) == "pre":
        return text.replace("\n", _BREAK)
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def _taken(page: _Page) -> str:
    text = re.sub(" +", " ", "".join(page.words)).strip()
    page.words.clear()
    return text


def _flush(page: _Page, among: Element = None, heading: bool = False) -> None:
    """End the block that is being read; inside a table's cell it is but a space."""
    if page.row is not None:
        page.words.append(" ")
        return
    text = _taken(page).strip(_BREAK + " ")
    if heading and text:
        _add(page, "## " + text.replace(_BREAK, " "))
        return
    for part in re.split(f"{_BREAK} *{_BREAK}[{_BREAK} ]*", text):
        _add(page, page.mark + part.replace(_BREAK, "\n") if part else "", among)
        page.mark = page.mark if not part else ""


def _add(page: _Page, block: str, among: Element = None) -> None:
    """Add a block, on the next line where it goes on with the list or the table of the one before."""
    if block:
        page.text += ("\n" if among is not None and among is page.last else "\n\n") + block
        page.last = among


def _is_bold(paragraph: Element) -> bool:
    """A short line without a full stop, all of it bold: how people make headings without knowing of styles."""
    text = "".join(paragraph.itertext()).strip()
    bold = paragraph.xpath("*[local-name()='strong' or local-name()='b']")
    told = "".join("".join(part.itertext()) for part in bold).strip()
    return bool(text) and text == told and len(text) <= 100 and text[-1] not in ".,:;!?"
