"""With no network but loopback everything but the installation works."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "data" / "articles" / "putin-in-kazakistan.md"

# A Python that refuses every socket to another machine, as a machine without a route would, and tells the name it was asked for.
GUARD = """
import ipaddress, socket, sys

def refuse(event, arguments):
    if event == "socket.getaddrinfo" and arguments[0] not in (None, "localhost", "127.0.0.1", "::1"):
        raise OSError(f"the test forbids to look up {arguments[0]!r}")
    if event == "socket.connect" and arguments[0].family != socket.AF_UNIX and not ipaddress.ip_address(arguments[1][0]).is_loopback:
        raise OSError(f"the test forbids to connect to {arguments[1]!r}")

sys.addaudithook(refuse)
"""


def _chiedi(tmp_path: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    (tmp_path / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": f"{tmp_path}:{ROOT}", "LC_ALL": "C.UTF-8"}
    command = [*_without_network(), sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)


def _without_network() -> list[str]:
    """A network namespace of its own, which has no route at all, where this machine allows one."""
    unshare = shutil.which("unshare")
    allowed = unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0
    return [unshare, "-rn"] if unshare and allowed else []


@pytest.mark.model
def test_build_ask_and_chat_need_no_network(tmp_path: Path) -> None:
    """From an empty cache folder: the model is unpacked, the index built, questions asked, without a network."""
    (tmp_path / "articles").mkdir()
    shutil.copy(ARTICLE, tmp_path / "articles")
    built = _chiedi(tmp_path, "build", "--articles", "articles", "--index", "index")
    assert (built.returncode, built.stdout[:19]) == (0, "Indexed 1 article, "), built.stderr
    asked = _chiedi(tmp_path, "ask", "How much uranium does Kazakhstan produce?", "--index", "index")
    assert "43%" in asked.stdout, asked.stderr
    chatted = _chiedi(tmp_path, "chat", "--index", "index", typed="Quanto uranio produce il Kazakistan?\n")
    assert "43%" in chatted.stdout, chatted.stderr


@pytest.mark.model
def test_unreachable_hub_is_one_clear_line(tmp_path: Path) -> None:
    """A model name that is not on disk says that it is fetched and, without a network, what to do."""
    (tmp_path / "articles").mkdir()
    shutil.copy(ARTICLE, tmp_path / "articles")
    built = _chiedi(tmp_path, "build", "--articles", "articles", "--index", "index", "--model", "nobody/no-such-model")
    assert built.returncode == 1
    assert "Traceback" not in built.stderr
    assert "nobody/no-such-model" in built.stderr.splitlines()[-1]


def test_asking_imports_no_heavy_library(tmp_path: Path) -> None:
    """`chiedi ask` imports neither the Telegram library nor torch, transformers or sentence-transformers."""
    code = "import bot.cli, bot.replies.rendering, index.engine, index.storage.build, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"telegram", "torch", "transformers", "sentence_transformers", "sklearn", "aiohttp"})
