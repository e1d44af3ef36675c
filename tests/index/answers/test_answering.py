"""Which words answer, and when nothing does."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from index.answers.answering import FIRST, READ, Candidate, by_reading, by_sentence, decide, lead
from index.answers.calibration import BY_READING, BY_SENTENCE, LEVELS, WORDS, Weights
from index.models.cosine_scale import Scale
from index.models.reader import Reader, Reading
from index.questions.scope import Query
from index.types import Article, Caution, Hit, Passage
from tests.conftest import FakeEmbedder

TEXT = "Il lago è profondo. Il Kazakistan produce il 43% dell’uranio. È senza elettricità."
ARTICLE = Article("uranium", "Uranio", None, None, "it", TEXT)
TWIN = Article("copy", "Copia", None, None, "it", TEXT)
TOTAL = 5.5  # log of the summed exponentials of all spans
PLAIN = Weights(compared=1, promise=(), candidate=(0.0, 1.0), confidence=(0.0, 1.0, 0.0))


def _unstored(quote: Passage) -> None:
    """An index that keeps no vectors of sentences."""


def _hit(article: Article = ARTICLE, score: float = 1.0) -> Hit:
    return Hit(Passage(article, 0, len(article.text)), score)


def _candidate(log_odds: float, quote: tuple[int, int], exact: tuple[int, int] | None = None, article: Article = ARTICLE) -> Candidate:
    words = Passage(article, *exact) if exact else None
    return Candidate(_hit(article, log_odds), Passage(article, *quote), words, (log_odds,), log_odds, words=1.0)


def replace_article(candidate: Candidate, article: Article) -> Candidate:
    """The candidate as one of a near copy."""
    article = replace(article, group="g")
    quote = Passage(article, candidate.quote.start, candidate.quote.end)
    exact = Passage(article, candidate.exact.start, candidate.exact.end) if candidate.exact else None
    return replace(candidate, quote=quote, exact=exact)


class MarkingReader(Reader):
    """Marks the same words in every passage."""

    def __init__(self, marked: str, decision: float = -3.0) -> None:
        self.marked, self.decision, self.read_passages = marked, decision, 0

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        self.read_passages += len(passages)
        starts = [passage.index(self.marked) for passage in passages]
        return [Reading(start, start + len(self.marked), 5.0, 1.0, 2.0, (), TOTAL, self.decision) for start in starts]


class EverywhereReader(Reader):
    """Marks the last word of each paragraph, the first one most."""

    def __init__(self) -> None: ...

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        found = []
        for passage in passages:
            spans = [(match.start(), match.end()) for match in re.finditer(r"\w+\W*(?=\n\n|$)", passage)]
            (start, end), *others = spans
            found.append(Reading(start, end, 5.0, 1.0, 2.0, tuple((*span, 4.0 - place) for place, span in enumerate(others))))
        return found


def _read(marked: str, article: Article = ARTICLE) -> Candidate:
    (candidate,) = by_reading(_sought("uranio"), [_hit(article)], FakeEmbedder(), _unstored, Scale(), MarkingReader(marked))
    return candidate


def _sought(text: str) -> Query:
    return Query(text, "it", FakeEmbedder().encode_questions([text])[0])


def test_quote_is_the_sentence_around_the_words() -> None:
    """The words 43% stand in the second sentence, which is quoted whole."""
    candidate = _read("43%")
    assert candidate.exact is not None
    assert (candidate.exact.text, candidate.quote.text) == ("43%", "Il Kazakistan produce il 43% dell’uranio.")


def test_words_in_two_sentences_quote_both() -> None:
    """When the words cross a full stop, both sentences are quoted."""
    assert _read("uranio. È senza").quote.text == "Il Kazakistan produce il 43% dell’uranio. È senza elettricità."


def test_heading_before_the_words_is_not_quoted() -> None:
    """Where the words begin in a heading, quote and words begin with the sentence below it; a heading alone stays."""
    article = replace(ARTICLE, text="## Costi\n\nCosta molto di più.")
    candidate, alone = _read("Costi\n\nCosta molto", article), _read("Costi", article)
    assert candidate.exact is not None
    assert (candidate.exact.text, candidate.quote.text, alone.quote.text) == ("Costa molto", "Costa molto di più.", "Costi")


def test_headings_do_not_take_the_places_of_sentences() -> None:
    """Where three headings and a sentence are marked, only the sentence is offered, though three are compared."""
    article = replace(ARTICLE, text="## Uranio\n\n## Uranio oggi\n\n## Uranio ieri\n\nIl lago è salato.")
    found = by_reading(_sought("uranio"), [_hit(article)], FakeEmbedder(), _unstored, Scale(), EverywhereReader())
    assert [candidate.quote.text for candidate in found] == ["Il lago è salato."]


def test_signals_of_a_reading() -> None:
    """Cosine, share of the words, retrieval, other language, span minus no-answer, words of the question, whether the passage answers."""
    _, shared, ahead, other, margin, echo, answerable = _read("43%").signals
    assert (shared, ahead, other, margin, echo, answerable) == (1.0, 5.25, 0.0, 4.0, 0.0, 2.0)


def test_signals_of_the_words() -> None:
    """The log of their share of all spans of the passage, span minus no-answer, words of the question."""
    assert _read("43%").word_signals == (5.0 - TOTAL, 4.0, 0.0)


def test_a_decision_has_no_exact_words() -> None:
    """Where a yes or a no is asked for, the sentence that decides is quoted and no words of it."""
    (candidate,) = by_reading(_sought("uranio"), [_hit()], FakeEmbedder(), _unstored, Scale(), MarkingReader("43%", decision=3.0))
    assert (candidate.quote.text, candidate.words) == ("Il Kazakistan produce il 43% dell’uranio.", 0.0)
    answer = decide("?", "it", [], [replace(candidate, log_odds=9.0)], PLAIN, "normal", 10)
    assert (answer.verdict, answer.exact) == ("answer", None)


@pytest.mark.parametrize(("confidence", "read"), [(20.0, FIRST), (-20.0, READ)])
def test_more_passages_are_read_only_while_the_first_do_not_decide(confidence: float, read: int) -> None:
    """Two passages are read where they decide the answer, six where they do not."""
    reader = MarkingReader("43%")
    sure = replace(BY_READING, confidence=(confidence, 0.0, 0.0))
    by_reading(_sought("uranio"), [_hit() for _ in range(8)], FakeEmbedder(), _unstored, Scale(), reader, sure)
    assert reader.read_passages == read


def test_a_passage_is_measured_by_the_others() -> None:
    """Passages of 3 and 1 log-odds among eight, six of them silent: the mean is -3.25."""
    hits = [_hit(score=3.0), _hit(TWIN, 1.0)]
    found = by_reading(_sought("uranio"), hits, FakeEmbedder(), _unstored, Scale(), MarkingReader("43%"))
    assert {candidate.hit.score: candidate.signals[2] for candidate in found} == {3.0: 6.25, 1.0: 4.25}
    many = [*hits, *(_hit(score=0.0) for _ in range(8))]
    assert by_reading(_sought("uranio"), many, FakeEmbedder(), _unstored, Scale(), MarkingReader("43%"))[0].signals[2] == 2.5


@pytest.mark.parametrize(("marked", "echo"), [("43% dell’uranio", 0.5), ("l’uranio", 1.0), ("il", 1.0)])
def test_words_of_the_question_are_known_for_no_answer(marked: str, echo: float) -> None:
    """Half of "43% uranio" is the question's own "uranio"; words that say nothing count as its own."""
    article = replace(ARTICLE, text=f"Produce {marked} del mondo.")
    assert _read(marked, article).signals[-2] == echo


