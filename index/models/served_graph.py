"""The served form of a BERT-like sentence-transformers model: an int8 ONNX graph written straight from its weights.

The graph begins after the word embeddings (they stay in a table on disk) and takes one text at a time, so that there is no padding and a
vector never depends on what else is encoded. Writing the nodes, rather than tracing the PyTorch model, needs neither torch nor an
exporter and chooses the fast operators: measured with `python -m bench embed`.
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
from safetensors import safe_open

from index.errors import ModelError
from index.models.runtime import Runtime, WordTable
from index.models.tokenizer import Tokenizer, write_tokenizer

Floats = NDArray[np.float32]
Channels = NDArray[np.intp]
POSITIONS_AFTER_PADDING = {"bert": False, "xlm-roberta": True, "roberta": True}  # the model types that the graph expresses
POOLINGS = {"mean", "cls"}
LARGEST = 63  # of a quantised weight
OUTLIERS = 4  # channels of an input that are kept in float32
SAMPLES = ("query: Quanto uranio produce il Kazakistan?", "passage: The quick brown fox jumps over the lazy dog, 1234 times.")
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


def write_served(source: Path, target: Path) -> int:
    """Writes ``model.onnx`` with ``model.bin``, ``words.npy`` and the tokenizer of the sentence-transformers folder ``source``.

    Returns the longest input in tokens. Raises ModelError, KeyError or FileNotFoundError when the model is of another kind than
    Transformer (BERT, RoBERTa) + Pooling (mean, cls) + Normalize with a tokenizer.json and a model.safetensors.
    """
    shape, limit = read_shape(source), read_limit(source)
    tensors = _read_weights(source / "model.safetensors", target / "words.npy")
    write_tokenizer(source / "tokenizer.json", target)
    save(Graph(shape, tensors).peaks(), target / "peaks.onnx")
    outliers = find_outliers(target, target / "peaks.onnx", limit)
    save(Graph(shape, tensors, outliers).vectors(), target / "model.onnx")
    for draft in target.glob("peaks.*"):
        draft.unlink()
    return limit


def save(model: onnx.ModelProto, path: Path) -> None:
    """Writes the nodes to ``path`` and the weights beside it, from where ONNX Runtime maps them: half the memory of one file."""
    path.with_suffix(".bin").unlink(missing_ok=True)  # onnx appends
    onnx.save(model, str(path), save_as_external_data=True, location=path.with_suffix(".bin").name)


def find_outliers(folder: Path, peaks: Path, limit: int) -> list[Channels]:
    """The channels that reach furthest of every input that ``Graph`` splits, from the graph of ``Graph.peaks``.

    Transformers put a few huge values into fixed channels, mostly at special tokens (Dettmers et al. 2022, LLM.int8(), section 4); left
    in, they take the range of the 8-bit activations. For multilingual-e5-small the mean cosine to float32 is .996 with them, .9995 without.
    """
    tokenizer = Tokenizer.load(folder)
    runtime = Runtime(peaks, WordTable(folder / "words.npy"))
    highest = np.max(runtime.run(tokenizer.encode(sample, limit).ids for sample in SAMPLES), axis=0)
    return [np.sort(np.argsort(-row)[:OUTLIERS]) for row in highest]


def read_shape(source: Path) -> Shape:
    """Reads and checks the configuration. Raises ModelError when the graph below cannot express it."""
    config = read_json(source / "config.json")
    kind, kinds = config.get("model_type"), [module["type"].rpartition(".")[2] for module in read_json(source / "modules.json")]
    pooling = _pooling(read_json(source / "1_Pooling" / "config.json"))
    plain = config.get("hidden_act") == "gelu" and config.get("position_embedding_type", "absolute") == "absolute"
    if kind not in POSITIONS_AFTER_PADDING or kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]) or not plain:
        raise ModelError(f"type {kind}, modules {', '.join(kinds)}")
    if pooling not in POOLINGS:
        raise ModelError(f"pooling {pooling}")
    first = config["pad_token_id"] + 1 if POSITIONS_AFTER_PADDING[kind] else 0
    layers, heads = config["num_hidden_layers"], config["num_attention_heads"]
    return Shape(config["hidden_size"], layers, heads, config["layer_norm_eps"], first, pooling)


def read_limit(source: Path) -> int:
    """The longest input in tokens, special ones included: the model's own limit, or as many as it has positions."""
    config, settings = read_json(source / "config.json"), read_json(source / "sentence_bert_config.json")
    if settings.get("do_lower_case"):
        raise ModelError("lower-casing outside the tokenizer")
    positions = config["max_position_embeddings"] - (config["pad_token_id"] + 1 if POSITIONS_AFTER_PADDING[config["model_type"]] else 0)
    stated = settings.get("max_seq_length") or read_json(source / "tokenizer_config.json").get("model_max_length") or positions
    return int(min(stated, positions))


