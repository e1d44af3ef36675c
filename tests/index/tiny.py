"""A model folder of a few kilobytes, written from numbers, for tests that need a model but not a good one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.models.bundled import BundledWeights, write_sentence_transformer

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 4, 64, 24
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PIECES = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -3.0),
    *((letter, -4.0) for letter in LETTERS),
    ("▁query", -2.0),
    (":", -2.0),
]


def write_tiny(folder: Path) -> None:
    """Two random layers, one piece a letter, at most 24 tokens."""
    rng = np.random.default_rng(0)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return rng.normal(0, 0.2, (rows, columns)).astype(np.float16)

    def vector(size: int, mean: float = 0.0) -> np.ndarray:
        return rng.normal(mean, 0.1, size).astype(np.float32)

    tensors = {"emb.word": matrix(len(PIECES), HIDDEN), "emb.pos": vector(POSITIONS * HIDDEN), "emb.type": vector(2 * HIDDEN)}
    tensors |= {"emb.ln.w": vector(HIDDEN, 1.0), "emb.ln.b": vector(HIDDEN)}
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao"):
            tensors |= {f"l{layer}.{part}.w": matrix(HIDDEN, HIDDEN), f"l{layer}.{part}.b": vector(HIDDEN)}
        tensors |= {f"l{layer}.fi.w": matrix(INNER, HIDDEN), f"l{layer}.fi.b": vector(INNER)}
        tensors |= {f"l{layer}.fo.w": matrix(HIDDEN, INNER), f"l{layer}.fo.b": vector(HIDDEN)}
        for part in ("aln", "oln"):
            tensors |= {f"l{layer}.{part}.w": vector(HIDDEN, 1.0), f"l{layer}.{part}.b": vector(HIDDEN)}
    shape = (HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2)
    rules = {"\x01": "", "\n": " "}  # at least one of each kind, as in the real file
    write_sentence_transformer(BundledWeights(shape, 1e-12, PIECES, rules, tensors), folder)
