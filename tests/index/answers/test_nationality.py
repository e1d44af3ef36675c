"""Whose office is meant."""

import pytest

from index.answers.nationality import of_another_country

PUTIN = "Il presidente russo Vladimir Putin è arrivato mercoledì in Kazakistan."
TOKAYEV = "Putin incontra il suo omologo, il presidente kazako Kassym-Jomart Tokayev."
MINISTERS = "The French minister Marie Daval met her German counterpart, minister Jonas Brandt, in Rome."


@pytest.mark.parametrize(
    ("question", "sentence", "exact", "foreign"),
    [
        ("Chi è il presidente del Kazakistan?", PUTIN, "Vladimir Putin", True),
        ("Who is the president of Kazakhstan?", PUTIN, "Vladimir Putin", True),
        ("Chi è il presidente del Kazakistan?", PUTIN, "presidente russo Vladimir Putin", True),
        ("Chi è il presidente russo?", PUTIN, "Vladimir Putin", False),
        ("Chi è il presidente del Kazakistan?", TOKAYEV, "Kassym-Jomart Tokayev", False),
        ("Chi è arrivato in Kazakistan?", PUTIN, "Vladimir Putin", False),
        ("Chi è il presidente?", PUTIN, "Vladimir Putin", False),
        ("Who is the German minister?", MINISTERS, "Marie Daval", True),
        ("Who is the German minister?", MINISTERS, "Jonas Brandt", False),
        ("Quando è arrivato il presidente in Kazakistan?", PUTIN, "mercoledì", False),
    ],
)
def test_an_office_belongs_to_its_country(question: str, sentence: str, exact: str, foreign: bool) -> None:
    """Words beside another country's office do not answer; those beside the right one, or beside none, may."""
    assert of_another_country(question, sentence, exact) == foreign