def _pooling(config: dict[str, Any]) -> str:
    """The way of pooling, from either spelling of the file; "other" for mixtures and for prompts left out of the mean."""
    old = {"mean": "pooling_mode_mean_tokens", "cls": "pooling_mode_cls_token", "max": "pooling_mode_max_tokens"}
    ways = [config["pooling_mode"]] if "pooling_mode" in config else [way for way, key in old.items() if config.get(key)]
    return str(ways[0]) if len(ways) == 1 and config.get("include_prompt", True) else "other"


def _read_weights(path: Path, table: Path) -> dict[str, Floats]:
    """The weights under BertModel's names, as float32; the word embeddings, most of the file, go to ``table`` a piece at a time."""
    if not path.exists():
        raise ModelError("no model.safetensors")
    tensors: dict[str, Floats] = {}
    with safe_open(path, "numpy") as file:
        for name in file.keys():  # noqa: SIM118 (no mapping)
            short = name.removeprefix("bert.").removeprefix("roberta.")
            if short == "embeddings.word_embeddings.weight":
                _write_table(file.get_slice(name), table)
            else:
                tensors[short] = file.get_tensor(name).astype(np.float32)
    return tensors


def _write_table(rows: Any, path: Path) -> None:
    shape = tuple(rows.get_shape())
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f2", "fortran_order": False, "shape": shape})
        for start in range(0, shape[0], 10_000):
            file.write(rows[start : min(start + 10_000, shape[0])].astype("<f2").tobytes())


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


