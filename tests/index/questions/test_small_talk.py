"""Small talk told from questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.questions.small_talk import small_talk, without_courtesies

TALK = {
    "greeting": ["ciao", "Ciaooo!!", "Buongiorno 👋", "Salve, come stai?", "hello", "Hi there!", "HEY"],
    "thanks": ["grazie", "Grazie mille 🙏", "ok grazie", "thank youuu", "Thanks a lot!", "Thanks for your help", "bravo!"],
    "help": [
        "help",
        "Aiuto!",
        "cosa sai fare?",
        "Che cosa sai fare",
        "Chi sei?",
        "who are you?",
        "What can you do?",
        "Ciao, come funzioni?",
    ],
    "farewell": ["arrivederci", "Grazie, a presto!", "bye bye", "See you later"],
    "agreement": ["ok", "Va bene.", "no", "sì", "Perfetto!", "got it", "lol"],
    "nothing": ["", " ", "?", "...", "👍👍", "!?", "\n"],
}
QUESTIONS = [
    "Ciao, quanto uranio produce il Kazakistan?",
    "Who helped the Normans?",
    "help Ukraine",
    "uranio",
    "43%",
    "Come funziona?",
    "Chi è Rollo?",
    "Hello Kitty",
    "Che cos'è la salute?",
    "E in Cina?",
    "grazie a chi?",
    "哈萨克斯坦",
]


@pytest.mark.parametrize(("kind", "message"), [(kind, message) for kind, messages in TALK.items() for message in messages])
def test_small_talk_is_told_by_kind(kind: str, message: str) -> None:
    """Greetings, thanks, calls for help and the like are recognised with any case, punctuation, emoji and repeated letters."""
    assert small_talk(message) == kind


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_is_no_small_talk(question: str) -> None:
    """A message with anything to look for is searched, whatever it begins with."""
    assert small_talk(question) is None


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("Ciao, quanto uranio produce il Kazakistan?", "quanto uranio produce il Kazakistan?"),
        ("ciao quanto uranio produce?", "quanto uranio produce?"),
        ("Hi! Who was Rollo? Thanks!", "Who was Rollo?"),
        ("Scusa, chi è Rollo, per favore?", "chi è Rollo?"),
        ("Grazie. E in Cina?", "E in Cina?"),
        ("Ciao Darwin chi lo conduce?", "Ciao Darwin chi lo conduce?"),
        ("Hello Kitty: who drew her?", "Hello Kitty: who drew her?"),
        ("Thanks", "Thanks"),
        ("uranio", "uranio"),
    ],
)
def test_courtesies_around_a_question_are_not_searched(question: str, bare: str) -> None:
    """A greeting before and thanks after a question go, names that begin like one stay, and something is always left."""
    assert without_courtesies(question) == bare


@given(st.text())
def test_any_text_is_small_talk_or_not(text: str) -> None:
    """Neither function fails on any text, and a text with letters keeps some."""
    small_talk(text)
    assert without_courtesies(text) != "" or text == ""


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Non ho capito", "doubt"),
        ("sei sicuro?", "doubt"),
        ("non è vero!", "doubt"),
        ("Spiegami meglio", "doubt"),
        ("Are you sure?", "doubt"),
        ("what do you mean", "doubt"),
        ("sei inutile", "insult"),
        ("stupid bot", "insult"),
        ("are you a robot?", "help"),
        ("Chi sei?", "help"),
        ("ok", "agreement"),
        ("no", "agreement"),
        ("grazie, sei sicuro?", "doubt"),
        ("sei sicuro che il ponte riapra?", None),
        ("Che vuol dire Isee?", None),
        ("the wrong bridge", None),
    ],
)
def test_talk_about_an_answer(message: str, kind: str | None) -> None:
    """Doubt, insults and questions about the bot are talk; a message that names something to look for is a question."""
    assert small_talk(message) == kind
