"""Questions about an article as a whole, in Telegram."""

from pathlib import Path
from typing import Any

from bot.replies.messages import MESSAGES
from index.types import Answer, Article, Fact, Language
from tests.bot.emulator import Emulator
from tests.bot.serving import ARTICLE, LAKES, OTHERS, QUOTE, FakeEngine, serving

WORDS = MESSAGES["it"]


class WholeEngine(FakeEngine):
    """Offers two articles, sums up the one about uranium, and tells the source of the article of the answer before."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Article | None] = []
        self.answered_before: list[bool | None] = []

    def answer(self, question: str, *, language: Language | None = None, previous: Answer | None = None, **scope: Any) -> Answer:
        self.before.append(previous.article if previous else None)
        self.answered_before.append(previous.answered if previous else None)
        match question:
            case "Riassumi":
                return Answer(question, "it", choice=(ARTICLE, LAKES))
            case "Uranio in Asia":
                return Answer(question, "it", "answer", confidence=1.0, summary=(QUOTE,))
            case "I laghi":
                return Answer(question, "it", "answer", confidence=1.0, summary=OTHERS[:2])
            case _:
                return Answer(question, "it", "answer", confidence=1.0, fact=Fact(ARTICLE, "source"))


async def test_choice_summary_and_fact(telegram: Emulator, tmp_path: Path) -> None:
    """Each answer is worded, judged and remembered with its article, so that the next question may mean it."""
    engine = WholeEngine()
    async with serving(telegram, tmp_path, engine):
        alice = telegram.user()
        await alice.send("Riassumi")
        asked = await alice.reply()
        assert asked.text == f"{WORDS.which}\n• Uranio in Asia · ats/afp\n• I laghi · 1 maggio 2024"
        assert asked.buttons == []
        await alice.send("Uranio in Asia")
        summary = await alice.reply()
        assert summary.text == "Uranio in Asia · ats/afp\n\n«Il Kazakistan produce il 43% dell’uranio.»"
        assert summary.buttons == [WORDS.good, WORDS.wrong, WORDS.open]
        await alice.send("Chi l'ha scritto?")
        fact = await alice.reply()
        assert fact.text == "Fonte: ats/afp\n\nUranio in Asia · ats/afp"
        assert fact.buttons == [WORDS.good, WORDS.wrong]
        await alice.send("E la fonte?")
        await alice.reply()
        press = await alice.press(fact, WORDS.good)
        assert (await press.answer())["text"] == WORDS.thanks_good
    assert engine.before == [None, None, ARTICLE, ARTICLE]


async def test_articles_to_choose_from_are_no_answer(telegram: Emulator, tmp_path: Path) -> None:
    """After a choice was offered the next message may name an article: the engine is told that nothing was answered; a summary was."""
    engine = WholeEngine()
    async with serving(telegram, tmp_path, engine):
        alice = telegram.user()
        for message in ("Riassumi", "Uranio in Asia", "Chi l'ha scritto?"):
            await alice.send(message)
            await alice.reply()
    assert engine.answered_before == [None, False, True]


async def test_summary_inline(telegram: Emulator, tmp_path: Path) -> None:
    """A summary is one result, under its first sentence; articles to choose from are none."""
    async with serving(telegram, tmp_path, WholeEngine()):
        alice = telegram.user()
        (result,) = (await (await alice.inline("I laghi")).answer())["results"]
        assert (result["title"], result["description"]) == ("Como è fondo.", "I laghi")
        assert result["message"]["text"] == "I laghi · 1 maggio 2024\n\n«Como è fondo.»\n\n«Garda è largo.»"
        assert (await (await alice.inline("Riassumi")).answer())["results"] == []
