"""Writes the weights of an exported reader back as a checkpoint to go on from: int8 as float32, with a new optimizer.

    python training/restore.py --reader data/models/reader --out training/runs/again.pt

`train.py --from training/runs/again.pt` counts its steps from 0 then; give it another `--seed` than the reader had.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from model import LAYERS, WIDTH, ReaderModel
from numpy.typing import NDArray
from train import Flat

Values = NDArray[np.float32]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reader", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    model = ReaderModel()
    model.load_state_dict({name: torch.tensor(value) for name, value in restored(given.reader / "reader.onnx").items()})
    given.out.parent.mkdir(parents=True, exist_ok=True)
    Flat(model, 0.0, torch.float32).save(given.out, 0)


def restored(path: Path) -> dict[str, Values]:
    """The tensors of `ReaderModel` by name, from the nodes that `export.py` writes, in their order."""
    graph = onnx.load(path).graph
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    products, norms = _products(graph, constants), _norms(graph, constants)
    tensors = {"kind": np.zeros(WIDTH, np.float32), "position.weight": _constant(graph, constants, "Slice", 0)}  # the one holds the other
    tensors |= _named("norm", next(norms))
    for number in range(LAYERS):
        query, key, value, out, up, down = (next(products) for _ in range(6))
        qkv = tuple(np.concatenate(parts) for parts in zip(query, key, value, strict=True))
        for name, pair in {"qkv": qkv, "out": out, "norm1": next(norms), "up": up, "down": down, "norm2": next(norms)}.items():
            tensors |= _named(f"layers.{number}.{name}", pair)
    heads, biases = _constant(graph, constants, "MatMul", 1), _constant(graph, constants, "Add", 1)
    tensors |= _named("span", (heads.T[:2], biases[:2]))
    unknown = ReaderModel().answerable.out_features + 2 - len(biases)  # heads that an older reader lacks begin at zero
    return tensors | _named("answerable", (np.pad(heads.T[2:], ((0, unknown), (0, 0))), np.pad(biases[2:], (0, unknown))))


def _named(name: str, pair: tuple[Values, ...]) -> dict[str, Values]:
    return dict(zip((f"{name}.weight", f"{name}.bias"), pair, strict=True))


def _products(graph: onnx.GraphProto, constants: dict[str, Values]) -> Iterator[tuple[Values, Values]]:
    """(outputs, inputs) weight and bias of each quantised product, the share of the outlying channels before it added."""
    channels, share = np.empty(0, np.intp), None
    for node in graph.node:
        if node.op_type == "Gather":
            channels = constants[node.input[1]]
        elif node.op_type == "MatMul":
            share = constants[node.input[1]]
        elif node.op_type == "DynamicQuantizeMatMul":
            weight = constants[node.input[1]].T * constants[node.input[2]][:, None]
            if share is not None:
                weight[:, channels] = share.T
            yield weight, constants[node.input[4]]
            share = None


def _norms(graph: onnx.GraphProto, constants: dict[str, Values]) -> Iterator[tuple[Values, Values]]:
    for node in graph.node:
        if node.op_type == "LayerNormalization":
            yield constants[node.input[1]], constants[node.input[2]]


def _constant(graph: onnx.GraphProto, constants: dict[str, Values], kind: str, place: int) -> Values:
    """The constant that the last node of a kind takes at a place."""
    return [constants[node.input[place]] for node in graph.node if node.op_type == kind and node.input[place] in constants][-1]


if __name__ == "__main__":
    main()
