"""Sketches: texts that are all but the same resemble each other, others do not."""

import pytest

from index.sources.library.sketches import SIZE, packed, resemblance, sketch, unpacked

WORDS = [f"parola{number}" for number in range(500)]


def test_the_same_text_resembles_itself_fully() -> None:
    """Letter case, punctuation and line breaks do not count."""
    assert resemblance(sketch("Il lago di Como è profondo."), sketch("il lago,\ndi COMO è profondo!")) == 1.0


def test_other_texts_share_nothing() -> None:
    """Texts without a common run of five words."""
    assert resemblance(sketch(" ".join(WORDS[:250])), sketch(" ".join(WORDS[250:]))) == 0.0


@pytest.mark.parametrize(("changed", "truth"), [(1, 491 / 501), (5, 471 / 521), (50, 246 / 746)])
def test_the_estimate_is_near_the_truth(changed: int, truth: float) -> None:
    """Each changed word, ten apart, takes five of 496 runs with it; the share of common runs is told to about a twentieth."""
    other = [f"altra{number}" if number % 10 == 5 and number < changed * 10 else word for number, word in enumerate(WORDS)]
    assert resemblance(sketch(" ".join(WORDS)), sketch(" ".join(other))) == pytest.approx(truth, abs=0.08)


def test_short_texts_have_short_sketches() -> None:
    """Fewer than five words are one run; a long text has at most SIZE hashes."""
    assert len(sketch("due parole")) == 1
    assert len(sketch("uno due tre quattro cinque sei")) == 2
    assert len(sketch(" ".join(WORDS))) == SIZE


def test_sketches_are_kept_as_bytes() -> None:
    """Eight bytes a hash, and back."""
    values = sketch(" ".join(WORDS))
    assert len(packed(values)) == 8 * SIZE
    assert unpacked(packed(values)) == values
