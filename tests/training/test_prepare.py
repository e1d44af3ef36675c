"""Training material: where answers stand, sentences, windows."""

import json
import random
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from examples import _window
from prepare import held_out, paragraph_spans, place, read_written, sentence_spans

TEXT = "Nel 911 nacque il ducato. Rollo lo ebbe nel 911 da Carlo.\n\nPoi venne il 1066."


def test_place_prefers_the_sentence_like_the_question() -> None:
    """Of two places of an answer the one in the sentence that shares words with the question is taken."""
    row = {"start": 0, "end": 57, "question": "Quando lo ebbe Rollo?"}
    assert place(row, "911", TEXT) == (44, 47)
    assert place(row | {"question": "Quando nacque il ducato?"}, "911", TEXT) == (4, 7)


def test_place_takes_part_of_a_word_only_when_it_must() -> None:
    """An answer inside a longer word is found, but after whole words; one that is absent is None."""
    row = {"start": 0, "end": 30, "question": "?"}
    assert place(row, "uno", "Qualcuno ne vide uno solo oggi.") == (17, 20)
    assert place(row, "cuno", "Qualcuno ne vide uno solo oggi.") == (4, 8)
    assert place(row, "due", "Qualcuno ne vide uno solo oggi.") is None


def test_paragraphs_and_sentences_keep_their_offsets() -> None:
    """Paragraphs end at an empty line, sentences at a full stop before a capital."""
    assert paragraph_spans(TEXT) == [(0, 57), (59, 77)]
    assert sentence_spans(TEXT, 0, 57) == [(0, 25), (26, 57)]


def test_a_window_grows_by_sentences_within_its_budget() -> None:
    """A window never leaves its paragraph, keeps its sentence, and holds at most 1,050 characters unless the sentence alone is longer."""
    sentences = [(at, at + 299) for at in range(0, 3000, 300)]
    for seed in range(20):
        start, end = _window(sentences, 4, 4, random.Random(seed))
        assert start <= 1200 < 1499 <= end
        assert end - start <= 1050
    assert _window([(0, 2000)], 0, 0, random.Random(1)) == (0, 2000)


def test_the_held_out_topics_are_those_written_down() -> None:
    """The draw by seed equals training/topics.json."""
    assert held_out() == json.loads((Path(__file__).parents[2] / "training" / "topics.json").read_text())["held_out"]


WRITTEN = """# Il faro | The lighthouse
it: Il faro fu acceso nel 1871. Lo disegnò Ruggero Anfossi.
en: The lighthouse was first lit in 1871. Ruggero Anfossi drew it.
? Chi progettò il faro? | Ruggero Anfossi | Who designed the lighthouse? | Ruggero Anfossi
! Chi accese il faro? | Who lit the lighthouse?

it: L'ultimo custode partì nel 1992.
en: The last keeper left in 1992.
? quando partì l'ultimo custode | nel 1992 | when did the last keeper leave | in 1992
"""


def test_written_questions_count_in_four_directions(tmp_path: Path) -> None:
    """Each question is asked in its two languages over the paragraphs in both; the places of answers are those in the whole article."""
    path = tmp_path / "news.txt"
    path.write_text(WRITTEN, encoding="utf-8")
    articles, questions = read_written(path)
    assert list(articles) == ["it/written/news/1", "en/written/news/1"]
    assert [len(paragraph_spans(text)) for text in articles.values()] == [2, 2]
    assert [q["direction"] for q in questions] == ["it_on_it", "en_on_it", "en_on_en", "it_on_en"] * 3
    asked = {(q["direction"], q["question"]): [articles[q["article"]][a:b] for a, b in q["spans"]] for q in questions}
    assert asked["it_on_en", "quando partì l'ultimo custode"] == ["in 1992"]
    assert asked["en_on_it", "Who designed the lighthouse?"] == ["Ruggero Anfossi"]
    assert asked["it_on_it", "Chi accese il faro?"] == []
    assert {articles[q["article"]][slice(*q["paragraph"])] for q in questions[-4:]} == {
        "L'ultimo custode partì nel 1992.", "The last keeper left in 1992."
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("? Chi? | Anfossi R. | Who? | Ruggero Anfossi", "news.txt:4: ['Anfossi R.'] does not stand in"),
        ("! Chi?", "news.txt:4: unknown line '! Chi?'"),
    ],
)
def test_a_written_line_that_breaks_the_form_is_named(line: str, reason: str, tmp_path: Path) -> None:
    """The error names the file and the line."""
    path = tmp_path / "news.txt"
    path.write_text("\n".join([*WRITTEN.splitlines()[:3], line]), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(reason)):
        read_written(path)
