"""Web pages: the article's own text and what the page says about it, without menus, captions and notices.

The text is found by trafilatura (Barbaresi 2021, https://aclanthology.org/2021.acl-demo.15), read twice, with care and generously;
``selection.py`` says what is kept of both.
"""

from __future__ import annotations

import codecs
import re
from copy import deepcopy
from typing import Any
from urllib.parse import urljoin, urlsplit

from index.charsets import declared, decoded
from index.sources.cleaning.bylines import introduced
from index.sources.cleaning.text_repair import clean
from index.sources.errors import DocumentRefused
from index.sources.formats.clean_html import Element, name, text_of
from index.sources.formats.selection import article_body, completed, fuller, teasers
from index.sources.types import Document

_PLAIN_TAGS = {"head": "h2", "list": "ul", "item": "li", "row": "tr", "cell": "td", "quote": "blockquote", "lb": "br", "code": "pre"}
"""trafilatura's names (of TEI) for what HTML calls otherwise."""
_AROUND = ("nav", "header", "footer", "aside", "figure", "dialog")
_BOXES = ("div", "section", "aside", "dialog", "form")
_NOTICE = re.compile(r"(?:\b|_)(?:cookie|consent|gdpr|iubenda-cs|onetrust|didomi)", re.IGNORECASE)
_AGREE = re.compile(r"(?:i )?(?:accett|acconsent|rifiut|accept|agree|allow|reject)\w*(?:\s+\w+){0,3}", re.IGNORECASE)
_ABOUT = re.compile(r"cookie|privacy|consens", re.IGNORECASE)
_LONGEST_NOTICE = 2500
_PARAGRAPH = 15
"""Words from which a paragraph counts as one of an article."""
_OFFERED = 5
"""Links that a refusal names."""
_DEEPEST = 200
"""Nested elements; a page of a thousand divs in each other is read as one with fewer, or recursion would end early."""


def parse(content: bytes, url: str | None) -> Document:
    """The article of a page in HTML. Raises DocumentRefused where there is none."""
    page = tree(content)
    _free_of_notices(page)
    _free_of_layout(page)
    _free_of_anchors(page)
    _free_of_asides(page)
    _free_of_menus(page)
    told = _head(page), [_line("".join(heading.itertext())) or "" for heading in page.iter("h1", "h2")]
    body, whole = clean(article_body(page)), deepcopy(page)
    found = _found(deepcopy(page), url, with_metadata=True)
    text = fuller(_text(found), _text(_found(page, url, favor_recall=True)))
    text = completed(text or _everything(content), body)
    if listed := teasers(whole, text, url):
        raise DocumentRefused(
            f"the page lists {len(listed)} articles and is none itself: add those you want, such as {', '.join(listed[:_OFFERED])}"
        )
    if not any(character.isalnum() for character in text):
        raise DocumentRefused("the page holds no text of an article (a script may load it): save the article as text or PDF")
    return introduced(
        Document(
            text=text,
            title=_line(_title(found.title if found else None, *told)),
            author=_line(found.author) if found else None,
            published=found.date or None if found else None,
            url=_address(found.url if found else None, url),
            source=_line(found.sitename) if found else None,
        )
    )


def tree(content: bytes) -> Element:
    """The page as an lxml tree. Unlike by default, no part of it is left out for being nested deeply."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return _shallow(document_fromstring(_unicode(content).encode("utf-8", "replace"), parser=parser))
    except ParserError as error:
        raise DocumentRefused("the page is empty: save it again, or as text") from error


def _unicode(content: bytes) -> str:
    """The page's characters: as UTF-8 where that is possible, since that is right even where the page says otherwise."""
    name = declared(content)
    try:
        text = content.decode("utf-8-sig") if b"\0" not in content else decoded(content)
    except UnicodeDecodeError:
        usual = name in (None, "utf-8", "iso8859-1", "ascii") or content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = decoded(content) if usual or name is None else content.decode(name, "replace")
    return text.replace("\0", "")


def _shallow(root: Element) -> Element:
    """Take out wrapping elements beyond a depth that libraries with recursion can follow."""
    depths = {root: 0}
    for element in list(root.iter()):
        parent = element.getparent()
        depths[element] = depths.get(parent, 0) + 1
    for element in [
        element for element, depth in depths.items() if depth > _DEEPEST and name(element) in ("div", "span", "font", "b", "i", "section")
    ]:
        element.drop_tag()
    return root


def _free_of_layout(page: Element) -> None:
    """A table that places the parts of a page is no table: its fullest cell is the article if it holds more than half of the words."""
    while (layout := next((table for table in page.iter("table") if _places(table)), None)) is not None:
        cells = [cell for cell in layout.iter("td", "th") if next(cell.iterancestors("table")) is layout]
        sizes = [_words(cell) for cell in cells]
        parts = [part for part in layout.iter("tr", "td", "th", "tbody", "thead") if next(part.iterancestors("table")) is layout]
        for part in [layout, *parts]:
            part.tag = "div"
        if cells and max(sizes) * 2 > sum(sizes):
            main = cells[sizes.index(max(sizes))]
            layout[:] = [main]
            layout.tag = "article"