def test_log_odds_are_the_weighted_signals() -> None:
    """Bias plus the products of weights and signals."""
    candidate = _read("43%")
    bias, *weights = BY_READING.candidate
    assert candidate.log_odds == pytest.approx(bias + float(np.dot(weights, candidate.signals)))


def test_sentences_are_weighed_without_a_reader() -> None:
    """Two sentences, the one with the word sought first in log-odds; a sentence of two overlapping hits counts once."""
    candidates = _by_sentence("kazakistan", [_hit(), _hit()])
    assert len({candidate.quote.start for candidate in candidates}) == 2
    assert max(candidates, key=lambda candidate: candidate.log_odds).quote.text == "Il Kazakistan produce il 43% dell’uranio."
    assert len(BY_SENTENCE.candidate) == len(candidates[0].signals) + 1


def test_only_the_most_promising_sentences_are_encoded() -> None:
    """Of six sentences the two with most words of the question, whatever their order; the best passage's first where words tie."""
    text = "Uno qui. Il lago blu è profondo. Due qui. Il lago è salato. Il mare è blu."
    article, other = replace(ARTICLE, text=text), replace(TWIN, text="Tre qui.")
    hits = [_hit(article, 2.0), _hit(other, 1.0)]
    assert [candidate.quote.text for candidate in _by_sentence("lago blu", hits)] == [
        "Il lago blu è profondo.", "Il lago è salato."
    ]  # fmt: skip
    assert {candidate.quote.article.id for candidate in _by_sentence("zzz", hits)} == {"uranium"}


