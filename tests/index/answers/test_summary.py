"""Summaries are the article's own sentences."""

import numpy as np
import pytest

from index.answers.summary import ENCODED, centrality, summary
from index.types import Article
from tests.conftest import FakeEmbedder

LEAD = "The lake ferry returns to the lake harbour today."
CENTRAL = "The lake ferry and the lake harbour belong together."
OTHERS = ("The town has a very old church with seven bells.", "Nobody had expected such heavy rain in July.")
TEXT = f"# The ferry\n\n## News\n\n{LEAD} Short one.\n\nWhy did it take the ferry on the lake so long to return?\n\n"


def article(text: str) -> Article:
    """An English article."""
    return Article("ferry", "The ferry", None, None, "en", text)


def told(text: str) -> list[str]:
    """The sentences of the summary."""
    return [sentence.text for sentence in summary(article(text), FakeEmbedder())]


def test_centrality_of_three_sentences() -> None:
    """By hand: the mean cosine is .5, so the first two are like each other by .4 and the third is like none."""
    cosines = np.array([[1.0, 0.9, 0.3], [0.9, 1.0, 0.3], [0.3, 0.3, 1.0]], np.float32)
    steps = np.array([[1 / 1.4, 0.4 / 1.4, 0], [0.4 / 1.4, 1 / 1.4, 0], [0, 0, 1]])
    found = centrality(cosines)
    assert found == pytest.approx(0.85 * found @ steps + 0.15 * steps[0], abs=1e-6)
    assert found.sum() == pytest.approx(1.0)
    assert found[0] > found[1] > found[2] == pytest.approx(0.0, abs=1e-6)


def test_lead_and_central_sentences_in_their_order() -> None:
    """The lead comes first though a heading, a short line and a question stand around it; what repeats a sentence is left out."""
    many = [
        OTHERS[0],
        "Lake and harbour saw the ferry and the crew return.",
        LEAD,
        OTHERS[1],
        CENTRAL,
        "The harbour and the ferry on the lake reopen.",
    ]
    assert told(TEXT + " ".join(many)) == [LEAD, many[1], CENTRAL, many[5]]


def test_short_article_is_its_own_summary() -> None:
    """Up to four full sentences are all shown; without one the first line that is no heading stands for the article."""
    assert told(TEXT + CENTRAL) == [LEAD, CENTRAL]
    assert told("# The ferry\n\nA list\n- one") == ["A list"]
    assert told("# The ferry") == ["The ferry"]


def test_only_the_beginning_of_a_long_article_is_encoded() -> None:
    """A book costs no more than its first sixty sentences."""
    embedder = FakeEmbedder()
    summary(article(" ".join(f"This is sentence number {number} of a very long book." for number in range(500))), embedder)
    assert len(embedder.encoded) == ENCODED == 60
