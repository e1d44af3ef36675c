"""Questions that people wrote for other collections, as training material."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from people import YES_NO, read_people

LAKE = "Lake Como is 146 square kilometres large. At 410 metres it is the fifth deepest lake of Europe, and its shore is 170 km long."
ETNA = "Mount Etna last erupted in spring and its ash fell on Catania, where the airport was closed for two days and schools stayed shut."


def _row(id: str, context: str, question: str, answer: str | None, title: str = "", **more: object) -> str:
    answers = [{"text": answer, "start": context.index(answer)}] if answer else []
    row = {"id": id, "language": "en", "title": title, "context": context, "question": question, "answers": answers}
    return json.dumps(row | {"answerable": bool(answer), "source": "x", "licence": "x"} | more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = {
        "en_squad_1": [_row("1", LAKE, "How deep is it?", "410 metres", "Lakes"), _row("2", ETNA, "When did Etna erupt?", "spring")],
        "en_squad_lower": [_row("3", f"{LAKE[:80]} and more.".lower(), "how deep is it", "410 metres")],
        "en_yesno": [
            _row("4", ETNA, "was the airport closed", None, answerable=True, evidence=[{"text": ETNA, "start": 0, "by": "overlap"}])
        ],
        "fr_piaf": [_row("5", "Le lac est long de 46 km.", "Quelle longueur ?", "46 km", language="fr")],
        "questions_it_en": [
            json.dumps({"id": "6", "question_en": "Is Etna a lake?", "question_it": "L'Etna è un lago?", "answers": [], "source": "x"})
        ],
    }
    for name, lines in rows.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_held_titles_and_their_copies_do_not_train(folder: Path) -> None:
    """A held title's question is marked, and a text that shares fifty letters with it is left out."""
    _, questions = read_people(folder, ["Lakes"])
    assert {question["id"]: question["held"] for question in questions if question["id"] in "123"} == {"1": True, "2": False}


def test_a_decision_is_marked_and_its_evidence_may_be_any_words(folder: Path) -> None:
    """A yes/no question has the kind "decision" and the place of its evidence; of pairs without a text both languages are known for one."""
    _, questions = read_people(folder, [])
    found = {question["id"]: question for question in questions}
    assert (found["4"]["kind"], found["4"]["spans"], found["4"]["decision"]) == ("decision", [(0, len(ETNA))], True)
    assert (found["6:it"]["decision"], found["6:it"]["direction"], found["6:it"]["spans"]) == (True, "it_on_en", [])
    assert not found["1"]["decision"]


@pytest.mark.parametrize(
    ("question", "decides"), [("Is it open?", True), ("can I park", True), ("Is it red or blue?", False), ("How is it?", False)]
)
def test_how_a_yes_no_question_begins(question: str, decides: bool) -> None:
    """With an auxiliary verb, and without a choice."""
    assert bool(YES_NO.match(question)) == decides
