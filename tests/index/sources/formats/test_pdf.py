from dataclasses import replace
from pathlib import Path

import pytest

from index.sources.errors import DocumentRefused
from index.sources.formats.pdf import parse
from index.sources.types import Document
from tests.index.sources.files import pdf

DOCUMENTS = Path(__file__).parents[3] / "data" / "documents"
LONG = "Il lago di Como ha la forma di una ipsilon rovesciata e bagna due"  # about 310 points wide
LEFT = [
    "La prima colonna racconta il lago",
    "di Como, che si trova a nord, fra",
    "le montagne della Lombardia, ed e",
    "profondo quattrocento metri circa",
]
RIGHT = [
    "e profondo anche nella seconda sua",
    "parte, che si legge dopo la prima,",
    "fino alla fine della pagina, dove",
    "il discorso si chiude qui, lieto.",
]


def _text(*pages: list) -> str:
    return parse(pdf(*pages), None).text


def test_lines_become_paragraphs() -> None:
    """Lines one below the other are a paragraph; a wider gap begins the next one."""
    lines = [(40, 500, LONG), (40, 488, "rami, quello di Como e quello di Lecco."), (40, 464, "Un altro paragrafo.")]
    assert _text(lines) == f"{LONG} rami, quello di Como e quello di Lecco.\n\nUn altro paragrafo."


def test_an_indented_line_begins_a_paragraph() -> None:
    """Where no gap parts paragraphs, the indentation of their first line does."""
    assert _text([(40, 500, LONG), (40, 488, LONG + "."), (52, 476, "Un altro. " + LONG[:40]), (40, 464, "finisce qui.")]) == (
        f"{LONG} {LONG}.\n\nUn altro. {LONG[:40]} finisce qui."
    )


def test_a_line_that_ends_early_ends_its_paragraph() -> None:
    """The next word would have had its place on the line above, so the new line was meant."""
    assert _text([(40, 500, LONG), (40, 488, "Fine."), (40, 476, LONG)]) == f"{LONG} Fine.\n\n{LONG}"


def test_words_broken_at_line_ends_are_joined() -> None:
    """A hyphen at the end of a line goes, but not before a capital."""
    lines = [
        (40, 500, "Il lago di Como ha la forma di una ipsilon rove-"),
        (40, 488, "sciata, e i treni della linea chiamata Milano-"),
        (40, 476, "Lecco."),
    ]
    assert _text(lines) == "Il lago di Como ha la forma di una ipsilon rovesciata, e i treni della linea chiamata Milano-Lecco."


def test_large_and_bold_lines_are_headings() -> None:
    """A line in larger or in bold letters above a text in ordinary ones is a heading, over two lines as well."""
    page = [
        (40, 560, "Le profonde acque", 16), (40, 542, "del lago", 16), (40, 500, LONG), (40, 488, "rami."),
        (40, 460, "La pesca", 10, "bold"), (40, 440, LONG), (40, 428, "rami."),
    ]  # fmt: skip
    found = parse(pdf(page), None)
    assert found.title == "Le profonde acque del lago"
    assert found.text == f"{LONG} rami.\n\n## La pesca\n\n{LONG} rami."


def test_columns_are_read_one_after_the_other() -> None:
    """A page in two columns below a headline across both, whose lines the file holds row by row."""
    rows = [(x, 480 - 12 * row, words) for row in range(4) for x, words in ((40, LEFT[row]), (215, RIGHT[row]))]
    found = parse(pdf([(40, 540, "Un titolo che va da parte a parte", 20), *rows]), None)
    assert found == Document(" ".join(LEFT + RIGHT), title="Un titolo che va da parte a parte")


def test_pages_begin_with_a_form_feed() -> None:
    """It stands in place of the space inside a sentence, after the word that the page's end broke, and before a new paragraph."""
    first, second, third = [(40, 100, LONG)], [(40, 500, "rami, con le ville e i giar-")], [(40, 500, "dini. Fine.")]
    assert _text(first, second, third, [(40, 500, "Altro.")]) == f"{LONG}\frami, con le ville e i giardini.\fFine.\n\n\fAltro."


def test_empty_pages_count() -> None:
    """A page without text has its form feed, so that later pages keep their numbers."""
    assert _text([(40, 100, LONG + ".")], [], [(40, 100, "Fine della storia.")]) == f"{LONG}.\n\n\f\n\n\fFine della storia."


def test_running_heads_and_page_numbers_are_left_out() -> None:
    """What returns at the edge of the pages, whatever its number, and numbers alone at the foot."""
    pages = [
        [(40, 580, f"Guida al lago {number}"), (40, 300, f"{word} {LONG}."), (200, 20, str(number))] for number, word in enumerate("ABC", 7)
    ]
    assert _text(*pages) == f"A {LONG}.\n\n\fB {LONG}.\n\n\fC {LONG}."


def test_heads_that_change_but_count_are_left_out() -> None:
    """Chapter heads differ from page to page; the page's number beside them tells them."""
    heads = ["I pesci", "I monti", "Le ville", "La storia"]
    pages = [[(40, 580, f"{head} {number}"), (40, 300, f"{LONG} {head}.")] for number, head in enumerate(heads, 11)]
    assert _text(*pages) == "\n\n\f".join(f"{LONG} {head}." for head in heads)


def test_a_number_in_the_text_stays() -> None:
    """Only the outermost row may be a page's number."""
    assert "410" in _text([(40, 590, "Guida"), (40, 575, "410"), (40, 300, LONG)])


