"""10 k, 100 k and 1 M passages: disk, memory, recall@10 of exact search, milliseconds a question, questions a second with two workers.

``python -m bench.speed.search COUNT`` measures one size. The first run makes the collections (build/bench, 15 minutes a million).
``python -m bench.speed.search COUNT kinds`` compares, on the vectors of one language, the index with what else FAISS has to offer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench import ROOT
from bench.speed._made import exact, made, questions, real_vectors, vectors
from index.answers.retrieval import DEPTH, retrieve
from index.engine import Engine
from index.models.embedder import load_embedder
from index.questions.scope import Query
from index.storage.vectors import Coded, nearest, read_vectors, write_vectors

SIZES = (10_000, 100_000, 1_000_000)
ASKED = 200


def run() -> dict[str, Any]:
    """Each size in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.speed.search"]
    return {
        str(count): json.loads(subprocess.run([*command, str(count)], check=True, capture_output=True, cwd=ROOT).stdout) for count in SIZES
    }


def measure(count: int) -> dict[str, Any]:
    """Figures of one size; memory is read before recall, which needs the exact neighbours."""
    index = made(count)
    sizes = _bytes(index, count)
    started = time.perf_counter()
    engine = Engine.load(index, reader=None)
    opened = time.perf_counter() - started
    asked = questions(ASKED)
    served, embedder = engine._served, engine._embedder
    encoded = embedder.encode_questions(asked)
    pairs = list(zip(asked, encoded, strict=True))
    for text in asked[:50]:
        engine.answer(text)

    def answer(text: str) -> None:
        engine._searched.cache_clear()  # each question is asked several times
        engine.answer(text)

    def search(pair: Any) -> None:
        retrieve(served, Query(pair[0], "it", pair[1]), engine._scale, 10)

    def search_and_encode(text: str) -> None:
        search((text, embedder.encode_questions([text])[0]))

    figures = {
        "bytes_a_passage": sizes,
        "open_s": round(opened, 2),
        "retrieval_ms": _percentiles(search, pairs),
        "retrieval_with_encoding_ms": _percentiles(search_and_encode, asked),
        "answer_ms": _percentiles(answer, asked),
        "answers_per_second_two_workers": _rate(answer, asked),
        "retrievals_with_encoding_per_second_two_workers": _rate(search_and_encode, asked),
        "resident_mb": _resident(),
    }
    return figures | {"recall@10": _recall(served, encoded)}


def _bytes(index: Path, count: int) -> dict[str, int]:
    kinds = {"vectors": "*.faiss", "sentences": "sentences/*.npy", "keywords": "keywords/**/*.npy", "texts": "passages.sqlite"}
    return {kind: round(sum(path.stat().st_size for path in index.rglob(pattern)) / count) for kind, pattern in kinds.items()}


def _percentiles(job: Callable[[Any], Any], inputs: list[Any]) -> dict[str, float]:
    """Milliseconds that pass, and milliseconds of processor time, which other programs on the machine hardly change."""
    times, worked = [], []
    for given in inputs:
        started, busy = time.perf_counter(), time.process_time()
        job(given)
        times.append(1000 * (time.perf_counter() - started))
        worked.append(1000 * (time.process_time() - busy))
    passed = {f"p{at}": round(float(np.percentile(times, at)), 1) for at in (50, 95, 99)}
    return passed | {f"cpu_p{at}": round(float(np.percentile(worked, at)), 1) for at in (50, 95, 99)}


def _rate(job: Callable[[Any], Any], inputs: list[Any]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(job, inputs))
    return round(len(inputs) / (time.perf_counter() - started), 1)


def _resident() -> dict[str, int]:
    """Megabytes now in memory; "file" are pages of files, which the system takes back when it needs them."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    names = {"all": "VmRSS", "own": "RssAnon", "file": "RssFile", "peak": "VmHWM"}
    return {name: int(lines[field].split()[0]) // 1024 for name, field in names.items()}


def _recall(generation: Any, asked: Any) -> float:
    """Share of the true ten nearest of each language that are the first ten by meaning of what retrieval looks at."""
    shares = []
    for language, index in generation.vectors.items():
        _, near = index.search(asked, DEPTH)
        for vector, rows, true in zip(asked, near, exact(language, index.ntotal, asked), strict=True):
            best = rows[np.argsort(-(index.reconstruct_batch(rows) @ vector))][:10]
            shares.append(len(set(best) & set(true)) / 10)
    return round(float(np.mean(shares)), 4)


def kinds(count: int) -> dict[str, Any]:
    """Bytes a vector, recall@10 and milliseconds on one thread: ours, an HNSW graph and inverted lists over 8 bits a number."""
    import faiss

    faiss.omp_set_num_threads(1)
    base, number = real_vectors("it"), int(2 ** round(np.log2(4 * np.sqrt(count))))
    asked = load_embedder().encode_questions(questions(ASKED))
    true = exact("it", count, asked)
    library: Any = faiss  # its stubs name other arguments than its Python classes take
    graph = library.IndexHNSWSQ(base.shape[1], faiss.ScalarQuantizer.QT_8bit, 32, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efSearch = 512
    lists = library.index_factory(base.shape[1], f"IVF{number},SQ8", faiss.METRIC_INNER_PRODUCT)
    lists.nprobe, lists.cp.min_points_per_centroid = 256, 1
    figures = {"ours": _kind(_ours(base, count), asked, true)}
    for name, index in (("hnsw32_sq8_ef512", graph), (f"ivf{number}_sq8_probed256", lists)):
        index.train(np.concatenate([block[:: max(1, count // 50_000)] for block in vectors(base, count)]))
        for block in vectors(base, count):
            index.add(block)
        figures[name] = _kind((index, faiss.serialize_index(index).nbytes), asked, true)
    return figures


def _ours(base: Any, count: int) -> tuple[Any, int]:
    with tempfile.TemporaryDirectory() as folder:
        write_vectors(Path(folder), count, lambda: (row for block in vectors(base, count) for row in block))
        return read_vectors(Path(folder)), sum(path.stat().st_size for path in Path(folder).iterdir())


def _kind(made: tuple[Any, int], asked: Any, true: Any) -> dict[str, Any]:
    index, size = made
    near = [nearest(index, vector, DEPTH) for vector in asked]
    best = near if not isinstance(index, Coded) else [
        rows[np.argsort(-(index.reconstruct_batch(rows) @ vector))] for vector, rows in zip(asked, near, strict=True)
    ]  # fmt: skip
    shares = [len(set(rows[:10]) & set(right)) / 10 for rows, right in zip(best, true, strict=True)]
    times = _percentiles(lambda vector: nearest(index, vector, DEPTH), list(asked))
    return {"bytes": round(size / index.ntotal), "recall@10": round(float(np.mean(shares)), 4), "search_ms": times}


if __name__ == "__main__":
    print(json.dumps((kinds if "kinds" in sys.argv[2:] else measure)(int(sys.argv[1]))))
