"""The rows of the fault table that concern the index, in a short form and, marked ``faults``, with their full numbers of trials."""

import json
import multiprocessing
import random
import re
import resource
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.engine import Engine
from index.errors import IndexDamaged, IndexRefused, IndexUnwritable
from index.storage.build import build_index
from index.storage.generation import current, open_generation
from tests.conftest import FakeEmbedder

QUESTION = "In quale versione siamo?"
SPAWN: Any = multiprocessing.get_context("forkserver")  # a child starts in milliseconds, without the threads of this process
SPAWN.set_forkserver_preload(["index.storage.build", "tests.conftest"])


def write_articles(folder: Path, version: str, count: int = 12) -> None:
    """Articles that all name the version, in both languages."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        language = (
            ("Il lago numero", "si trova in Italia. Siamo nella versione") if number % 2 else ("The lake number", "lies here. Version")
        )
        (folder / f"{number}.txt").write_text(f"Articolo {number}\n\n{language[0]} {number} {language[1]} {version}.\n", encoding="utf-8")


def versions(engine: Engine) -> set[str]:
    """The versions that the hits of one answer name."""
    return {hit.passage.text.split()[-1] for hit in engine.answer(QUESTION, language="it").hits}


def rebuild(articles: Path, index: Path, ready: Any = None, error: Any = None) -> None:
    """What a child process does; a one-line error goes into the pipe ``error``."""
    embedder = FakeEmbedder()
    if ready:
        ready.send_bytes(b"!")  # a pipe: a semaphore would stay locked when its holder is killed
    try:
        build_index(articles, index, embedder)
    except IndexUnwritable as told:
        error.send(str(told))


def start(articles: Path, index: Path) -> BaseProcess:
    """A child process that has begun to build."""
    begun, ready = SPAWN.Pipe(duplex=False)
    child: BaseProcess = SPAWN.Process(target=rebuild, args=(articles, index, ready))
    child.start()
    begun.recv_bytes()
    return child


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of articles of version "first." and its index."""
    write_articles(tmp_path / "articles", "first")
    build_index(tmp_path / "articles", tmp_path / "index", FakeEmbedder())
    return tmp_path / "articles", tmp_path / "index"


full = pytest.mark.faults
FULL = r"^the index .* cannot be written \((No space left on device|database or disk is full)\).*run `chiedi build --index .*` again$"


@pytest.mark.parametrize("times", [6, pytest.param(300, marks=full)])
def test_killed_rebuild_leaves_the_old_or_the_new_generation(built: tuple[Path, Path], times: int) -> None:
    """SIGKILL at a random moment of a rebuild: a whole generation loads, the old or the new one, and orphans are collected."""
    articles, index = built
    start(articles, index).join()
    write_articles(articles, "version-0")
    child, began = start(articles, index), time.monotonic()
    child.join()
    length, before, chance = time.monotonic() - began, "version-0.", random.Random(0)
    for turn in range(1, times + 1):
        write_articles(articles, f"version-{turn}")
        child = start(articles, index)
        time.sleep(chance.uniform(0, length))
        child.kill()
        child.join()
        found = versions(Engine(index, FakeEmbedder()))
        assert found in ({before}, {f"version-{turn}."})
        (before,) = found
    write_articles(articles, "last")
    build_index(articles, index, FakeEmbedder())
    assert versions(Engine(index, FakeEmbedder())) == {"last."}
    assert len(list((index / "generations").iterdir())) <= 2


def damage(path: Path, kind: str, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if kind == "flipped":
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "truncated":
        del data[chance.randrange(len(data)) :]
    else:
        data = bytearray(len(data))
    path.write_bytes(data)


@pytest.mark.parametrize("times", [1, pytest.param(4, marks=full)])
def test_damage_is_refused_and_the_previous_generation_served(built: tuple[Path, Path], tmp_path: Path, times: int) -> None:
    """Each file of a generation flipped, truncated and zeroed: refused each time, the one before answers, the owner is told why."""
    articles, index = built
    write_articles(articles, "second")
    build_index(articles, index, FakeEmbedder())
    chance, trials = random.Random(0), 0
    names = [path.relative_to(current(index)) for path in current(index).rglob("*") if path.is_file()]
    for name in names * times:
        for kind in ("flipped", "truncated", "zeroed"):
            copy = shutil.copytree(index, tmp_path / "copy")
            damage(current(copy) / name, kind, chance)
            engine = Engine(copy, FakeEmbedder())
            assert versions(engine) == {"first."}, (name, kind)
            assert engine.warning is not None
            assert "run `chiedi build" in engine.warning
            shutil.rmtree(copy)
            trials += 1
    assert trials >= 50 * times


def test_damage_beneath_a_running_engine_is_noticed_at_the_next_switch(built: tuple[Path, Path]) -> None:
    """A new generation that arrives damaged is not served: the old one answers on, with a warning."""
    articles, index = built
    engine = Engine(index, FakeEmbedder())
    write_articles(articles, "second")
    build_index(articles, index, FakeEmbedder())
    (current(index) / "passages.sqlite").write_bytes(b"")
    assert versions(engine) == {"first."}
    assert "passages.sqlite" in (engine.warning or "")


def reseal(folder: Path, changes: dict[str, Any]) -> None:
    """Gives the manifest other fields and a seal that fits them; a field of None is taken away."""
    fields = json.loads((folder / "manifest.json").read_bytes()) | changes
    content = json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.sha256").write_text(f"{sha256(content).hexdigest()}  manifest.json\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"probes": {}}, {"probes": None}, {"probes": {"x": "y"}}, {"passages": {"it": 7, "en": 6}}, {"passages": {"it": "many"}},
        {"files": {}}, {"files": {"passages.sqlite": 3}}, {"dimension": 3}, {"dimension": None}, {"articles": []},
    ],
)  # fmt: skip
def test_manifest_of_another_shape_is_refused(built: tuple[Path, Path], changes: dict[str, Any]) -> None:
    """A manifest with missing or wrong fields is refused as damage, whatever its seal says."""
    reseal(current(built[1]), changes)
    with pytest.raises(IndexDamaged, match="run `chiedi build"):
        open_generation(current(built[1]))


