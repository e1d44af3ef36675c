"""Compressed answers and sitemaps."""

from __future__ import annotations

import zlib

from index.sources.errors import FetchRefused


def unpacked(packed: bytes, largest: int) -> bytes:
    """The content of a gzip file. Raises FetchRefused where it is broken, cut off, or larger than ``largest`` bytes."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(packed, largest + 1)
    except zlib.error as error:
        raise FetchRefused(f"the gzip content is broken ({error}): ask its publisher") from error
    if len(content) > largest:
        raise FetchRefused(f"the gzip content unpacks to more than {largest:,} bytes: ask its publisher")
    if not unpacker.eof or unpacker.unused_data:
        raise FetchRefused("the gzip content is cut off or holds more than one part: ask its publisher")
    return content
