"""The command line: the only printer and the owner of the exit codes (0 done, 1 an error on one line, 2 usage)."""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ChiediError, QuestionError
from index.types import Answer, Scope

if TYPE_CHECKING:
    from bot.collection import Outcome
    from bot.replies.messages import Messages
    from bot.settings import Settings
    from index.engine import Engine
    from index.storage.build import BuildReport


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    _open_streams()
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options, _settings(options)))
    except ChiediError as error:
        _warn(f"chiedi: {error}")
        return 1
    except KeyboardInterrupt:
        _warn("chiedi: interrupted; nothing that was stored is lost")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:  # the disk that the output goes to is full, say
        _warn(f"chiedi: {error.filename or 'the output'}: {error.strerror}; make room there or write elsewhere")
        sys.stdout = None  # or Python writes what is left again and reports that it failed
        return 1


def _open_streams() -> None:
    """UTF-8 into a file or a pipe, whatever the locale; on a terminal what its encoding lacks is replaced. So printing never fails."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chiedi", description="Answers questions in Italian or English with the exact sentence of your articles."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = _command(commands, "build", _build, "read the articles and bring the index up to date")
    build.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where passages are encoded (default: cpu)")
    build.add_argument("--full", action="store_true", help="start over instead of reusing what did not change")
    build.add_argument("--skip-bad", action="store_true", help="leave out files that cannot be read instead of stopping")
    ask = _command(commands, "ask", _ask, "answer one question, or one a line from standard input")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("--stdin", action="store_true", help="answer one question a line from standard input, in order")
    ask.add_argument("--json", action="store_true", help="print one JSON object a question")
    ask.add_argument("--language", choices=("it", "en"), help="language of the question (default: detected)")
    ask.add_argument("--top-k", type=_count, default=10, metavar="N", help="number of passages listed (default: 10)")
    _limits(ask)
    _limits(_command(commands, "chat", _chat, "ask in the terminal"))
    _command(commands, "bot", _bot, "answer on Telegram")
    add = _command(commands, "add", _add, "bring in documents, web pages and feeds, and follow what can change")
    add.add_argument("places", nargs="+", metavar="FILE|FOLDER|URL|FEED")
    _command(commands, "list", _list, "show the articles and what is followed")
    remove = _command(commands, "remove", _remove, "take out an article, or follow a feed, sitemap or folder no more")
    remove.add_argument("name", metavar="ID")
    sync = _command(commands, "sync", _sync, "bring in what is new or changed where articles came from, take out what is gone")
    sync.add_argument("--every", type=_length, metavar="TIME", help="do it again and again, with so much time between, like 15m or 6h")
    _command(commands, "run", _run, "build what changed, then answer on Telegram or, without a token, in the terminal")
    evaluate = _command(commands, "eval", _evaluate, "measure the answers to a set of questions")
    evaluate.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    evaluate.add_argument("--json", action="store_true", help="print the report as one JSON object")
    evaluate.add_argument("--plot", type=Path, metavar="FILE.png", help="draw the reliability diagram and the risk-coverage curve")
    return parser


def _command(commands: Any, name: str, run: Any, purpose: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
    command.set_defaults(run=run)
    command.add_argument(
        "--articles",
        type=Path,
        metavar="DIR",
        help="folder of .txt and .md articles (default: articles in data/ or, installed as a package, in your data folder)",
    )
    if name == "list":
        return command
    command.add_argument("--index", type=Path, metavar="DIR", help="folder of the index (default: CHIEDI_INDEX)")
    command.add_argument(
        "--model", metavar="NAME", help="embedding model: a sentence-transformers name or folder (default: the bundled one)"
    )
    if name not in ("build", "add", "remove", "sync"):
        command.add_argument("--reader", metavar="DIR", help="folder of the reader's weights, or none to answer with whole sentences only")
        command.add_argument("--reranker", metavar="NAME", help="a sentence-transformers CrossEncoder that orders the passages anew")
    return command


def _limits(command: argparse.ArgumentParser) -> None:
    command.add_argument("--since", metavar="DAY", help="only articles published on this day or later (2024-05-31, 2024-05 or 2024)")
    command.add_argument("--until", metavar="DAY", help="only articles published on this day or earlier")
    command.add_argument("--article", metavar="ID", help="only this article")
    command.add_argument("--source", metavar="NAME", help="only articles of this publisher")


def _scope(options: argparse.Namespace) -> Scope:
    """What --since, --until, --article and --source leave of the collection. Raises QuestionError."""
    from index.questions.scope import day

    since, until, article, source = (getattr(options, name, None) for name in ("since", "until", "article", "source"))
    first = day(since) if since is not None else None
    return Scope(first, day(until, last=True) if until is not None else None, article, source)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 100")
    return int(text)


def _length(text: str) -> float:
    from bot.settings import seconds

    try:
        return float(seconds(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None


def _settings(options: argparse.Namespace) -> Settings:
    """The settings, with the folders and the model that the command line names."""
    from bot.settings import load_settings

    named = {name: getattr(options, name, None) for name in ("articles", "index", "model", "reranker")}
    return load_settings().model_copy(update={name: value for name, value in named.items() if value is not None})


def _build(options: argparse.Namespace, settings: Settings) -> int:
    print(_summary(_bring_up_to_date(settings, full=options.full, skip_bad=options.skip_bad, device=options.device)))
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if options.stdin == (options.question is not None):
        raise QuestionError('give either a QUESTION or --stdin: try `chiedi ask "Quanto uranio produce il Kazakistan?"`')
    from bot.json_output import as_json

    scope, engine = _scope(options), _engine(options, settings)
    questions: Iterable[str] = _lines() if options.stdin else [options.question]
    for question in questions:
        started = time.perf_counter()
        answer = engine.answer(question, language=options.language, top_k=options.top_k, scope=scope)
        took = (time.perf_counter() - started) * 1000
        if options.json:
            print(json.dumps(as_json(answer, took), ensure_ascii=False), flush=True)
        else:
            _show_answer(answer)
    return 0


def _lines() -> Iterator[str]:
    """The lines of standard input without their ends; undecodable bytes become U+FFFD."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _show_answer(answer: Answer) -> None:
    from bot.replies.rendering import render_plain

    if sys.stdout.isatty():
        from bot.terminal import show

        show(render_plain(answer, answer.language, colour=True))
    else:
        print(render_plain(answer, answer.language), flush=True)


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    """Asks at a prompt on a terminal; from a pipe one question a line, without prompts."""
    scope, engine = _scope(options), _engine(options, settings)
    if not sys.stdin.isatty():
        for question in filter(str.strip, _lines()):
            _show_answer(engine.answer(question, scope=scope))
            print(flush=True)
        return 0
    with suppress(ImportError):  # on Windows
        import readline  # noqa: F401  (arrow keys at the prompt: earlier questions, and mending one)
    previous: Answer | None = None
    words = _terminal_words()
    print(words.chat_welcome, end="\n\n")
    while (typed := _prompt(f"{words.chat_prompt} ")) is not None:
        if typed.strip():
            answer = engine.answer(typed, previous=previous, scope=scope)
            previous = previous if answer.small_talk else answer
            print()
            _show_answer(answer)
            print()
    return 0