def test_headings_are_not_encoded_where_there_is_more() -> None:
    """A heading with the word sought is left out; a passage that is a heading only offers it."""
    article = replace(ARTICLE, text="## Costi\n\nCosta molto di più.")
    assert [candidate.quote.text for candidate in _by_sentence("costi", [_hit(article)])] == ["Costa molto di più."]
    alone = replace(ARTICLE, text="## Costi")
    assert len(_by_sentence("costi", [_hit(alone)])) == 1


def _by_sentence(sought: str, hits: Sequence[Hit]) -> list[Candidate]:
    return by_sentence(_sought(sought), hits, FakeEmbedder(), _unstored, Scale(), replace(BY_SENTENCE, compared=2))


def test_best_candidate_answers() -> None:
    """The candidate with the highest log-odds is quoted, and its hit comes first."""
    low, high = _candidate(0.5, (0, 19)), _candidate(2.0, (20, 61), (45, 48))
    answer = decide("?", "it", [low.hit, high.hit], [low, high], PLAIN, "normal", 10)
    assert answer.quote is not None
    assert answer.exact is not None
    assert (answer.quote.start, answer.exact.text, answer.related) == (20, "43%", None)
    assert answer.hits == (high.hit, low.hit)
    assert answer.confidence == pytest.approx(1 / (1 + np.exp(-2.0)))


@pytest.mark.parametrize("caution", ["low", "normal", "high"])
def test_caution_decides_what_is_shown(caution: Caution) -> None:
    """Just above a level the sentence answers, or is unsure; just below the lower one it is only related."""
    verdicts = []
    for level in LEVELS[caution]:
        for log_odds in (np.log(level / (1 - level)) + 0.01, np.log(level / (1 - level)) - 0.01):
            candidate = _candidate(float(log_odds), (0, 19))
            answer = decide("?", "it", [candidate.hit], [candidate], PLAIN, caution, 10)
            verdicts.append(answer.verdict)
            assert (answer.quote is None, answer.related is not None) == (answer.verdict == "absent",) * 2
            assert answer.answered == (answer.verdict != "absent")
            assert answer.hits == (candidate.hit,)
    assert verdicts == ["answer", "unsure", "unsure", "absent"]


def test_levels_rise_with_caution() -> None:
    """More caution asks for more confidence."""
    for low, normal, high in zip(LEVELS["low"], LEVELS["normal"], LEVELS["high"], strict=True):
        assert low < normal < high