def test_file_that_cannot_be_opened_is_refused(built: tuple[Path, Path]) -> None:
    """A file that cannot be read is named with the reason."""
    path = current(built[1]) / "it" / "vectors.faiss"
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(IndexDamaged, match=r"vectors\.faiss cannot be read \((Too many levels|No such file)"):
        open_generation(current(built[1]))


def on_a_full_disk(articles: Path, index: Path, room: int, error: Any) -> None:
    """Builds where no file can grow beyond ``room`` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    rebuild(articles, index, None, error)


@pytest.mark.parametrize("times", [5, pytest.param(50, marks=full)])
def test_full_disk_is_one_line_and_the_old_index_stays(built: tuple[Path, Path], times: int) -> None:
    """Writing that fails at whatever step: one line with the cure, the old generation answers, no half-written one stays."""
    articles, index = built
    largest = max(path.stat().st_size for path in current(index).rglob("*"))
    for turn in range(times):
        write_articles(articles, f"version-{turn}")
        told, error = SPAWN.Pipe(duplex=False)
        child = SPAWN.Process(target=on_a_full_disk, args=(articles, index, largest * turn // times, error))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert told.poll(), turn
        line = told.recv()
        assert re.search(r"cannot be written \((File too large|database or disk is full|disk I/O error)\)", line), line
        assert "\n" not in line
        assert versions(Engine(index, FakeEmbedder())) == {"first."}
        assert len(list((index / "generations").iterdir())) == 1


def fill_and_build(articles: Path, index: Path, disk: Path, times: int) -> None:
    """Runs where ``disk`` is small: builds again and again with less and more room, never enough; raises AssertionError."""
    shutil.copytree(index, disk / "index")
    needed = sum(path.stat().st_size for path in current(index).rglob("*") if path.is_file())
    for turn in range(times):
        write_articles(articles, f"version-{turn}")
        (disk / "filler").write_bytes(bytes(max(0, shutil.disk_usage(disk).free - needed * turn // times)))
        with pytest.raises(IndexUnwritable, match=FULL):
            build_index(articles, disk / "index", FakeEmbedder())
        assert versions(Engine(disk / "index", FakeEmbedder())) == {"first."}
        (disk / "filler").unlink()
    build_index(articles, disk / "index", FakeEmbedder())
    assert versions(Engine(disk / "index", FakeEmbedder())) == {f"version-{times - 1}."}


@pytest.mark.faults
def test_a_really_full_disk(built: tuple[Path, Path], tmp_path: Path) -> None:
    """50 builds on a file system that runs full at another place each time; with room again the build goes through."""
    (disk := tmp_path / "disk").mkdir()
    apart = ["unshare", "--user", "--mount", "--map-root-user", "sh", "-c", 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"', str(disk)]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], check=False).returncode:
        pytest.skip("this system lets no user mount a file system of its own")
    code = "import sys, pathlib; from tests.index.storage.test_faults import *; fill_and_build(*map(pathlib.Path, sys.argv[1:]), times=50)"
    subprocess.run([*apart, sys.executable, "-c", code, *map(str, built), str(disk)], check=True, cwd=Path(__file__).parents[3])


def test_unwritable_folder_is_one_line(built: tuple[Path, Path], tmp_path: Path) -> None:
    """An index folder that cannot be made is named with the reason."""
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnwritable, match=r"index .*file/index cannot be written \(Not a directory\)"):
        build_index(built[0], tmp_path / "file" / "index", FakeEmbedder())


@pytest.mark.parametrize("turn", range(5))
def test_another_model_of_the_same_dimension_is_refused(built: tuple[Path, Path], turn: int) -> None:
    """Neither another fingerprint nor the same one over other vectors passes; the cure is named and no other generation served."""
    embedder = FakeEmbedder()
    if turn % 2:
        embedder.fingerprint = f"model-{turn}"
    else:
        embedder._vectors = lambda texts, vectors=embedder._vectors: np.roll(vectors(texts), turn + 1, axis=1)  # type: ignore[method-assign]
    with pytest.raises(IndexRefused, match=r"was made with fake .*: run `chiedi build"):
        Engine(built[1], embedder)


@pytest.mark.parametrize(("switches", "questions"), [(3, 200), pytest.param(30, 5000, marks=full)])
def test_rebuilds_under_load(built: tuple[Path, Path], switches: int, questions: int) -> None:
    """Questions from four threads while the index is rebuilt: no error, no answer from two generations, the last one in the end."""
    articles, index = built
    engine, done, mixed = Engine(index, FakeEmbedder()), threading.Event(), []
    asked, counting = [0], threading.Lock()

    def ask() -> None:
        while not done.is_set() or asked[0] < questions:
            found = versions(engine)
            with counting:
                asked[0] += 1
                if len(found) != 1:
                    mixed.append(found)

    with ThreadPoolExecutor(4) as pool:
        askers = [pool.submit(ask) for _ in range(4)]
        for turn in range(switches):
            write_articles(articles, f"version-{turn}")
            build_index(articles, index, FakeEmbedder())
        done.set()
        for asker in askers:
            asker.result()
    assert (mixed, engine.warning) == ([], None)
    assert asked[0] >= questions
    assert versions(engine) == {f"version-{switches - 1}."}
