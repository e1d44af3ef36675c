"""What a terminal shows: lines that end between words, and a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import wrap

from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

_BAR = "│ "


def show(text: str) -> None:
    """Prints text with ANSI styles, its lines broken between words; what stands behind a bar stays there. A long address stays whole."""
    console = Console(highlight=False)
    for line in AnsiDecoder().decode(text):
        bar = _BAR if line.plain.startswith(_BAR) else ""
        for start, end in _rows(line.plain, len(bar), console.width - len(bar)) or [(0, 0)]:
            console.print(line[: len(bar)] + line[start:end], overflow="ignore", no_wrap=True, crop=False)


def _rows(line: str, start: int, width: int) -> list[tuple[int, int]]:
    """Where the rows of a line begin and end, from ``start`` on."""
    found, at = [], start
    for row in wrap(line[start:], width, expand_tabs=False, replace_whitespace=False, break_long_words=False, break_on_hyphens=False):
        at = line.index(row, at)
        found.append((at, at := at + len(row)))
    return found


class _Rate(ProgressColumn):
    """How many a second, once it can be estimated."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and time left on standard error if that is a terminal, else nothing; called with (done, total)."""
    with Progress(
        TextColumn(doing), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    ) as bar:  # fmt: skip
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
