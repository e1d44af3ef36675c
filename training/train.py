"""Trains the reader; run again with the same folder it goes on from the last checkpoint.

    python training/train.py --examples training/runs/examples.json --encoder FOLDER --out training/runs/eighteen --steps 3000 --decay 600

FOLDER is multilingual-e5-small as a sentence-transformers folder, as `index.models.preparation.prepare` unpacks it.
Learning rate: linear warm-up, constant, then linear to zero over the last `--decay` steps; so a run can be made longer, or its end be
trained again on other data (`--from CHECKPOINT`; `restore.py` makes one of an exported reader), without starting anew.
Weights and activations are bfloat16 (`--precision float32` on a processor that does not compute in it), the master copy and AdamW
float32; two processes of one thread each average their gradients.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing
from examples import Example, Shares, draw_epoch, prepared
from model import ReaderModel, pretrained
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

BATCH, POOL, DROP, CLIP, DECAY = 16, 80, 0.1, 1.0, 0.01
WARM, SAVE = 150, 50


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=Path, required=True)
    options.add_argument("--encoder", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--from", type=Path, dest="source")
    options.add_argument("--steps", type=int, required=True)
    options.add_argument("--decay", type=int, required=True)
    options.add_argument("--rate", type=float, default=2e-4)
    options.add_argument("--squad4", type=float, default=1.0, help="share of the copies of its questions that an epoch draws")
    options.add_argument("--written", type=float, default=0.0, help="copies of each of our own questions in each direction in an epoch")
    options.add_argument("--papers", type=float, default=0.0, help="the same for our own questions on what papers print")
    options.add_argument("--people", type=float, default=0.0, help="copies of each question that people wrote for other collections")
    options.add_argument("--keep", type=int, default=500, help="steps after which the weights are kept by themselves, to be averaged")
    options.add_argument("--seed", type=int, default=17)
    options.add_argument("--device", default="cpu")
    options.add_argument("--precision", choices=("bfloat16", "float32"), default="bfloat16")
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "meeting").unlink(missing_ok=True)
    torch.multiprocessing.spawn(work, (given,), nprocs=given.processes)


def work(rank: int, given: argparse.Namespace) -> None:
    """One process: draws the same batches as the others, computes its share of each, applies the averaged gradient."""
    torch.set_num_threads(1 if given.device == "cpu" else 8)
    torch.set_flush_denormal(True)
    dist.init_process_group("gloo", f"file://{(given.out / 'meeting').resolve()}", timedelta(hours=2), given.processes, rank)
    model, table = pretrained(given.encoder)
    precision = getattr(torch, given.precision)
    flat = Flat(model.train().to(given.device), given.rate, precision)
    table = table.to(given.device, precision)
    origin = flat.load(given.source) if given.source else 0
    step = flat.load(given.out / "last.pt") or origin
    began, seen, losses = time.monotonic(), 0, [0.0] * 3
    torch.manual_seed(given.seed + 1000 * rank + step)
    for batch in batches(rank, given, origin, step - origin):
        if step >= given.steps:
            break
        share = batch[rank :: given.processes]
        ids, mask, allowed, starts, ends, decision = tensors(share, given.device)
        parts = loss(model, table[ids], mask, allowed, starts, ends, decision)
        sum(parts).backward()
        flat.update(rate(step, given.steps, given.decay), given.processes)
        step += 1
        seen += len(batch)
        losses = [0.98 * old + 0.02 * part.item() for old, part in zip(losses, parts, strict=True)]
        if rank == 0 and (step % 20 == 0):
            weight = 1 - 0.98 ** (seen / BATCH)
            shown = " ".join(f"{value / weight:.3f}" for value in losses)
            speed = seen / (time.monotonic() - began)
            print(
                f"step {step}/{given.steps} span,answerable,decision {shown} · {speed:.1f} examples/s · {time.strftime('%H:%M:%S')}",
                flush=True,
            )
        if rank == 0 and (step % SAVE == 0 or step == given.steps):
            flat.save(given.out / "last.pt", step)
        if rank == 0 and step % given.keep == 0:
            torch.save({name: value.float().cpu() for name, value in model.state_dict().items()}, given.out / f"step-{step}.pt")
    if rank == 0 and step >= given.steps:
        torch.save({name: value.float().cpu() for name, value in model.state_dict().items()}, given.out / "model.pt")
    dist.destroy_process_group()


def rate(step: int, steps: int, decay: int) -> float:
    return min((step + 1) / WARM, 1.0, max(0.0, (steps - step) / decay))


def drawn_epoch(rank: int, given: argparse.Namespace, epoch: int) -> list[Example]:
    """The first process draws the epoch, the others read what it wrote."""
    path = given.out / f"epoch{epoch}.pickle"
    if rank == 0 and not path.exists():
        material = json.loads(given.examples.read_text(encoding="utf-8"))
        tokenizer = prepared(Tokenizer.from_file(str(given.encoder / "tokenizer.json")))
        drawn = draw_epoch(material, tokenizer, given.seed + epoch, Shares(given.squad4, given.written, given.papers, given.people))
        path.with_suffix(".part").write_bytes(pickle.dumps(drawn))
        path.with_suffix(".part").replace(path)
    dist.barrier()
    examples: list[Example] = pickle.loads(path.read_bytes())
    return examples


def batches(rank: int, given: argparse.Namespace, origin: int, done: int) -> Iterator[list[Example]]:
    """Endless batches of examples of like length, others than a run from another `origin` draws; the first `done` are skipped."""
    for epoch in range(origin, origin + 1000):
        examples = drawn_epoch(rank, given, epoch)
        count = len(examples) // BATCH
        if done >= count:
            done -= count
            continue
        pools = [sorted(examples[at : at + BATCH * POOL], key=lambda e: len(e.ids)) for at in range(0, count * BATCH, BATCH * POOL)]
        drawn = [pool[at : at + BATCH] for pool in pools for at in range(0, len(pool) - BATCH + 1, BATCH)][:count]
        random.Random(given.seed + epoch).shuffle(drawn)
        yield from drawn[done:]
        done = 0


def tensors(examples: list[Example], device: str) -> list[Tensor]:
    """ids, mask, allowed (first token and passage), starts and ends that are right (all (b, length)), decision (b,)."""
    length = max(len(example.ids) for example in examples)
    ids = torch.tensor([example.ids + [1] * (length - len(example.ids)) for example in examples])
    mask = (ids != 1).float()
    allowed = mask.bool()
    starts, ends = torch.zeros_like(allowed), torch.zeros_like(allowed)
    for row, example in enumerate(examples):
        allowed[row, 1 : example.passage] = False
        starts[row, example.start : (example.end if example.loose else example.start) + 1] = True
        ends[row, (example.start if example.loose else example.end) : example.end + 1] = True
    decision = torch.tensor([float(example.decision) for example in examples])
    return [tensor.to(device) for tensor in (ids, mask, allowed, starts, ends, decision)]


def loss(model: ReaderModel, words: Tensor, mask: Tensor, allowed: Tensor, starts: Tensor, ends: Tensor, decision: Tensor) -> list[Tensor]:
    """Of the span, of whether the passage answers, and of whether a yes or a no is asked for."""
    start, end, answerable, decides = model(words, mask, DROP)
    span = (missed(start, allowed, starts) + missed(end, allowed, ends)) / 2
    right = F.binary_cross_entropy_with_logits(answerable, (~starts[:, 0]).float())
    return [span, 0.5 * right, 0.2 * F.binary_cross_entropy_with_logits(decides, decision)]


def missed(logits: Tensor, allowed: Tensor, right: Tensor) -> Tensor:
    """Mean negative log-probability of the right tokens among the allowed ones."""
    return (logits.masked_fill(~allowed, -1e4).logsumexp(-1) - logits.masked_fill(~right, -1e4).logsumexp(-1)).mean()


class Flat:
    """All weights as one float32 master vector with AdamW; the model computes on a bfloat16 copy that its parameters view."""

    def __init__(self, model: ReaderModel, rate: float, precision: torch.dtype) -> None:
        parameters = sorted(model.named_parameters(), key=lambda pair: pair[0].startswith(("span", "answerable")))
        values = [value for _, value in parameters]
        self.master = torch.cat([value.detach().float().flatten() for value in values])
        self.copy = self.master.to(precision, copy=True)
        self.slope = torch.zeros_like(self.copy)
        at = 0
        for value in values:
            here = slice(at, at + value.numel())
            value.data, value.grad = self.copy[here].view_as(value), self.slope[here].view_as(value)
            at += value.numel()
        heads = sum(value.numel() for name, value in parameters if name.startswith(("span", "answerable")))
        self.body, self.heads = self.master[:-heads].requires_grad_(), self.master[-heads:].requires_grad_()
        groups = [{"params": [self.body], "top": rate}, {"params": [self.heads], "top": 5 * rate}]
        self.optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), weight_decay=DECAY, fused=True)

    def update(self, scale: float, processes: int) -> None:
        slope = self.slope.float()
        dist.all_reduce(slope)
        slope /= processes
        slope *= (CLIP / (slope.norm() + 1e-6)).clamp(max=1.0)
        cut = self.body.numel()
        self.body.grad, self.heads.grad = slope[:cut], slope[cut:]
        for group in self.optimizer.param_groups:
            group["lr"] = group["top"] * scale
        self.optimizer.step()
        with torch.no_grad():
            self.copy.copy_(torch.cat([self.body, self.heads]))
        self.slope.zero_()

    def save(self, path: Path, step: int) -> None:
        state = {"step": step, "body": self.body.detach(), "heads": self.heads.detach(), "optimizer": self.optimizer.state_dict()}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> int:
        """The step of the checkpoint, 0 where there is none."""
        if not path.exists():
            return 0
        state = torch.load(path)
        top = [group["top"] for group in self.optimizer.param_groups]
        self.optimizer.load_state_dict(state["optimizer"])
        for group, value in zip(self.optimizer.param_groups, top, strict=True):
            group["top"] = value
        with torch.no_grad():
            self.body.copy_(state["body"])
            self.heads.copy_(state["heads"])
            self.copy.copy_(torch.cat([self.body, self.heads]))
        return int(state["step"])


if __name__ == "__main__":
    main()