@pytest.mark.parametrize(("words", "shown"), [(WORDS + 0.01, "43%"), (WORDS - 0.01, None)])
def test_words_are_shown_only_where_they_are_likely(words: float, shown: str | None) -> None:
    """Exact words that are too uncertain are left out; the sentence is shown alone."""
    candidate = replace(_candidate(9.0, (20, 61), (45, 48)), words=words)
    answer = decide("?", "it", [], [candidate], PLAIN, "normal", 10)
    assert (answer.verdict, answer.exact and answer.exact.text) == ("answer", shown)


def test_nothing_to_weigh_is_an_abstention() -> None:
    """Without candidates there is neither quote nor related sentence."""
    answer = decide("?", "it", [], [], PLAIN, "normal", 10)
    assert (answer.quote, answer.related, answer.confidence, answer.hits) == (None, None, 0.0, ())


def test_agreement_of_another_article_raises_confidence() -> None:
    """The same words in another article speak for the answer; in the same article they do not."""
    best = _candidate(1.0, (20, 61), (45, 48))
    same, other = (_candidate(0.5, (20, 61), (45, 48), article) for article in (ARTICLE, TWIN))
    alone, repeated, agreed = (
        decide("?", "it", [], found, PLAIN, "normal", 10).confidence for found in ([best], [best, same], [best, other])
    )
    assert alone == repeated < agreed


def test_lead_is_over_the_next_other_quote() -> None:
    """Candidates with the same quote do not count as rivals; without a rival the lead is 10."""
    best, same, rival = _candidate(3.0, (20, 61)), _candidate(2.5, (20, 61)), _candidate(1.0, (0, 19))
    assert lead([best, same, rival]) == 2.0
    assert lead([best, same]) == 10.0


def test_near_copies_do_not_agree_with_each_other() -> None:
    """The same words in a near copy of the article neither speak for the answer nor are its rival."""
    best, copy = (replace_article(_candidate(odds, (20, 61), (45, 48)), group) for odds, group in ((1.0, ARTICLE), (0.5, TWIN)))
    alone, repeated = (decide("?", "it", [], found, PLAIN, "normal", 10).confidence for found in ([best], [best, copy]))
    assert alone == repeated
    assert lead([best, copy]) == 10.0


def test_heading_answers_only_where_nothing_else_does() -> None:
    """A sentence with lower log-odds goes before a heading; a heading alone is quoted without its marks."""
    article = Article("a", "A", None, None, "it", "## Costi\n\nCosta molto.")
    heading, sentence = _candidate(3.0, (3, 8), article=article), _candidate(1.0, (10, 22), article=article)
    assert decide("?", "it", [], [heading, sentence], PLAIN, "normal", 10).quote == sentence.quote
    alone = decide("?", "it", [], [heading], PLAIN, "normal", 10).quote
    assert alone is not None
    assert alone.text == "Costi"


def test_extreme_log_odds_are_still_probabilities() -> None:
    """No overflow at either end."""
    for log_odds in (-1e6, 1e6):
        candidate = _candidate(log_odds, (0, 19))
        assert 0.0 <= decide("?", "it", [], [candidate], PLAIN, "normal", 10).confidence <= 1.0


def test_stored_vectors_of_sentences_are_not_encoded_again() -> None:
    """Of a quote whose sentences have vectors the one nearest to the question counts; only the others are encoded."""
    sought, embedder = _sought("lago blu"), FakeEmbedder()
    far, near = np.zeros(64, np.float32), 0.5 * sought.vector

    def stored(quote: Passage) -> NDArray[np.float32] | None:
        return np.stack([far, near]) if quote.text.startswith("Il lago") else None

    found = by_sentence(sought, [_hit()], embedder, stored, Scale(), replace(BY_SENTENCE, compared=3))
    cosines = {candidate.quote.text: candidate.signals[0] for candidate in found}
    assert cosines["Il lago è profondo."] == pytest.approx(0.5)
    assert sorted(embedder.encoded) == sorted(quote for quote in cosines if quote != "Il lago è profondo.")
    assert len(embedder.encoded) == 2
