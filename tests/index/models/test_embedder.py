"""Texts to unit vectors."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models import preparation as models
from index.models.embedder import Embedder, TorchEmbedder, load_embedder
from tests.index.tiny import write_tiny

TEXTS = (Path(__file__).parents[2] / "data" / "squad4_texts.txt").read_text("utf-8").splitlines()


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny model's folder, and a cache of the test's own."""
    monkeypatch.setattr(models, "_cache", lambda: tmp_path / "cache")
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    return load_embedder()


def test_vectors_are_unit_rows_in_the_order_of_the_texts(tiny: Path) -> None:
    """Each text gets one float32 row of length one; progress counts up; no text gives no row."""
    embedder, done = load_embedder(str(tiny)), []
    rows = embedder.encode_passages(["ab", "cd", "ab"], done.append)
    assert (rows.shape, rows.dtype, done) == ((3, 32), np.float32, [1, 2, 3])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert (rows[0] == rows[2]).all()
    assert not np.allclose(rows[0], rows[1])
    assert embedder.encode_passages([]).shape == (0, 32)


def test_a_vector_depends_on_its_text_alone(tiny: Path) -> None:
    """Encoded with others or alone, a text has the same bits; beyond the limit nothing counts."""
    embedder = load_embedder(str(tiny))
    together = embedder.encode_passages(["abc", "x" * 100, "x" * 200])
    assert (together[0] == embedder.encode_passages(["abc"])[0]).all()
    assert (together[1] == together[2]).all()


def test_texts_are_normalised_and_prompted(tiny: Path) -> None:
    """Composed and decomposed letters are equal; a question is no passage; the prompt is the model's."""
    embedder = load_embedder(str(tiny))
    assert (embedder.encode_passages(["perche\u0301\u00ad"]) == embedder.encode_passages(["perché"])).all()
    assert not np.allclose(embedder.encode_questions(["ab"]), embedder.encode_passages(["ab"]))


@pytest.mark.model
def test_torch_gives_the_same_vectors(tiny: Path) -> None:
    """What runs through PyTorch, a GPU's build say, fits an index that is asked through the served form."""
    served = load_embedder(str(tiny))
    torch = TorchEmbedder(models.prepare(str(tiny), lambda line: None), "cpu")
    assert torch.fingerprint == served.fingerprint
    done: list[int] = []
    texts = ["ab", "un testo"] * 130
    assert np.sum(torch.encode_passages(texts, done.append) * served.encode_passages(texts), axis=1).min() > 0.999
    assert done == [256, 260]
    assert np.sum(torch.encode_questions(["ab"]) * served.encode_questions(["ab"])) > 0.999
    assert torch.encode_passages([]).shape == (0, 32)


@pytest.mark.model
def test_a_missing_gpu_is_one_clear_error(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--device cuda without CUDA names the cure."""
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelError, match=r"device 'cuda': PyTorch .* finds no NVIDIA GPU here: leave the device out"):
        load_embedder(str(tiny), device="cuda")


@pytest.mark.model
def test_the_bundled_model_keeps_the_vectors_of_float32(bundled: Embedder) -> None:
    """Paragraphs and questions are within cosine .995 of float32, .998 on average."""
    from sentence_transformers import SentenceTransformer

    texts = TEXTS[:50:3] + TEXTS[50::10]
    stock = SentenceTransformer(str(models.prepare(None, lambda line: None).folder), device="cpu", local_files_only=True)
    for ours, theirs in (
        (bundled.encode_passages(texts), stock.encode_document(texts)),
        (bundled.encode_questions(texts), stock.encode_query(texts)),
    ):
        cosines = np.sum(ours * theirs, axis=1)
        assert cosines.min() > 0.995
        assert cosines.mean() > 0.998


@pytest.mark.model
def test_a_question_needs_no_torch(bundled: Embedder) -> None:
    """Encoding with the prepared model imports neither torch, transformers, sentence_transformers nor onnx."""
    script = (
        "import sys; from index.models.embedder import load_embedder; load_embedder().encode_questions(['Chi?']);"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout == "[]\n"
