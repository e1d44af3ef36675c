"""Follow-ups: what a short question means after the one before it, by rules over words and phrases.

"E in Cina?" takes the place of a phrase of the earlier question; "Where is it?" names what that was about; "Perché?" asks it anew.
How often they are right: ``python -m bench followups``.
"""

from __future__ import annotations

import re

from index.questions.coreference import clitic, missing_subject, possessive, pronoun
from index.questions.ellipsis import asked_anew, fragment, only_asks, substituted
from index.questions.phrases import Question, language_of, take_apart
from index.questions.rewriting import finished
from index.types import Language

LONGEST = 16  # words of a follow-up; longer questions stand on their own
LONGEST_EXACT = 8  # words of an exact answer that may stand in a reading

_JOINING: dict[Language, re.Pattern[str]] = {
    "it": re.compile(r"^\W*(?:e invece|ed? per quanto riguarda|e(?!')|ed|ma|invece|allora|quindi|poi)\b[\s,]*", re.IGNORECASE),
    "en": re.compile(r"^\W*(?:(?:and |but )?(?:what|how) about|and then|and|but|so|then)\b[\s,]*", re.IGNORECASE),
}


def understand(question: str, previous: str, exact: str | None, language: Language) -> str | None:
    """The reading of a follow-up, None when the question stands on its own.

    ``previous`` is the question before it as it was understood, ``exact`` the words that answered it, ``language`` that of the follow-up.
    """
    typed = re.sub(r"^how come\b", "why", question.strip(), flags=re.IGNORECASE)
    said = _JOINING[language].sub("", typed)
    joined = said != typed
    asked, before = take_apart(said, language, inner=joined), take_apart(previous, language_of(previous))
    if not asked.words or not before.words or len(asked.words) > LONGEST:
        return None
    reading = _read(asked, before, _answer(exact), joined)
    return finished(reading) if reading else None


def _read(asked: Question, before: Question, exact: str | None, joined: bool) -> str | None:
    if only_asks(asked):
        return asked_anew(asked, before, exact)
    if asked.asking is None and (joined or asked.words[0].role == "preposition") and fragment(asked):
        return substituted(asked, before, exact)
    return (
        possessive(asked, before, exact)
        or pronoun(asked, before, exact)
        or clitic(asked, before, exact)
        or missing_subject(asked, before, exact, joined)
    )


def _answer(exact: str | None) -> str | None:
    """The exact words where they are short enough to stand for what was asked for."""
    plain = (exact or "").strip(' .,;:()"“”«»')
    return plain if plain and len(plain.split()) <= LONGEST_EXACT else None
