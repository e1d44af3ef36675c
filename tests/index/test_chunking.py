"""Sentences and passages: offsets that hold, and the fifty hard cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.chunking import sentences

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "data" / "sentences.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"{case['language']}: {case['why']}" for case in CASES])
def test_hard_case(case: dict[str, Any]) -> None:
    """Each of the fifty hard cases is divided into exactly the sentences written down for it."""
    assert [case["text"][start:end] for start, end in sentences(case["text"], case["language"])] == case["sentences"]
