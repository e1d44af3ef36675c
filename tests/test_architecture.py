"""The house rules that a reader of the imports can check."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "bot")
MOST = 12  # files in a folder


def _files() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.name != "__init__.py")


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_imports_point_one_way() -> None:
    """The contracts in pyproject.toml hold."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]  # inside this process it would disable our loggers
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("room", sorted({path.parent for path in _files()}), ids=lambda path: path.name)
def test_a_room_says_what_belongs_there(room: Path) -> None:
    """Its __init__ has a docstring."""
    assert ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))


def test_no_folder_is_crowded() -> None:
    """A folder of code holds at most twelve files."""
    folders = [path for package in (*PACKAGES, "bench", "tests") for path in [ROOT / package, *(ROOT / package).rglob("*/")]]
    assert [folder for folder in folders if len(list(folder.glob("*.py"))) > MOST] == []


def _calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", [path for path in _files() if _module(path) != "bot.cli"], ids=_module)
def test_only_the_command_line_prints(path: Path) -> None:
    """print() stands in the command line only."""
    assert "print" not in _calls(path)


@pytest.mark.parametrize("path", [path for path in _files() if _module(path) != "bot.settings"], ids=_module)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    """os.environ and os.getenv stand in the settings only."""
    assert "environ" not in path.read_text(encoding="utf-8")
    assert "os.getenv" not in _calls(path)
