"""Sentences and passages: offsets that hold, and the fifty hard cases."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.texts import chunking
from index.texts.articles import read_article
from index.texts.chunking import PARAMETERS, passages, sentences
from index.types import Article, Language

ROOT = Path(__file__).parents[3]
CASES = [json.loads(line) for line in (ROOT / "tests" / "data" / "sentences.jsonl").read_text(encoding="utf-8").splitlines()]
WORDS = st.sampled_from(
    [
        "Il",
        "dott.",
        "Rossi",
        "«Sì.»",
        "7.500",
        "ecc.",
        "fine.",
        "\n",
        "\n\n",
        "  ",
        "“no”",
        "?!",
        "…",
        "(A.)",
        "S.p.A.",
        "- x",
        "\n## A",
        "\f",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(WORDS, max_size=40).map(" ".join), st.text(alphabet="aB. \n\ud800\0😀", max_size=3000))


def parts(text: str, language: Language = "it") -> list[str]:
    """The sentences of a text as strings."""
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize("case", CASES, ids=[f"{case['language']}: {case['why']}" for case in CASES])
def test_hard_case(case: dict[str, Any]) -> None:
    """Each of the fifty hard cases is divided into exactly the sentences written down for it."""
    assert parts(case["text"], case["language"]) == case["sentences"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Lo ha detto in TV. Poi è uscito.", 2),
        ("Fu fondata 10 anni fa. La sede è a Roma.", 2),
        ("Le decisioni dell’Ue. I ministri tacciono.", 2),
        ("Nel genoma di Y. pestis ci sono varianti.", 1),
        ("Parla la dott.ssa Rossi dell’Oms.", 1),
        ("Ai sensi del D.Lgs. 231 è vietato.", 1),
        ("La chiesa di S. Pietro è chiusa.", 1),
        ("Nel 476 d. C. cadde l’impero.", 1),
        ("Una società di Sports Programs, Inc. e poi altro.", 1),
        ("", 0),
        (" \n\n\t", 0),
    ],
)
def test_where_the_library_is_put_right(text: str, count: int) -> None:
    """Acronyms and common words may end a sentence, abbreviations before a name, a number or a small letter do not."""
    assert len(sentences(text, "it")) == count


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il d.lgs. 81/2008 all'art. 5 lo vieta.", "it"),
        ("Lo prevede il d.P.R. 380/2001, art. 3, co. 2, lett. b) del testo.", "it"),
        ("Costa ca. 3.000 euro, i.e. 30 al mese.", "it"),
        ("Nato il 3 genn. 1950 a Biella.", "it"),
        ("L'udienza del 12 febbr. 2024 fu rinviata al 4 sett. 2024.", "it"),
        ("Prices vary, e.g. 5 pounds on Aug. 3 and 6 on Sept. 4.", "en"),
        ("Some, i.e. three, stayed until Dec. 31.", "en"),
    ],
)
def test_abbreviations_end_no_sentence(text: str, language: Language) -> None:
    """Abbreviations of law, of months and of reference stand inside a sentence."""
    assert [text[start:end] for start, end in sentences(text, language)] == [text]


def test_long_speech_is_divided() -> None:
    """A speech of more than 300 characters inside quotation marks is no single sentence."""
    speech = "«" + "Abbiamo deciso di costruire una nuova centrale nel nostro paese. " * 6 + "Questo è tutto.»"
    assert [len(part) for part in parts(speech)] == [64 + 1] + [64] * 5 + [16]


def test_wrapped_lines_go_on_and_short_lines_do_not() -> None:
    """Lines broken by an editor at one width make one sentence; lines of their own length, and list items, stand alone."""
    wrapped = (
        "Il presidente russo Vladimir Putin è arrivato oggi per\n"
        "una visita di due giorni ad Astana, in compagnia di\n"
        "Lavrov e di molti altri ministri del suo governo. Domani\n"
        "riparte per Mosca."
    )
    assert len(parts(wrapped)) == 2
    assert parts("Sport\nCalcio\nIl Como vince.") == ["Sport", "Calcio", "Il Como vince."]
    assert parts("gas CO\n2\nnell’aria\n1. uno\n2. due") == ["gas CO\n2\nnell’aria", "1. uno", "2. due"]


def test_marked_headings_are_sentences_of_their_own() -> None:
    """A heading begins behind its marks and ends with its line, question mark and small letter below it or not; a hash alone is none."""
    assert parts("Fine.\n## Quanto costa?\nmolto, molto.\n#tema e altro") == ["Fine.", "Quanto costa?", "molto, molto.", "#tema e altro"]
    assert [passage.text for passage in passages(article("## Costi\n\n" + "Una frase.\n\n" * 2))] == ["Costi\n\nUna frase.\n\nUna frase."]


def test_pages_end_no_sentence() -> None:
    """A form feed is white space inside a sentence, and stands between paragraphs without belonging to either."""
    assert parts("La centrale\fcosta molto. Ma\n\n\fserve. Si farà.\fForse.") == [
        "La centrale\fcosta molto.", "Ma", "serve.", "Si farà.", "Forse."
    ]  # fmt: skip


@given(TEXTS, st.sampled_from(["it", "en"]))
def test_sentences_cover_the_text_in_order(text: str, language: Language) -> None:
    """Sentences follow each other, are trimmed, and leave out nothing but white space and heading marks, whatever the text."""
    found = sentences(text, language)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in found)
    gaps = [(0, 0), *found, (len(text), len(text))]
    assert all(not text[end:start].strip(" \n#").strip() and end <= start for (_, end), (start, _) in pairwise(gaps))


def article(text: str) -> Article:
    """An Italian article with nothing but its text."""
    return Article("a", "A", None, None, "it", text)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passages of at most 40 characters, joined up to 20, with an overlap of at most 12."""
    for name, value in (("_LARGEST", 40), ("_SMALLEST", 20), ("_OVERLAP", 12)):
        monkeypatch.setattr(chunking, name, value)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uno due. Tre.\n\nQuattro cinque sei sette.", ["Uno due. Tre.\n\nQuattro cinque sei sette."]),
        ("Uno due tre quattro.\n\nCinque sei sette.\n\nOtto.", ["Uno due tre quattro.", "Cinque sei sette.\n\nOtto."]),
        ("Uno due tre quattro.\nTitolo\nCinque sei sette otto.", ["Uno due tre quattro.", "Titolo\nCinque sei sette otto."]),
        ("Uno due tre. Quattro. Cinque sei. Sette otto.", ["Uno due tre. Quattro.", "Quattro. Cinque sei. Sette otto."]),
        ("parola " * 8, ["parola parola parola parola parola", "parola parola parola"]),
        ("x" * 90, ["x" * 40, "x" * 40, "x" * 10]),
        ("Fine di tutto quanto il libro.\n\nCoda.", ["Fine di tutto quanto il libro.\n\nCoda."]),
        (" \n", []),
    ],
)
def test_passages(text: str, expected: list[str]) -> None:
    """Paragraphs stay whole, short ones and headings join the next, long ones overlap by a whole sentence, endless ones are cut."""
    assert [passage.text for passage in passages(article(text))] == expected


