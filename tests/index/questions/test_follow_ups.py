"""Follow-ups as they read after the question before them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.questions.follow_ups import understand
from index.types import Language

URANIUM, URANIUM_EN = "Quanto uranio produce il Kazakistan?", "How much uranium does Kazakhstan produce?"
PLANT, PLANT_EN = "Chi vuole costruire la prima centrale nucleare?", "Who will build the nuclear plant?"
CAPITAL, VISIT = "Qual è la capitale della Francia?", "Dove è arrivato Putin mercoledì?"
LEADER, LUTHER = "Chi era il leader norreno?", "When was Luther born?"

READINGS: list[tuple[Language, str, str, str, str]] = [
    # a phrase in place of the one that matches it
    ("it", URANIUM, "43%", "E in Cina?", "Quanto uranio produce la Cina?"),
    ("it", URANIUM, "43%", "In Cina?", "Quanto uranio produce la Cina?"),
    ("it", URANIUM, "43%", "e la russia", "Quanto uranio produce la russia?"),
    ("it", URANIUM, "43%", "E l'oro?", "Quanto oro produce il Kazakistan?"),
    ("it", URANIUM, "43%", "e nel 2022?", "Quanto uranio produce il Kazakistan nel 2022?"),
    ("it", CAPITAL, "Parigi", "E della Germania?", "Qual è la capitale della Germania?"),
    ("it", CAPITAL, "Parigi", "E la Spagna?", "Qual è la capitale della Spagna?"),
    ("it", VISIT, "Kazakistan", "E giovedì?", "Dove è arrivato Putin giovedì?"),
    ("it", VISIT, "Kazakistan", "E Macron?", "Dove è arrivato Macron mercoledì?"),
    ("en", URANIUM_EN, "43%", "And in China?", "How much uranium does China produce?"),
    ("en", URANIUM_EN, "43%", "What about Russia?", "How much uranium does Russia produce?"),
    ("en", URANIUM_EN, "43%", "And oil?", "How much oil does Kazakhstan produce?"),
    ("en", LUTHER, "1483", "And Calvin?", "When was Calvin born?"),
    # a question word alone
    ("it", URANIUM, "43%", "Perché?", "Perché produce uranio il Kazakistan?"),
    ("it", PLANT, "Rosatom", "E quando?", "Quando Rosatom vuole costruire la prima centrale nucleare?"),
    ("it", URANIUM, "43%", "E quanto petrolio?", "Quanto petrolio produce il Kazakistan?"),
    ("en", URANIUM_EN, "43%", "Why?", "Why does Kazakhstan produce uranium?"),
    ("en", PLANT_EN, "Rosatom", "When?", "When will Rosatom build the nuclear plant?"),
    ("en", LUTHER, "1483", "And where?", "Where was Luther born?"),
    ("en", "Who discovered oxygen?", "Scheele", "When?", "When was it that Scheele discovered oxygen?"),
    # pronouns, possessives and places
    ("en", URANIUM_EN, "43%", "Where is it?", "Where is Kazakhstan?"),
    ("en", URANIUM_EN, "43%", "And who buys it?", "Who buys uranium?"),
    ("en", URANIUM_EN, "43%", "What is its capital?", "What is Kazakhstan's capital?"),
    ("en", URANIUM_EN, "43%", "How many people live there?", "How many people live in Kazakhstan?"),
    ("en", PLANT_EN, "Rosatom", "When will they build it?", "When will Rosatom build the nuclear plant?"),
    ("en", PLANT_EN, "Rosatom", "And who builds it?", "Who builds the nuclear plant?"),
    ("en", LUTHER, "1483", "What about his wife?", "Who was Luther's wife?"),
    ("it", LEADER, "Rollo", "E lui cosa fece?", "Rollo cosa fece?"),
    ("it", URANIUM, "43%", "E la sua capitale?", "Qual è la capitale del Kazakistan?"),
    ("it", LEADER, "Rollo", "Chi era sua moglie?", "Chi era la moglie di Rollo?"),
    ("it", LEADER, "Rollo", "Che cosa successe al suo esercito?", "Che cosa successe all'esercito di Rollo?"),
    ("en", "What treaty ended the war?", "Edict of Nantes", "Who signed this agreement?", "Who signed this agreement (Edict of Nantes)?"),
    ("it", PLANT, "Rosatom", "Chi la costruisce?", "Chi costruisce la prima centrale nucleare?"),
    ("it", CAPITAL, "Parigi", "Chi ci vive?", "Chi vive a Parigi?"),
    ("it", VISIT, "Kazakistan", "Quanto resta lì?", "Quanto resta in Kazakistan?"),
    # subjects that Italian leaves out
    ("it", URANIUM, "43%", "Dove si trova?", "Dove si trova il Kazakistan?"),
    ("it", CAPITAL, "Parigi", "Quanti abitanti ha?", "Quanti abitanti ha Parigi?"),
    ("it", LEADER, "Rollo", "Quando è nato?", "Quando è nato Rollo?"),
    ("it", PLANT, "Rosatom", "E quanto costa?", "Quanto costa la prima centrale nucleare?"),
    ("it", URANIUM, "43%", "E quanto ne esporta?", "Quanto uranio esporta il Kazakistan?"),
    # the other language
    ("it", URANIUM_EN, "43%", "Dove si trova?", "Dove si trova Kazakhstan?"),
    ("en", PLANT, "Rosatom", "Where is it?", "Where is prima centrale nucleare?"),
]
ALONE: list[tuple[Language, str]] = [
    ("it", "Chi è il presidente della Russia?"),
    ("it", "E chi ha scoperto l'ossigeno?"),
    ("it", "Perché la combustione richiede ossigeno?"),
    ("it", "È vero?"),
    ("it", "Di che cosa parla questo articolo?"),
    ("it", "uranio"),
    ("it", "E tu?"),
    ("en", "Who is the president of Russia?"),
    ("en", "Is there a nuclear plant?"),
    ("en", "Which countries border Kazakhstan and its neighbours?"),
    ("en", "When did Putin say he would visit Kazakhstan?"),
    ("en", "What time is it?"),
    ("en", "How long does it take to build a reactor?"),
    ("en", "Which country has its only mine in the desert?"),
    ("en", "Who said that Astana would pay?"),
    ("it", "Da che cosa la fotosintesi ottiene ossigeno?"),
    ("en", "uranium"),
    ("en", "And?"),
]


@pytest.mark.parametrize(("language", "previous", "exact", "question", "reading"), READINGS, ids=[case[3] for case in READINGS])
def test_follow_up_reads_as_a_whole_question(language: Language, previous: str, exact: str, question: str, reading: str) -> None:
    """What a follow-up leaves out is carried over from the question before it or from its answer."""
    assert understand(question, previous, exact, language) == reading


@pytest.mark.parametrize(("language", "question"), ALONE, ids=[case[1] for case in ALONE])
def test_question_that_stands_on_its_own_is_left_alone(language: Language, question: str) -> None:
    """A question that names what it is about has no other reading, whatever came before."""
    assert understand(question, URANIUM if language == "it" else URANIUM_EN, "43%", language) is None


def test_reading_can_be_followed_up_in_turn() -> None:
    """A reading serves as the question before the next follow-up."""
    first = understand("E in Cina?", URANIUM, "43%", "it")
    assert first is not None
    assert understand("E l'oro?", first, None, "it") == "Quanto oro produce la Cina?"


def test_long_answer_stays_out_of_the_reading() -> None:
    """Exact words of more than eight words do not stand for what was asked for."""
    assert understand("Quando?", PLANT, "la compagnia statale russa che si chiama Rosatom e altre", "it") == (
        "Quando vuole costruire la prima centrale nucleare?"
    )


def test_pairs_that_the_rules_were_written_on() -> None:
    """Every follow-up among them but one is recognised, and every question that stands on its own is left alone."""
    path = Path(__file__).parents[2] / "data" / "followups.jsonl"
    pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len([pair for pair in pairs if pair["answers"]]) == 40
    unread = [
        pair["id"]
        for pair in pairs
        if pair["split"] == "rules" and understand(pair["question"], pair["previous"], pair["exact"], _language(pair["question"])) is None
    ]
    assert unread == ["follow-39", "own-01", "own-03", "own-05", "own-07", "own-09"]


def _language(question: str) -> Language:
    english = ("Wh", "Ho", "And", "For ", "In wh", "With")
    return "en" if question.startswith(english) else "it"


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["E", "And", "it", "la", "sua", "Cina", "perché", "why", "?", "'", "2022", "di", "in", "the"])).map(
        " ".join
    ),
    st.text(max_size=60) | st.sampled_from([URANIUM, URANIUM_EN, PLANT, LUTHER]),
    st.none() | st.text(max_size=20),
    st.sampled_from(["it", "en"]),
)
def test_any_text_has_a_reading_or_none(question: str, previous: str, exact: str | None, language: Language) -> None:
    """Whatever is typed, the reading is None or one line with a question mark at its end."""
    reading = understand(question, previous, exact, language)
    assert reading is None or (reading.endswith("?") and "\n" not in reading)
