"""The reader: best span, offsets of the passage as given, and the shipped weights."""

from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models.reader import Reader, best_spans, trimmed

FOLDER = Path(__file__).parents[3] / "data" / "models" / "reader"
QUESTION = "How much uranium does Kazakhstan produce?"
URANIUM = "Putin è in visita. Il Kazakistan produce il 43% dell’uranio mondiale ma è privo di elettricità."
LAKES = "Il lago di Como è profondo 410 metri. Molti turisti visitano Bellagio in estate."


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The shipped reader."""
    return Reader.load(FOLDER)


def test_best_span_ends_where_it_starts_or_later() -> None:
    """The highest end before the highest start is passed over for the best pair in reading order."""
    starts = np.array([0.0, 1.0, 5.0, 0.0], np.float32)
    ends = np.array([0.0, 9.0, 1.0, 2.0], np.float32)
    assert best_spans(starts, ends, 1) == [(1, 1, 10.0)]
    assert best_spans(np.array([0.0, 1.0, 9.0, 0.0], np.float32), ends, 1) == [(2, 3, 11.0)]


def test_best_span_is_at_most_thirty_tokens_long() -> None:
    """A pair 30 tokens apart is out of reach, one 29 apart is the longest answer."""
    starts, ends = np.zeros(40, np.float32), np.zeros(40, np.float32)
    starts[0], ends[30] = 5, 5
    assert best_spans(starts, ends, 1)[0][2] == 5.0
    ends[29] = 4
    assert best_spans(starts, ends, 1) == [(0, 29, 9.0)]


def test_next_best_spans_do_not_overlap() -> None:
    """After the best span come the best of what it leaves, until nothing is left."""
    starts = np.array([0.0, 5.0, 4.0, 1.0], np.float32)
    ends = np.array([0.0, 5.0, 3.0, 1.0], np.float32)
    assert best_spans(starts, ends, 2) == [(1, 1, 10.0), (2, 2, 7.0)]
    assert best_spans(starts, ends, 9) == [(1, 1, 10.0), (2, 2, 7.0), (3, 3, 2.0), (0, 0, 0.0)]


@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        (" Rollo, ", "Rollo"),
        ("October 2016)", "October 2016"),
        ("(5 ft 3 in", "5 ft 3 in"),
        ("1,600 mm (5 ft 3 in)", "1,600 mm (5 ft 3 in)"),
        ("“Afranji", "Afranji"),
        ('the "thaw"', 'the "thaw"'),
        ('thaw"', "thaw"),
        ("«disgelo»,", "«disgelo»"),
        (")", ")"),
    ],
)
def test_answers_begin_and_end_with_words(marked: str, kept: str) -> None:
    """Half a pair of brackets or quotation marks falls off, a whole one stays."""
    text = f"Before {marked} after"
    start, end = trimmed(text, 7, 7 + len(marked))
    assert text[start:end] == kept


def test_missing_weights_are_named(tmp_path: Path) -> None:
    """A folder without weights is refused with the file's name and the way out."""
    with pytest.raises(ModelError, match=r"reader\.onnx are missing: restore them"):
        Reader.load(tmp_path)


@pytest.mark.model
def test_damaged_weights_are_named(tmp_path: Path) -> None:
    """A file that is no ONNX graph is refused in one line."""
    (tmp_path / "reader.onnx").write_bytes(b"not a graph")
    with pytest.raises(ModelError, match=r"reader\.onnx cannot be opened") as caught:
        Reader.load(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.model
def test_marks_the_words_across_languages(reader: Reader) -> None:
    """An English question finds its words in Italian text, and the passage that answers stands above one that does not."""
    right, wrong = reader.read(QUESTION, [URANIUM, LAKES])
    assert URANIUM[right.start : right.end] == "43%"
    assert right.span - right.null > wrong.span - wrong.null
    assert right.answerable > wrong.answerable


@pytest.mark.model
def test_offsets_belong_to_the_passage_as_given(reader: Reader) -> None:
    """Soft hyphens and decomposed accents before and inside the answer do not shift it."""
    odd = URANIUM.replace("è", "e\u0300").replace("Kazakistan", "Kaza\u00adkistan").replace("43%", "4\u00ad3%")
    [reading] = reader.read(QUESTION, [odd])
    assert odd[reading.start : reading.end] == "4\u00ad3%"


@pytest.mark.model
def test_readings_keep_the_order_and_do_not_depend_on_company(reader: Reader) -> None:
    """Read together, in the order given, or alone, a passage gets the same words and nearly the same logits."""
    together = reader.read(QUESTION, [LAKES, URANIUM, LAKES * 3])
    alone = [reading for passage in (LAKES, URANIUM, LAKES * 3) for reading in reader.read(QUESTION, [passage])]
    assert [(one.start, one.end) for one in together] == [(one.start, one.end) for one in alone]
    np.testing.assert_allclose([one.span for one in together], [one.span for one in alone], atol=0.05)


@pytest.mark.model
def test_blank_and_long_texts_are_read(reader: Reader) -> None:
    """A blank passage holds nothing, an overlong question or passage is read as far as it fits, no passage gives no reading."""
    blank, long = reader.read(QUESTION * 50, ["  \n", URANIUM * 40])
    assert (blank.start, blank.end) == (0, 0)
    assert blank.span < blank.null
    assert 0 <= long.start < long.end <= len(URANIUM * 40)
    assert reader.read(QUESTION, []) == []
