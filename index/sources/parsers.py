"""The parser of each kind of document, imported with its libraries only where it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

Kind = Literal["html", "pdf", "docx", "epub", "markdown", "plain"]
Parser = Callable[[bytes, str | None], Any]
"""From content and address to a dataclass, or None."""


def parser_of(kind: str) -> Parser:
    """What turns a document of a Kind into a Document, or a "listing", that is a feed or sitemap, into a Listing.

    Raises LookupError for any other kind.
    """
    match kind:
        case "html":
            from index.sources.formats import html

            return html.parse
        case "pdf":
            from index.sources.formats import pdf

            return pdf.parse
        case "docx":
            from index.sources.formats import docx

            return docx.parse
        case "epub":
            from index.sources.formats import epub

            return epub.parse
        case "markdown":
            from index.sources.formats import markdown

            return markdown.parse
        case "plain":
            from index.sources.formats import plain

            return plain.parse
        case "listing":
            from index.sources.web.feeds import listing

            return listing
    raise LookupError(kind)