def _terminal_words() -> Messages:
    """The wording in the language of the terminal: Italian where the locale is, else English."""
    from bot.replies.messages import MESSAGES
    from bot.settings import terminal_locale

    return MESSAGES["it" if terminal_locale().startswith("it") else "en"]


def _prompt(prompt: str) -> str | None:
    try:
        return input(prompt)
    except EOFError:
        print()
        return None


def _bot(options: argparse.Namespace, settings: Settings) -> int:
    from bot.app import run

    return run(settings, _engine(options, settings))


def _run(options: argparse.Namespace, settings: Settings) -> int:
    """What `make run` calls: build what changed, then the bot or, without a token, the chat."""
    from index.bundled import INSTALLED

    options.articles = settings.articles
    if settings.token:
        return _bot(options, settings)
    _warn(_terminal_words().token_hint.format(command="chiedi run" if INSTALLED else "make run"))
    return _chat(options, settings)


def _add(options: argparse.Namespace, settings: Settings) -> int:
    from bot.collection import add

    return _collected(partial(add, options.places), settings)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from bot.collection import listed

    return _show(listed(settings))


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    from bot.collection import remove

    return _collected(lambda settings, progress: remove(options.name, settings), settings)


def _sync(options: argparse.Namespace, settings: Settings) -> int:
    """Once, or with --every until it is interrupted; then errors are printed and the next sync tries again."""
    from bot.collection import sync

    while True:
        try:
            code = _collected(sync, settings)
        except ChiediError as error:
            if options.every is None:
                raise
            _warn(f"chiedi: {error}")
        if options.every is None:
            return code
        time.sleep(options.every)


