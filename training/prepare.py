"""Turns squad4 into training material: articles as sentences, questions with their answers' places and their hardest wrong paragraphs.

    python training/prepare.py --data ../shared/eval/squad4 --encoder FOLDER --out training/runs/examples.json

FOLDER is multilingual-e5-small as a sentence-transformers folder (`index.models.prepare` unpacks it).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from pathlib import Path

import bm25s
import numpy as np
import torch
from model import pretrained
from numpy.typing import NDArray
from tokenizers import Tokenizer

DIRECTIONS = ("it_on_it", "en_on_it", "en_on_en", "it_on_en")
SENTENCE_END = re.compile(r"(?<=[.!?»\"”])\s+(?=[A-ZÀ-Ý«\"“0-9])|\n\n+")
HARD = 8
TWINS = {  # the Italian and the English file of one topic
    "abc-stati-uniti-d-america": "american-broadcasting-company", "crisi-energetica-1973": "1973-oil-crisis", "ctenophora": "ctenophora",
    "dinastia-yuan": "yuan-dynasty", "diritto-dell-unione-europea": "european-union-law", "docente": "teacher", "farmacia": "pharmacy",
    "geologia": "geology", "gruppo-intergovernativo-sul-cambiamento-climatico": "intergovernmental-panel-on-climate-change",
    "imperialismo": "imperialism", "metodismo": "united-methodist-church", "morte-nera": "black-death",
    "newcastle-upon-tyne": "newcastle-upon-tyne", "nikola-tesla": "nikola-tesla", "normanni": "normans", "ossigeno": "oxygen",
    "parlamento-scozzese": "scottish-parliament", "programma-apollo": "apollo-program", "reno": "rhine", "sky-gran-bretagna": "sky-united-kingdom",
    "teoria-della-complessita-computazionale": "computational-complexity-theory", "ugonotti": "huguenot",
    "universita-di-chicago": "university-of-chicago", "victoria-australia": "victoria-australia",
}  # fmt: skip
RICH = ("1973-oil-crisis", "computational-complexity-theory", "european-union-law", "huguenot", "imperialism", "normans", "scottish-parliament", "yuan-dynasty")


def held_out(seed: int = 5) -> list[str]:
    """Six of the 24 topics, drawn by seed: two of the eight with many English questions, four of the rest (English file names, sorted)."""
    draw = random.Random(seed)
    poor = sorted(set(TWINS.values()) - set(RICH))
    return sorted(draw.sample(RICH, 2) + draw.sample(poor, 4))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--encoder", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    articles = {f"{language}/{path.stem}": read(path) for language in ("it", "en") for path in sorted((given.data / f"articles_{language}").glob("*.txt"))}
    questions = [question for direction in DIRECTIONS for question in read_questions(given.data, direction, articles)]
    mine_negatives(articles, questions, given.encoder)
    held = set(held_out())
    for question in questions:
        question["held"] = question["topic"] in held
    given.out.parent.mkdir(parents=True, exist_ok=True)
    spans = {name: [sentence_spans(text, *paragraph) for paragraph in paragraph_spans(text)] for name, text in articles.items()}
    given.out.write_text(json.dumps({"articles": articles, "paragraphs": spans, "questions": questions}, ensure_ascii=False), encoding="utf-8")
    print("held out:", *sorted(held), "·", sum(q["held"] for q in questions), "of", len(questions), "questions")


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def read_questions(data: Path, direction: str, articles: dict[str, str]) -> list[dict]:
    """One record a question; `spans` are the places of its answers in the article, empty when it has none."""
    found = []
    with (data / f"questions_{direction}.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name = f"{direction[-2:]}/{row['article']}"
            spans = [place(row, answer, articles[name]) for answer in row["answers"]] if row["answerable"] else []
            topic = TWINS.get(row["article"], row["article"]) if direction.endswith("it") else row["article"]
            found.append({
                "id": row["id"], "direction": direction, "topic": topic, "article": name, "question": row["question"],
                "paragraph": [row["start"], row["end"]], "answers": row["answers"], "spans": sorted(set(filter(None, spans))),
            })  # fmt: skip
    return found


def place(row: dict, answer: str, text: str) -> tuple[int, int] | None:
    """Where `answer` stands in the gold paragraph: on word boundaries if possible, in the sentence that shares most words with the question."""
    start, end = row["start"], row["end"]
    places = [found.start() + start for found in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text[start:end])]
    places = places or [found.start() + start for found in re.finditer(re.escape(answer), text[start:end])]
    if not places:
        return None
    asked = words(row["question"])

    def overlap(at: int) -> int:
        return next((len(asked & words(text[a:b])) for a, b in sentence_spans(text, start, end) if a <= at < b), 0)

    best = max(places, key=overlap)
    return best, best + len(answer)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            spans.append((at, at + len(paragraph)))
        at += len(paragraph) + 2
    return spans


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start] + [start + cut.end() for cut in SENTENCE_END.finditer(text[start:end])] + [end]
    return [(a, a + len(text[a:b].rstrip())) for a, b in zip(cuts, cuts[1:], strict=False) if text[a:b].strip()]


def mine_negatives(articles: dict[str, str], questions: list[dict], encoder: Path) -> None:
    """Adds `hard`: [article, paragraph number] of the HARD best-ranked other paragraphs in the passage language (sum of z-scores of e5 and BM25)."""
    for language in ("it", "en"):
        asked = [question for question in questions if question["article"].startswith(language)]
        places = [(name, number, *span) for name in articles if name.startswith(language) for number, span in enumerate(paragraph_spans(articles[name]))]
        texts = [articles[name][start:end] for name, _, start, end in places]
        unique = sorted({question["question"] for question in asked})
        print(language, len(texts), "paragraphs,", len(unique), "questions", flush=True)
        scores = standard(encode([f"query: {text}" for text in unique], encoder) @ encode([f"passage: {text}" for text in texts], encoder).T)
        keyword = standard(keyword_scores(unique, texts))
        row_of = {text: row for row, text in enumerate(unique)}
        for question in asked:
            row = row_of[question["question"]]
            shared = question["direction"] in ("it_on_it", "en_on_en")
            order = np.argsort(-(scores[row] + keyword[row] * (1.0 if shared else 0.15)))
            start, end = question["paragraph"]
            wrong = [p for p in (places[i] for i in order[: HARD + 1]) if (p[0], p[2]) != (question["article"], start)]
            question["hard"] = [[name, number] for name, number, *_ in wrong[:HARD]]


def standard(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return (scores - scores.mean(1, keepdims=True)) / (scores.std(1, keepdims=True) + 1e-6)


def keyword_scores(questions: list[str], texts: list[str]) -> NDArray[np.float32]:
    model = bm25s.BM25()
    model.index(bm25s.tokenize(texts, stopwords=None, show_progress=False, return_ids=False), show_progress=False)
    tokens = bm25s.tokenize(questions, stopwords=None, show_progress=False, return_ids=False)
    return np.stack([model.get_scores(question) if question else np.zeros(len(texts), np.float32) for question in tokens])


@torch.inference_mode()
def encode(texts: list[str], folder: Path) -> NDArray[np.float32]:
    """(n, 384) unit rows: mean-pooled e5 vectors in bfloat16, in batches of like length."""
    model, table = pretrained(folder)
    model = model.bfloat16()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(384)
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    rows = np.zeros((len(ids), 384), np.float32)
    for at in range(0, len(order), 32):
        chosen = order[at : at + 32]
        length = len(ids[chosen[-1]])
        padded = torch.tensor([ids[i] + [1] * (length - len(ids[i])) for i in chosen])
        mask = (padded != 1).float()
        states = model.encode(table[padded].bfloat16(), mask).float()
        rows[chosen] = torch.nn.functional.normalize((states * mask[:, :, None]).sum(1)).numpy()
    return rows


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    main()
