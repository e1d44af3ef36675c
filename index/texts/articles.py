"""Article files: plain text or Markdown in UTF-8, with an optional YAML front matter."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from index.errors import ArticleError
from index.types import Article, Language

HIDDEN = ".chiedi"
"""The folder, among the articles, for what no person need see."""

_SUFFIXES = (".txt", ".md")
_KEYS = ("title", "url", "published", "language", "source", "author")
_LONGEST_TITLE = 100
"""Characters; a longer first line is prose. The longest headline among a wire agency's usual ones has about ninety."""

FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\n|\Z)")
_FIRST_KEY = re.compile(r"\s*(?:#.*\n\s*)*(?:[a-z][a-z0-9_-]*|(?i:" + "|".join(_KEYS) + r"))[ \t]*:(?:\s|\Z)")


def article_files(folder: Path) -> list[tuple[str, Path]]:
    """The ``.txt`` and ``.md`` files below the folder as (id, path), sorted by id.

    The id is the path below the folder without its suffix, with ``/`` between parts, in Unicode NFC. Hidden files and folders are
    left out and linked folders are not entered. Raises ArticleError when the folder is missing or two files share an id.
    """
    if not folder.is_dir():
        raise ArticleError(f"the articles folder {folder} does not exist: create it, or name another with --articles")
    found: dict[str, Path] = {}
    for path in _walk(folder):
        id = unicodedata.normalize("NFC", path.relative_to(folder).with_suffix("").as_posix())
        if id in found:
            raise ArticleError(f"{found[id]} and {path} would both be the article {id!r}: rename one of them")
        found[id] = path
    return sorted(found.items())


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and PurePath(name).suffix.lower() in _SUFFIXES:
                yield Path(parent, name)


def read_article(id: str, path: Path, detect: Callable[[str], Language]) -> Article:
    """Read one article; ``detect`` names the language of a text whose front matter does not.

    The text is what stands below the front matter, unchanged but for a byte-order mark and Windows line ends. Without a title in
    the front matter the title is a short first line, which also stays in the text, or else the file's name without its suffix.
    Raises ArticleError, naming the file and the cure, when the file cannot be read, is not UTF-8 text, holds no words, leads out
    of the articles folder by a link, or has a front matter with an unusable value.
    """
    content = _decode(path, _read(id, path))
    fields, text = _front_matter(path, content)
    if not any(character.isalnum() for character in text):
        raise ArticleError(f"{path}: the file holds no words: write the article's text into it or delete it")
    language = _language(path, fields.get("language"))
    return Article(
        id=id,
        title=fields.get("title") or _title_line(text) or path.stem,
        url=_url(path, fields.get("url")),
        published=_published(path, fields.get("published")),
        language=language or detect(text),
        text=text,
        source=fields.get("source"),
        author=fields.get("author"),
    )


def suggested_questions(path: Path) -> list[str]:
    """The questions that an article's front matter lists under ``questions``; none when the file cannot be read as one."""
    try:
        block = FRONT_MATTER.match(path.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
        listed = _mapping(path, block["yaml"]).get("questions") if block else None
    except (ArticleError, OSError, UnicodeDecodeError):
        return []
    return [" ".join(question.split()) for question in listed if isinstance(question, str)] if isinstance(listed, list) else []


def _read(id: str, path: Path) -> bytes:
    """The file's bytes, refusing what is no regular file below the folder that the id counts from."""
    folder = path.parents[id.count("/")]
    try:
        id.encode()
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            raise ArticleError(f"{path}: the link leads out of the articles folder: copy the file itself there")
        if not path.is_file():
            raise ArticleError(f"{path}: not a regular file: replace it with a text file or remove it")
        return path.read_bytes()
    except UnicodeEncodeError:
        raise ArticleError(f"{os.fsencode(path)!r}: the file's name is not valid UTF-8: rename the file") from None
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read ({error.strerror}): check that the file exists and its permissions") from None


def _decode(path: Path, raw: bytes) -> str:
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArticleError(f"{path}: not UTF-8 text (byte {error.start}): save it again with the encoding UTF-8") from None
    if "\0" in content:
        raise ArticleError(f"{path}: a binary file (NUL at character {content.index(chr(0))}): replace it with plain text in UTF-8")
    return content.replace("\r\n", "\n")


def _front_matter(path: Path, content: str) -> tuple[dict[str, str], str]:
    """The known fields that have a value, and the text after them; a text that merely starts with a rule of dashes has no fields."""
    block = FRONT_MATTER.match(content)
    if block is None or not _FIRST_KEY.match(block["yaml"]):
        return {}, content
    fields = {key.lower(): value for key, value in _mapping(path, block["yaml"]).items() if key.lower() in _KEYS}
    if isinstance(authors := fields.get("author"), list):
        fields["author"] = ", ".join(map(str, authors))
    for key, value in fields.items():
        if not isinstance(value, str):
            raise ArticleError(f"{path}: the front matter's {key} is not a plain value: write one line of text after {key}:")
    return {key: " ".join(str(value).split()) for key, value in fields.items() if value}, content[block.end() :]


def _mapping(path: Path, block: str) -> dict[str, object]:
    """Parse YAML with every scalar left as the string it is written as, so that ``1984``, ``no`` and dates keep their look."""
    import yaml  # here, because answering a question reads no article file

    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 2}" if mark else ""
        raise ArticleError(f"{path}: the front matter is not valid YAML{line}: put values that hold a colon in quotation marks") from None
    if not isinstance(loaded, dict):
        raise ArticleError(f"{path}: the front matter is not a list of 'key: value' lines: correct or delete it")
    return {str(key): value for key, value in loaded.items()}


def _title_line(text: str) -> str | None:
    """A short first line that is followed by text and is not a sentence, without Markdown's heading marks."""
    first, _, rest = text.strip().partition("\n")
    title = " ".join(first.lstrip("#").split())
    usable = len(title) <= _LONGEST_TITLE and rest and any(character.isalnum() for character in title)
    return title if usable and title[-1] not in ".,;" else None


def _language(path: Path, value: str | None) -> Language | None:
    match (value or "").lower():
        case "":
            return None
        case "it":
            return "it"
        case "en":
            return "en"
    raise ArticleError(f"{path}: the front matter's language is {value!r}: write it or en, or leave the line out")


def _url(path: Path, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in value:
        raise ArticleError(f"{path}: the front matter's url is {value!r}: write a whole address that starts with http:// or https://")
    return value


def _published(path: Path, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).date().isoformat()
    except ValueError:
        raise ArticleError(f"{path}: the front matter's published is {value!r}: write a date such as 2024-11-27") from None
