"""Installs Chiedi into .venv: with uv where it can be had and reaches PyTorch's builds, else with pip. Run by make.

uv takes PyTorch's CPU build unless there is a GPU, and a cache that other projects share. Whatever uv cannot do, pip does.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"  # everything but PyTorch, whose file differs by machine, with hashes
STEP = re.compile(r"(Collecting|Requirement already satisfied:|Downloading|Installing collected|Building) ?(\S*)")
WIDTH = 30
PATIENCE = 60  # seconds


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, nargs="?", default=ROOT / ".venv")
    options.add_argument("--pip", action="store_true", help="do not try uv")
    given = options.parse_args()
    python = given.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        say("Making a virtual environment ...")
        venv.create(given.folder, with_pip=True)
    torch = next(
        name for name in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"] if name.startswith("torch")
    )
    uv = None if given.pip else found_uv(python)
    if uv and with_uv(uv, python, torch):
        return 0
    return with_pip(python, torch)


def found_uv(python: Path) -> str | None:
    """The uv on this machine, else one put into the environment."""
    if uv := shutil.which("uv"):
        return uv
    quiet = subprocess.run([python, "-m", "pip", "install", "-qq", "uv"], capture_output=True, check=False)
    mine = python.with_name("uv")
    return str(mine) if quiet.returncode == 0 and mine.exists() else None


def with_uv(uv: str, python: Path, torch: str) -> bool:
    """Whether uv installed everything; it is asked first whether it reaches PyTorch's builds, so that nothing large is fetched in vain."""
    install = [uv, "pip", "install", "--python", str(python)]
    backend = ["--torch-backend=auto", torch]
    if not reaches([*install, "--dry-run", "--quiet", *backend]):
        say("uv does not reach PyTorch's builds from here; pip installs instead.")
        return False
    say("Installing with uv ...")
    steps = ([*install, *backend], [*install, "--require-hashes", "--no-deps", "-r", str(LOCK)], [*install, "--no-deps", "-e", str(ROOT)])
    return all(subprocess.run(step, check=False).returncode == 0 for step in steps)


def reaches(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def with_pip(python: Path, torch: str) -> int:
    """Installs in three steps, with a line that moves on a terminal; what pip said is shown when it failed."""
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
    packages = sum(1 for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line)
    steps = (
        ("PyTorch", [torch], 10),
        ("libraries", ["--require-hashes", "--no-deps", "-r", str(LOCK)], packages),
        ("Chiedi", ["--no-deps", "-e", str(ROOT)], 1),
    )
    for name, what, expected in steps:
        said = followed([*pip, *what], f"Installing {name}", expected)
        if said:
            say(said)
            return 1
    return 0


def followed(command: list[str], doing: str, expected: int) -> str | None:
    """Runs pip; None when all went well, else what it said."""
    on_terminal, lines, seen = sys.stderr.isatty(), list[str](), set[str]()
    if not on_terminal:
        say(f"{doing} ...")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace") as pip:
        assert pip.stdout
        for line in pip.stdout:
            lines.append(line)
            if on_terminal and (step := STEP.match(line.strip())):
                seen.add(step[2])
                done = min(WIDTH, WIDTH * len(seen) // max(1, expected))
                name = step[2].rpartition("/")[2][:40]
                print(f"\r{doing} [{'#' * done}{'.' * (WIDTH - done)}] {name:40}", end="", file=sys.stderr, flush=True)
    if on_terminal:
        print(f"\r{doing} [{'#' * WIDTH}] {'done':40}", file=sys.stderr, flush=True)
    return None if pip.returncode == 0 else "".join(line for line in lines if not line.startswith("WARNING:"))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
