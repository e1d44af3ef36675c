"""How often the language of a question is detected right, by its length: the table of docs/language.md.

Questions of ../shared/eval, cut to their first words, as typed and in lower case without the question mark.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from langdetect.lang_detect_exception import LangDetectException

from bench import SQUAD4, table
from index.texts.language import _factory, detect
from index.types import Language

LENGTHS = {"1": (1,), "2": (2,), "3": (3,), "4-6": (4, 5, 6), "7 and more": (0,)}
SAMPLE = 2000
"""Questions in each language, evenly spread over the sorted files."""

NEITHER = Path(__file__).with_name("neither_language.json")
"""Names, and questions in four other languages."""


def run() -> dict[str, Any]:
    """Shares detected right, per language, length, form and prior; names and third languages: how often the asker's setting is followed."""
    began = time.process_time()
    detect("pronti")
    loading = time.process_time() - began
    rows = [row for language in ("it", "en") for row in _rows(language, _questions(language))]
    return {
        "first_call_cpu_ms": round(1000 * loading, 1),
        "call_cpu_ms": round(_mean_ms(), 2),
        "questions": rows,
        "setting_followed": {name: _followed(texts) for name, texts in json.loads(NEITHER.read_text(encoding="utf-8")).items()},
    }


def page(result: dict[str, Any]) -> str:
    """The table of docs/language.md, shares in percent."""
    rows = result["questions"]
    return table([{name: f"{100 * value:.2f}" if isinstance(value, float) else value for name, value in row.items()} for row in rows])


def _questions(language: Language) -> list[str]:
    found: set[str] = set()
    for path in (SQUAD4).glob(f"questions_{language}_on_??.jsonl"):
        found |= {json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines()}
    ordered = sorted(found)
    return [ordered[at * len(ordered) // SAMPLE] for at in range(SAMPLE)]


def _rows(language: Language, questions: list[str]) -> Iterator[dict[str, Any]]:
    other: Language = "en" if language == "it" else "it"
    forms: dict[str, Callable[[str], str]] = {"as typed": str, "lower case, no mark": lambda text: text.lower().rstrip("?!. ")}
    for words, lengths in LENGTHS.items():
        for form, change in forms.items():
            texts = [change(text) for text in _cut(questions, lengths)]
            shares = {
                name: sum(detect(text, prior) == language for text in texts) / len(texts)
                for name, prior in (("none", None), ("right", language), ("wrong", other))
            }
            shares["alone"] = sum(_alone(text) == language for text in texts) / len(texts)
            yield {"language": language, "words": words, "form": form, "count": len(texts), **shares}


def _alone(text: str) -> str | None:
    """The verdict of langdetect between the two languages, without what index/texts/language.py adds."""
    detector = _factory().create()
    detector.set_prior_map({"it": 0.5, "en": 0.5})
    detector.append(text)
    try:
        return str(detector.detect())
    except LangDetectException:
        return None


def _cut(questions: list[str], lengths: tuple[int, ...]) -> list[str]:
    """The questions cut to each length in words; 0 takes those of seven and more whole."""
    split = [question.split() for question in questions]
    return [" ".join(words[:length]) if length else " ".join(words) for length in lengths for words in split if len(words) >= (length or 7)]


def _followed(texts: list[str]) -> str:
    right = sum(detect(text, setting) == setting for text in texts for setting in ("it", "en"))
    return f"{right} of {2 * len(texts)}"


def _mean_ms() -> float:
    questions = _questions("it")[:300]
    began = time.process_time()
    for question in questions:
        detect(question)
    return 1000 * (time.process_time() - began) / len(questions)
