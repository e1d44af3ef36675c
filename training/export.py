"""Writes the trained reader as the int8 ONNX graph that `index/models/reader.py` serves.

    python training/export.py --weights training/runs/eighteen/last.pt --out data/models/reader

`--weights` is a finished `model.pt` or a checkpoint `last.pt`; of several, along one training, the mean is written, which is better than
each (Izmailov et al. 2018, arXiv:1803.05407; `README.md`). The graph begins after the word embeddings, as the encoder's does, and shares
them with it (`index.models.preparation.prepare`). `--float` writes float32 weights instead, to measure what quantisation costs.
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

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.models.preparation import prepare
from index.models.runtime import Runtime, WordTable
from index.models.served_graph import OUTLIERS, Graph, Shape
from index.models.tokenizer import Tokenizer

SHAPE = Shape(WIDTH, LAYERS, HEADS, EPSILON, 0, "mean")
ASKED = ("Quanto uranio produce il Kazakistan?", "How deep is Lake Como?")
PASSAGES = (
    "Nel vertice si parlerà della prima centrale nucleare in Kazakistan, Paese che produce il 43% dell'uranio mondiale.",
    "Lake Como is 146 square kilometres large. At 410 metres, it is the fifth deepest lake of Europe; its shore is 170 km long.",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--weights", type=Path, required=True, nargs="+")
    options.add_argument("--shares", type=float, nargs="+", help="of each in the mean (default: all alike)")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--float", action="store_true", dest="exact")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    path, tensors = given.out / "reader.onnx", bert_names(mean([weights(path) for path in given.weights], given.shares))
    graph = FloatGraph(SHAPE, tensors) if given.exact else Graph(SHAPE, tensors, outlying(tensors, path))
    onnx.save(reader(graph), str(path))
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


def mean(found: list[dict[str, NDArray[np.float32]]], shares: list[float] | None = None) -> dict[str, NDArray[np.float32]]:
    """The mean of each tensor, by the shares where some are given."""
    return {name: np.average([weights[name] for weights in found], axis=0, weights=shares).astype(np.float32) for name in found[0]}


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


def reader(graph: Graph) -> onnx.ModelProto:
    """The encoder with heads for pooling; output (1, tokens, 4): start, end, and of the first token answerable and decision."""
    product = graph.node("MatMul", graph.encode(), graph.constant(graph.tensors["span"]))
    return graph.finish(graph.node("Add", product, graph.constant(graph.tensors["span.bias"])), [1, "tokens", 4])


class FloatGraph(Graph):
    """The same without quantisation."""

    def _quantised(self, state: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        return self.node("Add", self.node("MatMul", state, self.constant(weight.T)), self.constant(bias))


def outlying(tensors: dict[str, NDArray[np.float32]], path: Path) -> list[NDArray[np.intp]]:
    """The feed-forward channels of each layer that reach furthest on a few pairs: they stay float32 (`served_graph.find_outliers`)."""
    onnx.save(FloatGraph(SHAPE, tensors).peaks(), str(path))
    encoder = prepare(None, print).served_folder
    runtime, tokenizer = Runtime(path, WordTable(encoder / "words.npy")), Tokenizer.load(encoder)
    ids = [tokenizer.encode_pair(f"query: {asked}", f"passage: {passage}", 384).ids for asked in ASKED for passage in PASSAGES]
    peaks = np.max(list(runtime.run(ids)), axis=0)
    return [np.sort(np.argsort(-layer)[:OUTLIERS]) for layer in peaks]


if __name__ == "__main__":
    main()
