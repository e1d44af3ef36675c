"""Chiedi as a package: built, installed where there is no checkout, and asked."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import platformdirs
import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "tests" / "data" / "documents" / "word.docx"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment with Chiedi's wheel; the libraries are those of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, capture_output=True, check=True)
    venv.create(folder / "env", with_pip=True)
    programs = folder / "env" / "bin"
    (wheel,) = folder.glob("*.whl")
    subprocess.run([programs / "pip", "install", "--no-index", "--no-deps", wheel], capture_output=True, check=True)
    (packages,) = (folder / "env" / "lib").glob("python*/site-packages")
    (packages / "libraries.pth").write_text("\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}))
    return programs


def _chiedi(programs: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.defpath, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "LC_ALL": "C.UTF-8"}
    environment["XDG_CACHE_HOME"] = str(platformdirs.user_cache_path("chiedi").parent)
    (home / "elsewhere").mkdir(exist_ok=True)
    command = [programs / "chiedi", *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=home / "elsewhere", env=environment, check=False
    )


@pytest.mark.model
def test_an_installed_wheel_answers_outside_a_checkout(installed: Path, tmp_path: Path) -> None:
    """It brings its first article, its weights and its lexicon along, and keeps articles and index in the user's data folder."""
    built = _chiedi(installed, tmp_path, "build")
    assert (built.returncode, built.stdout[:19]) == (0, "Indexed 1 article, "), built.stderr
    assert f"Articles are kept in {tmp_path / 'data' / 'chiedi' / 'articles'}; one is there to begin with" in built.stderr
    asked = _chiedi(installed, tmp_path, "ask", "How much uranium does Kazakhstan produce?")
    assert asked.stdout.startswith("43%\n\nThe article is in Italian:\n"), asked.stderr
    assert "TELEGRAM_BOT_TOKEN=YOUR_TOKEN chiedi run" in _chiedi(installed, tmp_path, "run").stderr
    assert sorted(path.name for path in (tmp_path / "data" / "chiedi").iterdir()) == ["articles", "index"]
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.model
def test_an_installed_wheel_reads_documents(installed: Path, tmp_path: Path) -> None:
    """The sandbox finds its parsers; no article comes uninvited where a folder of articles was made."""
    added = _chiedi(installed, tmp_path, "add", str(DOCUMENT))
    assert (added.returncode, added.stdout[:7]) == (0, "Added: "), added.stderr
    assert "Indexed 1 article, " in added.stdout
