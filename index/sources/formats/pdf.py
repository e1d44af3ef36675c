"""PDF files: PDFium finds where each character stands, reading_order.py orders the lines, paragraphs.py joins them."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from statistics import median
from typing import Any

from index.sources.cleaning.bylines import introduced
from index.sources.cleaning.text_repair import clean
from index.sources.errors import DocumentRefused
from index.sources.formats.paragraphs import text_of
from index.sources.formats.reading_order import Line, Sheet, ordered, without_heads
from index.sources.types import Document

_FEWEST = 20
"""Letters on an average page, below which the pages are pictures or drawings with a stamp."""
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_UNITS = ("m", "km", "cm", "mm", "dm", "mi", "ft")
_JUNK = re.compile(
    r"untitled|senza titolo|documento?\d*|microsoft (word|powerpoint) - .*|.*\.(docx?|odt|rtf|indd|tex|pdf|qxd|html?|dvi)", re.IGNORECASE
)
_NOBODY = re.compile(r"user|utente|admin(istrator)?|amministratore|owner|author|unknown|anonymous|pc|.*\\.*", re.IGNORECASE)


def parse(content: bytes, url: str | None) -> Document:
    """The text of a PDF with a form feed where each page after the first begins; title, author and date as its properties or its
    first lines give them.

    Raises DocumentRefused for a broken file, one that asks for a password, and one without text: pages that are pictures, or letters
    that the file's fonts do not name.
    """
    document = _opened(content)
    try:
        sheets = [_sheet(page) for page in document]
        _check_text(document, sheets)
        about = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    pages = ordered(without_heads(sheets))
    title, author = _usable(about.get("Title"), _JUNK), _usable(about.get("Author"), _NOBODY)
    told = introduced(Document(text=clean(text_of(pages)), title=title or _largest(pages), author=author, url=url))
    return replace(told, published=told.published or _day(about.get("CreationDate", "")))


def _opened(content: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentRefused("the PDF is locked with a password: save a copy without one") from error
        raise DocumentRefused(f"the PDF is broken ({error}): get it again or save it anew") from error


def _check_text(document: Any, sheets: list[Sheet]) -> None:
    text = "".join(line.text for sheet in sheets for line in sheet.lines)
    letters = sum(character.isalnum() for character in text)
    if letters >= _FEWEST * len(sheets) or (letters and not _has_pictures(document)):
        nameless = sum(character == "\ufffd" or "\ue000" <= character <= "\uf8ff" for character in text)
        if nameless > 0.3 * len(text):
            raise DocumentRefused(
                "the PDF's fonts do not tell which letters they draw: run OCR on it (for instance with ocrmypdf --force-ocr)"
            )
        return
    if _has_pictures(document):
        raise DocumentRefused("the PDF holds pictures of pages, no text: run OCR on it first (for instance with ocrmypdf)")
    raise DocumentRefused("the PDF holds no text: save it again with its text, or run OCR on it (for instance with ocrmypdf)")


def _has_pictures(document: Any) -> bool:
    import pypdfium2.raw as pdfium

    return any(next(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]), None) is not None for page in document)


@dataclass(slots=True)
class _Run:
    """Characters of one line as they are read; ``first`` is the number of the first one on its page."""

    first: int
    left: float
    right: float
    base: float
    height: float
    text: str = ""


def _sheet(page: Any) -> Sheet:
    """The lines of a page in the direction in which most of them run; stamps across it are left out."""
    text = page.get_textpage()
    try:
        count = text.count_chars()
        turn = _turn(text, count)
        box = page.get_mediabox()
        lines = [_line(text, run) for run in _runs(text, count, turn, box) if _angle(text, run.first) == turn]
    finally:
        text.close()
    return Sheet(box[3] - box[1] if turn in (0, 180) else box[2] - box[0], tuple(line for line in lines if line.text))


def _turn(text: Any, count: int) -> int:
    angles = Counter(_angle(text, at) for at in range(0, count, 7))
    return next((angle for angle, _ in angles.most_common() if angle in (0, 90, 180, 270)), 0)


def _angle(text: Any, at: int) -> int:
    """The direction of a character in whole degrees."""
    import pypdfium2.raw as pdfium

    return round(math.degrees(pdfium.FPDFText_GetCharAngle(text, at))) % 360


def _runs(text: Any, count: int, turn: int, box: tuple[float, float, float, float]) -> list[_Run]:
    """Characters gathered until the line ends, jumps or has a wide gap; raised numbers that point to notes are left out."""
    import pypdfium2.raw as pdfium

    runs: list[_Run] = []
    run: _Run | None = None
    for at in range(count):
        character = chr(pdfium.FPDFText_GetUnicode(text, at))
        if character in "\r\n":
            run = None
        elif character.isspace():
            if run:
                run.text += " "
        else:
            here = _place(text, at, turn, box)
            if run is None or _jumps(run, here):
                run = here
                runs.append(run)
            if not _raised(run, here, character):
                run.text += character
                run.right = max(run.right, here.right)
    return runs


def _place(text: Any, at: int, turn: int, box: tuple[float, float, float, float]) -> _Run:
    """Where a character stands, turned so that its line runs from left to right; the lower left corner of the page is 0, 0."""
    import pypdfium2.raw as pdfium

    letter, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetLooseCharBox(text, at, letter)
    pdfium.FPDFText_GetCharOrigin(text, at, x, y)
    left, bottom, right, top = box
    match turn:
        case 270:  # upwards: PDFium counts clockwise
            return _Run(at, letter.bottom - bottom, letter.top - bottom, right - x.value, letter.right - letter.left)
        case 180:
            return _Run(at, right - letter.right, right - letter.left, top - y.value, letter.top - letter.bottom)
        case 90:
            return _Run(at, top - letter.top, top - letter.bottom, x.value - left, letter.right - letter.left)
    return _Run(at, letter.left - left, letter.right - left, y.value - bottom, letter.top - letter.bottom)


def _jumps(run: _Run, here: _Run) -> bool:
    height = max(run.height, here.height)
    return abs(here.base - run.base) > 0.45 * height or here.left < run.right - 2 * height or here.left > run.right + 1.2 * height


def _raised(run: _Run, here: _Run, character: str) -> bool:
    """Whether a number is a note's mark; that of square kilometres is not."""
    small = here.height < 0.8 * run.height and here.base > run.base + 0.15 * run.height
    return small and character.isdecimal() and run.text[-1:] not in " " and run.text.split(" ")[-1].rstrip("0123456789") not in _UNITS


