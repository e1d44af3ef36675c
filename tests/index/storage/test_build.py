"""Builds do what changed and nothing else."""

from pathlib import Path

import pytest
from filelock import FileLock

from index.engine import Engine
from index.errors import ArticleError, BuildBusy
from index.storage.build import build_index
from index.storage.generation import current, old_generations, open_current
from index.texts.articles import HIDDEN
from tests.conftest import ARTICLES, FakeEmbedder

QUESTION = "Quanto uranio produce il Kazakistan?"
COMO = ARTICLES["como.txt"].strip()


def test_first_build_counts_what_it_made(articles: Path, tmp_path: Path, embedder: FakeEmbedder) -> None:
    """Three short articles are three passages, all encoded."""
    report = build_index(articles, tmp_path / "new", embedder)
    assert (report.articles, report.passages, report.encoded, report.removed, report.changed) == (3, 3, 3, 0, True)


def test_unchanged_articles_build_nothing(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """A second build over the same files keeps the generation and encodes nothing."""
    before = current(index)
    report = build_index(articles, index, embedder)
    assert (report.changed, report.encoded, report.passages) == (False, 0, 3)
    assert current(index) == before
    assert embedder.encoded == []


def test_only_the_changed_article_is_encoded(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """One changed article of three costs one passage."""
    (articles / "como.txt").write_text("Il lago\n\nIl lago di Como è bello.\n", encoding="utf-8")
    report = build_index(articles, index, embedder)
    assert (report.changed, report.encoded) == (True, 1)
    assert embedder.encoded[:3] == ["Il lago\n\nIl lago di Como è bello.", "Il lago", "Il lago di Como è bello."]
    assert open_current(index).articles(["como"])[0].text == "Il lago\n\nIl lago di Como è bello.\n"


def test_renamed_article_keeps_its_vectors(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """A moved file gets its new id without being encoded again."""
    (articles / "lakes").mkdir()
    (articles / "como.txt").rename(articles / "lakes" / "lario.txt")
    report = build_index(articles, index, embedder)
    assert (report.encoded, report.removed) == (0, 1)
    assert open_current(index).article_ids() == ["lakes", "lakes/lario", "uranium"]


def test_deleted_article_vanishes(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """An article whose file is gone is no longer in the index."""
    (articles / "como.txt").unlink()
    report = build_index(articles, index, embedder)
    assert (report.articles, report.removed, report.encoded) == (2, 1, 0)
    assert open_current(index).manifest.passages == {"it": 1, "en": 1}


def test_full_build_encodes_everything_again(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """--full starts over."""
    assert build_index(articles, index, embedder, full=True).encoded == 3


def test_another_model_encodes_everything_again(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """Vectors of another model of the same dimension are never reused."""
    embedder.fingerprint = "another"
    assert build_index(articles, index, embedder).encoded == 3


def test_interrupted_build_leaves_the_old_index_and_goes_on(
    articles: Path, index: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an interruption the old generation is served; the next build encodes only what is left."""
    monkeypatch.setattr("index.storage.build._SLICE", 2)
    told = []

    def interrupt(done: int, total: int) -> None:
        told.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    before = current(index)
    for number in range(3):
        (articles / f"new{number}.txt").write_text(f"Il lago\n\nIl lago numero {number} è bello.\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        build_index(articles, index, embedder, progress=interrupt)
    assert list(dict.fromkeys(told)) == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert current(index) == before
    report = build_index(articles, index, embedder)
    assert (report.changed, report.encoded) == (True, 1)


def test_only_a_small_collection_has_vectors_of_sentences(
    articles: Path, index: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection that grows large loses them without being encoded again; one that shrinks is encoded once more."""
    assert set(open_current(index).sentences) == {"it", "en"}
    monkeypatch.setattr("index.storage.build.has_sentences", lambda count: count <= 2)
    (articles / "new.txt").write_text("Un altro lago.\n", encoding="utf-8")
    assert build_index(articles, index, embedder).encoded == 1
    assert set(open_current(index).sentences) == {"en"}
    (articles / "new.txt").unlink()
    assert build_index(articles, index, embedder).encoded == 2
    assert set(open_current(index).sentences) == {"it", "en"}


def test_damaged_index_is_built_anew(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """A plain build cures a damaged index."""
    (current(index) / "passages.sqlite").write_bytes(b"broken")
    assert build_index(articles, index, embedder).encoded == 3
    assert open_current(index).article_ids() == ["como", "lakes", "uranium"]


def test_one_older_generation_is_kept(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """Besides the current generation the one before stays; older ones and what interrupted builds left are removed."""
    for turn in range(4):
        (articles / "como.txt").write_text(f"Il lago\n\nTesto numero {turn}.\n", encoding="utf-8")
        build_index(articles, index, embedder)
        (index / "generations" / "99999999999999999999").mkdir(exist_ok=True)
    assert len([folder for folder in old_generations(index) if (folder / "manifest.json").exists()]) <= 2


def test_second_build_at_once_says_so(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """While one build holds the index another stops with one line."""
    with FileLock(index / "build.lock"), pytest.raises(BuildBusy, match="another build is writing"):
        build_index(articles, index, embedder)


def test_bad_file_stops_the_build_and_is_named(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """An empty file stops the build; the old index is left as it was."""
    before = current(index)
    (articles / "empty.txt").write_bytes(b"")
    with pytest.raises(ArticleError, match=r"empty\.txt"):
        build_index(articles, index, embedder)
    assert current(index) == before


def test_all_bad_files_are_named_at_once(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """One build names each, a line for a file."""
    (articles / "empty.txt").write_bytes(b"")
    (articles / "fr.txt").write_text("---\nlanguage: fr\n---\nUn texte.", encoding="utf-8")
    with pytest.raises(ArticleError) as caught:
        build_index(articles, index, embedder)
    assert [line.split(": ")[0].rpartition("/")[2] for line in str(caught.value).split("\n")] == ["empty.txt", "fr.txt"]


def test_a_file_in_another_encoding_is_built_with_a_word(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """The report says which file was not in UTF-8, once: when it is read."""
    (articles / "vecchio.txt").write_bytes("La città è più bella di così, perché c’è il lago.".encode("cp1252"))
    report = build_index(articles, index, embedder)
    assert [note.split(": ")[0] for note in report.notes] == [str(articles / "vecchio.txt")]
    assert build_index(articles, index, embedder).notes == ()


def test_bad_file_can_be_skipped(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """With skip_bad the others are built, the bad one is reported, and a second build has nothing to do."""
    (articles / "empty.txt").write_bytes(b"")
    (articles / "new.txt").write_text("Nuovo\n\nUn articolo nuovo di zecca.\n", encoding="utf-8")
    report = build_index(articles, index, embedder, skip_bad=True)
    assert (report.articles, len(report.skipped), report.changed) == (4, 1, True)
    assert build_index(articles, index, embedder, skip_bad=True).changed is False


def test_folder_without_articles_is_an_error(tmp_path: Path, index: Path, embedder: FakeEmbedder) -> None:
    """An empty or missing folder never empties the index."""
    (tmp_path / "none").mkdir()
    with pytest.raises(ArticleError, match="holds no article"):
        build_index(tmp_path / "none", index, embedder)
    with pytest.raises(ArticleError, match="does not exist"):
        build_index(tmp_path / "nowhere", index, embedder)
    assert open_current(index).article_ids() == ["como", "lakes", "uranium"]


def test_articles_that_were_all_taken_out_leave_an_empty_index(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """Where Chiedi keeps what it took out, an empty folder is meant: nothing is answered from it, and an article can come again."""
    running = Engine(index, embedder)
    for path in articles.iterdir():
        path.unlink()
    (articles / HIDDEN).mkdir()
    report = build_index(articles, index, embedder)
    assert (report.articles, report.passages, report.removed, report.changed) == (0, 0, 3, True)
    assert build_index(articles, index, embedder).changed is False
    for engine in (running, Engine(index, embedder)):
        answer = engine.answer(QUESTION)
        assert (answer.shown, answer.hits, engine.article_ids(), engine.warning) == (None, (), [], None)
    (articles / "uranium.txt").write_text(ARTICLES["uranium.txt"], encoding="utf-8")
    assert build_index(articles, index, embedder).articles == 1
    assert running.answer(QUESTION).shown
