"""What is of the time that a question asks about goes first: among passages found, and among answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.answers.answering import Candidate
from index.questions.asked_time import AskedTime, fits, recency
from index.types import Hit

PASSAGE = 3.0  # log-odds for a passage of the time asked about: as much as a cosine that is .09 higher
CANDIDATE = 2.0  # log-odds for a candidate of that time, chosen on the questions of tests/data/dated
NEWER = 0.1  # log-odds between which the newer of two candidates is taken
_RELEVANT_PASSAGE, _RELEVANT = 6.0, 3.0  # log-odds below the best one up to which a newer one counts as news of what is asked


def candidates_by_time(candidates: Sequence[Candidate], time: AskedTime | None) -> list[Candidate]:
    """The candidates with the time's share in their log-odds; of those as good as each other the newest leads.

    The one that leads afterwards keeps its own log-odds, and the others move beside it: an answer does not become surer by its date, only
    farther from the others. Undated ones come back as they are.
    """
    if not any(candidate.quote.article.published for candidate in candidates):
        return list(candidates)
    quotes, best = [candidate.quote for candidate in candidates], max(candidate.log_odds for candidate in candidates)
    suited = fits(time, quotes, [candidate.log_odds >= best - _RELEVANT for candidate in candidates])
    fresh = recency(quotes, [candidate.log_odds >= best - NEWER for candidate in candidates])
    shares = [CANDIDATE * fit + NEWER * new for fit, new in zip(suited, fresh, strict=True)]
    leading = max(range(len(shares)), key=lambda place: candidates[place].log_odds + shares[place])
    return [
        replace(candidate, log_odds=candidate.log_odds + share - shares[leading])
        for candidate, share in zip(candidates, shares, strict=True)
    ]


def passages_by_time(hits: list[Hit], time: AskedTime) -> list[Hit]:
    """The hits, best first, when their time counts too; the first keeps its score, and the others move beside it."""
    least = max((hit.score for hit in hits), default=0.0) - _RELEVANT_PASSAGE
    suited = fits(time, [hit.passage for hit in hits], [hit.score >= least for hit in hits])
    weighed = sorted(zip(hits, suited, strict=True), key=lambda pair: -pair[0].score - PASSAGE * pair[1])
    return newest_first([replace(hit, score=hit.score + PASSAGE * (fit - weighed[0][1])) for hit, fit in weighed])


def newest_first(hits: list[Hit]) -> list[Hit]:
    """Those that differ by less than a thousandth are as good as each other: the newest goes first."""
    by_day = sorted(hits, key=lambda hit: hit.passage.article.published or "", reverse=True)
    return sorted(by_day, key=lambda hit: -round(hit.score, 3))
