"""The engine: opens an index once, answers questions from it, and follows it when it is rebuilt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.answers.answering import FIRST as FIRST_READ
from index.answers.answering import READ, Candidate, Stored, by_reading, by_sentence, decide
from index.answers.article_answers import Collection, about_article, request_of
from index.answers.article_questions import requested
from index.answers.calibration import BY_READING, BY_SENTENCE, Weights
from index.answers.retrieval import retrieve
from index.answers.time_preference import candidates_by_time
from index.bundled import READER
from index.errors import ChiediError, IndexDamaged, IndexRefused
from index.models.cosine_scale import Scale, scale_of
from index.models.embedder import Embedder, load_embedder
from index.models.preparation import BUNDLED_NAME
from index.models.reader import Reader
from index.models.reranker import Reranker
from index.questions.follow_ups import understand
from index.questions.scope import Query, check, contains
from index.questions.small_talk import small_talk, without_courtesies
from index.questions.time_expressions import asked_time
from index.storage.generation import PROBES, Generation, current, current_folder, old_generations, open_generation
from index.texts.language import detect
from index.texts.near_copies import copies_with, without_repeats
from index.texts.normalisation import normalise
from index.types import EVERYTHING, MAX_QUESTION, Answer, Article, Caution, Hit, Language, Scope

RETRIEVED = 10  # passages retrieved at least, to choose the sentence from
CACHED = 512  # answers that are kept, of one generation
COPIES = 3  # times as many are retrieved where near copies may take their places
PROBE_COSINE = 0.999  # least cosine of a probe sentence to the vector stored with the index


class Engine:
    """Answers questions from an index; safe to use from several threads.

    A question sees one generation only. AskedTime a new one appears it is served from the next question on; one that is refused is left
    alone, the old one is served, and ``warning`` says why. ``today`` is the day from which "yesterday" counts.
    """

    def __init__(
        self,
        index: Path,
        embedder: Embedder,
        reader: Reader | None = None,
        reranker: Reranker | None = None,
        caution: Caution = "normal",
        today: Callable[[], date] = date.today,
    ) -> None:
        self.warning: str | None = None
        self._index, self._embedder, self._reader, self._reranker, self._caution = index, embedder, reader, reranker, caution
        self._today = today
        self._scale = Scale() if embedder.name == BUNDLED_NAME else scale_of(embedder)
        self._lock = threading.Lock()
        self._seen: Path | None = None
        self._searched = lru_cache(CACHED)(self._search)
        self._served = self._first()

    @classmethod
    def load(
        cls,
        index: Path,
        *,
        model: str | None = None,
        reader: Path | None = READER,
        reranker: str | None = None,
        caution: Caution = "normal",
        today: Callable[[], date] = date.today,
        announce: Callable[[str], None] = lambda line: None,
    ) -> Engine:
        """Opens the index, the model, the reader (None goes without one) and a cross-encoder when one is named.

        Raises IndexMissing, IndexRefused or ModelError.
        """
        current(index)
        read = Reader.load(reader, announce) if reader else None
        return cls(index, load_embedder(model, announce), read, Reranker(reranker, announce) if reranker else None, caution, today)

    def answer(
        self,
        question: str,
        *,
        language: Language | None = None,
        top_k: int = 10,
        previous: Answer | None = None,
        scope: Scope = EVERYTHING,
    ) -> Answer:
        """Answers one question; ``language`` is that of the asker when it is known, otherwise it is detected.

        With ``previous``, the answer before it, a follow-up ("E in Cina?") is searched as it reads with that question. Small talk is
        not searched. Nothing outside ``scope`` is shown. Raises QuestionError when the scope names what is not there.
        """
        generation, today = self._current(), self._today()
        if scope != EVERYTHING:
            check(scope, generation.article_ids() if scope.article else [], generation.sources() if scope.source else [])
        typed = " ".join(normalise(question).text.split())[:MAX_QUESTION]
        language = language or detect(typed, previous.language if previous else None)
        if kind := small_talk(typed):
            return Answer(question, language, small_talk=kind)
        typed = without_courtesies(typed)
        if request := request_of(typed, previous):

            def find(topic: str) -> list[Hit]:
                return self._found(generation, self._query(topic, language, scope, today), RETRIEVED)

            collection = Collection(generation, scope, find, self._embedder)
            if about := about_article(request, question, language, collection, previous):
                return about
        understood = _understood(typed, previous, language)
        found = self._searched(generation, understood or typed, language, top_k, scope, today)
        return replace(found, question=question, understood=understood)

    def _search(self, generation: Generation, text: str, language: Language, top_k: int, scope: Scope, today: date) -> Answer:
        """The answer to a question that stands on its own."""
        query = self._query(text, language, scope, today)
        hits = self._found(generation, query, max(top_k, RETRIEVED))
        if self._reranker:
            hits = self._reranker.rerank(text, hits)
        candidates, weights = self._candidates(query, hits, generation.sentence_vectors)
        answer = decide(text, language, hits, candidates_by_time(candidates, query.time), weights, self._caution, top_k)
        return replace(answer, also=_also(answer, generation, scope))

    def _query(self, text: str, language: Language, scope: Scope, today: date) -> Query:
        return Query(text, language, self._embedder.encode_questions([text])[0], scope, asked_time(text, today))

    def _found(self, generation: Generation, query: Query, wanted: int) -> list[Hit]:
        """The passages for a question, of near copies the best only."""
        hits = retrieve(generation, query, self._scale, wanted * COPIES if generation.has_groups else wanted)
        return without_repeats(hits)[:wanted] if generation.has_groups else hits

    def _candidates(self, query: Query, hits: list[Hit], stored: Stored) -> tuple[list[Candidate], Weights]:
        if self._reader:
            first = READ if query.time else FIRST_READ
            return by_reading(query, hits, self._embedder, stored, self._scale, self._reader, first=first), BY_READING
        return by_sentence(query, hits, self._embedder, stored, self._scale), BY_SENTENCE

    @property
    def embedder(self) -> Embedder:
        """The model, for what else is compared or built with it."""
        return self._embedder

    @property
    def generation(self) -> Generation:
        """What is served now."""
        return self._current()

    def article_ids(self) -> list[str]:
        """The id of every article, sorted."""
        return self._current().article_ids()

    def newest(self, first: int, many: int) -> list[Article]:
        """At most ``many`` articles from place ``first`` (from 0) on, the newest first and undated ones last."""
        return self._current().newest(first, many)

    def articles(self, ids: list[str] | None = None) -> list[Article]:
        """The articles of these ids, or all of them."""
        generation = self._current()
        return generation.articles(generation.article_ids() if ids is None else ids)

    def _current(self) -> Generation:
        """The newest generation that can be trusted; while one thread opens a new one, the others go on with the old one."""
        if self._lock.acquire(blocking=False):
            try:
                self._follow()
            finally:
                self._lock.release()
        return self._served

    def _follow(self) -> None:
        try:
            folder = current_folder(self._index)
            if folder and folder != self._seen:
                self._seen = folder
                self._served, self.warning = self._serve(open_generation(folder)), None
                self._searched.cache_clear()
        except ChiediError as error:
            self.warning = str(error)

    def _first(self) -> Generation:
        """The current generation or, when it is damaged, the newest one before it that is whole."""
        try:
            self._seen = current(self._index)
            return self._serve(open_generation(self._seen))
        except IndexDamaged as error:
            for folder in old_generations(self._index):
                with suppress(IndexRefused):
                    served = self._serve(open_generation(folder))
                    self.warning = f"{error} (meanwhile the generation before it, {folder.name}, is served)"
                    return served
            raise

    def _serve(self, generation: Generation) -> Generation:
        self._check_model(generation)
        return generation

    def _check_model(self, generation: Generation) -> None:
        """Raises IndexRefused unless the loaded model is the one that made the generation (fingerprint, then probe sentences)."""
        manifest, embedder = generation.manifest, self._embedder
        cosines = [1.0]
        if same := manifest.fingerprint == embedder.fingerprint and manifest.dimension == embedder.dimension:
            stored = np.array([manifest.probes[probe] for probe in PROBES], np.float32)
            cosines = (embedder.encode_passages(PROBES) * stored).sum(axis=1).tolist()
        if not same or min(cosines) < PROBE_COSINE:
            made, asked = f"{manifest.model} ({manifest.fingerprint[:12]})", f"{embedder.name} ({embedder.fingerprint[:12]})"
            raise IndexRefused(
                f"the index {generation.folder} was made with {made}, the model here is {asked}: run `chiedi build --index {self._index}`"
            )


def _also(answer: Answer, generation: Generation, scope: Scope) -> tuple[Article, ...]:
    """Near copies in the scope that hold the shown sentence too."""
    shown = answer.shown
    copies = copies_with(shown, generation.group(shown.article.group)) if shown and shown.article.group else ()
    return tuple(article for article in copies if contains(scope, article))


def _understood(typed: str, previous: Answer | None, language: Language) -> str | None:
    """How the question reads after ``previous``, None when it stands on its own."""
    if previous is None or previous.small_talk or requested(previous.understood or previous.question):
        return None
    exact = previous.exact.text if previous.exact else None
    return understand(typed, previous.understood or previous.question, exact, language)
