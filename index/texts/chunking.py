"""Sentences and passages of an article: offsets into its text, never re-joined words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import pairwise
from math import ceil
from typing import TypeAlias

from sentencex import get_sentence_boundaries

from index.types import Article, Language, Passage

Span: TypeAlias = tuple[int, int]

_LARGEST = 900
_SMALLEST = 400
_OVERLAP = 200
PARAMETERS: dict[str, int | str] = {"version": 2, "largest": _LARGEST, "smallest": _SMALLEST, "overlap": _OVERLAP}
"""What decides the passages, for the manifest. Sizes in characters; docs/chunking.md says how they were chosen."""

_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_FINISHED = re.compile(r"[.!?…;,][\s»”’\"')\]]*\Z")
_TITLE = re.compile(r"#{1,6}[ \t]+(?=\S)")  # the marks of a Markdown heading
_ITEM = re.compile(r"(?:[-–—•*·]|\d+[.)])\s")
_LONGEST_HEADING = 100
_SUBSCRIPT = 3
"""Characters; the 2 of CO2 stands on a line of its own in text that was copied from a page."""
_WRAPPED_WIDTHS = range(40, 101)

_NO_END = re.compile(
    r"(?<![\w.])(?:(?:[^\W\d_]\.\s?){1,5}(?:[^\W\d_]+\.)?\s+(?=[a-zà-ÿ])"  # S.p.A. ha, Y. pestis
    r"|[ad]\.\s?(?=C\.)"  # a.C.
    r"|(?:Inc|Corp|Ltd|Co|Bros|Ave|St)\.\s+(?=[a-zà-ÿ])"
    r"|(?:[Dd]ott\.ssa|[Pp]rof\.ssa|S|Ms)\.\s+(?=[A-ZÀ-Ý])"
    r"|(?:[Pp]agg?|[Nn]n?|[Nn]os?|[Ff]ig|[Tt]ab|[Vv]ol|[Cc]ap|[Ss]ez|D\.Lgs|c\.p\.[cp])\.\s+(?=\d))"
    r"|(?i:d\.lgs|d\.l|d\.p\.r|d\.m|artt?|co|lett|comm?|cfr|ca|circ|approx|sec|pp|vs|op\. cit|loc\. cit|i\.e|e\.g|cf|viz"
    r"|genn|gen|febbr|febb|feb|mar|apr|magg|mag|giu|lug|ag|ago|sett|ott|nov|dic|jan|jun|jul|aug|sept|oct|dec)\.\s+(?=[\da-zà-ÿ])"
    r"|[?!][»”\"')\]]*\s+(?=[a-zà-ÿ])"
    r"|\A\d{1,2}\.\s+"  # 1. the number of a list item
)
"""Ends that the library sees and that are none; the match ends where the next sentence would begin."""

_END = re.compile(
    r"(?:[a-zà-ÿ\d]\.[»”\"]+|(?:…|\.\.\.)[»”\"]*"
    r"|\b(?!MR|MS|DR|ST|SS|ON)[A-Z]{2,5}\."  # the library takes TV., UE. and some common words for abbreviations
    r"|\b(?:ecc|etc|fa|va|sa|no|mai|sia|via|re|ore|file|fasi|grano|assi|post|bar|radar|port|spot|top|set|may|art|[ck]m|mm|kg)\."
    r"|\b(?i:tv|ue|usa|onu|nato|nasa|opec|oms|cee|unesco|urss)\.)\s+(?=[«“\"(]?[A-ZÀ-Ý])"
    r"|(?<![^.!?]\s)\([A-ZÀ-Ý][^()]*[.!?]\)\s+(?=[«“\"]?[A-ZÀ-Ý])"  # (A sentence of its own.) The next
)
"""Ends that the library does not see."""

_PLAIN_END = re.compile(r"(?<=[a-zà-ÿ]{4})[.!?…][»”\"')]*\s+(?=[«“\"(]?[A-ZÀ-Ý])")
_LONG = 300
"""Characters; a longer sentence, such as a speech that the library keeps together inside its quotation marks, ends at plain ends."""

_BLANK = str.maketrans("\n\f", "  ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def sentences(text: str, language: Language) -> list[Span]:
    """The sentences of a text as (start, end) in code points, in order, without the white space around them.

    A heading, a list item and a paragraph end with their line; a line that is merely wrapped does not end a sentence, nor does a page.
    A heading begins behind its marks.
    """
    return [span for line in _lines(text) for span in _sentences_of(text, line, language)]


@lru_cache(1024)  # half a millisecond each; the same passages are asked for again
def parts(text: str, language: Language) -> tuple[Span, ...]:
    """The sentences of a passage, each of which is compared with a question; the passage itself where it has none."""
    return tuple(sentences(text, language)) or ((0, len(text)),)


def passages(article: Article) -> list[Passage]:
    """The passages to index, in order: whole sentences, at most ``largest`` characters each.

    Paragraphs stay whole; short ones are joined with what follows until ``smallest`` is reached, headings always; a longer one is
    divided evenly, each part repeating up to ``overlap`` characters of whole sentences of the part before. Only a sentence that is
    longer than ``largest`` is cut, between words.
    """
    text, language = article.text, article.language
    found = []
    for block in _blocks(text):
        spans = [piece for line in block for span in _sentences_of(text, line, language) for piece in _pieces(text, span)]
        found += [Passage(article, start, end) for start, end in _parts(spans)]
    return found


def _sentences_of(text: str, line: Span, language: Language) -> Iterator[Span]:
    """The sentences inside one line: the library's ends, put right by the two rules above."""
    start, end = line
    if marks := _TITLE.match(text, start, end):
        yield marks.end(), end
        return
    content = text[start:end].translate(_BLANK)
    ends = {boundary["end_index"] for boundary in get_sentence_boundaries(language, content)}
    ends -= {position for match in _NO_END.finditer(content) for position in range(match.start(), match.end() + 1)}
    ends |= {match.end() for match in _END.finditer(content)} | {len(content)}
    stretches = [(first, last) for first, last in pairwise(sorted(ends | {0})) if last - first > _LONG]
    ends |= {match.end() for stretch in stretches for match in _PLAIN_END.finditer(content, *stretch)}
    first = 0
    for last in sorted(ends):
        if content[first:last].strip():
            yield _trimmed(text, start + first, start + last)
        first = last


