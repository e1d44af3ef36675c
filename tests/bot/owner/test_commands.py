"""The owners' side: who counts as one, what they are shown, and what they can do."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.replies.messages import MESSAGES
from index.engine import Engine
from index.evaluation.report import read_questions
from tests.bot.emulator import Emulator, Person
from tests.bot.serving import FakeEngine, fill_disk_once, serving
from tests.conftest import FakeEmbedder

IT = MESSAGES["it"]
OWNER = 77
QUESTION = "Quanto uranio si produce?"


@pytest.fixture
def owner(telegram: Emulator) -> Person:
    """The one whose id stands in the settings."""
    return telegram.user("Olga", user_id=OWNER)


@pytest.fixture
async def bot(telegram: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A running bot with an owner."""
    monkeypatch.chdir(tmp_path)
    async with serving(telegram, tmp_path, CHIEDI_ADMINS=str(OWNER)):
        yield


async def ask(person: Person, *questions: str) -> None:
    """Asks one question after the other."""
    for question in questions:
        await person.send(question)
        await person.reply()


async def until_written(state: Path, answers: int) -> None:
    """Waits until so many answers stand in the ledger and no update waits."""
    with sqlite3.connect(state / "chiedi.sqlite3") as database:
        counts = "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM inbox WHERE finished IS NULL)"
        while database.execute(counts).fetchone() != (answers, 0):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("command", ["/stats", "/gaps", "/export_eval", "/rebuild"])
async def test_only_owners_are_obeyed(telegram: Emulator, bot: None, command: str) -> None:
    """For everybody else the owners' commands do not exist, whatever they call themselves."""
    mallory = telegram.user("Olga", username="olga")
    await mallory.send(command)
    assert (await mallory.reply()).text == IT.unknown_command


async def test_owners_buttons_do_not_obey_others(telegram: Emulator, bot: None) -> None:
    """A press that claims to be an owner's, from somebody else, changes nothing."""
    mallory = telegram.user()
    await mallory.send("/start")
    message = await mallory.reply()
    await (await mallory.press_data(message, "adm:yes:x")).answer()
    await mallory.send("/help")
    assert (await mallory.reply()).id > message.id
    assert message.edits == 0


