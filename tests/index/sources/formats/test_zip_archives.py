import stat
import struct
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from index.sources.errors import DocumentRefused
from index.sources.formats.zip_archives import members, opened


def zipped(*entries: tuple[str | ZipInfo, bytes], method: int = ZIP_DEFLATED) -> bytes:
    """An archive with these entries in this order."""
    packed = BytesIO()
    with ZipFile(packed, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return packed.getvalue()


def _refusal(content: bytes) -> str:
    with pytest.raises(DocumentRefused) as refused:
        list(members(content))
    assert str(refused.value).isprintable()
    return str(refused.value)


def test_files_come_in_their_order() -> None:
    """Folders, hidden files and the desktop's clutter are passed over."""
    content = zipped(("b/", b""), ("b/two.md", b"2"), ("a.txt", b"1"), (".hidden", b"x"), ("__MACOSX/._a.txt", b"x"), ("b/Thumbs.db", b"x"))
    assert list(members(content)) == [("b/two.md", b"2"), ("a.txt", b"1")]


def test_an_empty_archive_has_no_members() -> None:
    """Nothing in it is nothing to read."""
    assert list(members(zipped())) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("città/è vero.txt", "città/è vero.txt"),
        ("a\\b.txt", "a/b.txt"),
        ("a\nb\x1b[31m.txt", "a b [31m.txt"),
        ("gpj.\u202etxt", "gpj. txt"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("console.txt", "console.txt"),
        ("./a.txt", "a.txt"),
        ("x" * 5_000 + ".txt", "x" * 196 + ".txt"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    """Control and direction marks go, devices get another name, long names end early with their suffix."""
    assert list(members(zipped((name, b"1")))) == [(safe, b"1")]


@pytest.mark.parametrize(
    "name", ["../a.txt", "a/../../b.txt", "/etc/passwd", "C:/a.txt", "c:a.txt", "..\\a.txt", "\\\\host\\a.txt", ".", " "]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    """One such name condemns the archive: nothing honest makes it."""
    assert _refusal(zipped(("good.txt", b"1"), (name, b"2"))).endswith("in the archive leads out of its folder: pack it anew")


def _link() -> bytes:
    link = ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((link, b"/etc/passwd"))


def _locked() -> bytes:
    """The flag of a password in both places that hold it; the content is as it was."""
    content = bytearray(zipped(("a.txt", b"1")))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


def _lying(size: int) -> bytes:
    """An entry of a million zeros which says that it unpacks to another size."""
    content = bytearray(zipped(("a.txt", bytes(1_000_000)), ("pad", b"x" * 50_000), method=ZIP_DEFLATED))
    start = content.index(b"PK\1\2")
    content[start + 24 : start + 28] = struct.pack("<I", size)
    return bytes(content)


def _damaged() -> bytes:
    content = zipped(("a.txt", b"one two three"), method=ZIP_STORED)
    return content.replace(b"one two", b"two one", 1)


def _overlapping() -> bytes:
    """Forty names for the same packed bytes."""
    content = zipped(("a", bytes(range(256)) * 4), method=ZIP_STORED)
    start, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    entry, size = content[start:end], end - start
    entries = b"".join(entry[:-1] + bytes([65 + number]) for number in range(40))
    return content[:start] + entries + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 40, 40, 40 * size, start, 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"", "the archive is broken or cut off (it has no table of contents): get it again"),
        (lambda: zipped(("a.txt", b"1"))[:-9], "the archive is broken or cut off (it has no table of contents): get it again"),
        (lambda: zipped(("a.txt", b"1"))[30:], "the archive is broken ('negative seek value -30'): get it again"),
        (lambda: zipped(*((str(number), b"") for number in range(2_001))), "the archive holds more than 2,000 entries: split it"),
        (lambda: zipped(*((f"{number:0600}", b"") for number in range(2_000))), "the archive holds more than 2,000 entries: split it"),
        (
            lambda: zipped(("a", bytes(30_000_000)), ("b", bytes(30_000_000))),
            "the archive would unpack to 60,000,000 bytes, more than 50,000,000: split it",
        ),
        (
            lambda: zipped(("a", bytes(1_000_000))),
            "the archive would unpack to more than 100 times its size, as no document does: save it anew",
        ),
        (_overlapping, "entries of the archive share the same bytes, as no document does: pack it anew"),
        (_locked, "'a.txt' in the archive is protected with a password: save it without one"),
        (_link, "'link.txt' in the archive is a link or a device: pack the file itself"),
        (lambda: zipped(("a.txt", b"1"), method=ZIP_BZIP2), "'a.txt' is packed with method 12: pack it as an ordinary zip (deflate)"),
        (
            lambda: zipped(("word/vbaProject.bin", b"1")),
            "the document holds macros ('word/vbaProject.bin'): save it without them (as .docx)",
        ),
        (lambda: zipped(("a.txt", b"1"), ("b/in.ZIP", b"2")), "the archive holds another one ('b/in.ZIP'): unpack that first"),
        (lambda: _lying(60_000_000), "the archive would unpack to 60,050,000 bytes, more than 50,000,000: split it"),
        (lambda: _lying(100), "the archive is broken (\"Bad CRC-32 for file 'a.txt'\"): get it again"),
        (_damaged, "the archive is broken (\"Bad CRC-32 for file 'a.txt'\"): get it again"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_no_document_needs_is_refused(content: Callable[[], bytes], sentence: str) -> None:
    """Bombs, locks, links, lies and macros each have a sentence with a cure."""
    assert _refusal(content()) == sentence


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused() -> None:
    """Readers would differ in which of the two they take."""
    assert _refusal(zipped(("a.txt", b"1"), ("a.txt", b"2"))) == "two entries of the archive are named 'a.txt': pack it anew"


def test_two_names_that_only_differ_in_their_slash_are_one() -> None:
    """A backslash parts folders as well."""
    assert _refusal(zipped(("a/b", b"1"), ("a\\b", b"2"))) == "two entries of the archive are named 'a/b': pack it anew"


def test_the_limits_themselves_pass() -> None:
    """Two thousand entries with ordinary names, and what packs nearly a hundred times smaller, are no bomb."""
    assert len(opened(zipped(*((f"{number}", b"") for number in range(2_000)))).namelist()) == 2_000
    assert opened(zipped(("a", bytes(60_000)), ("b" * 500, b""))).namelist() == ["a", "b" * 500]


def test_every_cut_and_every_flipped_byte_is_read_or_refused() -> None:
    """No damage ends in another error than the one sentence."""
    whole = zipped(("a.txt", b"one two three " * 9), ("b/c.md", b"# four"))
    damaged = [whole[:length] for length in range(len(whole))]
    damaged += [whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :] for place in range(len(whole))]
    for content in damaged:
        with suppress(DocumentRefused):
            list(members(content))
