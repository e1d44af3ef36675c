"""An exported reader and the weights that are read back from it."""

import sys
from pathlib import Path

import numpy as np
import onnx
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from export import SHAPE, bert_names, mean, reader
from model import ReaderModel
from restore import restored

from index.models.served_graph import LARGEST, Graph


def test_exported_weights_are_restored(tmp_path: Path) -> None:
    """Within half a step of their int8 scale, and the outlying channels as they were; positions hold the token type too."""
    torch.manual_seed(1)
    weights = {name: torch.randn(value.shape).numpy() for name, value in ReaderModel().state_dict().items()}
    channels = [np.arange(start, start + 4) for start in range(36)]
    onnx.save(reader(Graph(SHAPE, bert_names(weights), channels)), tmp_path / "reader.onnx")
    found = restored(tmp_path / "reader.onnx")
    assert set(found) == set(weights)
    weights["position.weight"] += weights.pop("kind")
    for name, value in weights.items():
        step = np.abs(value).max(-1, keepdims=True) / LARGEST if name.startswith("layers.") and value.ndim == 2 else np.zeros(1)
        assert (np.abs(found[name] - value) <= step / 2 + 1e-6).all(), name
    up = [found["layers.0.up.weight"], weights["layers.0.up.weight"]]  # its outliers are the second ones of the first layer
    assert np.array_equal(up[0][:, 1:5], up[1][:, 1:5])
    assert not np.array_equal(up[0][:, 5:9], up[1][:, 5:9])


def test_mean_weights() -> None:
    """Each counts alike, in float32."""
    found = mean([{"a": np.array([value, 2], np.float32)} for value in (1, 3, 11)])["a"]
    assert found.tolist() == [5, 2]
    assert found.dtype == np.float32