async def test_statistics(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """/stats shows the day's counts, the languages and a picture; before the first question it says that there was none."""
    await owner.send("/stats")
    assert (await owner.reply()).text == IT.stats_none.format(days=14)
    await ask(telegram.user(), QUESTION, "Quanto costa?", "How much?")
    await until_written(tmp_path, 3)
    await owner.send("/stats")
    table, picture = await owner.reply(), await owner.reply()
    assert table.text.startswith("Ultimi 14 giorni: 3 domande, 67% con risposta\n\ngiorno  dom.  risp.  rif.  p50 ms  p95 ms\n")
    assert table.text.splitlines()[3].split()[1:4] == ["3", "2", "1"]
    assert table.text.endswith("Lingue: it 2, en 1")
    assert table.marked("pre") == [table.text]
    assert (picture.data["photo"][0]["width"], picture.data["photo"][0]["height"]) == (900, 420)


async def test_gaps(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """/gaps counts refused questions by meaning, the commonest first, and leaves answered ones out."""
    await ask(telegram.user(), "Quanto costa la pizza?", QUESTION)
    await ask(telegram.user(), "Quanto costa la centrale?", "quanto costa la centrale?", "Quanto costa la centrale?")
    await until_written(tmp_path, 5)
    await owner.send("/gaps")
    assert (await owner.reply()).text == f"{IT.gaps_title.format(count=4)}\n3 × Quanto costa la centrale?\n1 × Quanto costa la pizza?"


async def test_export(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """/export_eval sends a file that `chiedi eval` reads, with the place of the answer."""
    await owner.send("/export_eval")
    assert (await owner.reply()).text == IT.export_nothing
    await ask(telegram.user(), QUESTION, "Quanto oro?")
    await until_written(tmp_path, 2)
    with sqlite3.connect(tmp_path / "chiedi.sqlite3") as database:
        database.execute("INSERT INTO feedback (answer, user, verdict, created) VALUES (1, 1, 'good', 0), (2, 1, 'wrong', 0)")
    await owner.send("/export_eval")
    sent = await owner.reply()
    assert sent.text == IT.export_done.format(count=1, left_out=1)
    stored = telegram.files.stored[sent.data["document"]["file_id"]].upload
    (tmp_path / stored.name).write_bytes(stored.content)
    (question,) = read_questions(tmp_path / "chiedi-eval.jsonl")
    assert (question.question, question.answers, question.article, question.start, question.end) == (QUESTION, ("43%",), "uranio", 0, 41)


class Reloading(FakeEngine):
    """An engine on a real index."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def articles(self, ids: list[str]) -> Any:
        return self._engine.articles(ids)

    def newest(self, first: int, many: int) -> Any:
        return self._engine.newest(first, many)

    def article_ids(self) -> list[str]:
        return self._engine.article_ids()

    @property
    def embedder(self) -> Any:
        return self._engine.embedder


async def test_rebuild_and_delete(
    telegram: Emulator, tmp_path: Path, articles: Path, index: Path, embedder: FakeEmbedder, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/rebuild brings a new article in and names a broken one; a tap and a yes take an article away, a no leaves it."""
    monkeypatch.chdir(tmp_path)
    engine = Reloading(Engine(index, embedder))
    (articles / "new.txt").write_text("Il rame\n\nIl Cile produce molto rame.\n", encoding="utf-8")
    (articles / "broken.txt").write_bytes(b"\xff\xfe\xff")
    settings = {"CHIEDI_ADMINS": str(OWNER), "CHIEDI_ARTICLES": articles, "CHIEDI_INDEX": index}
    async with serving(telegram, tmp_path, engine, **settings):
        await owner.send("/rebuild")
        notice = await owner.edited(await owner.reply())
        assert notice.text.startswith("Fatto: 4 articoli, 4 brani (1 nuovi, 0 articoli tolti) in ")
        assert "broken" in notice.text
        await owner.send("/articles")
        await owner.reply()
        offer = await owner.reply()
        assert (offer.text, sorted(offer.buttons)) == (IT.delete_hint, ["Il lago", "Il rame", "Lakes", "Uranio in Asia"])
        for words, said in ((IT.delete_no, IT.not_deleted), (IT.delete_yes, IT.deleted.format(title="Lakes"))):
            await owner.press(offer, "Lakes")
            question = await owner.reply()
            assert question.text == IT.delete_question.format(title="Lakes")
            await owner.press(question, words)
            assert (await owner.edited(question)).text == said
        assert (await owner.edited(await owner.reply())).text.startswith("Fatto: 3 articoli, 3 brani (0 nuovi, 1 articoli tolti)")
    assert not (articles / "lakes.txt").exists()
    assert engine.article_ids() == ["como", "new", "uranium"]


async def test_failed_rebuild_is_told(telegram: Emulator, tmp_path: Path, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the index cannot be built the owner reads why, and the bot goes on."""
    monkeypatch.chdir(tmp_path)
    async with serving(telegram, tmp_path, CHIEDI_ADMINS=str(OWNER), CHIEDI_ARTICLES="nowhere"):
        await owner.send("/rebuild")
        assert (await owner.edited(await owner.reply())).text.startswith("L’indice non si può aggiornare: the articles folder nowhere")
        await ask(owner, QUESTION)


async def test_owners_are_told_once(telegram: Emulator, tmp_path: Path, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused index is told to the owner, in English until another language is chosen, and not again by the next run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.owner.maintenance.LOOK_SECONDS", 0.01)
    engine = FakeEngine()
    engine.warning = "the index X is damaged"
    for _ in range(2):
        async with serving(telegram, tmp_path, engine, CHIEDI_ADMINS=str(OWNER)):
            await ask(telegram.user(), QUESTION, QUESTION)
            await asyncio.sleep(0.1)
    assert [message.text for message in owner.replies] == [MESSAGES["en"].troubles["index"].format(detail="the index X is damaged")]


async def test_troubles_of_the_wire_are_told_once(telegram: Emulator, bot: None, owner: Person) -> None:
    """Another program with the same token, and updates that cannot be parsed, are one word each, however often they come."""
    troubles = MESSAGES["en"].troubles
    telegram.fail("getUpdates", status=409, times=2)
    assert (await owner.reply()).text == troubles["conflict"]
    for _ in range(3):
        telegram.inject({"message": {"message_id": "x", "chat": 5}})
    assert (await owner.reply()).text == troubles["unparsable"].format(detail=1)
    await ask(telegram.user(), QUESTION, QUESTION)
    assert len(owner.replies) == 2


async def test_full_disk_is_told(telegram: Emulator, bot: None, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """When an update cannot be stored the owner hears of it, and the question is answered once there is room."""
    fill_disk_once(monkeypatch)
    await ask(telegram.user(), QUESTION)
    assert (await owner.reply()).text == MESSAGES["en"].troubles["disk"].format(detail="database or disk is full")


async def test_repeated_errors_are_told(telegram: Emulator, bot: None, owner: Person) -> None:
    """Five failed answers within minutes are one word to the owner."""
    await ask(telegram.user(), *["boom"] * 7)
    assert (await owner.reply()).text == MESSAGES["en"].troubles["errors"].format(detail="RuntimeError")
    await ask(telegram.user(), *["boom"] * 7)
    assert len(owner.replies) == 1
