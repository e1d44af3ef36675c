from pathlib import Path

import pytest

from index.charsets import declared, decoded
from index.sources.errors import DocumentRefused
from index.sources.formats.markdown import parse as parse_markdown
from index.sources.formats.plain import parse
from index.sources.types import Document

DOCUMENTS = Path(__file__).parents[3] / "data" / "documents"


def _text(text: str) -> str:
    return parse(text.encode(), None).text


def test_lines_broken_by_hand_are_joined() -> None:
    """In paragraphs between empty lines, whose lines are as long as lines can be."""
    assert _text("Il lago di Como ha la forma di una\nipsilon rovesciata e bagna due rami.\n\nUn altro paragrafo breve.") == (
        "Il lago di Como ha la forma di una ipsilon rovesciata e bagna due rami.\n\nUn altro paragrafo breve."
    )


def test_short_lines_stay_apart() -> None:
    """A line that could have held the next word was ended on purpose: it is a paragraph."""
    assert _text("Il lago di Como ha la forma di una ipsilon rovesciata.\nÈ profondo.\nBagna due rami.") == (
        "Il lago di Como ha la forma di una ipsilon rovesciata.\n\nÈ profondo.\n\nBagna due rami."
    )


def test_lists() -> None:
    """Items stay on lines of their own, with the lines that go on with them."""
    assert _text("Si pescano:\n* agoni, che si seccano al sole e si\n  conservano a lungo\n* lavarelli") == (
        "Si pescano:\n\n- agoni, che si seccano al sole e si conservano a lungo\n- lavarelli"
    )


def test_a_short_first_line_is_the_title() -> None:
    """It leaves the text; a first line that is a sentence does not."""
    assert parse(b"Il lago\n\nDi notte si pesca.", None) == Document("Di notte si pesca.", title="Il lago")
    assert parse(b"Si pesca.\n\nDi notte.", None) == Document("Si pesca.\n\nDi notte.")


def test_both_languages_stay() -> None:
    """A text in two languages is kept whole."""
    assert _text("Il lago è profondo.\n\nThe lake is deep.") == "Il lago è profondo.\n\nThe lake is deep."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "mac_roman", "cp850"]
)
def test_encodings_are_told_apart(encoding: str) -> None:
    """By the mark at the start, by their form, or by the letters that Italian has."""
    text = "Perché è così: la città più alta, però, è là."
    assert decoded(text.encode(encoding)) == text


def test_typographic_marks_of_windows() -> None:
    """cp1252 has them where latin-1 has control characters."""
    assert decoded("“L’acqua” – 5 €".encode("cp1252")) == "“L’acqua” – 5 €"


def test_declared_encodings() -> None:
    """A page or an XML file names its encoding; unknown names count as none."""
    assert declared(b'<meta charset="windows-1252">') == "cp1252"
    assert declared(b'<?xml version="1.0" encoding="ISO-8859-1"?>') == "iso8859-1"
    assert declared(b"<meta charset=nonsense>") is None
    assert declared(b"<p>charset</p>") is None


def test_what_is_no_text_is_refused() -> None:
    """Such as a picture that is called .txt."""
    with pytest.raises(DocumentRefused, match="the file is not text"):
        parse(bytes(range(256)) * 10, None)


def test_markdown_loses_its_marks() -> None:
    """Headings of any rank, lists and tables take a Document's form; links and emphasis leave their words."""
    source = (
        "# Il lago\n\nÈ **profondo** e\n[freddo](https://lario.example).\n\n### Pesca\n\n1. agoni\n2. lavarelli\n\n"
        "| Anno | Visitatori |\n|---|---|\n| 2021 | 14.200 |\n"
    )
    assert parse_markdown(source.encode(), None) == Document(
        "È profondo e freddo.\n\n## Pesca\n\n- agoni\n- lavarelli\n\nAnno | Visitatori\n2021 | 14.200", title="Il lago"
    )


def test_front_matter() -> None:
    """It tells title, author, day, address and source; what is not such a block stays text."""
    block = "title: 'Il lago: guida'\nauthor: [Lucia Bianchi, Edoardo Neri]\ndate: 2024-03-12\nurl: https://lario.example/\nsource: Lario"
    assert parse_markdown(f"---\n{block}\n---\nAcqua.".encode(), None) == Document(
        "Acqua.", "Il lago: guida", "Lucia Bianchi, Edoardo Neri", "2024-03-12", None, "https://lario.example/", "Lario"
    )
    assert parse_markdown(b"---\nUna riga: con due punti\n- e altro\n---\nAcqua.", None).text.endswith("Acqua.")


def test_a_saved_text() -> None:
    """A text file in latin-1 with broken lines gives the article's paragraphs."""
    lines = (DOCUMENTS / "words.txt").read_text(encoding="utf-8").split("\n")
    assert parse((DOCUMENTS / "latin-1.txt").read_bytes(), None).text.split("\n\n")[:2] == [lines[0], lines[2]]
