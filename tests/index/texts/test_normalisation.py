"""Normalised text and the way back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.texts.normalisation import normalise

ODD = "aeE\u0301\u0300\u0327 \n\t\u00ad\u200b\u00a0’“«\ufeff\ud800\0\u1100\u1161\u11a8가\u212bé😀´\u1fefﬁ"
TEXTS = st.one_of(st.text(), st.text(alphabet=ODD), st.text(alphabet=st.characters(exclude_categories=())))


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("plain ASCII 43%", "plain ASCII 43%"),
        ("l’Occidente “vero” «sì» ‘no’", 'l\'Occidente "vero" "sì" \'no\''),
        ("ener\u00adgia\u200b", "energia"),
        ("7\u202f500\u00a0km\t\u2009di", "7 500 km  di"),
        ("perche\u0301", "perché"),
        ("e\u200d\u0301", "é"),
        ("a\nb\r\nc", "a\nb \nc"),
        ("x\0y\ud800z", "x y\ufffdz"),
        ("\u1100\u1161\u11a8", "각"),
        ("", ""),
    ],
)
def test_normal_form(written: str, normal: str) -> None:
    """Typography, odd spaces, invisible and broken characters come out in one plain form."""
    assert normalise(written).text == normal


def test_span_over_removed_and_composed_characters() -> None:
    """A span of the normalised text leads back to every code point it was made of."""
    found = normalise("lo\u00adro perche\u0301 no")
    start = found.text.index("perché")
    assert found.text == "loro perché no"
    assert found.original(0, 4) == (0, 5)
    assert found.original(start, start + 6) == (6, 13)
    assert found.original(len(found.text), len(found.text)) == (16, 16)


def test_unchanged_length_needs_no_map() -> None:
    """A text whose characters are replaced one for one keeps its positions without a table."""
    found = normalise("dell’uranio")
    assert found.offsets is None
    assert found.original(5, 11) == (5, 11)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 1), (0, 5)])
def test_span_outside_is_refused(start: int, end: int) -> None:
    """Offsets that are no span of the normalised text raise IndexError."""
    with pytest.raises(IndexError, match=f"span {start}:{end} lies outside the 4 characters"):
        normalise("ciao").original(start, end)


@given(TEXTS)
def test_normalise_is_idempotent(text: str) -> None:
    """Normalising twice is normalising once, and the result is NFC and can be encoded."""
    once = normalise(text).text
    assert normalise(once).text == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()


@given(TEXTS, st.data())
def test_way_back_is_monotone_and_in_bounds(text: str, data: st.DataObject) -> None:
    """Later spans never lead to earlier originals, and none leads outside the original."""
    found = normalise(text)
    spans = [found.original(at, at + 1) for at in range(len(found.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)
    start = data.draw(st.integers(0, len(found.text)))
    end = data.draw(st.integers(start, len(found.text)))
    left, right = found.original(start, end)
    assert 0 <= left <= right <= len(text)
    assert (left == right) == (start == end)


@given(TEXTS, st.data())
def test_original_of_a_span_normalises_to_what_the_span_shows(text: str, data: st.DataObject) -> None:
    """The original words behind a span that cuts no composed character normalise to the words of that span."""
    found = normalise(text)
    start = data.draw(st.integers(0, len(found.text)))
    end = data.draw(st.integers(start, len(found.text)))
    if found.offsets and any(0 < at < len(found.text) and found.offsets[at - 1] == found.offsets[at] for at in (start, end)):
        return
    left, right = found.original(start, end)
    assert normalise(text[left:right]).text == found.text[start:end]
