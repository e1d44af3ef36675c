"""Article files: plain text or Markdown, with an optional front matter."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from index.charsets import decoded
from index.errors import ArticleError
from index.texts.front_matter import NotKeys, day_of, language_of, mapping
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
    Raises ArticleError, naming the file and the cure, when the file cannot be read, is no text, holds no words, leads out of the
    articles folder by a link, or has a front matter with unusable values, all of which it names.
    """
    content = _decode(path, _read(id, path))
    fields, text = _front_matter(path, content)
    if not any(character.isalnum() for character in text):
        raise ArticleError(f"{path}: the file holds no words: write the article's text into it or delete it")
    language, url, published = _values(path, fields)
    return Article(
        id=id,
        title=fields.get("title") or _title_line(text) or path.stem,
        url=url,
        published=published,
        language=language or detect(text),
        text=text,
        source=fields.get("source"),
        author=fields.get("author"),
    )


def suggested_questions(path: Path) -> list[str]:
    """The questions that an article's front matter lists under ``questions``; none when the file cannot be read as one."""
    try:
        block = FRONT_MATTER.match(_decode(path, path.read_bytes()))
        listed = _mapping(path, block["yaml"]).get("questions") if block else None
    except (ArticleError, OSError):
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


def encoding_note(path: Path) -> str | None:
    """The line to say of a file that is text in another encoding than UTF-8; None of any other."""
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return f"{path}: not in UTF-8; read as what its bytes most likely mean: look whether its accents are right, or save it in UTF-8"
    except OSError:
        return None
    return None


def _decode(path: Path, raw: bytes) -> str:
    content = decoded(raw)
    if "\0" in content:
        raise ArticleError(f"{path}: a binary file (NUL at character {content.index(chr(0))}): replace it with plain text in UTF-8")
    if "\ufffd" in content and "\ufffd".encode() not in raw:
        raise ArticleError(f"{path}: its encoding cannot be told: save it again with the encoding UTF-8")
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
    try:
        return mapping(block, _KEYS)
    except NotKeys as error:
        raise ArticleError(f"{path}: the front matter {error}") from None


def _title_line(text: str) -> str | None:
    """A short first line that is followed by text and is not a sentence, without Markdown's heading marks."""
    first, _, rest = text.strip().partition("\n")
    title = " ".join(first.lstrip("#").split())
    usable = len(title) <= _LONGEST_TITLE and rest and any(character.isalnum() for character in title)
    return title if usable and title[-1] not in ".,;" else None


def _values(path: Path, fields: dict[str, str]) -> tuple[Language | None, str | None, str | None]:
    """Language, address and day. Raises ArticleError that names each of them that is unusable."""
    problems = []
    language, url, published = (fields.get(key) for key in ("language", "url", "published"))
    if language and not language_of(language):
        problems.append(f"language is {language!r}: write it or en, or leave the line out")
    if url and not _is_address(url):
        problems.append(f"url is {url!r}: write a whole address that starts with http:// or https://")
    if published and not day_of(published):
        problems.append(f"published is {published!r}: write a date such as 2024-11-27")
    if problems:
        raise ArticleError(f"{path}: the front matter's {'; its '.join(problems)}")
    return language_of(language or ""), url, day_of(published or "")


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
