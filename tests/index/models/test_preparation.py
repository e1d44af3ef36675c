"""Finding and preparing models."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub
import pytest

from index.errors import ModelError
from index.models import preparation as models
from index.models.preparation import prepare, prompts
from tests.index.tiny import write_tiny


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of the test's own."""
    monkeypatch.setattr(models, "_cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


def quiet(line: str) -> None: ...


def test_a_folder_is_prepared_once(tiny: Path) -> None:
    """The first use says so and writes the served form; the second finds it."""
    lines: list[str] = []
    first = prepare(str(tiny), lines.append)
    assert prepare(str(tiny), lines.append) == first
    assert lines == [f"Preparing the model {tiny} (once) ..."]
    assert (first.served, first.dimension, first.limit, first.folder) == (True, 32, 24, tiny)
    assert (first.question_prompt, first.passage_prompt) == ("query: ", "passage: ")


def test_a_changed_model_has_another_fingerprint(tiny: Path, tmp_path: Path) -> None:
    """Other weights are prepared anew; a copy elsewhere of the same files is the same model."""
    before = prepare(str(tiny), quiet).fingerprint
    write_tiny(tmp_path / "copy")
    assert prepare(str(tmp_path / "copy"), quiet).fingerprint == before
    weights = tiny / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-2] + b"\x01\x01")
    assert prepare(str(tiny), quiet).fingerprint != before


def test_first_runs_at_once_do_not_clash(tiny: Path, cache: Path) -> None:
    """Four first uses side by side end with one complete folder and no draft."""
    with ThreadPoolExecutor(4) as pool:
        prepared = list(pool.map(lambda _: prepare(str(tiny), quiet), range(4)))
    assert len(set(prepared)) == 1
    assert [path.name for path in (cache / "served").iterdir()] == [prepared[0].served_folder.name]


def test_a_failure_leaves_nothing_behind(tiny: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up gives one line with the cure, and the next run starts over."""

    def full(folder: Path) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(models, "fingerprint", full)
        with pytest.raises(ModelError, match=r"No space left on device.*make room there"):
            prepare(str(tiny), quiet)
    assert list((cache / "served").iterdir()) == []
    assert prepare(str(tiny), quiet).served


def test_drafts_of_killed_processes_are_swept(tiny: Path, cache: Path) -> None:
    """A draft of two hours ago goes when something is prepared; a fresh one, perhaps another process's, stays."""
    old, fresh = cache / "served" / ".draft-old", cache / "served" / ".draft-fresh"
    old.mkdir(parents=True)
    fresh.mkdir()
    os.utime(old, (time.time() - 7200,) * 2)
    prepare(str(tiny), quiet)
    assert (old.exists(), fresh.exists()) == (False, True)


def test_prompts_are_the_models_own() -> None:
    """Questions take "query", passages "document", "passage" or "corpus"; else the default prompt, else nothing."""
    assert prompts({"prompts": {"query": "q: ", "passage": "p: "}}) == ("q: ", "p: ")
    assert prompts({"prompts": {"query": "q: ", "document": "d: ", "passage": "p: "}}) == ("q: ", "d: ")
    assert prompts({"prompts": {"all": "a: "}, "default_prompt_name": "all"}) == ("a: ", "a: ")
    assert prompts({"prompts": {"query": "", "document": ""}, "default_prompt_name": None}) == ("", "")
    assert prompts({}) == ("", "")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A folder that is no sentence-transformers model is named."""
    with pytest.raises(ModelError, match=r"holds no sentence-transformers model \(modules.json is missing\)"):
        prepare(str(tmp_path), quiet)


def test_a_name_in_the_hub_cache_needs_no_network(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that was fetched before is used without asking the hub."""
    asked: list[bool] = []

    def cached(name: str, local_files_only: bool = False, **options: object) -> str:
        asked.append(local_files_only)
        return str(tiny)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", cached)
    assert prepare("someone/tiny", quiet).name == "someone/tiny"
    assert asked == [True]


def test_an_unreachable_hub_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is not on disk is announced, then refused with the reason and the cure."""
    lines: list[str] = []

    def unreachable(name: str, local_files_only: bool = False, **options: object) -> str:
        raise OSError("not in the cache" if local_files_only else "no route to host\nmore")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(ModelError, match=r"'a/b' is not on this disk .*\(no route to host\): check the name and the network"):
        prepare("a/b", lines.append)
    assert lines == ["fetching a/b from the model hub ..."]


@pytest.mark.model
def test_a_model_of_another_kind_runs_through_torch(tiny: Path) -> None:
    """A model with a further module is announced as slower and keeps its dimension."""
    modules = json.loads((tiny / "modules.json").read_text("utf-8"))[:2]
    (tiny / "modules.json").write_text(
        json.dumps([*modules, {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}])
    )
    script = (
        "import sys, torch; from sentence_transformers import models;"
        "d = models.Dense(32, 8); import os; os.makedirs(sys.argv[1], exist_ok=True); d.save(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", script, str(tiny / "2_Dense")], check=True, capture_output=True)
    lines: list[str] = []
    model = prepare(str(tiny), lines.append)
    assert (model.served, model.dimension) == (False, 8)
    assert (
        lines[1] == f"{tiny} has no quick form (type bert, modules Transformer, Pooling, Dense): it runs through PyTorch, which is slower"
    )
