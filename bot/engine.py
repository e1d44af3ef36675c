"""What the bot needs of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from index.types import EVERYTHING, Answer, Article, Language, Scope

if TYPE_CHECKING:
    from index.models.embedder import Embedder


class Engine(Protocol):
    """What `index.engine.Engine` does; every method may be called from several threads."""

    warning: str | None
    """Why a newer index is not used, None while all is well."""

    def answer(
        self, question: str, *, language: Language | None = None, previous: Answer | None = None, scope: Scope = EVERYTHING
    ) -> Answer:
        """Answers one question, read together with the answer before it if there is one."""

    def articles(self, ids: list[str]) -> list[Article]:
        """The articles with these ids. Raises KeyError for an unknown one."""

    def newest(self, first: int, many: int) -> list[Article]:
        """At most ``many`` articles from position ``first`` (from 0) on, the newest first."""

    def article_ids(self) -> list[str]:
        """The ids of the collection."""

    @property
    def embedder(self) -> Embedder:
        """The model of the index."""
