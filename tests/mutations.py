"""Breaks important lines one after the other and says which tests notice: `python -m tests.mutations`. Not part of the suite.

Each change is made in a copy of the tree and must turn a test of its module red.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHANGES = ROOT / "tests" / "data" / "mutations.tsv"


def main() -> int:
    """Prints a line for each change; the exit code is 1 when one stayed unnoticed."""
    rows = [line.split("\t") for line in CHANGES.read_text(encoding="utf-8").splitlines()[1:]]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "build", "training", "__pycache__"))
        for purpose, name, old, new, tests in rows:
            path = copy / name
            text = path.read_text(encoding="utf-8")
            if text.count(old) != 1:
                raise SystemExit(f"{name} holds {old!r} {text.count(old)} times: mend the list")
            path.write_text(text.replace(old, new), encoding="utf-8")
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", tests]
            ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
            path.write_text(text, encoding="utf-8")
            failed = [line.split(" ")[1] for line in ended.stdout.splitlines() if line.startswith("FAILED")]
            print(f"{'noticed' if failed else 'NOT NOTICED'}: {purpose} ({name}){': ' if failed else ''}{''.join(failed)}", flush=True)
            unnoticed += not failed
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
