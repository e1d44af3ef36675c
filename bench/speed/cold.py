"""Seconds and peak memory of `chiedi ask` from a cold process, beside `import sentence_transformers` and `python -c pass`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from statistics import median
from typing import Any

from bench import ROOT

ROUNDS = 5
QUESTIONS = ("How much uranium does Kazakhstan produce?", "Quanto uranio produce il Kazakistan?", "Chi costruirà la centrale?")


def run() -> dict[str, Any]:
    """Builds an index of the project's own articles in a temporary folder and times new processes that take turns; medians."""
    with tempfile.TemporaryDirectory() as folder:
        chiedi = [sys.executable, "-m", "bot"]
        place = ["--articles", str(ROOT / "data" / "articles"), "--index", folder]
        _child([*chiedi, "build", *place])
        commands = {
            "ask": [*chiedi, "ask", QUESTIONS[0], *place],
            "import_sentence_transformers": [sys.executable, "-c", "import sentence_transformers"],
            "python_pass": [sys.executable, "-c", "pass"],
        }
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(ROUNDS + 1):
            for name, command in commands.items():
                results[name].append(_child(command))
        seconds = {name: round(median(wall for wall, _ in rows[1:]), 3) for name, rows in results.items()}  # the first fills the disk cache
        engine = _child([*chiedi, "ask", "--stdin", "--json", *place], "\n".join(QUESTIONS * 20) + "\n")
    return {
        "seconds": seconds,
        "ask_to_import_ratio": round(seconds["ask"] / seconds["import_sentence_transformers"], 3),
        "ask_peak_mb": round(max(peak for _, peak in results["ask"])),
        "engine_peak_mb": round(engine[1]),
        "engine_questions": 20 * len(QUESTIONS),
    }


def _child(command: list[str], text: str = "") -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of one process. Raises ChildProcessError when it fails."""
    with tempfile.TemporaryFile() as given:
        given.write(text.encode())
        given.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)
        complaint = process.stderr.read().decode() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ChildProcessError(f"{' '.join(command)}: {complaint.strip()}")
    return wall, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