def test_tables_keep_their_rows() -> None:
    """Rows whose cells stand below one another become lines with bars."""
    rows = [("Anno", "Visitatori"), ("2021", "14.200"), ("2022", "18.950")]
    page = [(x, 400 - 14 * at, words) for at, row in enumerate(rows) for x, words in zip((40, 140), row, strict=True)]
    assert _text([(40, 500, LONG), *page]) == f"{LONG}\n\nAnno | Visitatori\n2021 | 14.200\n2022 | 18.950"


def test_lists_keep_their_items() -> None:
    """Bullets become dashes; a further line belongs to its item; a numbered item keeps its number."""
    fishing = [(50, 480, "\u2022"), (62, 480, "la pesca, che si fa di notte con le reti e di giorno"), (62, 468, "con la canna;")]
    others = [(50, 456, "\u2022 i tessuti."), (50, 430, "1. Prima si va a Como."), (50, 418, "2. Poi si torna.")]
    items = [
        "- la pesca, che si fa di notte con le reti e di giorno con la canna;",
        "- i tessuti.",
        "- 1. Prima si va a Como.",
        "- 2. Poi si torna.",
    ]
    assert _text([(40, 500, LONG + ":"), *fishing, *others]) == f"{LONG}:\n\n" + "\n".join(items)


def test_notes_at_the_foot_do_not_cut_a_sentence() -> None:
    """A note stands before the paragraph that goes on with the next page; its mark in the text goes."""
    first = [(40, 520, "Inizio della storia."), (40, 300, LONG), (327.5, 303, "1", 5), (40, 60, "1 Una nota sul lago.", 7)]
    assert _text(first, [(40, 500, "rami.")]) == f"Inizio della storia.\n\n1 Una nota sul lago.\n\n{LONG}\frami."


def test_square_kilometres_keep_their_two() -> None:
    """A raised number after a unit is no mark of a note."""
    assert _text([(40, 300, "Il lago copre una superficie di 146 km"), (205.8, 303, "2", 5), (209, 300, " circa in tutto.")]).startswith(
        "Il lago copre una superficie di 146 km2"
    )


def test_tables_of_contents_are_left_out() -> None:
    """Lines of dots up to a page's number tell nothing."""
    assert _text([(40, 500, "1 Il lago . . . . . . . . . . . 12"), (40, 480, LONG + ".")]) == f"{LONG}."


def test_properties() -> None:
    """Title, author and day come from the properties; what machines write there does not count."""
    told = parse(pdf([(40, 500, LONG)], info="/Title (Il lago) /Author (Lucia Bianchi) /CreationDate (D:20240312103000Z)"), None)
    assert replace(told, text="") == Document("", title="Il lago", author="Lucia Bianchi", published="2024-03-12")
    junk = parse(pdf([(40, 500, LONG)], info="/Title (Microsoft Word - bozza.docx) /Author (utente) /CreationDate (D:20249999)"), None)
    assert replace(junk, text="") == Document("")


def test_the_first_lines_tell_author_and_day() -> None:
    """What the properties lack is read below the title."""
    page = [(40, 560, "Il lago", 18), (40, 530, "di Lucia Bianchi"), (40, 515, "12 marzo 2024"), (40, 480, LONG)]
    assert parse(pdf(page), None) == Document(LONG, "Il lago", "Lucia Bianchi", "2024-03-12")


def test_turned_pages() -> None:
    """A page that is shown turned is read in the direction of its text, without a stamp across it."""
    upwards = pdf([(5, 5, "BOZZA"), (40, 300, LONG), (40, 288, "rami.")]).replace(b"40 300 Td", b"0 1 -1 0 300 90 Tm")
    turned = upwards.replace(b"40 288 Td", b"0 1 -1 0 312 90 Tm")
    assert parse(turned, None).text == f"{LONG} rami."


def test_pictures_of_pages_are_refused() -> None:
    """A scan is told apart from a file without anything."""
    scan = b"q 400 0 0 600 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"
    with pytest.raises(DocumentRefused, match=r"holds pictures of pages, no text: run OCR"):
        parse(_with_content(scan), None)
    with pytest.raises(DocumentRefused, match=r"the PDF holds no text"):
        parse(pdf([]), None)


def _with_content(content: bytes) -> bytes:
    mark = b"BT /regular 10 Tf 1 1 Td (" + b"x" * (len(content) - 33) + b") Tj ET"
    made = pdf([(1, 1, "x" * (len(content) - 33))])
    assert made.count(mark) == 1
    return made.replace(mark, content)


def test_broken_and_locked_files_are_refused() -> None:
    """Each with the reason."""
    with pytest.raises(DocumentRefused, match="the PDF is broken"):
        parse(b"%PDF-1.4 nothing", None)
    with pytest.raises(DocumentRefused, match="the PDF is locked with a password: save a copy without one"):
        parse((DOCUMENTS / "locked.pdf").read_bytes(), None)


@pytest.mark.parametrize(("name", "pages"), [("typed.pdf", 2), ("columns.pdf", 3)])
def test_files_of_other_programs(name: str, pages: int) -> None:
    """LibreOffice's page and WeasyPrint's hyphenated columns give the article's lines, letter by letter."""
    found = parse((DOCUMENTS / name).read_bytes(), None)
    lines = [line.replace("\f", " ").strip().removeprefix("- ") for line in found.text.split("\n")]
    assert lines == (DOCUMENTS / "words.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert (found.title, found.author) == ("Normanni nelle carte d’archivio", "Lucia Bianchi")
    assert found.text.count("\f") == pages - 1
