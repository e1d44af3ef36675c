"""Turns passages and questions into unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.models import ServedModel, prepare
from index.runtime import Runtime, WordTable
from index.text import normalise
from index.tokens import Tokenizer

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]


class Embedder(Protocol):
    """A model that places texts in a vector space; ``fingerprint`` names that space."""

    name: str
    fingerprint: str
    dimension: int

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """(n, dimension) float32 unit rows, in the order of the texts; ``progress(done)`` is called as batches finish."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """The same for questions."""
        ...


def load_embedder(name: str | None = None, announce: Callable[[str], None] = lambda line: None, device: str = "cpu") -> Embedder:
    """Opens the model ``name``: None is the bundled one, else a folder or a name on the model hub.

    ``announce`` gets one line when something takes long. Raises ModelError when the model cannot be had.
    """
    model = prepare(name, announce)
    if model.served and device == "cpu":
        return ServedEmbedder(model)
    return TorchEmbedder(model, device)


class ServedEmbedder:
    """Encodes with ONNX Runtime. ``tokenizer`` and ``words`` may be shared with a reader on the same backbone."""

    def __init__(self, model: ServedModel) -> None:
        self.name, self.fingerprint, self.dimension = model.name, model.fingerprint, model.dimension
        self.model = model
        self.tokenizer = Tokenizer.load(model.served_folder)
        self.runtime = Runtime(model.served_folder / "model.onnx", WordTable(model.served_folder / "words.npy"))

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._encode(self.model.passage_prompt, texts, progress)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self.model.question_prompt, texts, None)

    def _encode(self, prompt: str, texts: Sequence[str], progress: Progress | None) -> Vectors:
        ids = [self.tokenizer.encode(prompt + normalise(text).text, self.model.limit).ids for text in texts]
        vectors = np.empty((len(ids), self.dimension), np.float32)
        for row, vector in enumerate(self.runtime.run(ids)):
            vectors[row] = vector
            if progress:
                progress(row + 1)
        return vectors


class TorchEmbedder:
    """Encodes with sentence-transformers: for models that have no served form, and for GPUs."""

    def __init__(self, model: ServedModel, device: str) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        if device != "cpu" and not torch.cuda.is_available():
            raise ModelError(
                f"device {device!r}: PyTorch finds no CUDA GPU here: leave --device out, or install a CUDA build of torch 2.13.0"
            )
        self.name, self.fingerprint, self.dimension = model.name, model.fingerprint, model.dimension
        self.model = model
        self.encoder = SentenceTransformer(str(model.folder), device=device, local_files_only=True)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._encode(self.model.passage_prompt, texts, progress)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self.model.question_prompt, texts, None)

    def _encode(self, prompt: str, texts: Sequence[str], progress: Progress | None) -> Vectors:
        plain = [normalise(text).text for text in texts]
        vectors = np.empty((len(plain), self.dimension), np.float32)
        for start in range(0, len(plain), 256):
            some = plain[start : start + 256]
            vectors[start : start + len(some)] = self.encoder.encode(some, prompt=prompt, normalize_embeddings=True)
            if progress:
                progress(start + len(some))
        return vectors
