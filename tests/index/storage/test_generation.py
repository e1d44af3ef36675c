"""Generations on disk are checked before use."""

import json
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexMissing, IndexRefused
from index.storage.build import build_index
from index.storage.generation import current, old_generations, open_current, read_manifest
from index.storage.generation_writer import digest
from index.storage.journal import Journal
from index.types import Article, Passage
from tests.conftest import ARTICLES, FakeEmbedder


def test_missing_index_names_the_command(tmp_path: Path) -> None:
    """A folder without an index is told with the command that makes one."""
    with pytest.raises(IndexMissing, match=r"there is no index in .*: run `chiedi build --index .*`"):
        open_current(tmp_path)


def test_passages_are_the_articles_own_words(index: Path) -> None:
    """A stored passage reads back as the stretch of the stored article."""
    generation = open_current(index)
    (passage,) = generation.passages("en", [0])
    assert passage.text == ARTICLES["lakes.txt"].strip()
    assert passage.article.id == "lakes"
    assert (passage.start, passage.end) == (0, len(ARTICLES["lakes.txt"]) - 1)


def test_passages_come_in_the_order_asked(index: Path) -> None:
    """Rows are answered in the order given, and passages of one article share its Article."""
    generation = open_current(index)
    assert [passage.article.id for passage in generation.passages("it", [1, 0])] == ["uranium", "como"]


def test_article_reads_back_whole(articles: Path, index: Path, embedder: FakeEmbedder) -> None:
    """Every field of an article is stored."""
    matter = "title: T\nurl: https://x.org\npublished: 2024-05-01\nlanguage: en\nsource: S\nauthor: A"
    (articles / "full.md").write_text(f"---\n{matter}\n---\nThe text.\n", encoding="utf-8")
    build_index(articles, index, embedder)
    assert open_current(index).articles(["full"]) == [Article("full", "T", "https://x.org", "2024-05-01", "en", "The text.\n", "S", "A")]


def test_languages_are_numbered_apart(index: Path) -> None:
    """Each language counts its passages from 0."""
    manifest = open_current(index).manifest
    assert manifest.passages == {"it": 2, "en": 1}


def test_vectors_are_found_by_content(index: Path, embedder: FakeEmbedder) -> None:
    """The vectors of a passage and its sentences are found by the digest of its text; another text has none."""
    generation = open_current(index)
    text = ARTICLES["como.txt"].strip()
    found = generation.vectors_of(digest(text))
    assert found is not None
    texts = [text, "Il lago", "Il lago di Como è profondo 410 metri.", "Molti turisti visitano Bellagio in estate."]
    np.testing.assert_array_equal(found[0], embedder.encode_passages(texts)[0])
    np.testing.assert_allclose(found, embedder.encode_passages(texts), atol=2e-3)
    assert generation.vectors_of(digest("something else")) is None


def test_vectors_of_the_sentences_of_a_quote(index: Path, embedder: FakeEmbedder) -> None:
    """A quote has those of the sentences it touches; outside the passages there are none."""
    generation = open_current(index)
    (article,) = generation.articles(["como"])
    start = article.text.index("profondo")
    one = generation.sentence_vectors(Passage(article, start, start + 8))
    both = generation.sentence_vectors(Passage(article, start, article.text.index("turisti")))
    assert one is not None
    assert both is not None
    assert (len(one), len(both)) == (1, 2)
    np.testing.assert_allclose(one, embedder.encode_passages(["Il lago di Como è profondo 410 metri."]), atol=2e-3)
    assert generation.sentence_vectors(Passage(article, start, len(article.text))) is None
    generation.sentences.clear()
    assert generation.sentence_vectors(Passage(article, start, start + 8)) is None


def test_every_file_is_sealed(index: Path) -> None:
    """The manifest lists every file of the generation but itself and its digest."""
    folder = current(index)
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert set(read_manifest(folder).files) == files - {"manifest.json", "manifest.sha256"}


def _files() -> list[str]:
    keywords = ["words.npy", "starts.npy", "rows.npy", "scores.npy", "lengths.npy"]
    return ["manifest.json", "manifest.sha256", "passages.sqlite", "it/vectors.faiss", *(f"it/keywords/words/{name}" for name in keywords)]


@pytest.mark.parametrize("name", _files())
def test_flipped_byte_is_refused(index: Path, name: str) -> None:
    """One changed byte in any file refuses the generation and names the cure."""
    path = current(index) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(IndexRefused, match="run `chiedi build"):
        open_current(index)


@pytest.mark.parametrize("name", _files())
def test_truncated_file_is_refused(index: Path, name: str) -> None:
    """A file cut short refuses the generation."""
    path = current(index) / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexRefused):
        open_current(index)


def test_missing_file_is_refused_by_name(index: Path) -> None:
    """A file that is gone is named."""
    (current(index) / "passages.sqlite").unlink()
    with pytest.raises(IndexRefused, match=r"passages\.sqlite cannot be read \(No such file"):
        open_current(index)


def test_other_format_is_refused(index: Path) -> None:
    """A generation of a later version is refused, naming both formats."""
    path = current(index) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(IndexRefused, match="its format is 99, this version reads"):
        open_current(index)


@pytest.mark.parametrize("pointer", ["", "../elsewhere", "nothing-there", "\x00"])
def test_bad_pointer_is_refused(index: Path, pointer: str) -> None:
    """A pointer that names no generation is refused, never followed elsewhere."""
    (index / "CURRENT").write_text(pointer)
    with pytest.raises(IndexRefused, match="CURRENT"):
        open_current(index)


def test_opened_generation_outlives_its_folder(index: Path) -> None:
    """What a bot has open stays readable after the folder is removed."""
    import shutil

    generation = open_current(index)
    shutil.rmtree(generation.folder)
    assert generation.articles(["como"])[0].text == ARTICLES["como.txt"]


def test_journal_keeps_vectors_across_builds(tmp_path: Path) -> None:
    """What an interrupted build encoded is there for the next one, bit for bit."""
    alone, split = np.arange(3, dtype=np.float32).reshape(1, 3), np.arange(9, dtype=np.float32).reshape(3, 3)
    first = Journal(tmp_path, "model", 3)
    first.keep([b"a", b"b"], [alone, split])
    first.close()
    second = Journal(tmp_path, "model", 3)
    np.testing.assert_array_equal(second.vectors_of(b"a"), alone)
    np.testing.assert_array_equal(second.vectors_of(b"b"), split)
    assert second.vectors_of(b"c") is None
    assert [second.knows(key, sentences=False) for key in (b"a", b"b", b"c")] == [True, True, False]
    assert [second.knows(key, sentences=True) for key in (b"a", b"b", b"c")] == [False, True, False]


def test_no_generation_is_old_but_the_ones_not_named(index: Path) -> None:
    """A single generation has no older ones."""
    assert list(old_generations(index)) == []
