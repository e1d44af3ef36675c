"""The served form of a model."""

import json
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models.runtime import Runtime, WordTable
from index.models.served_graph import quantise, read_limit, read_shape, write_served
from tests.index.tiny import write_tiny


def edit(path: Path, **values: object) -> None:
    """Changes fields of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), encoding="utf-8")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


def test_each_output_has_its_own_scale() -> None:
    """The largest weight of a row becomes 63; a row of zeros stays zero."""
    values, scales = quantise(np.array([[1.26, -0.62], [0.5, 0.1], [0, 0]], np.float32))
    assert values.tolist() == [[63, -31], [63, 13], [0, 0]]
    assert np.allclose(scales[:2], [0.02, 0.5 / 63])


def test_what_the_graph_cannot_express_is_refused(tiny: Path) -> None:
    """Another architecture, another activation, more modules, other pooling and lower-casing are named in the refusal."""
    modules = json.loads((tiny / "modules.json").read_text("utf-8"))
    (tiny / "modules.json").write_text(json.dumps([*modules, {"type": "sentence_transformers.models.Dense"}]), encoding="utf-8")
    with pytest.raises(ModelError, match="Normalize, Dense"):
        read_shape(tiny)
    (tiny / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    edit(tiny / "1_Pooling" / "config.json", pooling_mode_max_tokens=True)
    with pytest.raises(ModelError, match="pooling other"):
        read_shape(tiny)
    edit(tiny / "config.json", model_type="mpnet")
    with pytest.raises(ModelError, match="type mpnet"):
        read_shape(tiny)


def test_both_spellings_of_pooling_are_read(tiny: Path) -> None:
    """The older file has one flag for each way, the newer one names it."""
    assert read_shape(tiny).pooling == "mean"
    (tiny / "1_Pooling" / "config.json").write_text(json.dumps({"embedding_dimension": 32, "pooling_mode": "cls", "include_prompt": True}))
    assert read_shape(tiny).pooling == "cls"


def test_the_limit_is_the_models_own(tiny: Path) -> None:
    """The stated length counts, else the tokenizer's, but never more than the positions; RoBERTa's start after the padding id."""
    assert read_limit(tiny) == 24
    edit(tiny / "sentence_bert_config.json", max_seq_length=16)
    assert read_limit(tiny) == 16
    edit(tiny / "sentence_bert_config.json", max_seq_length=None)
    edit(tiny / "config.json", model_type="xlm-roberta")
    assert read_limit(tiny) == 22


def test_the_served_folder_is_complete(tiny: Path, tmp_path: Path) -> None:
    """Graph, weights, words and tokenizer are there, nothing of the calibration, and a text gives one unit vector."""
    target = tmp_path / "served"
    target.mkdir()
    assert write_served(tiny, target) == 24
    names = {"common.txt", "ids.u32", "model.bin", "model.onnx", "rare.txt", "scores.f32", "tokenizer.json", "words.npy"}
    assert {path.name for path in target.iterdir()} == names
    (vector,) = Runtime(target / "model.onnx", WordTable(target / "words.npy")).run([[0, 5, 6, 2]])
    assert vector.shape == (1, 32)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-6


@pytest.mark.model
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_any_bert_model_keeps_its_vectors(tiny: Path, tmp_path: Path, pooling: str) -> None:
    """The served form of a model with random weights agrees with sentence-transformers."""
    from sentence_transformers import SentenceTransformer

    from index.models.tokenizer import Tokenizer

    (tiny / "1_Pooling" / "config.json").write_text(
        json.dumps({"embedding_dimension": 32, "pooling_mode": pooling, "include_prompt": True})
    )
    target = tmp_path / "served"
    target.mkdir()
    write_served(tiny, target)
    texts = ["abc", "query: the quick brown", "z" * 50, "un testo più lungo"]
    tokenizer, runtime = Tokenizer.load(target), Runtime(target / "model.onnx", WordTable(target / "words.npy"))
    ours = np.concatenate(runtime.run(tokenizer.encode(text, 24).ids for text in texts))
    theirs = SentenceTransformer(str(tiny), device="cpu", local_files_only=True).encode(texts, prompt="", normalize_embeddings=True)
    assert np.sum(ours * theirs, axis=1).min() > 0.999
