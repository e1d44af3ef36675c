"""Turns passages and questions into unit vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.models.preparation import ServedModel, prepare
from index.models.runtime import Runtime, WordTable
from index.models.tokenizer import Tokenizer
from index.texts.normalisation import normalise

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]
PORTION = 256  # texts between two reports of progress through PyTorch


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
    return _open(prepare(name, announce), device)


@cache
def _open(model: ServedModel, device: str) -> Embedder:
    """One embedder for one model in a process: a command that builds and then answers opens it once."""
    return ServedEmbedder(model) if model.served and device == "cpu" else TorchEmbedder(model, device)


class _Prompted(ABC):
    """What both kinds of embedder share: the model's names and its own prompts."""

    def __init__(self, model: ServedModel) -> None:
        self.model = model
        self.name, self.fingerprint, self.dimension = model.name, model.fingerprint, model.dimension

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._encode([self.model.passage_prompt + normalise(text).text for text in texts], progress)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self.model.question_prompt + normalise(text).text for text in texts], None)

    @abstractmethod
    def _encode(self, texts: list[str], progress: Progress | None) -> Vectors: ...


class ServedEmbedder(_Prompted):
    """Encodes with ONNX Runtime; a vector depends on its text alone, not on what is encoded beside it."""

    def __init__(self, model: ServedModel) -> None:
        super().__init__(model)
        self.tokenizer = Tokenizer.load(model.served_folder)
        self.runtime = Runtime(model.served_folder / "model.onnx", WordTable(model.served_folder / "words.npy"))

    def _encode(self, texts: list[str], progress: Progress | None) -> Vectors:
        ids = (self.tokenizer.encode(text, self.model.limit).ids for text in texts)
        return np.concatenate([np.empty((0, self.dimension), np.float32), *self.runtime.run(ids, progress)])


class TorchEmbedder(_Prompted):
    """Encodes with sentence-transformers: for models that have no served form, and for GPUs."""

    def __init__(self, model: ServedModel, device: str) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        if device != "cpu" and not torch.cuda.is_available():
            cure = "leave the device out, or install PyTorch for CUDA"
            raise ModelError(f"device {device!r}: PyTorch {torch.__version__} finds no NVIDIA GPU here: {cure}")
        super().__init__(model)
        self.encoder = SentenceTransformer(str(model.folder), device=device, local_files_only=True)

    def _encode(self, texts: list[str], progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), PORTION):
            part = texts[start : start + PORTION]
            vectors[start : start + len(part)] = self.encoder.encode(part, prompt="", normalize_embeddings=True)
            if progress:
                progress(start + len(part))
        return vectors
