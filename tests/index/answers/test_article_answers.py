"""Questions about an article as a whole, asked of an engine."""

from pathlib import Path

import pytest

from index.engine import Engine
from index.models.preparation import BUNDLED_NAME
from index.storage.build import build_index
from index.types import Answer, Scope
from tests.conftest import FakeEmbedder

DAM = "La diga di Gordola sarà chiusa per tre mesi a partire da marzo.\n\nTesto di Anna Rossi\n"
FERRY = "The ferry from Kelham will not sail this week because of the storm.\n"
SQUID = "Un polpo gigante è stato visto nel porto di Trieste da due pescatori.\n"


@pytest.fixture
def engine(tmp_path: Path, embedder: FakeEmbedder) -> Engine:
    """Three dated articles, of which one names its author, one its publisher, one neither."""
    folder = tmp_path / "news"
    folder.mkdir()
    matter = {
        "dam.md": f"---\ntitle: La diga chiude\nauthor: Anna Rossi\npublished: 2024-03-01\n---\n{DAM}",
        "ferry.md": f"---\ntitle: No ferry\nsource: Kelham Courier\npublished: 2024-05-02\n---\n{FERRY}",
        "squid.md": f"---\ntitle: Un polpo in porto\n---\n{SQUID}",
    }
    for name, content in matter.items():
        (folder / name).write_text(content, encoding="utf-8")
    build_index(folder, tmp_path / "made", embedder)
    return Engine(tmp_path / "made", embedder)


def summed_up(answer: Answer) -> str | None:
    """The article that a summary is of."""
    return answer.summary[0].article.id if answer.summary else None


def test_author_is_quoted_where_the_article_names_it(engine: Engine) -> None:
    """The front matter tells, and the line that says the same is the quote, with the passage around it as the hit."""
    answer = engine.answer("Chi ha scritto l'articolo sulla diga?")
    assert answer.fact is not None
    assert answer.quote is not None
    assert answer.exact is not None
    assert (answer.fact.kind, answer.fact.text, answer.quote.text, answer.exact.text) == (
        "author", "Anna Rossi", "Testo di Anna Rossi", "Anna Rossi"
    )  # fmt: skip
    assert [hit.passage.text for hit in answer.hits] == [DAM.strip()]
    assert (answer.answered, answer.confidence) == (True, 1.0)


def test_publisher_stands_for_an_author_that_is_not_named(engine: Engine) -> None:
    """The fact says which of the two it is; nothing is quoted where the text does not say it."""
    answer = engine.answer("Who wrote this?", scope=Scope(article="ferry"))
    assert answer.fact is not None
    assert (answer.fact.kind, answer.fact.text, answer.quote, answer.article and answer.article.id) == (
        "source",
        "Kelham Courier",
        None,
        "ferry",
    )


