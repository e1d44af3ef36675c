"""Writes the trained reader as the int8 ONNX graph that `index/reader.py` serves.

    python training/export.py --weights training/runs/eighteen/last.pt --out data/models/reader

`--weights` is a finished `model.pt` or a checkpoint `last.pt`. The graph begins after the word embeddings, as the encoder's does, and
shares them with it (`index.models.prepare`). `--float` writes float32 weights instead, to measure what quantisation costs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from model import EPSILON, HEADS, LAYERS, WIDTH, ReaderModel
from numpy.typing import NDArray
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.served import Graph, Shape


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--weights", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--float", action="store_true", dest="exact")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    kind, path = FloatReaderGraph if given.exact else ReaderGraph, given.out / "reader.onnx"
    graph = kind(Shape(WIDTH, LAYERS, HEADS, EPSILON, 0, "mean"), bert_names(weights(given.weights)))
    onnx.save(graph.model(), str(path))
    print(path, path.stat().st_size, "bytes")


def weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Tensors by name, from the final file or from a training checkpoint (one flat vector, heads last)."""
    state = torch.load(path)
    if "body" in state:
        flat = torch.cat([state["body"], state["heads"]])
        named = sorted(ReaderModel().named_parameters(), key=lambda pair: pair[0].startswith(("span", "answerable")))
        parts = flat.split([value.numel() for _, value in named])
        state = {name: part.view_as(value) for (name, value), part in zip(named, parts, strict=True)}
    return {name: value.detach().float().numpy() for name, value in state.items()}


def bert_names(mine: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """The same tensors under the names that `index.served.Graph` looks for."""
    tensors = {
        "embeddings.position_embeddings.weight": mine["position.weight"],
        "embeddings.token_type_embeddings.weight": mine["kind"][None],
        "embeddings.LayerNorm.weight": mine["norm.weight"],
        "embeddings.LayerNorm.bias": mine["norm.bias"],
        "span": np.concatenate([mine["span.weight"], mine["answerable.weight"]]).T,
        "span.bias": np.concatenate([mine["span.bias"], mine["answerable.bias"]]),
    }
    names = {
        "out": "attention.output.dense", "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm",
    }  # fmt: skip
    for i in range(LAYERS):
        for kind in ("weight", "bias"):
            for part, values in zip(("query", "key", "value"), np.split(mine[f"layers.{i}.qkv.{kind}"], 3), strict=True):
                tensors[f"encoder.layer.{i}.attention.self.{part}.{kind}"] = values
            for short, long in names.items():
                tensors[f"encoder.layer.{i}.{long}.{kind}"] = mine[f"layers.{i}.{short}.{kind}"]
    return tensors


class ReaderGraph(Graph):
    """The encoder's graph with the heads in the place of pooling: output `logits` (b, s, 3): start, end, answerable."""

    def model(self) -> onnx.ModelProto:
        state = self._embed()
        for number in range(self.shape.layers):
            state = self._layer(state, f"encoder.layer.{number}.")
        product = self._node("MatMul", state, self._constant(self.tensors["span"]))
        self.nodes.append(helper.make_node("Add", [product, self._constant(self.tensors["span.bias"])], ["logits"]))
        inputs = [
            helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "tokens", self.shape.hidden]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "tokens"]),
        ]
        outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", "tokens", 3])]
        graph = helper.make_graph(self.nodes, "reader", inputs, outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)], ir_version=10)


class FloatReaderGraph(ReaderGraph):
    """The same without quantisation."""

    def _linear(self, state: str, name: str) -> str:
        product = self._node("MatMul", state, self._constant(self.tensors[f"{name}.weight"].T))
        return self._node("Add", product, self._constant(self.tensors[f"{name}.bias"]))


if __name__ == "__main__":
    main()
