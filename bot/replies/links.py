"""Addresses: into an article at a sentence, and into the bot's private chat."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import quote

_WHOLE = 100  # characters up to which a sentence is looked for as a whole
_WORDS = 5  # words at its two ends that a longer one is looked for by


def to_sentence(url: str, sentence: str) -> str:
    """The address that opens ``url`` at a sentence: a text fragment (https://wicg.github.io/scroll-to-text-fragment/)."""
    page, _, fragment = url.partition("#")
    fragment = fragment.partition(":~:")[0]
    return f"{page}#{fragment}:~:text={','.join(map(_encoded, _ends(sentence)))}"


def to_page(url: str, page: int) -> str:
    """The address that opens a PDF at a page (RFC 8118, section 3)."""
    return f"{url.partition('#')[0]}#page={page}"


def to_bot(username: str, payload: str) -> str:
    """The deep link that opens the private chat and sends ``/start payload`` (at most 64 of A-Z a-z 0-9 _ -)."""
    return f"https://t.me/{username}?start={payload}"


def article_payload(id: str) -> str:
    """What stands for an article in a deep link."""
    return "d_" + sha256(id.encode()).hexdigest()[:32]


def answer_payload(token: str) -> str:
    """What stands for an answer in a deep link."""
    return f"a_{token}"


def _ends(sentence: str) -> list[str]:
    """A short sentence whole; of one that is long or goes over several lines the first and the last words."""
    lines = [line.split() for line in sentence.splitlines() if line.strip()]
    if len(lines) == 1 and (len(sentence) <= _WHOLE or len(lines[0]) < 2):
        return [" ".join(lines[0])]
    many = min(_WORDS, len(lines[0]) // 2) if len(lines) == 1 else _WORDS
    return [" ".join(lines[0][:many]), " ".join(lines[-1][-many:])]


def _encoded(words: str) -> str:
    """Percent-encoded with "-", "," and "&", which the fragment uses itself."""
    return quote(words, safe="").replace("-", "%2D")