def _line(text: Any, run: _Run) -> Line:
    """The run with the size and weight of most of its letters, five of which are asked."""
    letters = len(run.text.rstrip())
    places = [run.first + at for at in range(letters // 10, letters, max(1, letters // 5)) if not run.text[at].isspace()] or [run.first]
    size = median(_size(text, at) for at in places)
    bold = sum(_is_bold(text, at) for at in places) * 2 > len(places)
    return Line(" ".join(run.text.split()), run.left, run.right, run.base, size, bold)


def _size(text: Any, at: int) -> float:
    """Height of a character's font in points, as the page shows it."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, at, matrix)
    return float(pdfium.FPDFText_GetFontSize(text, at) * math.hypot(matrix.c, matrix.d))


def _is_bold(text: Any, at: int) -> bool:
    import pypdfium2.raw as pdfium

    font, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, at, font, len(font), flags)
    return pdfium.FPDFText_GetFontWeight(text, at) >= 600 or _BOLD.search(font.value.decode("utf-8", "replace")) is not None


def _largest(pages: list[list[list[Line]]]) -> str | None:
    """The lines of the largest letters on the first page, if they stand together, are few and larger than the rest."""
    lines = [line for column in pages[0] for line in column] if pages else []
    size = max((line.size for line in lines), default=0.0)
    start = next((at for at, line in enumerate(lines) if line.size > 0.95 * size), 0)
    largest = list(takewhile(lambda line: line.size > 0.95 * size, lines[start:]))
    title = " ".join(line.text for line in largest)
    usual = median(line.size for line in lines) if lines else 0.0
    return title if 0 < len(largest) <= 4 and 0 < len(title) <= 200 and size > 1.15 * usual else None


def _usable(told: str | None, junk: re.Pattern[str]) -> str | None:
    """A property that a person wrote, unlike a file's or a machine's name."""
    line = " ".join(clean(told or "").split())
    return line if line and any(map(str.isalpha, line)) and not junk.fullmatch(line) else None


def _day(created: str) -> str | None:
    """The day of "D:20240312103000Z"."""
    parts = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", created)
    try:
        return date(*map(int, parts.groups())).isoformat() if parts else None
    except ValueError:
        return None
