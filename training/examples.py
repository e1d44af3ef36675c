"""Draws one epoch of training examples: windows of sentences around answers, wrong passages, and questions as people type them."""

from __future__ import annotations

import random
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Encoding, Tokenizer

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.texts.normalisation import normalise

LONGEST, QUESTION = 288, 64
KEEP = {"it_on_it": 1.0, "en_on_it": 1.25, "en_on_en": 1.25, "it_on_en": 1.7}  # expected copies of a question of squad4 in an epoch
UNANSWERABLE, NEGATIVE, SWAPPED, CHATTY = 0.8, 0.45, 0.25, 0.15
PEOPLE = {"en_qamr": 0.5, "en_sentence_evidence": 0.5, "en_squad_lower": 0.5, "en_squad_sentences": 0.6, "fr_piaf": 0.5}
"""Expected copies of the questions of a file written for other collections, 1 where it is not named; half of it for `PAIRS`."""
PEOPLE_UNANSWERABLE, PEOPLE_NEGATIVE, PAIRS = 2.0, 0.2, "questions_it_en"
FIRST_PAPER = 60  # number of the first file of our own on what papers print: programmes, prices, results, notices
PREFIX = "passage: "
_NAME = re.compile(r"(?<=\w )(?:[A-ZÀ-Ü]\w+(?: [A-ZÀ-Ü]\w+)*|\d{4})")


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids, first token of the passage, and the answer's first and last token (0, 0: no answer).

    Where a whole sentence or passage answers (`loose`), start and end may be any of these tokens. `decision`: a yes or a no is asked for.
    """

    ids: list[int]
    passage: int
    start: int
    end: int
    loose: bool = False
    decision: bool = False


@dataclass(frozen=True, slots=True)
class Shares:
    """Copies of a question in an epoch: of squad4, of our own in each direction, of those on what papers print, of other people's."""

    squad4: float = 1.0
    written: float = 0.0
    papers: float = 0.0
    people: float = 0.0


def draw_epoch(material: dict, tokenizer: Tokenizer, seed: int, shares: Shares) -> list[Example]:
    """The examples of one epoch, shuffled; none of a held-out topic, file or title."""
    draw = random.Random(seed)
    material = material | {"names": _names(material["questions"])}
    questions = [question for question in material["questions"] if not question["held"]]
    texts = [(text, question) for question in questions for text in _draw_texts(material, question, _copies(question, shares), draw)]
    draw.shuffle(texts)
    encodings = tokenizer.encode_batch([(f"query: {asked}", PREFIX + passage) for (asked, passage, _), _ in texts])
    drawn = (as_example(encoding, span, question) for encoding, ((_, _, span), question) in zip(encodings, texts, strict=True))
    return [example for example in drawn if example]


def prepared(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST, strategy="only_second")
    return tokenizer


def is_written(question: dict) -> bool:
    """Whether the question is one of our own."""
    return "/written/" in question["article"]


def is_people(question: dict) -> bool:
    """Whether the question was written by people for another collection."""
    return question["topic"].startswith("people/")


def _copies(question: dict, shares: Shares) -> float:
    """How often the question is drawn in an epoch, on average."""
    if is_written(question):
        return shares.papers if int(question["topic"][:2]) >= FIRST_PAPER else shares.written
    if is_people(question):
        file = question["topic"].removeprefix("people/")
        copies = PEOPLE.get(file, 1.0) if question["spans"] or file == PAIRS else PEOPLE_UNANSWERABLE
        return shares.people * (0.5 * copies if file == PAIRS else copies)
    return shares.squad4 * (KEEP[question["direction"]] if question["spans"] else UNANSWERABLE)


def _draw_texts(material: dict, question: dict, copies: float, draw: random.Random) -> list[tuple[str, str, tuple[int, int] | None]]:
    """(question, passage, span in it or None) of one question: its copies with answer, and wrong passages."""
    found = []
    for _ in range(int(copies) + (draw.random() < copies % 1)):
        passage, span = _right(material, question, draw)
        found.append((_typed(question["question"], draw), passage, span))
        if (
            span
            and not is_people(question)
            and draw.random() < SWAPPED
            and (swapped := _swapped(material["names"], question, passage, draw))
        ):
            found.append((_typed(swapped, draw), passage, None))
        if (
            question["spans"]
            and draw.random() < (PEOPLE_NEGATIVE if is_people(question) else NEGATIVE)
            and (wrong := _wrong(material, question, draw))
        ):
            found.append((_typed(question["question"], draw), wrong, None))
    return found


def _right(material: dict, question: dict, draw: random.Random) -> tuple[str, tuple[int, int] | None]:
    text = material["articles"][question["article"]]
    paragraphs = material["paragraphs"][question["article"]]
    home = next(i for i, spans in enumerate(paragraphs) if spans[-1][1] > question["paragraph"][0])
    sentences = [s for p in paragraphs[max(0, home - 1) : home + 2] for s in p] if draw.random() < 0.25 else paragraphs[home]
    start, end = draw.choice(question["spans"]) if question["spans"] else draw.choice(paragraphs[home])
    first = max((i for i, s in enumerate(sentences) if s[0] <= start), default=0)
    last = min((i for i, s in enumerate(sentences) if s[1] >= end), default=first)
    a, b = _window(sentences, first, max(first, last), draw)
    return plain(text[a:b]), (start - a, end - a) if question["spans"] else None


