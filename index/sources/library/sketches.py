"""Texts that are all but the same, found from short sketches of them: the same article under a second address."""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest

SHINGLE = 5
"""Words; one changed word changes so many shingles."""
SIZE = 128
"""Hashes in a sketch; the resemblance is then known to about 0.03 near 0.9."""
_WORD = re.compile(r"\w+")

Sketch = tuple[int, ...]


@lru_cache(maxsize=4)
def sketch(text: str) -> Sketch:
    """The SIZE smallest hashes of the text's runs of SHINGLE words, ascending; of all its words where there are fewer.

    The bottom sketch of Broder, "On the resemblance and containment of documents" (1997), section 3.
    """
    words = _WORD.findall(text.lower())
    runs = {" ".join(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1))}
    return tuple(nsmallest(SIZE, {int.from_bytes(blake2b(run.encode("utf-8", "replace"), digest_size=8).digest()) for run in runs}))


def resemblance(one: Sketch, other: Sketch) -> float:
    """0..1: the share of the runs of two texts that both have (Jaccard), estimated from the smallest hashes of the two together."""
    both = set(one) & set(other)
    smallest = nsmallest(SIZE, set(one) | set(other))
    return sum(value in both for value in smallest) / len(smallest)


def packed(values: Sketch) -> bytes:
    """Eight bytes a hash."""
    return struct.pack(f"<{len(values)}Q", *values)


def unpacked(content: bytes) -> Sketch:
    """What ``packed`` took."""
    return struct.unpack(f"<{len(content) // 8}Q", content)