@given(TEXTS)
def test_passages_hold_every_sentence(text: str) -> None:
    """No passage is longer than the largest size, and every word of the text lies in one; marks of headings may not."""
    found = passages(article(text))
    assert all(passage.end - passage.start <= int(PARAMETERS["largest"]) for passage in found)
    covered = {at for passage in found for at in range(passage.start, passage.end)}
    assert all(at in covered or character.isspace() or character == "#" for at, character in enumerate(text))
    assert [passage.start for passage in found] == sorted({passage.start for passage in found})


def test_first_article() -> None:
    """The first article makes six passages, and each heading opens the passage of what follows it."""
    first = read_article("putin-in-kazakistan", ROOT / "data" / "articles" / "putin-in-kazakistan.md", lambda text: "it")
    found = passages(first)
    assert [passage.end - passage.start for passage in found] == [598, 446, 540, 406, 609, 591]
    assert found[2].text.startswith("Bilanciamento\nDall’invasione russa")
    assert "”.\n“Progetti su larga scala”\nIl Kazakistan, come altri paesi" in found[3].text
    assert len(sentences(first.text, "it")) == 22


def test_offsets_of_the_question_files_hold() -> None:
    """Offsets into a plain file, as question sets give them, are offsets into the article, and passages keep to the paragraphs."""
    data = ROOT / "tests" / "data"
    sample = read_article("normanni", data / "normanni.txt", lambda text: "it")
    rows = [json.loads(line) for line in (data / "normanni_questions.jsonl").read_text(encoding="utf-8").splitlines()]
    found = passages(sample)
    for row in rows:
        assert any(answer in sample.text[row["start"] : row["end"]] for answer in row["answers"])
        inside = [passage for passage in found if row["start"] <= passage.start and passage.end <= row["end"]]
        assert any(answer in passage.text for passage in inside for answer in row["answers"])
