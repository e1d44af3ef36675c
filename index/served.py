"""The served form of a BERT-like sentence-transformers model: a quantised ONNX graph built straight from its weights.

The graph begins after the word embeddings (they stay in a table on disk) and ends with unit vectors. Writing the nodes here, rather
than tracing the PyTorch model, needs neither torch nor an exporter, and gives ONNX Runtime's fused operators at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from index.errors import ModelError
from index.tokens import write_tokenizer

Floats = NDArray[np.float32]
ARCHITECTURES = {"bert": 0, "xlm-roberta": 1, "roberta": 1}  # model type -> whether positions start after the padding id
POOLINGS = {"mean", "cls"}
BLOCK = 32  # weights that share a scale
_MICROSOFT = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the graph needs to know of a model's configuration."""

    hidden: int
    layers: int
    heads: int
    epsilon: float
    first_position: int
    pooling: str


def write_served(source: Path, target: Path) -> None:
    """Writes ``model.onnx``, ``words.npy`` and the tokenizer of the sentence-transformers folder ``source`` into ``target``.

    Raises ModelError when the model is of another kind than Transformer (BERT, RoBERTa) + Pooling (mean, cls) + Normalize.
    """
    shape = read_shape(source)
    tensors = _tensors(source)
    np.save(target / "words.npy", tensors["embeddings.word_embeddings.weight"].astype(np.float16))
    onnx.save(Graph(shape, tensors).model(), str(target / "model.onnx"))
    write_tokenizer(source / "tokenizer.json", target)


def read_shape(source: Path) -> Shape:
    """Reads and checks the configuration. Raises ModelError when the graph below cannot express it."""
    config = _read_json(source / "config.json")
    kinds = [module["type"].rpartition(".")[2] for module in _read_json(source / "modules.json")]
    pooling = _read_json(source / "1_Pooling" / "config.json")
    ways = [way for way in POOLINGS if pooling.get(f"pooling_mode_{way}_token{'s' if way == 'mean' else ''}")]
    kind = config.get("model_type")
    plain = config.get("hidden_act") == "gelu" and config.get("position_embedding_type", "absolute") == "absolute"
    if kind not in ARCHITECTURES or kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]) or len(ways) != 1 or not plain:
        raise ModelError(f"{source} is no plain BERT sentence model (type {kind}, modules {', '.join(kinds)})")
    first = config["pad_token_id"] + 1 if ARCHITECTURES[kind] else 0
    return Shape(config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"], first, ways[0])


def _tensors(source: Path) -> dict[str, Floats]:
    """The weights under BertModel's names, as float32."""
    prefixes = ("bert.", "roberta.")
    tensors: dict[str, Floats] = {}
    for name, tensor in load_file(source / "model.safetensors").items():
        for prefix in prefixes:
            name = name.removeprefix(prefix)
        tensors[name] = tensor.astype(np.float32, copy=False)
    return tensors


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


class Graph:
    """Collects the nodes of the encoder: inputs ``words`` (b, s, hidden) float32 and ``mask`` (b, s) int32, output ``vectors`` (b, hidden)."""

    def __init__(self, shape: Shape, tensors: dict[str, Floats]) -> None:
        self.shape, self.tensors = shape, tensors
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """The whole encoder."""
        state = self._embed()
        for number in range(self.shape.layers):
            state = self._layer(state, f"encoder.layer.{number}.")
        self._pool(state)
        hidden = self.shape.hidden
        inputs = [
            helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "tokens", hidden]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "tokens"]),
        ]
        outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", hidden])]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, self.constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def _embed(self) -> str:
        positions = self.tensors["embeddings.position_embeddings.weight"][self.shape.first_position :]
        added = positions + self.tensors["embeddings.token_type_embeddings.weight"][0]
        length = self._node("Shape", "words", start=1, end=2)
        used = self._node("Slice", self._constant(added), self._constant(np.array([0])), length)
        scale, bias = self._weights("embeddings.LayerNorm")
        return self._node("LayerNormalization", self._node("Add", "words", used), scale, bias, epsilon=self.shape.epsilon)

    def _layer(self, state: str, at: str) -> str:
        parts = [self._linear(state, f"{at}attention.self.{part}") for part in ("query", "key", "value")]
        mixed = self._node("MultiHeadAttention", *parts, "", "mask", domain=_MICROSOFT, num_heads=self.shape.heads)
        state = self._add_and_norm(self._linear(mixed, f"{at}attention.output.dense"), state, f"{at}attention.output.LayerNorm")
        wide = self._node("Gelu", self._linear(state, f"{at}intermediate.dense"), domain=_MICROSOFT)
        return self._add_and_norm(self._linear(wide, f"{at}output.dense"), state, f"{at}output.LayerNorm")

    def _linear(self, state: str, name: str) -> str:
        weight, bias = self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"]
        quantised, scales = quantise(weight)
        constants = [self._constant(quantised), self._constant(scales), "", "", self._constant(bias)]
        outputs, inputs = weight.shape
        sizes = {"K": inputs, "N": outputs, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        return self._node("MatMulNBits", state, *constants, domain=_MICROSOFT, **sizes)

    def _add_and_norm(self, new: str, old: str, name: str) -> str:
        return self._node("SkipLayerNormalization", new, old, *self._weights(name), domain=_MICROSOFT, epsilon=self.shape.epsilon)

    def _pool(self, state: str) -> None:
        if self.shape.pooling == "cls":
            pooled = self._node("Gather", state, self._constant(np.array(0)), axis=1)
        else:
            mask = self._node("Unsqueeze", self._node("Cast", "mask", to=TensorProto.FLOAT), self._constant(np.array([1])))
            pooled = self._node("Squeeze", self._node("MatMul", mask, state), self._constant(np.array([1])))
        self.nodes.append(helper.make_node("LpNormalization", [pooled], ["vectors"], axis=-1, p=2))

    def _weights(self, name: str) -> tuple[str, str]:
        return self._constant(self.tensors[f"{name}.weight"]), self._constant(self.tensors[f"{name}.bias"])

    def _node(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        output = f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def quantise(weight: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """(outputs, inputs) float32 -> blocks of 32 as (outputs, inputs / 32, 32) uint8 around 128, and one float32 scale for each block."""
    blocks = weight.reshape(weight.shape[0], -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=2, keepdims=True) / 127, np.finfo(np.float32).tiny)
    return (np.rint(blocks / scales) + 128).astype(np.uint8), scales.reshape(-1).astype(np.float32)