def _collected(work: Callable[[Settings, Callable[[int, int], None]], Outcome], settings: Settings) -> int:
    """Does some work on the articles, shows what was done, and brings the index up to date with it."""
    from bot.terminal import progress

    with progress("Reading") as report:
        outcome = work(settings, report)
    code = _show(outcome)
    if outcome.indexable:
        print(_summary(_bring_up_to_date(settings, skip_bad=True)), flush=True)
    return code


def _show(outcome: Outcome) -> int:
    for line in outcome.lines:
        print(line, flush=True)
    for problem in outcome.problems:
        _warn(f"chiedi: {problem}")
    return 1 if outcome.failed else 0


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from bot.terminal import progress
    from index.evaluation.report import ask_all, calibration, read_questions, report, table

    questions = read_questions(options.questions)
    with progress("Asking questions") as show:
        outcomes = ask_all(_engine(options, settings), questions, lambda done: show(done, len(questions)))
    if options.plot:
        from index.evaluation.plots import draw

        draw(*calibration(outcomes), options.plot)
    measured = report(outcomes)
    print(json.dumps(measured, ensure_ascii=False) if options.json else table(measured))
    return 0


def _engine(options: argparse.Namespace, settings: Settings) -> Engine:
    """The engine on the index, which is first brought up to date where articles are named."""
    from index.bundled import READER
    from index.engine import Engine

    if options.articles is not None:
        report = _bring_up_to_date(settings)
        if report.changed:
            _warn(_summary(report))
    reader = {None: READER, "none": None}.get(options.reader, Path(options.reader or ""))
    engine = Engine.load(
        settings.index, model=settings.model, reader=reader, reranker=settings.reranker, caution=settings.caution, announce=_warn
    )
    if engine.warning:
        _warn(f"chiedi: {engine.warning}")
    return engine


def _bring_up_to_date(settings: Settings, *, full: bool = False, skip_bad: bool = False, device: str = "cpu") -> BuildReport:
    from bot.collection import first_article
    from bot.terminal import progress
    from index.models.embedder import load_embedder
    from index.storage.build import build_index

    if note := first_article(settings):
        _warn(note)
    embedder = load_embedder(settings.model, _warn, device)
    with progress("Encoding passages") as show:
        report = build_index(settings.articles, settings.index, embedder, full=full, skip_bad=skip_bad, progress=show)
    for error in report.skipped:
        _warn(f"chiedi: left out: {error}")
    for note in report.notes:
        _warn(f"chiedi: {note}")
    return report


def _summary(report: BuildReport) -> str:
    counts = f"{_counted(report.articles, 'article')}, {_counted(report.passages, 'passage')}"
    if not report.changed:
        return f"Nothing changed: {counts} in the index."
    return f"Indexed {counts} ({report.encoded} encoded anew, {_counted(report.removed, 'article')} removed) in {report.seconds:.1f} s."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _warn(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
