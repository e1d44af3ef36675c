"""Judged questions as a question set that `chiedi eval` reads: what people said becomes a regression test."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bot.owner.statistics import Judged
from index.types import Article


def export(judged: Sequence[Judged], find: Callable[[str], Article | None]) -> tuple[str, int, int]:
    """The JSON lines, how many they are, and how many were left out.

    An answer that was found good becomes an answerable question, a refusal that was found good an unanswerable one. Where somebody
    said that it was wrong nobody said what is right; and an article may have lost the words meanwhile.
    """
    lines = [line for one in judged if (line := _line(one, find))]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), len(lines), len(judged) - len(lines)


def _line(judged: Judged, find: Callable[[str], Article | None]) -> dict[str, object] | None:
    if judged.verdicts != {"good"}:
        return None
    line: dict[str, object] = {"id": f"chat-{judged.id}", "language": judged.language, "question": judged.question}
    if not judged.answered:
        return line | {"answerable": False, "answers": []}
    article = find(judged.article or "")
    if article is None or judged.quote is None or not judged.words or judged.words not in article.text:
        return None
    start, end = judged.quote
    if judged.words not in article.text[start:end]:  # the article has changed, but still says it
        start = article.text.index(judged.words)
        end = start + len(judged.words)
    return line | {"answerable": True, "answers": [judged.words], "article": article.id, "start": start, "end": end}
