"""What of a page is kept where two readings of it differ, and pages that only point to articles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

from index.sources.formats.clean_html import Element, name, text_of

_ENDS = re.compile(r"[.!?…:;»”\"’)]\s*\Z")
_SENTENCE = 8
"""Words; a shorter line that only the generous reading has is as often a button or a teaser."""
_FEW = 10
_HEADINGS = ("h1", "h2", "h3", "h4")
_CARDS = ("article", "li", "div", "section", "td")
_FEWEST_TEASERS, _LONGEST_TEASER, _SHORTEST_ARTICLE = 4, 60, 60
"""Of teasers on a page that is nothing else; of words in one; of words beside them."""


def fuller(careful: str, generous: str) -> str:
    """The lines of the generous reading that the careful one has too or that are prose: sentences, and the items of a list of which
    a line before is kept. The careful reading itself where the other has lost a tenth of it."""
    known, kept, listed = _letters(careful), [""], False
    for line in generous.split("\n"):
        item = line.startswith("- ")
        if (known_line := _letters(line) in known) or _is_prose(line) or (item and listed):
            kept.append(line)
            listed = line.rstrip().endswith(":") or (item and (known_line or listed)) if line else listed
        elif line:
            listed = False
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")
    return text if len(text.split()) >= 0.9 * len(careful.split()) else careful


def _is_prose(line: str) -> bool:
    return len(line.split()) >= _SENTENCE and _ENDS.search(line) is not None


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def article_body(page: Element) -> str:
    """The longest ``articleBody`` of the page's JSON-LD (https://schema.org/articleBody), in paragraphs; empty where there is none."""
    from lxml.html import fragment_fromstring

    bodies = [body for script in page.xpath("//script[@type='application/ld+json']") for body in _bodies(_loaded(script.text))]
    body = max(bodies, key=len, default="")
    if re.search(r"</(?:p|div|li)>|<br", body):
        return text_of(fragment_fromstring(body, create_parent="div"))
    return "\n\n".join(line for part in body.splitlines() if (line := " ".join(part.split())))


def _loaded(text: str | None) -> Any:
    try:
        return json.loads(text or "null", strict=False)
    except (ValueError, RecursionError):
        return None


def _bodies(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _bodies(each)
    elif isinstance(value, dict):
        yield from (body for key, body in value.items() if key == "articleBody" and isinstance(body, str))
        yield from _bodies([each for each in value.values() if isinstance(each, dict | list)])


def completed(text: str, body: str) -> str:
    """The text of the page, or the one its JSON-LD states where that has most of the page's words and more than a few beside, or where
    the page's is one paragraph of it."""
    words, stated = set(_words_of(text)), _words_of(body)
    more = len(stated) > len(_words_of(text)) + _FEW and 2 * len(words & set(stated)) >= len(words)
    return body if more or (body and "\n" not in text and _letters(text) in _letters(body)) else text


def teasers(page: Element, text: str, url: str | None) -> list[str]:
    """The addresses that a page of teasers points to; none where the page holds an article of its own.

    A teaser is a box with one heading that is a link to another page. ``text`` is what was read of the page.
    """
    links = {heading: link for heading in page.iter(*_HEADINGS) if (link := _leads(heading))}
    boxes = {heading: box for heading in links if len((box := _words(_card(heading, links))).split()) <= _LONGEST_TEASER}
    if len(boxes) < _FEWEST_TEASERS:
        return []
    own = [word for line in text.split("\n") for word in _beside(line, list(boxes.values()))]
    if len(own) >= min(_SHORTEST_ARTICLE, len(text.split()) / 2):
        return []
    return list(dict.fromkeys(urljoin(url or "", links[heading]) for heading in boxes))


def _beside(line: str, boxes: list[str]) -> list[str]:
    """The words of a line that are no teaser's: none where a teaser holds the line, else those between the teasers that it holds."""
    if any(_letters(line) in _letters(box) for box in boxes):
        return []
    for box in boxes:
        line = line.replace(box, " ")
    return line.split()


def _words(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _leads(heading: Element) -> str | None:
    """The address that all words of a heading are a link to, on another page."""
    around = next(heading.iterancestors("a"), None)
    link = around if around is not None else next(heading.iter("a"), None)
    if link is None or (around is None and _words(link) != _words(heading)):
        return None
    address: str = link.get("href", "")
    return address if address and "#" not in address and not address.startswith(("javascript:", "mailto:")) else None


def _card(heading: Element, linked: Mapping[Element, str]) -> Element:
    """The largest box around a heading that holds no other linked one."""
    lone = [heading, *(box for box in heading.iterancestors() if name(box) in (*_CARDS, "a"))]
    for inner, outer in pairwise(lone):
        if sum(each in linked for each in outer.iter(*_HEADINGS)) > 1:
            return inner
    return lone[-1]