def test_sentence_about_the_author_is_no_byline(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """What an article tells of somebody of that name does not say who wrote it."""
    (articles / "rossi.md").write_text("---\nauthor: Anna Rossi\n---\nAnna Rossi ha vinto il premio.\n", encoding="utf-8")
    build_index(articles, index, embedder)
    answer = Engine(index, embedder).answer("Chi ha scritto l'articolo?", scope=Scope(article="rossi"))
    assert (answer.fact and answer.fact.text, answer.quote) == ("Anna Rossi", None)


def test_what_the_front_matter_does_not_tell_is_searched(engine: Engine) -> None:
    """No author is invented, and nothing is told of nobody knows which article."""
    for question, scope in (("Chi ha scritto l'articolo?", Scope(article="squid")), ("Chi ha scritto l'articolo?", Scope())):
        answer = engine.answer(question, scope=scope)
        assert (answer.fact, bool(answer.hits)) == (None, True)


def test_article_of_the_answer_before_is_meant(engine: Engine) -> None:
    """After an answer "this" and "it" are its article; after a question about a book "it" may be the book."""
    before = engine.answer("Who saw the ferry from Kelham?")
    assert before.article is not None
    for question in ("When was this published?", "When was it published?"):
        fact = engine.answer(question, previous=before).fact
        assert fact is not None
        assert (fact.text, fact.article.id) == ("2024-05-02", "ferry")
    book = engine.answer("Who wrote the book about the ferry from Kelham?")
    assert engine.answer("When was it published?", previous=book).fact is None
    assert engine.answer("When was this article published?", previous=book).fact is not None


def test_summary_of_the_article_that_is_meant(engine: Engine) -> None:
    """By its topic, by its title, as the newest one, by the answer before, or as the only one in the scope."""
    before = engine.answer("Quando chiude la diga di Gordola?")
    asked = {
        "Riassumi l'articolo sul polpo gigante": engine.answer("Riassumi l'articolo sul polpo gigante"),
        "Riassumi La diga chiude": engine.answer("Riassumi La diga chiude"),
        "newest": engine.answer("Summarise the latest article"),
        "before": engine.answer("Di cosa parla?", previous=before),
        "scope": engine.answer("Riassumi", scope=Scope(source="kelham courier")),
    }
    assert [summed_up(answer) for answer in asked.values()] == ["squid", "dam", "ferry", "dam", "ferry"]
    assert [sentence.text for sentence in asked["newest"].summary] == [FERRY.strip()]


def test_which_article_is_asked_and_answered(engine: Engine) -> None:
    """Where several may be meant the newest are offered; a title typed then is summed up, and any other question is answered."""
    asked = engine.answer("Fammi un riassunto")
    assert ([article.id for article in asked.choice], asked.answered) == (["ferry", "dam", "squid"], False)
    assert summed_up(engine.answer("un polpo in porto", previous=asked)) == "squid"
    other = engine.answer("la storia della navigazione", previous=asked)
    assert (other.summary, other.choice) == ((), ())


def test_follow_up_after_a_summary_stands_on_its_own(engine: Engine) -> None:
    """ "Summarise" is no question that a follow-up could be read with."""
    before = engine.answer("Riassumi La diga chiude")
    assert engine.answer("E la storm?", previous=before).understood is None


def test_near_copies_are_one_article_to_choose(engine: Engine, tmp_path: Path, embedder: FakeEmbedder) -> None:
    """A collection of one report in two papers has one article, and its answer names the other paper."""
    for path in (tmp_path / "news").iterdir():
        path.unlink()
    report = f"{DAM.splitlines()[0]} Lo ha deciso il Comune dopo una perizia sullo stato delle due paratoie più vecchie.\n"
    (tmp_path / "news" / "a.md").write_text(f"---\npublished: 2024-03-01\n---\n{report}", encoding="utf-8")
    (tmp_path / "news" / "b.md").write_text(f"---\npublished: 2024-03-02\n---\n{report}", encoding="utf-8")
    build_index(tmp_path / "news", tmp_path / "made", embedder)
    assert summed_up(engine.answer("riassumi")) == "b"
    answer = engine.answer("Per quanti mesi la diga di Gordola sarà chiusa?")
    assert [hit.passage.article.id for hit in answer.hits] == ["b"]
    assert (answer.article and answer.article.id, [copy.id for copy in answer.also]) == ("b", ["a"])


@pytest.mark.model
def test_first_article_with_the_real_model(tmp_path: Path) -> None:
    """The agency is named as the source, in the article's own line, and the summary begins with the lead."""
    from index.models.embedder import load_embedder

    embedder = load_embedder()
    assert embedder.name == BUNDLED_NAME
    build_index(Path(__file__).parents[3] / "data" / "articles", tmp_path, embedder)
    engine = Engine(tmp_path, embedder)
    answer, about = engine.answer("chi ha scritto l'articolo?"), engine.answer("What is the article about?")
    assert answer.quote is not None
    assert (answer.quote.text, answer.fact and answer.fact.kind) == ("Fonti: ats/afp", "source")
    assert about.summary[0].text.startswith("Il presidente russo Vladimir Putin è arrivato mercoledì")
    assert [sentence.start for sentence in about.summary] == sorted(sentence.start for sentence in about.summary)
    assert len(about.summary) == 4
