"""Passages a second, milliseconds a question, recall@5: the served model, sentence-transformers in float32 (its defaults), in bfloat16."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench import SQUAD4
from index.evaluation.report import read_questions
from index.models.embedder import load_embedder
from index.models.preparation import prepare

PASSAGES, QUESTIONS, ROUNDS = 128, 40, 3


def run() -> dict[str, Any]:
    """Encodes the same texts in turn with every contender; medians over the rounds. Takes some minutes."""
    import torch
    from sentence_transformers import SentenceTransformer

    ours = load_embedder(None, print)
    folder = str(prepare(None, print).folder)
    stock = SentenceTransformer(folder, device="cpu", local_files_only=True)
    half = SentenceTransformer(folder, device="cpu", local_files_only=True, model_kwargs={"dtype": torch.bfloat16}) if has_half() else None
    passages, questions = texts(PASSAGES)
    encoders: dict[str, Callable[[Any], Any]] = {"ours": ours.encode_passages, "stock": stock.encode_document}
    if half:
        encoders |= {f"bfloat16_{size}": partial(half.encode_document, batch_size=size) for size in (8, 32)}
    rates = {name: round(PASSAGES / seconds, 1) for name, seconds in _medians(encoders, [passages] * ROUNDS).items()}
    askers: dict[str, Callable[[Any], Any]] = {"ours": lambda text: ours.encode_questions([text]), "stock": stock.encode_query}
    if half:
        askers["bfloat16"] = half.encode_query
    waits = {name: round(1000 * wait, 1) for name, wait in _medians(askers, questions).items()}
    cosines = np.sum(ours.encode_passages(passages) * stock.encode_document(passages), axis=1)
    return {
        "passages": PASSAGES, "mean_tokens": round(float(np.mean([len(stock.tokenizer(text)["input_ids"]) for text in passages])), 1),
        "passages_per_second": rates, "question_ms_p50": waits,
        "passages_ratio_to_stock": round(rates["ours"] / rates["stock"], 2),
        "passages_ratio_to_best_bfloat16": round(rates["ours"] / max(rates["bfloat16_8"], rates["bfloat16_32"]), 2) if half else None,
        "question_ratio_to_stock": round(waits["stock"] / waits["ours"], 2),
        "cosine_mean": round(float(cosines.mean()), 5), "cosine_min": round(float(cosines.min()), 5),
        "recall@5_ours": recall(ours.encode_passages, ours.encode_questions),
        "recall@5_stock": recall(stock.encode_document, stock.encode_query),
    }  # fmt: skip


def has_half() -> bool:
    """Whether the processor computes in bfloat16; one that emulates it takes an hour."""
    known = Path("/proc/cpuinfo")
    return known.exists() and any(flag in known.read_text() for flag in ("avx512_bf16", "amx_bf16"))


def recall(encode_passages: Callable[[list[str]], Any], encode_questions: Callable[[list[str]], Any]) -> dict[str, float]:
    """Of 300 questions in each language, the share whose paragraph is among the five nearest of the 24 Italian articles."""
    shares: dict[str, float] = {}
    texts = {file.stem: file.read_text("utf-8") for file in sorted((SQUAD4 / "articles_it").glob("*.txt"))}
    places = [(name, match) for name, text in texts.items() for match in re.finditer(r"[^\n]+", text)]
    vectors = encode_passages([match.group() for _, match in places])
    for direction in ("it_on_it", "en_on_it"):
        asked = [question for question in read_questions(SQUAD4 / f"questions_{direction}.jsonl") if question.answerable]
        asked = random.Random(0).sample(asked, 300)
        near = np.argsort(-(encode_questions([question.question for question in asked]) @ vectors.T), axis=1)[:, :5]
        first = [{(places[row][0], places[row][1].start()) for row in rows} for rows in near]
        shares[direction] = float(np.mean([(each.article, each.start) in five for each, five in zip(asked, first, strict=True)]))
    return shares


def texts(count: int) -> tuple[list[str], list[str]]:
    """``count`` paragraphs, the same ones each time, and questions made of the first words of some."""
    files = sorted(SQUAD4.glob("articles_??/*.txt"))
    lines = [line for file in files for line in file.read_text("utf-8").split("\n\n")]
    paragraphs = [line for line in lines if 500 <= len(line) <= 1500]
    chosen = random.Random(0).sample(paragraphs * (1 + count // len(paragraphs)), count)
    return chosen, [" ".join(text.split()[:9]) for text in chosen[:QUESTIONS]]


def _medians(jobs: dict[str, Callable[[Any], Any]], given: Iterable[Any]) -> dict[str, float]:
    """Median seconds of each job on what is given; the jobs take turns, so that other load falls on all of them."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for each in given:
        for name, job in jobs.items():
            start = time.perf_counter()
            job(each)
            times[name].append(time.perf_counter() - start)
    return {name: median(values) for name, values in times.items()}
