"""Runs a served graph with ONNX Runtime: token ids in, one array for each text out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Column
from index.errors import ModelError

Floats = NDArray[np.float32]


class WordTable:
    """The word embeddings of a served model: (words, dimension) float16 in a ``.npy`` file, of which only the rows asked for are read."""

    def __init__(self, path: Path) -> None:
        self.rows = Column(path)

    def __call__(self, ids: NDArray[np.integer]) -> Floats:
        """(...,) token ids -> (..., dimension) float32 word embeddings."""
        unique, inverse = np.unique(ids, return_inverse=True)
        rows = np.empty((len(unique), *self.rows.shape[1:]), self.rows.dtype)
        for row, number in zip(rows, unique.tolist(), strict=True):
            self.rows.read(number, row)
        return rows.astype(np.float32)[inverse]


class Runtime:
    """One graph that begins after the word embeddings. Each text runs on one thread, several texts side by side; safe to share."""

    def __init__(self, graph: Path, words: WordTable) -> None:
        self.session, self.words = _session(graph), words

    def run(self, ids: Iterable[list[int]], progress: Callable[[int], None] | None = None) -> list[Floats]:
        """The graph's output for each list of token ids, in order; ``progress(done)`` after each. Ctrl-C ends after the texts in hand."""
        results: list[Floats] = []
        texts = list(ids)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            try:
                for result in map(self.one, texts) if len(texts) == 1 else pool.map(self.one, texts):
                    results.append(result)
                    if progress:
                        progress(len(results))
            finally:
                pool.shutdown(cancel_futures=True)
        return results

    def one(self, ids: list[int]) -> Floats:
        """The graph's output for one list of token ids."""
        result: Floats = self.session.run(["output"], {"words": self.words(np.array([ids]))})[0]
        return result


def _session(path: Path) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC  # higher levels fuse into slower operators
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ModelError(f"the model {path} cannot be opened ({line}): delete its folder, it is prepared again") from error
