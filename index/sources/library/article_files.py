"""Documents as article files: a front matter, the text, a safe name, a write that is whole or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from index.files import sync, write_synced
from index.sources.errors import DocumentRefused
from index.sources.types import Document
from index.sources.web.urls import is_web, site
from index.texts.articles import FRONT_MATTER
from index.texts.front_matter import NotKeys, mapping
from index.texts.language import detect

FIELDS = ("title", "author", "published", "language", "source", "url", "origin")
_LONGEST_TITLE, _LONGEST_SLUG = 300, 80
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


def clean(document: Document, origin: str) -> Document:
    """The document with fields that an article file can hold and that a web origin implies; what is unusable is left out.

    Raises DocumentRefused when the text holds no words.
    """
    text = document.text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode().strip()
    if not any(character.isalnum() for character in text):
        raise DocumentRefused(f"{origin}: holds no text: a scanned page needs text recognition (OCR) first")
    return replace(
        document,
        text=text,
        title=_line(document.title),
        author=_line(document.author),
        published=_date(document.published),
        language=document.language or detect(text),
        url=_address(document.url) or _address(origin),
        source=_line(document.source) or site(origin) or None,
    )


def rendered(document: Document, origin: str, others: Mapping[str, Any]) -> str:
    """The article file of a clean document; ``others`` are fields that a person has added, such as ``questions``."""
    known = {name: getattr(document, name) for name in FIELDS[:-1]}
    fields = {name: value for name, value in {**known, "origin": _line(origin)}.items() if value}
    return with_front({**fields, **others}, f"{document.text}\n")


def with_front(fields: Mapping[str, Any], text: str) -> str:
    """A text below its front matter."""
    import yaml

    class Plain(yaml.SafeDumper):
        """Quotes only what would not be read back as the same text; articles are read with every value as it is written."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    return f"---\n{yaml.dump(dict(fields), Dumper=Plain, allow_unicode=True, sort_keys=False, width=10**6)}---\n{text}"


def split(content: str) -> tuple[dict[str, Any], str]:
    """The front matter of an article file as it is written, and what stands below; no fields where there is none or a broken one."""
    content = content.removeprefix("\ufeff").replace("\r\n", "\n")
    block = FRONT_MATTER.match(content)
    try:
        fields = mapping(block["yaml"], FIELDS) if block else {}
    except NotKeys:
        fields = {}
    if block is None or not fields:
        return {}, content
    return {str(name).lower(): value for name, value in fields.items()}, content[block.end() :]


def slug(document: Document, origin: str) -> str:
    """A file's name, without suffix, in a-z, 0-9 and hyphens, from the title or else from the origin; never empty."""
    path = unquote(urlsplit(origin).path) if is_web(origin) else origin
    for text in (document.title or "", PurePosixPath(path.replace("\\", "/")).stem):
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        name = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
        if len(name) > _LONGEST_SLUG:
            name = name[: _LONGEST_SLUG + 1].rpartition("-")[0] or name[:_LONGEST_SLUG]
        if name:
            return f"{name}-article" if _DEVICES.fullmatch(name) else name
    return "article"


def write(path: Path, content: bytes, scratch: Path) -> None:
    """Write a file whole or not at all, by way of a file in the folder ``scratch``, and be sure that it is on the disk."""
    scratch.mkdir(parents=True, exist_ok=True)
    temporary = scratch / f"{path.name}.new"
    write_synced(temporary, content)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(path)
    sync(path.parent)


def _line(text: str | None) -> str | None:
    """One line without control and direction marks."""
    plain = "".join(" " if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character for character in text or "")
    return " ".join(plain.split())[:_LONGEST_TITLE] or None


def _date(text: str | None) -> str | None:
    try:
        return datetime.fromisoformat(text or "").date().isoformat()
    except ValueError:
        return None


def _address(text: str | None) -> str | None:
    """An address that an article may name: what `index.texts.articles` takes."""
    try:
        usable = bool(text and is_web(text) and urlsplit(text).hostname and not re.search(r"[\s\x00-\x1f]", text))
    except ValueError:
        usable = False
    return text if usable else None
