"""A file's bytes to a Document: what kind it is, its parser in a process of its own, and whether there is text."""

from __future__ import annotations

from dataclasses import replace

from index.sources.errors import DocumentRefused, one_line
from index.sources.file_types import kind_of
from index.sources.sandbox import run_parser
from index.sources.types import Document
from index.texts.language import detect


def extract(content: bytes, name: str, media_type: str | None = None, url: str | None = None) -> Document:
    """The article in a file or page called ``name``, which ``media_type`` (of an HTTP answer) may help to recognise.

    The language is that of the text, since pages often state the language of their template. Raises DocumentRefused, naming the
    file, the reason and the cure.
    """
    try:
        document = run_parser(kind_of(content, name, media_type), content, url)
        if not any(character.isalnum() for character in document.text):
            raise DocumentRefused("it holds no words: save it again with its text")
    except DocumentRefused as error:
        raise DocumentRefused(f"{one_line(name)}: {error}") from error
    return replace(document, language=detect(document.text))
