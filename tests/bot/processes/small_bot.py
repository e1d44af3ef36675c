"""`python -m tests.bot.processes.small_bot`: the bot as a process of its own, with quick fixed answers. For fault trials and load benches.

Settings come from the environment as always. `--think SECONDS` is the time that an answer takes; `--unpaced` lifts Telegram's limits,
`--unlimited` also the share of each person, for trials in which a few people ask as much as a thousand.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from bot.app import run
from bot.settings import load_settings
from bot.telegram import rate_limits as limits
from bot.telegram import updates
from index.errors import ChiediError
from index.types import EVERYTHING, Answer, Article, Language, Passage, Scope
from tests.bot.serving import FakeEngine

LONG = Article("lungo", "Un articolo lungo", None, None, "it", "Una frase di un paragrafo che non finisce mai. " * 250)


class SmallEngine(FakeEngine):
    """Thinks for a while; refuses what mentions a price, answers "lungo" in several messages and "adagio" slowly, hangs on "stuck"."""

    def __init__(self, think: float) -> None:
        super().__init__()
        self.think = think

    def answer(
        self, question: str, *, language: Language | None = None, previous: Answer | None = None, scope: Scope = EVERYTHING
    ) -> Answer:
        time.sleep(60 if "stuck" in question else 0.6 if "adagio" in question else self.think)
        self.asked.clear()
        self.scopes.clear()
        if "lungo" in question:
            return Answer(question, language or "it", "answer", quote=Passage(LONG, 0, len(LONG.text)), confidence=0.9)
        return super().answer(question, language=language, previous=previous, scope=scope)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the bot until it is stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--think", type=float, default=0.03)
    parser.add_argument("--unpaced", action="store_true")
    parser.add_argument("--unlimited", action="store_true")
    options = parser.parse_args(arguments)
    if options.unpaced or options.unlimited:
        limits.CHAT_SECONDS, limits.OVERALL_SECONDS = 0.0, 0.0
    if options.unlimited:
        updates.QUESTIONS = (1e9, 1.0)
    try:
        return run(load_settings(), SmallEngine(options.think))
    except ChiediError as error:
        print(f"chiedi: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
