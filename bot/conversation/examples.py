"""Questions to begin with: written into the articles by the owner or found good by an admin, and answered well today."""

from __future__ import annotations

import random
from collections.abc import Collection
from pathlib import Path

from bot.conversation.questions import Asker
from bot.state.feedback import Feedback
from index.errors import ChiediError
from index.texts.articles import article_files, suggested_questions
from index.texts.language import detect
from index.types import Language

SHOWN = 3
_FILES, _LIKED = 200, 20  # articles and good answers that are looked through
_TRIED = 12  # questions that are put to the engine before giving up
_LONGEST = 48  # characters that a button shows on a telephone


class Examples:
    """Draws questions that are known to have a good answer. Nobody's questions are shown to others but the admins' own."""

    def __init__(self, asker: Asker, feedback: Feedback, articles: Path, admins: Collection[int]) -> None:
        self._asker, self._feedback, self._articles, self._admins = asker, feedback, articles, admins

    async def draw(self, language: Language) -> list[str]:
        """At most ``SHOWN`` questions in a language, in chance order."""
        liked = await self._feedback.liked(self._admins, language, _LIKED)
        return await self._asker.in_thread(self._draw, liked, language)

    def _draw(self, liked: list[str], language: Language) -> list[str]:
        found = [question for question in {*liked, *_suggested(self._articles)} if len(question) <= _LONGEST]
        candidates = sorted(question for question in found if detect(question) == language)
        random.shuffle(candidates)
        drawn: list[str] = []
        for question in candidates[:_TRIED]:
            if len(drawn) < SHOWN and self._is_answered(question, language):
                drawn.append(question)
        return drawn

    def _is_answered(self, question: str, language: Language) -> bool:
        return self._asker.engine.answer(question, language=language).verdict == "answer"


def _suggested(folder: Path) -> list[str]:
    """The questions in the articles' front matter; of a large collection only some articles are read."""
    try:
        paths = [path for _, path in article_files(folder)]
    except ChiediError:
        return []
    return [question for path in random.sample(paths, min(_FILES, len(paths))) for question in suggested_questions(path)]
