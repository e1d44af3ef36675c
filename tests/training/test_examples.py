"""Drawing training examples."""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from examples import _names, _swapped

ASKED = [
    {"article": "treno", "direction": "it_on_it", "question": "Chi fece partire il treno da Como nel 1875?", "answers": ["Rossi"]},
    {"article": "treno", "direction": "it_on_en", "question": "Quando arrivò a Chiasso la signora Anna Bianchi?", "answers": ["1876"]},
    {"article": "treno", "direction": "en_on_it", "question": "Who was Rossi in 1876?", "answers": ["nessuno"]},
    {"article": "nave", "direction": "it_on_it", "question": "Dove va la nave per Genova?", "answers": ["Nizza"]},
]


def test_names_are_those_asked_about_in_an_article() -> None:
    """Names and years behind the first word, by article and by the language of the question."""
    assert _names(ASKED) == {
        ("treno", "it"): ["1875", "Anna Bianchi", "Chiasso", "Como"], ("treno", "en"): ["1876", "Rossi"], ("nave", "it"): ["Genova"]
    }  # fmt: skip


def test_a_name_is_swapped_for_another_of_its_kind() -> None:
    """The only other Italian names of the article take the place of "Como"; no other year is known, so a year stays."""
    found = {_swapped(_names(ASKED), ASKED[0], "Il treno di Anna Bianchi.", random.Random(seed)) for seed in range(40)}
    assert found == {None, "Chi fece partire il treno da Chiasso nel 1875?", "Chi fece partire il treno da Anna Bianchi nel 1875?"}


def test_without_another_name_nothing_is_swapped() -> None:
    """One question on an article has no names to borrow."""
    assert _swapped(_names(ASKED), ASKED[3], "La nave va a Nizza.", random.Random(0)) is None