def plain(text: str) -> str:
    """The text as the reader will see it, wherever that keeps every offset."""
    found = normalise(text)
    return found.text if found.offsets is None else text


def _window(sentences: list, first: int, last: int, draw: random.Random) -> tuple[int, int]:
    """Grows sentence by sentence, left or right by chance, up to 250 to 1,050 characters."""
    budget = draw.uniform(250, 1050)
    while True:
        sides = [(first - 1, last)] if first > 0 else []
        sides += [(first, last + 1)] if last + 1 < len(sentences) else []
        sides = [(i, j) for i, j in sides if sentences[j][1] - sentences[i][0] <= budget]
        if not sides:
            return sentences[first][0], sentences[last][1]
        first, last = draw.choice(sides)


def _wrong(material: dict, question: dict, draw: random.Random) -> str | None:
    """A window of a paragraph ranked high for the question, or of the gold paragraph away from the answer; never with an answer's words."""
    if question["answers"] and draw.random() < 0.15:
        name = question["article"]
        paragraph = next(p for p in material["paragraphs"][name] if p[-1][1] > question["paragraph"][0])
        sentences = [s for s in paragraph if s[1] < question["spans"][0][0]] or [s for s in paragraph if s[0] > question["spans"][-1][1]]
    elif not question["hard"]:
        return None
    else:
        rank = min(int(draw.expovariate(0.45)), len(question["hard"]) - 1)
        name, number = question["hard"][rank]
        sentences = material["paragraphs"][name][number]
    if not sentences:
        return None
    i = draw.randrange(len(sentences))
    a, b = _window(sentences, i, i, draw)
    window = material["articles"][name][a:b]
    return None if any(re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", window, re.I) for answer in question["answers"]) else plain(window)


def _swapped(names: dict[tuple[str, str], list[str]], question: dict, passage: str, draw: random.Random) -> str | None:
    """The question with one of its names or years changed to another that people ask about in the article: nothing answers it any more.

    Half of the time to one that stands in the passage, where there is one.
    """
    asked = question["question"]
    if not (found := list(_NAME.finditer(asked))):
        return None
    old = draw.choice(found)
    others = [name for name in names[_heading(question)] if name.isdigit() == old[0].isdigit() and name not in asked and old[0] not in name]
    others = [name for name in others if name not in question["answers"]]
    near = [name for name in others if name in passage]
    if not others:
        return None
    return asked[: old.start()] + draw.choice(near if near and draw.random() < 0.5 else others) + asked[old.end() :]


def _names(questions: list[dict]) -> dict[tuple[str, str], list[str]]:
    """The names and years in the questions on each article, by the language they are asked in."""
    names: dict[tuple[str, str], set[str]] = {}
    for question in questions:
        names.setdefault(_heading(question), set()).update(_NAME.findall(question["question"]))
    return {heading: sorted(found) for heading, found in names.items()}


def _heading(question: dict) -> tuple[str, str]:
    return question["article"], question["direction"][:2]


def _typed(question: str, draw: random.Random) -> str:
    """The question, sometimes as people write in chats: lower case, no question mark, no accents, two letters swapped."""
    if draw.random() >= CHATTY:
        return question
    if draw.random() < 0.7:
        question = question.lower()
    if draw.random() < 0.7:
        question = question.rstrip(" ?")
    if draw.random() < 0.5:
        question = "".join(c for c in unicodedata.normalize("NFD", question) if not unicodedata.combining(c))
    if draw.random() < 0.4 and len(question) > 8:
        i = draw.randrange(1, len(question) - 2)
        question = question[:i] + question[i + 1] + question[i] + question[i + 2 :]
    return question


def as_example(encoding: Encoding, span: tuple[int, int] | None, question: dict) -> Example | None:
    """Token positions of a span of the passage; None when truncation cut it off or the passage does not fit."""
    loose, decision = question.get("kind", "words") != "words", question.get("decision", False)
    sequence = encoding.sequence_ids
    tokens = [i for i, part in enumerate(sequence) if part == 1 and encoding.offsets[i][1] > len(PREFIX)]
    if not tokens:
        return None
    if span is None:
        return Example(encoding.ids, tokens[0], 0, 0, False, decision)
    a, b = span[0] + len(PREFIX), span[1] + len(PREFIX)
    inside = [i for i in tokens if encoding.offsets[i][1] > a and encoding.offsets[i][0] < b]
    if not inside or (encoding.offsets[inside[-1]][1] < b and not loose):
        return None
    return Example(encoding.ids, tokens[0], inside[0], inside[-1], loose, decision)
