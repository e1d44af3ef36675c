"""Marks the words of a passage that answer a question, or finds that there are none (SQuAD 2.0: Rajpurkar, Jia, Liang 2018).

The model is ours (``training/``): the twelve layers of multilingual-e5-small with four small heads. It begins after the word
embeddings, which it shares with the bundled encoder. Input: ``<s> query: QUESTION </s></s> passage: PASSAGE </s>``; the first token
stands for "no answer".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tokenizers
from numpy.typing import NDArray

from index.errors import ModelError
from index.models.preparation import prepare
from index.models.runtime import Runtime, WordTable
from index.models.tokenizer import Tokenizer
from index.texts.normalisation import Normalised, normalise

Logits = NDArray[np.float32]
LIMIT = 384  # tokens of question and passage together
SPAN_LIMIT = 30  # tokens of an answer
SPANS = 4  # spans marked in a passage
_CURE = "restore them from the repository, or go without a reader"
_MARGIN = " \n,;:"  # what no answer begins or ends with
_PAIRS = (("(", ")"), ("[", "]"), ("«", "»"), ("“", "”"), ('"', '"'))
_QUESTION, _PASSAGE = "query: ", "passage: "


@dataclass(frozen=True, slots=True)
class Reading:
    """What one passage says to a question.

    ``start`` and ``end`` are code-point offsets into the passage as given, ``start < end`` unless no token of it was read. ``span`` is the
    logit of that best span (start plus end), ``null`` the logit of "no answer" and ``total`` the log of the summed exponentials of all
    spans on the same scale. ``answerable`` is the logit that the passage answers, ``decision`` the logit that a yes or a no is asked for.
    ``others`` are the next best spans that overlap neither it nor one another, as (start, end, logit), best first.
    """

    start: int
    end: int
    span: float
    null: float
    answerable: float
    others: tuple[tuple[int, int, float], ...] = ()
    total: float = 0.0
    decision: float = -10.0


class Reader:
    """Reads passages with ONNX Runtime, each by itself, several side by side; safe to share between threads."""

    def __init__(self, runtime: Runtime, tokenizer: Tokenizer) -> None:
        self.runtime, self.tokenizer = runtime, tokenizer

    @classmethod
    def load(cls, folder: Path, announce: Callable[[str], None] = lambda line: None) -> Reader:
        """Opens ``reader.onnx`` in the folder, and tokenizer and word embeddings of the bundled encoder.

        ``announce`` gets one line when the encoder must be prepared first. Raises ModelError when the file is missing or damaged.
        """
        path = folder / "reader.onnx"
        if not path.is_file():
            raise ModelError(f"the reader's weights {path} are missing: {_CURE}")
        encoder = prepare(None, announce).served_folder
        try:
            return cls(Runtime(path, WordTable(encoder / "words.npy")), Tokenizer.load(encoder))
        except ModelError as error:
            raise ModelError(f"the reader's weights {path} cannot be opened: {_CURE}") from error

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """The reading of each passage, in the order given. A passage is read as far as LIMIT tokens reach."""
        asked = _QUESTION + normalise(question).text
        texts = [normalise(passage) for passage in passages]
        pairs = [self.tokenizer.encode_pair(asked, _PASSAGE + text.text, LIMIT) for text in texts]
        logits = self.runtime.run([pair.ids for pair in pairs])
        return [_reading(text, pair, found[0]) for text, pair, found in zip(texts, pairs, logits, strict=True)]


def _reading(text: Normalised, pair: tokenizers.Encoding, logits: Logits) -> Reading:
    """From (tokens, 4) logits: start, end, answerable, decision."""
    null, answerable = float(logits[0, 0] + logits[0, 1]), float(logits[0, 2])
    decision = float(logits[0, 3]) if logits.shape[1] > 3 else -10.0  # a graph without that head asks for words
    tokens = _passage_tokens(text.text, pair)
    if not tokens:
        return Reading(0, 0, null - 100.0, null, answerable, total=null - 100.0, decision=decision)
    starts, ends = logits[tokens, 0], logits[tokens, 1]
    spans = best_spans(starts, ends, SPANS)
    (start, end, span), *others = ((*_place(text, pair, tokens[first], tokens[last]), logit) for first, last, logit in spans)
    total = float(np.logaddexp.reduce(starts) + np.logaddexp.reduce(ends))
    return Reading(start, end, span, null, answerable, tuple(others), total, decision)


def _place(text: Normalised, pair: tokenizers.Encoding, first: int, last: int) -> tuple[int, int]:
    """Code-point offsets in the passage as given of the tokens from ``first`` to ``last``."""
    start, end = pair.offsets[first][0] - len(_PASSAGE), pair.offsets[last][1] - len(_PASSAGE)
    return text.original(*trimmed(text.text, max(start, 0), end))


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without white space, commas and half a pair of brackets or quotation marks at either end, unless nothing else is left."""
    words = text[start:end].strip(_MARGIN)
    for opening, closing in _PAIRS:
        if words.startswith(opening) and closing not in words[1:]:
            words = words[1:]
        if words.endswith(closing) and opening not in words[:-1]:
            words = words[:-1]
    if not (words := words.strip(_MARGIN)):
        return start, end
    start = text.index(words, start)
    return start, start + len(words)


def _passage_tokens(text: str, pair: tokenizers.Encoding) -> list[int]:
    """Positions of the tokens that hold a visible character of the passage."""
    shift = len(_PASSAGE)
    return [
        position
        for position, (part, (start, end)) in enumerate(zip(pair.sequence_ids, pair.offsets, strict=True))
        if part == 1 and end > shift and text[max(start - shift, 0) : end - shift].strip()
    ]


def best_spans(starts: Logits, ends: Logits, count: int) -> list[tuple[int, int, float]]:
    """First and last position, and summed logits, of the best spans that do not overlap, best first; (n,) logits each, n at least 1.

    At most ``count`` of them, each of at most SPAN_LIMIT tokens.
    """
    scores = starts[:, None] + ends[None, :]
    distance = np.arange(len(ends))[None, :] - np.arange(len(starts))[:, None]
    scores[(distance < 0) | (distance >= SPAN_LIMIT)] = -np.inf
    found: list[tuple[int, int, float]] = []
    while len(found) < count and np.isfinite(best := scores.max()):
        first, last = divmod(int(scores.argmax()), len(ends))
        found.append((first, last, float(best)))
        scores[: last + 1, first:] = -np.inf
    return found