def _lines(text: str) -> list[Span]:
    """The lines that are not blank, those that are merely wrapped put together again."""
    lines: list[Span] = []
    for block in _runs([match.span() for match in _LINE.finditer(text)], partial(_is_gap, text)):
        wrapped = _is_wrapped(text, block)
        lines += [(run[0][0], run[-1][1]) for run in _runs(block, partial(_is_end, text, wrapped))]
    return lines


def _runs(spans: list[Span], is_border: Callable[[Span, Span], bool]) -> Iterator[list[Span]]:
    """Divide into runs of neighbours without a border between them."""
    run: list[Span] = []
    for span in spans:
        if run and is_border(run[-1], span):
            yield run
            run = []
        run.append(span)
    if run:
        yield run


def _is_gap(text: str, before: Span, after: Span) -> bool:
    """Whether a blank line separates two lines."""
    return text.count("\n", before[1], after[0]) > 1


def _is_wrapped(text: str, block: list[Span]) -> bool:
    """Whether an editor broke these lines: none but the first and the last had room for the next line's first word."""
    width = max(end - start for start, end in block)
    inner = pairwise(block[1:])
    return (
        len(block) > 2
        and width in _WRAPPED_WIDTHS
        and all(end - start + 1 + len(text[following:last].split(maxsplit=1)[0]) > width for (start, end), (following, last) in inner)
    )


def _is_end(text: str, wrapped: bool, before: Span, after: Span) -> bool:
    """Whether the upper of two neighbouring lines ends a paragraph, heading or list item."""
    if _ITEM.match(text, after[0]) or _TITLE.match(text, before[0]) or _TITLE.match(text, after[0]):
        return True
    goes_on = text[after[0]].islower() or after[1] - after[0] <= _SUBSCRIPT
    return not wrapped and (bool(_FINISHED.search(text, *before)) or not goes_on)


def _is_heading(text: str, line: Span) -> bool:
    """Whether a line is marked as one, or is short, is no sentence and no list item, or announces a list with a colon."""
    start, end = line
    short = end - start <= _LONGEST_HEADING and not _FINISHED.search(text, start, end) and not _ITEM.match(text, start)
    return short or bool(_TITLE.match(text, start))


def _blocks(text: str) -> list[list[Span]]:
    """Lines that belong into one passage, or into one run of overlapping passages when they are too long for one."""
    sections = _runs(_lines(text), lambda before, after: not _is_heading(text, before))
    blocks: list[list[Span]] = []
    for section in sections:
        if blocks and _length(blocks[-1]) < _SMALLEST and _length(blocks[-1] + section) <= _LARGEST:
            blocks[-1] += section
        else:
            blocks.append(section)
    if len(blocks) > 1 and _length(blocks[-1]) < _SMALLEST and _length(blocks[-2] + blocks[-1]) <= _LARGEST:
        blocks[-2:] = [blocks[-2] + blocks[-1]]
    return blocks


def _length(spans: list[Span]) -> int:
    return spans[-1][1] - spans[0][0]


def _parts(spans: list[Span]) -> list[Span]:
    """Group sentences into even parts of at most the largest size, repeating the last sentences of the part before."""
    goal = _length(spans) / ceil(_length(spans) / _LARGEST)
    parts: list[Span] = []
    first = last = 0
    while True:
        due = spans[0][0] + goal * (len(parts) + 1)
        while last + 1 < len(spans) and spans[last][1] + spans[last + 1][1] < 2 * due and _length(spans[first : last + 2]) <= _LARGEST:
            last += 1
        parts.append((spans[first][0], spans[last][1]))
        if last + 1 == len(spans):
            return parts
        last += 1
        first = next(at for at in range(first + 1, last + 1) if at == last or _repeats(spans[at : last + 1]))


def _repeats(spans: list[Span]) -> bool:
    """Whether all but the last of these sentences may be repeated in front of the last."""
    return _length(spans[:-1]) <= _OVERLAP and _length(spans) <= _LARGEST


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """A sentence as it is, or cut between words, and a word only when it is longer than a passage."""
    start, end = span
    while end - start > _LARGEST:
        space = max(text.rfind(blank, start, start + _LARGEST + 1) for blank in " \n\t")
        cut = space if space > start else start + _LARGEST
        yield _trimmed(text, start, cut)
        start = _trimmed(text, cut, end)[0]
    yield start, end


def _trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends."""
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
