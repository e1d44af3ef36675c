"""Which of several answers is of the time that the question asks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.answers.answering import Candidate
from index.questions.asked_time import When, fits, recency

TIMELY = 2.0  # log-odds for a candidate of the time asked about, chosen on the questions of tests/data/dated
NEWER = 0.1  # log-odds between which the newer of two candidates is taken
_RELEVANT = 3.0  # log-odds below the best candidate up to which a newer one counts as news of what is asked


def timely(candidates: Sequence[Candidate], time: When | None) -> list[Candidate]:
    """The candidates with the time's share in their log-odds; of those as good as each other the newest leads.

    The one that leads afterwards keeps its own log-odds, and the others move beside it: an answer does not become surer by its date, only
    farther from the others. Undated ones come back as they are.
    """
    if not any(candidate.quote.article.published for candidate in candidates):
        return list(candidates)
    quotes, best = [candidate.quote for candidate in candidates], max(candidate.log_odds for candidate in candidates)
    suited = fits(time, quotes, [candidate.log_odds >= best - _RELEVANT for candidate in candidates])
    fresh = recency(quotes, [candidate.log_odds >= best - NEWER for candidate in candidates])
    shares = [TIMELY * fit + NEWER * new for fit, new in zip(suited, fresh, strict=True)]
    leading = max(range(len(shares)), key=lambda place: candidates[place].log_odds + shares[place])
    return [
        replace(candidate, log_odds=candidate.log_odds + share - shares[leading])
        for candidate, share in zip(candidates, shares, strict=True)
    ]
