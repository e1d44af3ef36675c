"""The same passages, questions and weights through txtai, LangChain + FAISS, LlamaIndex and Haystack, as their documentation shows them.

Their environment is made in build/peers-venv from peer_systems/requirements.txt (a few gigabytes, some minutes, once). What is counted:
seconds to build, seconds of a new process to its first answer, milliseconds of the others, those of the processor too, peak memory, R@5.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np

from bench import ROOT, SQUAD4
from index.models.preparation import prepare

PLACE = ROOT / "build" / "peers-venv"
SYSTEMS = ("chiedi", "chiedi_passages", "txtai", "langchain", "llamaindex", "haystack")
PASSAGES, QUESTIONS, COLD = 300, 100, 3


def run() -> dict[str, Any]:
    """Measures every system in turn, each step in a process of its own."""
    _environment()
    passages, questions, right = _material()
    with tempfile.TemporaryDirectory() as folder:
        return {
            "passages": PASSAGES,
            "questions": QUESTIONS,
            **{system: _measure(system, Path(folder, system), passages, questions, right) for system in SYSTEMS},
        }


def _environment() -> None:
    if not (PLACE / "ready").exists():
        venv.create(PLACE, with_pip=True)
        pip = [str(PLACE / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "torch==2.13.0"], check=True)  # first, so that nothing pulls another build of it
        subprocess.run([*pip, "-r", str(Path(__file__).parent / "peer_systems" / "requirements.txt")], check=True)
        (PLACE / "ready").touch()


def _material() -> tuple[list[str], list[str], list[int]]:
    """Italian paragraphs, questions about some of them, and the number of the right paragraph for each."""
    lines = (SQUAD4 / "questions_it_on_it.jsonl").read_text("utf-8").splitlines()
    asked = [row for row in map(json.loads, lines) if row["answerable"]]
    places = sorted({(row["article"], row["start"], row["end"]) for row in asked})
    chosen = random.Random(0).sample(places, PASSAGES)
    texts = {article: (SQUAD4 / "articles_it" / f"{article}.txt").read_text("utf-8") for article, _, _ in chosen}
    passages = [texts[article][start:end].strip() for article, start, end in chosen]
    fitting = [row for row in asked if (row["article"], row["start"], row["end"]) in set(chosen)]
    sample = random.Random(0).sample(fitting, QUESTIONS)
    return passages, [row["question"] for row in sample], [chosen.index((row["article"], row["start"], row["end"])) for row in sample]


def _measure(system: str, folder: Path, passages: list[str], questions: list[str], right: list[int]) -> dict[str, Any]:
    folder.mkdir()
    job = {"model": str(prepare(None, lambda line: None).folder), "index": str(folder / "index"), "passages": passages}
    (folder / "index").mkdir()
    (folder / "one.json").write_text(json.dumps(job | {"questions": questions[:1]}))
    (folder / "all.json").write_text(json.dumps(job | {"questions": questions}))
    built, _ = _step(system, "build", folder / "one.json")
    cold = sorted((_step(system, "ask", folder / "one.json") for _ in range(COLD)), key=lambda step: step[1])
    asked, _ = _step(system, "ask", folder / "all.json")
    return {
        "build_s": round(built["seconds"], 1),
        "build_cpu_s": round(built["worked"], 1),
        "cold_answer_s": round(cold[COLD // 2][1], 2),
        "cold_answer_cpu_s": round(cold[COLD // 2][0]["cpu"], 2),
        "warm_p50_ms": round(1000 * float(np.percentile(asked["waits"][1:], 50)), 1),
        "warm_p95_ms": round(1000 * float(np.percentile(asked["waits"][1:], 95)), 1),
        "warm_p50_cpu_ms": round(1000 * float(np.percentile(asked["work"][1:], 50)), 1),
        "peak_mb": round(asked["peak_mb"]),
        "recall@5": round(float(np.mean([number in found for number, found in zip(right, asked["found"], strict=True)])), 3),
    }


def _step(system: str, step: str, job: Path) -> tuple[Any, float]:
    """What one process prints, and its wall seconds."""
    python = sys.executable if system.startswith("chiedi") else str(PLACE / "bin" / "python")
    command = [python, str(Path(__file__).parent / "peer_systems" / "systems.py"), system, step, str(job)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1]), time.perf_counter() - started
