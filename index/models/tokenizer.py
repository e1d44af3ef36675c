"""Text to token ids and their word embeddings, shared by the embedder and the reader: quick to load and small in memory.

The 250,000 pieces of a multilingual tokenizer take the tokenizers library more than a second and 300 MB to load. Here they are a
dictionary and a search for the best split of one word, and those that Italian and English never need stay on disk until a text does need
them (`python -m bench cold`). Everything around it, normaliser, words, special tokens and offsets, stays with the library.
"""

from __future__ import annotations

import json
import re
from array import array
from functools import cache, lru_cache
from pathlib import Path

import tokenizers

UNKNOWN_PENALTY = 10.0  # an unknown character costs the worst score minus this, as in sentencepiece (unigram_model.cc, kUnkPenalty)

COMMON = re.compile("[\0-\u036f\u1e00-\u1eff\u2000-\u2bff]*")  # Latin letters, combining marks, punctuation and symbols


class Pieces:
    """The pieces of a unigram model and the split of a word into the most probable ones (Kudo 2018, https://arxiv.org/abs/1804.10959).

    Pieces with characters outside ``COMMON`` occur only in words that have such characters too: they are read when the first one comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids = array("I", (folder / "ids.u32").read_bytes())
        self.scores = array("f", (folder / "scores.f32").read_bytes())
        self.unknown: int = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["unk_id"]
        self.penalty = min(self.scores) - UNKNOWN_PENALTY
        self.places = self._read("common.txt", 0)
        self.longest = max(map(len, self.places))
        self.complete = False
        self.tokens = lru_cache(maxsize=20_000)(self._tokens)

    def _read(self, name: str, first: int) -> dict[str, int]:
        text = (self.folder / name).read_bytes().decode()  # as bytes: universal newlines would split pieces
        pieces = text.split("\n") if text else []
        return dict(zip(pieces, range(first, first + len(pieces)), strict=True))

    def _complete(self) -> None:
        rest = self._read("rare.txt", len(self.places))
        self.longest = max(self.longest, *map(len, rest), 0)
        self.places = {**self.places, **rest}  # a new dictionary, so that other threads may go on reading the old one
        self.complete = True

    def split(self, word: str) -> list[tuple[int, str]]:
        """The (id, piece) of the most probable split; neighbouring unknown characters become one piece."""
        if not (self.complete or word.isascii() or COMMON.fullmatch(word)):
            self._complete()
        places, ids, scores, size = self.places, self.ids, self.scores, len(word)
        best = [0.0] + [-1e30] * size
        back: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            known = False
            for end in range(start + 1, min(start + self.longest, size) + 1):
                place = places.get(word[start:end])
                if place is None:
                    continue
                known = known or end == start + 1
                score = best[start] + scores[place]
                if score > best[end]:
                    best[end], back[end] = score, (start, ids[place])
            if not known and best[start] + self.penalty > best[start + 1]:
                best[start + 1], back[start + 1] = best[start] + self.penalty, (start, self.unknown)
        return self._trace(word, back)

    def _trace(self, word: str, back: list[tuple[int, int]]) -> list[tuple[int, str]]:
        parts: list[tuple[int, str]] = []
        end = len(word)
        while end > 0:
            start, number = back[end]
            if parts and number == parts[-1][0] == self.unknown:
                parts[-1] = (number, word[start:end] + parts[-1][1])
            else:
                parts.append((number, word[start:end]))
            end = start
        return parts[::-1]

    def _tokens(self, word: str) -> list[tokenizers.Token]:
        tokens, at = [], 0
        for number, piece in self.split(word):
            size = len(piece.encode())
            tokens.append(tokenizers.Token(number, piece, (at, at + size)))
            at += size
        return tokens


class Tokenizer:
    """Turns text into ``tokenizers.Encoding`` objects (``.ids``, ``.offsets`` in code points, ``.sequence_ids``).

    Exactly the ids of the model's own tokenizer, but for special tokens spelt out in the text ("</s>"), which stay plain text here.
    """

    def __init__(self, shell: tokenizers.Tokenizer, pieces: Pieces | None) -> None:
        self.shell, self.pieces = shell, pieces

    @classmethod
    @cache
    def load(cls, folder: Path) -> Tokenizer:
        """Opens the tokenizer of a served model's folder; the same object for the same folder, so that embedder and reader share it."""
        shell = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        return cls(shell, Pieces(folder) if (folder / "common.txt").exists() else None)

    def plain(self, text: str) -> tokenizers.Encoding:
        """The encoding without special tokens, at any length."""
        if self.pieces is None:
            return self.shell.encode(text, add_special_tokens=False)
        words = tokenizers.PreTokenizedString(text)
        if self.shell.normalizer is not None:
            words.normalize(self.shell.normalizer.normalize)
        if self.shell.pre_tokenizer is not None:
            self.shell.pre_tokenizer.pre_tokenize(words)
        words.tokenize(self.pieces.tokens)
        return words.to_encoding()

    def encode(self, text: str, limit: int) -> tokenizers.Encoding:
        """One text with its special tokens, cut to ``limit`` tokens in all."""
        encoding = self.plain(text)
        encoding.truncate(limit - self.shell.num_special_tokens_to_add(False))
        return self._finish(encoding, None)

    def encode_pair(self, first: str, second: str, limit: int) -> tokenizers.Encoding:
        """Two texts with their special tokens; the second is cut so that ``limit`` tokens remain. ``.offsets`` count within each text."""
        one, two = self.plain(first), self.plain(second)
        room = limit - self.shell.num_special_tokens_to_add(True)
        one.truncate(room // 2)
        two.truncate(room - len(one.ids))
        return self._finish(one, two)

    def _finish(self, first: tokenizers.Encoding, second: tokenizers.Encoding | None) -> tokenizers.Encoding:
        if self.shell.post_processor is None:
            return first
        whole: tokenizers.Encoding = self.shell.post_processor.process(first, second, True)
        return whole


def write_tokenizer(source: Path, folder: Path) -> None:
    """Writes the quick form of ``source`` (a ``tokenizer.json``) into ``folder``; other kinds than unigram are kept as they are."""
    description = json.loads(source.read_text("utf-8"))
    description["truncation"] = description["padding"] = None
    model = description["model"]
    if model["type"] == "Unigram" and not model.get("byte_fallback"):
        special = {token["content"] for token in description["added_tokens"] if token["special"]}
        _write_pieces(model["vocab"], special, folder)
        model["vocab"] = model["vocab"][: model["unk_id"] + 1]
        description["added_tokens"] = []
    (folder / "tokenizer.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")


def _write_pieces(vocabulary: list[tuple[str, float]], special: set[str], folder: Path) -> None:
    """One piece a line, the common ones apart from the rare; ids and scores of both, in that order."""
    usable = [number for number, (piece, _) in enumerate(vocabulary) if piece not in special and "\n" not in piece]
    common = [number for number in usable if COMMON.fullmatch(vocabulary[number][0])]
    rare = [number for number in usable if not COMMON.fullmatch(vocabulary[number][0])]
    for name, numbers in (("common.txt", common), ("rare.txt", rare)):
        (folder / name).write_bytes("\n".join(vocabulary[number][0] for number in numbers).encode())
    (folder / "ids.u32").write_bytes(array("I", common + rare).tobytes())
    (folder / "scores.f32").write_bytes(array("f", [vocabulary[number][1] for number in common + rare]).tobytes())
