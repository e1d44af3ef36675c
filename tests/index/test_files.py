"""Files that are on the disk when a function returns."""

import os
from pathlib import Path

import pytest

from index.files import sync, write_synced


def test_content_is_synced_when_it_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is brought to the disk once, with all that it holds; a folder by its name."""
    synced: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size)))
    write_synced(tmp_path / "manifest.json", b"12345")
    assert synced == [((tmp_path / "manifest.json").stat().st_ino, 5)]
    sync(tmp_path)
    assert synced[1][0] == tmp_path.stat().st_ino
