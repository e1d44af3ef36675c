"""Judged questions as a question set."""

import json
from typing import Any

from bot.owner.judged_questions import export
from bot.owner.statistics import Judged
from tests.bot.serving import ARTICLE


def judged(**changes: Any) -> Judged:
    """An answer that somebody found good."""
    fields = {"id": 1, "question": "?", "language": "it", "answered": True, "article": "uranio", "quote": (0, 41), "words": "43%"}
    return Judged(**{**fields, "verdicts": frozenset({"good"}), **changes})


def test_export_follows_changed_articles() -> None:
    """A quotation that moved is found again; one that is gone, wrong answers and lost articles are left out; good refusals stay."""
    wrong = frozenset({"good", "wrong"})
    answers = [
        judged(quote=(42, 48)), judged(words="44%"), judged(article="x"), judged(verdicts=wrong),
        judged(answered=False, words=None),
    ]  # fmt: skip
    lines, count, left_out = export(answers, lambda id: ARTICLE if id == "uranio" else None)
    moved, refused = map(json.loads, lines.splitlines())
    assert (count, left_out) == (2, 3)
    assert ARTICLE.text[moved["start"] : moved["end"]] == "43%"
    assert (refused["answerable"], refused["answers"]) == (False, [])