def _places(table: Element) -> bool:
    """Whether a cell holds what cells of data do not: a headline, another table, or paragraphs of some length."""
    return bool(
        table.xpath("boolean(.//h1|.//h2|.//table|.//*[self::td or self::th][.//p|.//div][string-length(normalize-space()) > 250])")
    )


def _words(element: Element) -> int:
    """Characters that are no link's."""
    return sum(len(text.strip()) for text in element.xpath(".//text()[not(ancestor::a or ancestor::script or ancestor::style)]"))


def _free_of_notices(page: Element) -> None:
    """Notices of cookies, by their name or by the button that agrees to them; they may be longer than a short article.

    A box of such a name that holds the page's own paragraphs stays.
    """
    paragraphs = [
        each for each in page.iter("p") if len((text := "".join(each.itertext())).split()) >= _PARAGRAPH and not _ABOUT.search(text)
    ]
    named = [box for box in page.iter(*_BOXES) if _NOTICE.search(f"{box.get('id', '')} {box.get('class', '')}")]
    around = [
        next((box for box in button.iterancestors(*_BOXES) if _asks(box)), None)
        for button in page.iter("button", "a", "input")
        if _agrees(button)
    ]
    for box in [*named, *around]:
        if box is not None and box.getparent() is not None and not box.xpath(".//article|.//main|.//h1"):
            if _holds_most(box, paragraphs):
                box.attrib.clear()
            else:
                box.drop_tree()


def _holds_most(box: Element, paragraphs: list[Element]) -> bool:
    inside = sum(box in paragraph.iterancestors() for paragraph in paragraphs)
    return inside > 1 and 2 * inside > len(paragraphs)


def _free_of_menus(page: Element) -> None:
    """A generous reading of a short page takes them in; those of an article may hold its own words."""
    for menu in page.xpath(
        "//*[self::nav or self::footer or self::dialog][not(ancestor::article) and not(.//article or .//main or .//h1)]"
    ):
        menu.drop_tree()


def _free_of_asides(page: Element) -> None:
    """An aside that holds more than half of the page's words is the article."""
    for aside in list(page.iter("aside")):
        if 2 * _words(aside) > _words(page) and not page.xpath("//article|//main"):
            aside.tag = "article"


def _agrees(button: Element) -> bool:
    leads = button.tag == "a" and button.get("role") != "button" and not button.get("href", "#").startswith(("#", "javascript:"))
    return not leads and _AGREE.fullmatch(" ".join([*button.itertext(), button.get("value", "")]).strip()) is not None


def _asks(box: Element) -> bool:
    text = "".join(box.itertext())
    return len(text) < _LONGEST_NOTICE and _ABOUT.search(text) is not None


def _free_of_anchors(page: Element) -> None:
    """Headings are often links to themselves, and would be taken for a menu."""
    for link in page.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]//a[starts-with(@href, '#')]"):
        if any(map(str.isalnum, "".join(link.itertext()))):
            link.drop_tag()
        else:
            link.drop_tree()


def _head(page: Element) -> str:
    return _line(page.findtext(".//head/title")) or ""


def _title(found: str | None, head: str, headings: list[str]) -> str | None:
    """The title that was found, unless it is a heading that the page's own title does not name while it names another."""
    named = [heading for heading in headings if heading and heading in head]
    return min(named, key=head.index) if found in headings and found not in named and named else found


def _found(page: Element, url: str | None, **options: bool) -> Any:
    from trafilatura import bare_extraction

    return bare_extraction(
        page,
        url=url,
        include_comments=False,
        include_formatting=False,
        date_extraction_params={"original_date": True, "extensive_search": False},
        **options,  # type: ignore[arg-type]
    )


def _text(found: Any) -> str:
    body = found.body if found else None
    if body is None:
        return ""
    for element in body.iter():
        if element.tag != "code" or "\n" in "".join(element.itertext()).strip():
            element.tag = _PLAIN_TAGS.get(element.tag, element.tag)
    return text_of(body)


def _everything(content: bytes) -> str:
    """The text of a page too short or too plain to find an article in."""
    page = tree(content)
    _free_of_notices(page)
    for element in list(page.iter(*_AROUND)):
        element.drop_tree()
    return text_of(page)


def _line(text: str | None) -> str | None:
    return " ".join(clean(text or "").split()) or None


def _address(canonical: str | None, url: str | None) -> str | None:
    """The address that the page names as its own, else the one it came from."""
    whole = urljoin(url or "", canonical or "")
    parts = urlsplit(whole)
    return whole if parts.scheme in ("http", "https") and parts.hostname else url
