"""Zip archives opened with care: a DOCX, an EPUB, a zipped folder of articles."""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from index.sources.errors import DocumentRefused, one_line

UNPACKED = 50_000_000
"""Bytes that all entries of an archive may hold together; a novel has about one million."""
ENTRIES = 2_000
RATIO = 100
"""Unpacked bytes per packed byte; Word files reach about 20, deflate cannot pass 1,032."""

_DIRECTORY = ENTRIES * 512
"""Bytes of the table of contents, checked before it is read: an entry with a long path takes about 200."""
_ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar", ".cab", ".iso"}
_CLUTTER = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LONGEST_NAME = 200


def opened(content: bytes) -> ZipFile:
    """Open an archive whose table of contents keeps the limits above; what ``read`` gives cannot pass the size stated there.

    Raises DocumentRefused for a broken or password-protected archive; too many, too large or too tightly packed entries; two
    entries that share a name or their bytes; links; names that lead out of the archive; macros; archives inside.
    """
    _check_directory(content)
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, struct.error, NotImplementedError, OverflowError) as error:
        raise DocumentRefused(_broken(error)) from error
    entries = archive.infolist()
    _check_sizes(entries, len(content))
    names = [_inside(entry) for entry in entries]
    if len(set(names)) < len(names):
        raise DocumentRefused(f"two entries of the archive are named {_shown(_repeated(names))}: pack it anew")
    for entry, name in zip(entries, names, strict=True):
        _check_entry(entry, name)
    return archive


def members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a zipped folder in its order as (name, content); the name is safe to show and as a relative path.

    Folders, hidden files and what desktops leave behind (``__MACOSX``) are passed over. Raises DocumentRefused like ``opened``,
    and when an entry is damaged.
    """
    with opened(content) as archive:
        for entry in archive.infolist():
            parts = PurePosixPath(_inside(entry)).parts
            if not entry.is_dir() and not any(part in _CLUTTER or part.startswith(".") for part in parts):
                yield "/".join(map(_safe, parts)), _read(archive, entry)


def _read(archive: ZipFile, entry: ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except (BadZipFile, EOFError, zlib.error, NotImplementedError, ValueError, OSError) as error:
        raise DocumentRefused(_broken(error)) from error


def _check_directory(content: bytes) -> None:
    """Look at the end record first: zipfile makes an object of each entry before anyone can count them."""
    record = content[content.rfind(b"PK\5\6", -65_557) :][:22]
    if len(record) < 22 or not record.startswith(b"PK\5\6"):
        raise DocumentRefused("the archive is broken or cut off (it has no table of contents): get it again")
    count, size = struct.unpack("<10xHI6x", record)
    if count > ENTRIES or size > _DIRECTORY:
        raise DocumentRefused(f"the archive holds more than {ENTRIES:,} entries: split it")


def _check_sizes(entries: list[ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES:
        raise DocumentRefused(f"the archive holds {len(entries):,} entries, more than {ENTRIES:,}: split it")
    if unpacked > UNPACKED:
        raise DocumentRefused(f"the archive would unpack to {unpacked:,} bytes, more than {UNPACKED:,}: split it")
    if unpacked > RATIO * packed:
        raise DocumentRefused(f"the archive would unpack to more than {RATIO} times its size, as no document does: save it anew")
    if sum(entry.compress_size for entry in entries) > packed:
        raise DocumentRefused("entries of the archive share the same bytes, as no document does: pack it anew")


def _check_entry(entry: ZipInfo, name: str) -> None:
    if entry.flag_bits & 0x1:
        raise DocumentRefused(f"{_shown(name)} in the archive is protected with a password: save it without one")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise DocumentRefused(f"{_shown(name)} is packed with method {entry.compress_type}: pack it as an ordinary zip (deflate)")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DocumentRefused(f"{_shown(name)} in the archive is a link or a device: pack the file itself")
    path = PurePosixPath(name)
    if path.name.lower() == "vbaproject.bin":
        raise DocumentRefused(f"the document holds macros ({_shown(name)}): save it without them (as .docx)")
    if path.suffix.lower() in _ARCHIVES:
        raise DocumentRefused(f"the archive holds another one ({_shown(name)}): unpack that first")


def _inside(entry: ZipInfo) -> str:
    """The entry's path with forward slashes. Raises DocumentRefused when it leads out of the archive."""
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/") or not name.strip("/. "):
        raise DocumentRefused(f"{_shown(name)} in the archive leads out of its folder: pack it anew")
    return name


def _safe(part: str) -> str:
    """One part of a path without control and direction marks, not a device of Windows, not overlong (the suffix stays)."""
    plain = "".join(" " if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character for character in part)
    plain = " ".join(plain.split()) or "_"
    path = PurePosixPath(plain if not _DEVICE.match(plain) else f"_{plain}")
    return path.stem[: _LONGEST_NAME - len(path.suffix[:10])] + path.suffix[:10]


def _repeated(names: list[str]) -> str:
    return next(name for name in names if names.count(name) > 1)


def _shown(name: str) -> str:
    """A name from outside, fit for one line of a message."""
    return repr(one_line(name, 80))


def _broken(error: Exception) -> str:
    return f"the archive is broken ({_shown(str(error))}): get it again"