class Graph:
    """Collects the nodes of one model: input ``words`` (1, tokens, hidden) float32, one output named ``output``.

    ``tensors`` go by BertModel's names. To build another head on the encoder, call ``encode`` and ``finish`` (as ``vectors`` does).
    """

    def __init__(self, shape: Shape, tensors: dict[str, Floats], outliers: list[Channels] | None = None) -> None:
        self.shape, self.tensors, self.outliers = shape, tensors, outliers
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[tuple[str, int]] = []

    def vectors(self) -> onnx.ModelProto:
        """Output: (1, hidden) unit vectors."""
        state = self.encode()
        if self.shape.pooling == "mean":
            pooled = self.node("ReduceMean", state, self.constant(np.array([1])), keepdims=0)
        else:
            pooled = self.node("Gather", state, self.constant(0), axis=1)
        return self.finish(self.node("LpNormalization", pooled, axis=-1, p=2), [1, self.shape.hidden])

    def peaks(self) -> onnx.ModelProto:
        """Output: the largest value of each channel, one row for each ``_split``, as long as the widest; for ``find_outliers``."""
        self.encode()
        widest, rows = max(width for _, width in self.inputs), []
        for name, width in self.inputs:
            top = self.node("ReduceMax", self.node("Abs", name), self.constant(np.array([1])), keepdims=0)
            rows.append(self.node("Pad", top, self.constant(np.array([0, 0, 0, widest - width]))))
        return self.finish(self.node("Concat", *rows, axis=0), [len(rows), widest])

    def finish(self, output: str, dimensions: list[int | str | None]) -> onnx.ModelProto:
        """The model whose result is the node value ``output``."""
        self.nodes.append(helper.make_node("Identity", [output], ["output"]))
        inputs = [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", self.shape.hidden])]
        outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, dimensions)]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)], ir_version=10)

    def encode(self) -> str:
        """The nodes of embedding and layers; returns the value (1, tokens, hidden) of the last one."""
        state = self._embed()
        for number in range(self.shape.layers):
            state = self._layer(state, number)
        return state

    def _embed(self) -> str:
        positions = self.tensors["embeddings.position_embeddings.weight"][self.shape.first_position :]
        added = self.constant(positions + self.tensors["embeddings.token_type_embeddings.weight"][0])
        used = self.node("Slice", added, self.constant(np.array([0])), self.node("Shape", "words", start=1, end=2))
        return self._norm(self.node("Add", "words", used), "embeddings.LayerNorm")

    def _layer(self, state: str, number: int) -> str:
        at, hidden, inner = (
            f"encoder.layer.{number}.",
            self.shape.hidden,
            len(self.tensors[f"encoder.layer.{number}.intermediate.dense.bias"]),
        )
        split = self._split(state, hidden)
        parts = [self._linear(*split, f"{at}attention.self.{part}") for part in ("query", "key", "value")]
        mixed = self.node("MultiHeadAttention", *parts, domain=_MICROSOFT, num_heads=self.shape.heads)
        output = self._quantised(mixed, *self._weights(f"{at}attention.output.dense"))
        state = self._norm(self.node("Add", output, state), f"{at}attention.output.LayerNorm")
        wide = self.node("Gelu", self._linear(*self._split(state, hidden), f"{at}intermediate.dense"), domain=_MICROSOFT)
        output = self._linear(*self._split(wide, inner), f"{at}output.dense")
        return self._norm(self.node("Add", output, state), f"{at}output.LayerNorm")

    def _split(self, state: str, width: int) -> tuple[str, str, Channels]:
        """A value with its outlier channels at zero, those channels alone, and their numbers."""
        self.inputs.append((state, width))
        if self.outliers is None:
            return state, "", np.array([], np.intp)
        chosen = self.outliers[len(self.inputs) - 1]
        rest = self.constant(np.isin(np.arange(width), chosen, invert=True).astype(np.float32))
        return self.node("Mul", state, rest), self.node("Gather", state, self.constant(chosen), axis=2), chosen

    def _linear(self, rest: str, few: str, chosen: Channels, name: str) -> str:
        """The product in 8 bits, plus the outliers' share in float32."""
        weight, bias = self._weights(name)
        if not few:
            return self._quantised(rest, weight, bias)
        others = np.isin(np.arange(weight.shape[1]), chosen, invert=True)
        share = self.node("MatMul", few, self.constant(weight[:, chosen].T))
        return self.node("Add", self._quantised(rest, weight * others, bias), share)

    def _weights(self, name: str) -> tuple[Floats, Floats]:
        return self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"]

    def _quantised(self, state: str, weight: Floats, bias: Floats) -> str:
        values, scales = quantise(weight)
        constants = [self.constant(values.T), self.constant(scales), "", self.constant(bias)]
        return self.node("DynamicQuantizeMatMul", state, *constants, domain=_MICROSOFT)

    def _norm(self, state: str, name: str) -> str:
        # not fused with the addition before it: SkipLayerNormalization is ten times slower than both on a CPU (onnxruntime 1.32)
        scale, bias = self._weights(name)
        return self.node("LayerNormalization", state, self.constant(scale), self.constant(bias), axis=-1, epsilon=self.shape.epsilon)

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Adds an operator; returns the name of its result."""
        output = f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, values: Any) -> str:
        """Adds an array; returns its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name


def quantise(weight: Floats) -> tuple[NDArray[np.int8], Floats]:
    """(outputs, inputs) float32 -> int8 of the same shape within -63..63, and one float32 scale for each output.

    Seven bits and not eight: processors with AVX2 but without VNNI add two products in 16 bits, and 2 x 255 x 127 overflows there.
    """
    scales = np.maximum(np.abs(weight).max(axis=1) / LARGEST, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(weight / scales[:, None]).astype(np.int8), scales
