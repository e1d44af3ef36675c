"""Turns squad4 and our own questions into training material: articles as sentences, questions with their answers' places and their
hardest wrong paragraphs.

python training/prepare.py --data ../shared/eval/squad4 --written training/written --out training/runs/examples.json
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from people import YES_NO, read_people

from index.models.embedder import load_embedder

DIRECTIONS = ("it_on_it", "en_on_it", "en_on_en", "it_on_en")
SENTENCE_END = re.compile(r"(?<=[.!?»\"”])\s+(?=[A-ZÀ-Ý«\"“0-9])|\n\n+")
HARD, RANKED = 8, 16
TOPICS = json.loads(Path(__file__).with_name("topics.json").read_text(encoding="utf-8"))
TWINS: dict[str, str] = TOPICS["twins"]
"""The topic (English file name) of each Italian file."""
RICH = (
    "1973-oil-crisis", "computational-complexity-theory", "european-union-law", "huguenot", "imperialism", "normans",
    "scottish-parliament", "yuan-dynasty",
)  # fmt: skip


def held_out(seed: int = 5) -> list[str]:
    """Six of the 24 topics (those of topics.json, English file names, sorted), drawn by seed.

    Two are of the eight with many English questions, four of the rest.
    """
    draw = random.Random(seed)
    poor = sorted(set(TWINS.values()) - set(RICH))
    return sorted(draw.sample(RICH, 2) + draw.sample(poor, 4))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--written", type=Path, required=True)
    options.add_argument("--people", type=Path, help="the folder of questions that people wrote for other collections")
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    files = [(language, path) for language in ("it", "en") for path in sorted((given.data / f"articles_{language}").glob("*.txt"))]
    articles = {f"{language}/{path.stem}": read(path) for language, path in files}
    questions = [question for direction in DIRECTIONS for question in read_questions(given.data, direction, articles)]
    rank_paragraphs(articles, questions)
    for path in sorted(given.written.glob("*.txt")):
        own_articles, own_questions = read_written(path)
        rank_paragraphs(own_articles, own_questions)
        articles |= own_articles
        questions += own_questions
    held = {*held_out(), *TOPICS["held_out_written"]}
    for question in questions:
        question["held"] = question["topic"] in held
    if given.people:
        own_articles, own_questions = read_people(given.people, TOPICS["held_out_people"])
        articles |= own_articles
        questions += own_questions
    given.out.parent.mkdir(parents=True, exist_ok=True)
    spans = {name: [sentence_spans(text, *paragraph) for paragraph in paragraphs_of(name, text)] for name, text in articles.items()}
    material = {"articles": articles, "paragraphs": spans, "questions": questions}
    given.out.write_text(json.dumps(material, ensure_ascii=False), encoding="utf-8")
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


def read_written(path: Path) -> tuple[dict[str, str], list[dict]]:
    """The articles and questions of one file of training/written (its README tells the form). Raises ValueError for a line that breaks it.

    Every question counts in the four directions.
    """
    articles: dict[str, str] = {}
    questions: list[dict] = []
    name, spans = "", {"it": (0, 0), "en": (0, 0)}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        kind, _, rest = line.strip().partition(" ")
        parts = [part.strip() for part in rest.split("|")]
        if kind == "#":
            name = f"written/{path.stem}/{number}"
        elif kind in ("it:", "en:"):
            language = kind[:2]
            before = articles.get(f"{language}/{name}", "")
            articles[f"{language}/{name}"] = text = f"{before}\n\n{rest}".lstrip()
            spans[language] = (len(text) - len(rest), len(text))
        elif (kind, len(parts)) in (("?", 4), ("!", 2)):
            half = len(parts) // 2
            sides = {"it": parts[:half], "en": parts[half:]}
            for direction in DIRECTIONS:
                asked, on = direction[:2], direction[-2:]
                row = {"question": sides[asked][0], "start": spans[on][0], "end": spans[on][1]}
                answers = sides[on][1:]
                found = [place(row, answer, articles[f"{on}/{name}"]) for answer in answers]
                if None in found:
                    raise ValueError(f"{path}:{number}: {answers} does not stand in the paragraph")
                questions.append({
                    "id": f"{path.stem}:{number}:{direction}", "direction": direction, "topic": path.stem, "article": f"{on}/{name}",
                    "question": row["question"], "paragraph": [row["start"], row["end"]], "answers": answers, "spans": found,
                    "decision": bool(YES_NO.match(sides["en"][0])),
                })  # fmt: skip
        elif line.strip():
            raise ValueError(f"{path}:{number}: unknown line {line[:40]!r}")
    return articles, questions


def place(row: dict, answer: str, text: str) -> tuple[int, int] | None:
    """Where `answer` stands in the gold paragraph: between word boundaries if it can, in the sentence most like the question."""
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


def paragraphs_of(name: str, text: str) -> list[tuple[int, int]]:
    """The paragraphs of an article; a text that other people's questions are about is one."""
    return [(0, len(text))] if "/people/" in name else paragraph_spans(text)


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            spans.append((at, at + len(paragraph)))
        at += len(paragraph) + 2
    return spans


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start] + [start + cut.end() for cut in SENTENCE_END.finditer(text[start:end])] + [end]
    return [(a, a + len(text[a:b].rstrip())) for a, b in pairwise(cuts) if text[a:b].strip()]


def rank_paragraphs(articles: dict[str, str], questions: list[dict]) -> None:
    """Adds what retrieval finds among all paragraphs in the passages' language, as [article, paragraph number].

    `ranked`: the RANKED first; `hard`: the HARD first that are not the gold one. Scores are sums of z-scores of e5 and BM25.
    """
    embedder = load_embedder(None, print)
    for language in ("it", "en"):
        asked = [question for question in questions if question["article"].startswith(language)]
        mine = [name for name in articles if name.startswith(language)]
        places = [(name, number, *span) for name in mine for number, span in enumerate(paragraph_spans(articles[name]))]
        texts = [articles[name][start:end] for name, _, start, end in places]
        unique = sorted({question["question"] for question in asked})
        print(language, len(texts), "paragraphs,", len(unique), "questions", flush=True)
        scores = standard(embedder.encode_questions(unique) @ embedder.encode_passages(texts).T)
        keyword = standard(keyword_scores(unique, texts))
        row_of = {text: row for row, text in enumerate(unique)}
        for question in asked:
            row = row_of[question["question"]]
            shared = question["direction"] in ("it_on_it", "en_on_en")
            order = np.argsort(-(scores[row] + keyword[row] * (1.0 if shared else 0.15)))[:RANKED]
            gold = (question["article"], question["paragraph"][0])
            question["ranked"] = [[places[i][0], places[i][1]] for i in order]
            question["hard"] = [[places[i][0], places[i][1]] for i in order if (places[i][0], places[i][2]) != gold][:HARD]


def standard(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return (scores - scores.mean(1, keepdims=True)) / (scores.std(1, keepdims=True) + 1e-6)


def keyword_scores(questions: list[str], texts: list[str]) -> NDArray[np.float32]:
    model = bm25s.BM25()
    model.index(bm25s.tokenize(texts, stopwords=None, show_progress=False, return_ids=False), show_progress=False)
    tokens = bm25s.tokenize(questions, stopwords=None, show_progress=False, return_ids=False)
    return np.stack([model.get_scores(question) if question else np.zeros(len(texts), np.float32) for question in tokens])


if __name__ == "__main__":
    main()
