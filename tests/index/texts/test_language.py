"""Italian or English, from long questions down to a single name."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.texts.language import detect
from index.types import Language

ITALIAN = [
    "Quanto uranio produce il Kazakistan?",
    "quanto costerà la centrale",
    "Chi è Rollo?",
    "chi è rollo",
    "perche' putin va li'",
    "dimmi tutto",
]
ENGLISH = [
    "How much uranium does Kazakhstan produce?",
    "how much will it cost",
    "Who was Rollo?",
    "who was rollo",
    "why is putin there",
    "tell me more",
]
NEITHER = ["", "43%?", " \n", "7.500", "?!", "\ud800\0", "Сколько урана производит Казахстан?", "哈萨克斯坦生产多少铀？"]
THIRD = [
    "Quelle est la capitale du Kazakhstan ?",
    "¿Cuánto uranio produce Kazajistán?",
    "Wie viel Uran produziert Kasachstan?",
    "Qual é a capital do Cazaquistão?",
]


@pytest.mark.parametrize("prior", [None, "it", "en"])
@pytest.mark.parametrize(("language", "questions"), [("it", ITALIAN), ("en", ENGLISH)])
def test_question_in_either_language(language: Language, questions: list[str], prior: Language | None) -> None:
    """A question of a few words is recognised in any case and spelling, whatever the asker spoke before."""
    assert [detect(question, prior) for question in questions] == [language] * len(questions)


@pytest.mark.parametrize("text", [*NEITHER, *THIRD])
def test_text_that_is_neither(text: str) -> None:
    """Where the words tell nothing or are of a third language the asker's setting decides, and English without one."""
    assert [detect(text, "it"), detect(text, "en"), detect(text)] == ["it", "en", "en"]


@pytest.mark.parametrize("name", ["Putin?", "Nikola Tesla", "Kassym-Jomart Tokayev?", "ABC"])
def test_bare_name_follows_the_asker(name: str) -> None:
    """A name alone keeps the asker's language, since names have none."""
    assert [detect(name, "it"), detect(name, "en")] == ["it", "en"]


def test_titles_and_names_inside_a_question() -> None:
    """Words of the other language inside a title do not turn an Italian question."""
    assert detect("Chi ha diretto il film The Lord of the Rings nel 2001?") == "it"
    assert detect("Who painted La Primavera in Florence?") == "en"


def test_detection_does_not_change_from_call_to_call() -> None:
    """The seeded detector gives the same verdict every time."""
    assert {detect("sky film e sky") for _ in range(20)} == {detect("sky film e sky")}


def test_long_text_is_read_at_its_beginning() -> None:
    """An article of any length is told by its first 3,000 characters."""
    assert detect("Il presidente è arrivato a Roma. " * 100 + "The president has arrived in Rome. " * 10_000) == "it"


def test_only_six_profiles_are_loaded() -> None:
    """langdetect's own factory with all of its profiles stays unused."""
    detect("prova")
    assert sys.modules["langdetect.detector_factory"]._factory is None


@given(st.text(), st.sampled_from([None, "it", "en"]))
def test_any_text_has_a_language(text: str, prior: Language | None) -> None:
    """No text raises, and the answer is one of the two languages."""
    assert detect(text, prior) in ("it", "en")
