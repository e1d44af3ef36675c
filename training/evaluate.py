"""Measures a reader on the held-out topics, direction by direction.

    python training/evaluate.py --examples training/runs/examples.json --data ../shared/eval/squad4 --reader data/models/reader

Right passage given: exact match and F1 of the words, and how often the sentence they stand in holds the answer; on squad4, and on those of
our own articles that are held out (AUROC: against the questions that their paragraph does not answer). Refusal, over the texts
with a quarter of the paragraphs removed (`_gap`), the four best-ranked paragraphs read: AUROC of the highest span minus null, of the
highest answerable logit, and of their sum, for questions whose paragraph was removed, and for SQuAD 2.0's that never had an answer.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from examples import is_people, is_written
from prepare import DIRECTIONS, paragraph_spans, read, sentence_spans

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.evaluation.metrics import auroc, exact_match, f1
from index.models.reader import Reader, Reading

READ = 4
PEOPLE = {"search engine": ("en_qed",), "SQuAD": ("en_squad_1", "en_squad_2"), "yes or no": ("en_yesno",)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=Path, required=True)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--reader", type=Path, required=True)
    options.add_argument("--sample", type=int, default=10_000, help="questions a direction and kind")
    options.add_argument("--no-gap", action="store_true", help="only the right passage given")
    options.add_argument("--files", nargs="+", metavar="NAME", help="of our own only these files, for a reader that knows those held out")
    given = options.parse_args()
    material = json.loads(given.examples.read_text(encoding="utf-8"))
    reader = Reader.load(given.reader, print)
    print("direction   n      EM     F1  sentence | removed n  span-null answerable both | never n  span-null answerable both", flush=True)
    for direction in DIRECTIONS:
        own = [q for q in material["questions"] if q["direction"] == direction and is_written(q)]
        own = [q for q in own if (q["topic"] in given.files if given.files else q["held"])]
        answered, never = (sampled([q for q in own if bool(q["spans"]) == told], given.sample) for told in (True, False))
        line = f"{direction}  {right_passage(reader, material, answered)}"
        scores = [[score(reader.read(q["question"], [paragraph(material, q)])) for q in questions] for questions in (answered, never)]
        print(line, f"| of our own | {compare(*scores)}", flush=True)
    for name, files in () if given.files else PEOPLE.items():
        held = [q for q in material["questions"] if q["held"] and q["topic"].removeprefix("people/") in files]
        print(f"{name}  {other_people(reader, material, held)}", flush=True)
    for direction in () if given.files else DIRECTIONS:
        held = [q for q in material["questions"] if q["held"] and q["direction"] == direction and not (is_written(q) or is_people(q))]
        line = f"{direction}  {right_passage(reader, material, sampled([q for q in held if q['spans']], given.sample))}"
        print(line, "" if given.no_gap else refusals(reader, material, held, given, direction), flush=True)


def other_people(reader: Reader, material: dict, questions: list[dict]) -> str:
    """Questions held apart of other collections, the right passage given: F1, AUROC against look-alikes, share taken for an answer."""
    answered, never = ([q for q in questions if bool(q["spans"]) == told] for told in (True, False))
    scores = [[score(reader.read(q["question"], [paragraph(material, q)])) for q in group] for group in (answered, never)]
    taken = mean([answerable > 0 for _, answerable, _ in scores[0]])
    given = right_passage(reader, material, [q for q in answered if q["answers"]])
    return f"{given} | taken for an answer {taken:.3f} of {len(answered)} | {compare(*scores)}"


def sampled(questions: list, count: int) -> list:
    return random.Random(1).sample(questions, min(count, len(questions)))


def right_passage(reader: Reader, material: dict, questions: list[dict]) -> str:
    exact, overlap, held = [], [], []
    for question in questions:
        passage = paragraph(material, question)
        [found] = reader.read(question["question"], [passage])
        answer = passage[found.start : found.end]
        exact.append(exact_match(answer, question["answers"]))
        overlap.append(f1(answer, question["answers"]))
        sentence = next((passage[a:b] for a, b in sentence_spans(passage, 0, len(passage)) if found.start < b), "")
        held.append(any(gold in sentence for gold in question["answers"]))
    return f"{len(questions):5d}  {mean(exact):.3f}  {mean(overlap):.3f}  {mean(held):.3f}"


def paragraph(material: dict, question: dict) -> str:
    start, end = question["paragraph"]
    text: str = material["articles"][question["article"]]
    return text[start:end]


def mean(values: list) -> float:
    return sum(values) / max(1, len(values))


def refusals(reader: Reader, material: dict, held: list[dict], given: argparse.Namespace, direction: str) -> str:
    """AUROC of the answerable questions against those whose paragraph was removed, and against those never answerable."""
    language = direction[-2:]
    left = {path.stem: paragraphs(read(path)) for path in (given.data / f"articles_{language}_gap").glob("*.txt")}
    rows = [json.loads(row) for row in (given.data / f"questions_{direction}_gap.jsonl").read_text(encoding="utf-8").splitlines()]
    kinds = {row["id"]: row.get("why", "answerable") for row in rows}
    scores: dict[str, list[tuple[float, float, float]]] = {}
    for kind in sorted(set(kinds.values())):
        chosen = sampled([question for question in held if kinds.get(question["id"]) == kind], given.sample)
        scores[kind] = [score(reader.read(question["question"], passages(material, question, left))) for question in chosen]
    removed, never = (compare(scores["answerable"], scores.get(kind, [])) for kind in ("passage removed", "never answered by the passage"))
    return f"| {removed} | {never}"


def paragraphs(text: str) -> set[str]:
    return {text[start:end].strip() for start, end in paragraph_spans(text)}


def passages(material: dict, question: dict, left: dict[str, set[str]]) -> list[str]:
    """The READ best-ranked paragraphs among those left in the collection."""
    found = []
    for name, number in question["ranked"]:
        sentences = material["paragraphs"][name][number]
        text = material["articles"][name][sentences[0][0] : sentences[-1][1]]
        if text.strip() in left[name.partition("/")[2]]:
            found.append(text)
    return found[:READ]


def score(readings: list[Reading]) -> tuple[float, float, float]:
    spans, answerable = max(r.span - r.null for r in readings), max(r.answerable for r in readings)
    return spans, answerable, max(r.span - r.null + 2 * r.answerable for r in readings)


def compare(answerable: list[tuple[float, float, float]], without: list[tuple[float, float, float]]) -> str:
    if not without:
        return "-"
    labels = [True] * len(answerable) + [False] * len(without)
    values = (auroc([row[i] for row in answerable + without], labels) for i in range(3))
    return f"{len(answerable)}/{len(without)} " + " ".join(f"{value:.3f}" for value in values if value is not None)


if __name__ == "__main__":
    main()
