"""What is no plain question: small talk, follow-ups, one word, misspelt, mixed or very long text, through the engine."""

from pathlib import Path

import pytest

from index.bundled import READER
from index.engine import Engine
from index.models.embedder import load_embedder
from index.storage.build import build_index
from index.types import Answer
from tests.conftest import FakeEmbedder

ARTICLES = Path(__file__).parents[3] / "data" / "articles"
URANIUM = "43% dell’uranio mondiale"


@pytest.mark.parametrize(
    ("typed", "kind"), [("Ciao!", "greeting"), ("thanks 🙏", "thanks"), ("aiuto", "help"), ("", "nothing"), ("?!", "nothing")]
)
def test_small_talk_is_not_searched(index: Path, embedder: FakeEmbedder, typed: str, kind: str) -> None:
    """Small talk comes back as such: no hits, no quote, no related sentence."""
    answer = Engine(index, embedder).answer(typed, language="it")
    assert answer == Answer(typed, "it", small_talk=kind)  # type: ignore[arg-type]


def test_greeting_before_a_question_is_not_searched(index: Path, embedder: FakeEmbedder) -> None:
    """The hits are those of the question alone; the question stays as typed, and no reading is shown."""
    engine = Engine(index, embedder)
    polite = engine.answer("Ciao, chi produce uranio? Grazie!")
    assert polite.hits == engine.answer("chi produce uranio?").hits
    assert (polite.question, polite.understood) == ("Ciao, chi produce uranio? Grazie!", None)


def test_follow_up_is_searched_as_it_reads(index: Path, embedder: FakeEmbedder) -> None:
    """With the answer before it a follow-up gets the hits of its reading; a further one reads on from there."""
    engine = Engine(index, embedder)
    first = engine.answer("Quanto uranio produce il Kazakistan?")
    second = engine.answer("E in Siberia?", previous=first)
    assert (second.question, second.understood) == ("E in Siberia?", "Quanto uranio produce la Siberia?")
    assert second.hits == engine.answer("Quanto uranio produce la Siberia?").hits
    assert engine.answer("E nel 2020?", previous=second).understood == "Quanto uranio produce la Siberia nel 2020?"


def test_question_alone_has_no_reading(index: Path, embedder: FakeEmbedder) -> None:
    """Without an answer before it, after small talk, or standing on its own, a question is searched as typed."""
    engine = Engine(index, embedder)
    talk, first = engine.answer("ciao"), engine.answer("Quanto uranio produce il Kazakistan?")
    assert engine.answer("E in Siberia?").understood is None
    assert engine.answer("E in Siberia?", previous=talk).understood is None
    assert engine.answer("Quanto è profondo il lago di Como?", previous=first).understood is None


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The real engine on the article that comes with Chiedi."""
    index = tmp_path_factory.mktemp("odd") / "index"
    build_index(ARTICLES, index, load_embedder(None))
    return Engine.load(index, reader=READER if (READER / "reader.onnx").exists() else None)


def _shown(answer: Answer) -> str:
    passage = answer.quote or answer.related
    assert passage is not None
    return passage.text


@pytest.mark.model
@pytest.mark.parametrize(
    "question",
    [
        "uranio",
        "uranium",
        "quannto uranyo produce il kazakhstan",
        "QUANTO URANIO PRODUCE IL KAZAKISTAN???",
        "quanto uranium produce il Kazakhstan per favore",
        "hello, how much uranio does kazakistan produce",
        "Quanto uranio produce il Kazakistan? " * 40,
    ],
    ids=["one word", "one English word", "misspelt", "shouted", "mixed", "mixed and greeted", "1,480 characters"],
)
def test_odd_question_finds_its_sentence(engine: Engine, question: str) -> None:
    """However it is typed, the sentence about uranium is shown, as the answer or as the nearest one."""
    assert URANIUM in _shown(engine.answer(question))


@pytest.mark.model
def test_follow_up_finds_what_its_words_alone_do_not(engine: Engine) -> None:
    """A sea named in place of a country finds the sentence that tells of it."""
    first = engine.answer("Quanto petrolio esporta il Kazakistan attraverso la Russia?")
    second = engine.answer("E attraverso il Mar Caspio?", previous=first)
    assert second.understood == "Quanto petrolio esporta il Kazakistan attraverso il Mar Caspio?"
    assert "Mar Caspio" in _shown(second)
