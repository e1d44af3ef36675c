"""The reader as a torch module: multilingual-e5-small's twelve layers, frozen word vectors, four small heads."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, HEADS, INNER, LAYERS, EPSILON = 384, 12, 1536, 12, 1e-12


class Layer(nn.Module):
    """One post-norm transformer layer. Dropout keeps one mask a sequence and feature (Gal and Ghahramani 2016): nearly free on a CPU.

    Attention is spelled out: in bfloat16 on a CPU torch's fused backward pass takes four times as long.
    """

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, EPSILON)

    def forward(self, x: Tensor, bias: Tensor | None, drop: float) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        scores = torch.matmul(q * (WIDTH // HEADS) ** -0.5, k.transpose(-1, -2))
        weights = (scores if bias is None else scores + bias).softmax(-1)
        mixed = self.out(torch.matmul(weights, v).transpose(1, 2).reshape(batch, length, WIDTH))
        x = self.norm1(x + _dropped(mixed, drop))
        return self.norm2(x + _dropped(self.down(F.gelu(self.up(x))), drop))


def _dropped(x: Tensor, drop: float) -> Tensor:
    if drop == 0.0:
        return x
    keep = (torch.rand(x.shape[0], 1, x.shape[2], device=x.device) >= drop).to(x.dtype) / (1 - drop)
    return x * keep


class ReaderModel(nn.Module):
    """Word vectors (b, length, 384) and mask (b, length; 1 = token) -> start, end (b, length), answerable and decision (b,) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.position = nn.Embedding(512, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.span = nn.Linear(WIDTH, 2)
        self.answerable = nn.Linear(WIDTH, 2)  # whether the passage answers; whether a yes or a no is asked for

    def encode(self, words: Tensor, mask: Tensor, drop: float = 0.0) -> Tensor:
        x = self.norm(words + self.position.weight[: words.shape[1]] + self.kind)
        bias = None
        if not self.training or bool((mask == 0).any()):
            bias = ((mask - 1) * 1e4).to(x.dtype)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias, drop)
        return x

    def forward(self, words: Tensor, mask: Tensor, drop: float = 0.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x = self.encode(words, mask, drop).float()
        start, end = F.linear(x, self.span.weight.float(), self.span.bias.float()).unbind(-1)
        answerable, decision = F.linear(x[:, 0], self.answerable.weight.float(), self.answerable.bias.float()).unbind(-1)
        return start, end, answerable, decision


def pretrained(folder: Path) -> tuple[ReaderModel, Tensor]:
    """The model with the encoder's weights in `folder` (model.safetensors), and the frozen word vectors (250037, 384)."""
    old = load_file(str(folder / "model.safetensors"))
    new = {
        "position.weight": old["embeddings.position_embeddings.weight"],
        "kind": old["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": old["embeddings.LayerNorm.weight"],
        "norm.bias": old["embeddings.LayerNorm.bias"],
    }
    names = {
        "out": "attention.output.dense", "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm",
    }  # fmt: skip
    for i in range(LAYERS):
        for kind in ("weight", "bias"):
            old_layer = f"encoder.layer.{i}."
            parts = [old[f"{old_layer}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            new[f"layers.{i}.qkv.{kind}"] = torch.cat(parts)
            for mine, theirs in names.items():
                new[f"layers.{i}.{mine}.{kind}"] = old[f"{old_layer}{theirs}.{kind}"]
    model = ReaderModel()
    missing, unexpected = model.load_state_dict(new, strict=False)
    odd = [*unexpected, *(name for name in missing if not name.startswith(("span", "answerable")))]
    if odd:
        raise ValueError(f"{folder} is no multilingual-e5-small: unexpected or missing tensors {odd}")
    for head in (model.span, model.answerable):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    return model, old["embeddings.word_embeddings.weight"]
