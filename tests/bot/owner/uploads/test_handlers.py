"""Owners add articles by sending them: files of each kind, links, posts; and everything that is not added."""

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.owner.rebuilding import rebuild
from bot.replies.messages import MESSAGES
from index.engine import Engine
from index.errors import BuildBusy, IndexMissing
from index.models.embedder import Embedder, load_embedder
from index.sources.library.folder import Library
from index.sources.web.fetch import Fetcher
from index.storage.build import build_index
from index.types import Answer
from tests.bot.emulator import Emulator, Message, Person
from tests.bot.owner.test_commands import Reloading
from tests.bot.serving import FakeEngine, serving, until_done
from tests.bot.state.test_privacy import exported
from tests.conftest import FakeEmbedder
from tests.index.sources.files import archive, docx, epub, paragraph, pdf
from tests.index.sources.web_server import Page, Site, served

IT, EN = MESSAGES["it"], MESSAGES["en"]
OWNER = 77
PATIENCE = 120.0  # seconds in which a parser starts on a busy machine
TITLE = "Il ponte di Varenna"
SENTENCES = (
    "Il ponte di Varenna fu costruito nel 1932 su progetto di Carlo Ferri.",
    "Il ponte è lungo 210 metri e attraversa il torrente Esino.",
    "Ogni anno lo percorrono quarantamila viaggiatori.",
)
QUESTION, ANSWER = "Quanto è lungo il ponte di Varenna?", "210 metri"
PLAIN = "\n\n".join((TITLE, *SENTENCES))
LAKE = b"Il lago di Mezzola\n\nNel lago di Mezzola vivono lucci, tinche e carpe.\n\nLa riserva naturale protegge gli uccelli di passo."
FRONT = f"---\ntitle: {TITLE}\nauthor: Lucia Bianchi\npublished: 2024-03-12\nsource: Lario Libri\n---\n"
CHANNEL = {"id": -1001234567890, "type": "channel", "title": "Lario oggi", "username": "lario_oggi"}
FORWARDED = {"forward_origin": {"type": "channel", "chat": CHANNEL, "message_id": 9, "date": 1710237600, "author_signature": "L. B."}}
HTML = (
    f'<html lang="it"><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>'
    f"{''.join(f'<p>{sentence}</p>' for sentence in SENTENCES)}</article></body></html>"
)
FILES = {
    "ponte.txt": PLAIN.encode(),
    "ponte.md": f"{FRONT}\n{PLAIN}".encode(),
    "ponte.html": HTML.encode(),
    "ponte.pdf": pdf(
        [(50, 500, TITLE, 20, "bold"), *((50, 450 - 30 * place, words) for place, words in enumerate(SENTENCES))], info=f"/Title ({TITLE})"
    ),
    "ponte.docx": docx(paragraph(TITLE, "Titolo") + "".join(map(paragraph, SENTENCES))),
    "ponte.epub": epub({"a.xhtml": "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)}, f"<dc:title>{TITLE}</dc:title>"),
    "tutto.zip": archive(
        {"carte/ponte.txt": PLAIN, "carte/vuoto.txt": " ", "foto.jpg": "x", "lago.md": "# Il lago\n\nÈ profondo 410 metri."}
    ),
}


@pytest.fixture
def owner(telegram: Emulator) -> Person:
    """The one whose id stands in the settings."""
    return telegram.user("Olga", user_id=OWNER)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site with the article on a page, and no pauses between visits."""
    monkeypatch.setattr("index.sources.web.fetch.Fetcher", partial(Fetcher, pause=0))
    with served() as site:
        site.pages["/ponte"] = Page(HTML.encode())
        yield site


Running = AbstractAsyncContextManager[asyncio.Task[bool]]


def running(telegram: Emulator, tmp_path: Path, engine: Any, **settings: object) -> Running:
    """The bot over the articles and the index in ``tmp_path``."""
    folders = {"CHIEDI_ARTICLES": tmp_path / "articles", "CHIEDI_INDEX": tmp_path / "index"}
    return serving(telegram, tmp_path / "state", engine, CHIEDI_ADMINS=str(OWNER), **folders, **settings)


@pytest.fixture
async def bot(
    telegram: Emulator, tmp_path: Path, index: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """A running bot with an owner, a small collection and a quick embedder."""
    monkeypatch.chdir(tmp_path)
    async with running(telegram, tmp_path, Reloading(Engine(index, embedder))):
        yield


async def proposed(owner: Person, content: bytes = PLAIN.encode(), name: str = "ponte.txt", **fields: Any) -> Message:
    """What the bot says to a file."""
    await owner.send_document(name, content, **fields)
    return await owner.reply(PATIENCE)


async def added(owner: Person, asked: Message) -> Message:
    """The question once it was answered with yes, and that was done."""
    await owner.press(asked, IT.add_yes)
    return await owner.edited(asked, asked.edits + 2, PATIENCE)


def ids(tmp_path: Path) -> list[str]:
    """The articles in the folder."""
    return sorted(path.stem for path in (tmp_path / "articles").glob("[!.]*"))


def waiting(tmp_path: Path) -> int:
    """How many proposals are remembered."""
    with sqlite3.connect(tmp_path / "state" / "chiedi.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM proposals").fetchone()[0])


async def until_shown(tmp_path: Path) -> None:
    """Waits until the bot knows which message asks."""
    with sqlite3.connect(tmp_path / "state" / "chiedi.sqlite3") as database:
        while not database.execute("SELECT 1 FROM proposals WHERE shown").fetchone():
            await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def real() -> Embedder:
    """The real model, loaded once."""
    return load_embedder()


class Real(Reloading):
    """An engine that answers from a real index."""

    def answer(self, question: str, **how: Any) -> Answer:
        return self._engine.answer(question, **how)


@pytest.mark.model
@pytest.mark.parametrize("name", [*FILES, "link", "post"])
async def test_sent_understood_added_answered(
    telegram: Emulator,
    tmp_path: Path,
    articles: Path,
    real: Embedder,
    site: Site,
    owner: Person,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """Of each kind: the bot says what it understood, adds it on a yes, offers a question, and answers from it."""
    monkeypatch.chdir(tmp_path)
    build_index(articles, tmp_path / "index", real)
    async with running(telegram, tmp_path, Real(Engine.load(tmp_path / "index")), CHIEDI_PRIVATE_HOSTS=site.place):
        if name == "link":
            await owner.send(site.url("/ponte"))
        elif name == "post":
            await owner.send(PLAIN, **FORWARDED)
        else:
            await owner.send_document(name, FILES[name], mime="application/octet-stream")
        asked = await owner.reply(PATIENCE)
        assert TITLE in asked.text
        assert asked.buttons == [IT.add_yes, IT.add_no]
        done = await added(owner, asked)
        assert done.text == (IT.added_many.format(count=2) if name == "tutto.zip" else IT.added_one.format(title=TITLE))
        await owner.press(done, done.buttons[0])
        assert (await owner.reply()).text == IT.add_question.format(title=TITLE)
        summary = (await owner.reply(PATIENCE)).text
        assert summary.startswith(TITLE)
        assert f"»\n{TITLE}" not in summary  # as under the sentence that answers another question
        await owner.send(QUESTION)
        answer = await owner.reply(PATIENCE)
        assert answer.text.startswith(ANSWER)
        assert f"»\n{TITLE}" in answer.text
    assert waiting(tmp_path) == 0


@pytest.mark.model
async def test_the_offered_question_is_answered_across_languages(
    telegram: Emulator, tmp_path: Path, articles: Path, real: Embedder, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An Italian owner adds an English article: the question is in its language, and the answer sums it up."""
    monkeypatch.chdir(tmp_path)
    build_index(articles, tmp_path / "index", real)
    bridge = (
        b"The bridge of Varenna\n\nThe bridge of Varenna was built in 1932 by Carlo Ferri.\n\nIt is 210 metres long and crosses a river."
    )
    async with running(telegram, tmp_path, Real(Engine.load(tmp_path / "index"))):
        done = await added(owner, await proposed(owner, bridge, "bridge.txt"))
        assert done.text == IT.added_one.format(title="The bridge of Varenna")
        await owner.press(done, done.buttons[0])
        assert (await owner.reply()).text == EN.add_question.format(title="The bridge of Varenna")
        assert (await owner.reply(PATIENCE)).text.startswith("The bridge of Varenna\n")


async def test_what_was_understood_is_told(telegram: Emulator, bot: None, owner: Person) -> None:
    """Title, author, publisher, day, language, length and the first lines; what the file does not tell is a dash."""
    asked = await proposed(owner, FILES["ponte.md"], "ponte.md")
    facts = "Autore: Lucia Bianchi\nFonte: Lario Libri\nData di pubblicazione: 12 marzo 2024\nLingua: Italiano\nParole: 30\n"
    assert asked.text.startswith(f"{IT.add_one}\n\n{TITLE}\n{facts}")
    assert asked.text.endswith(f"\n\n{IT.add_retitle}")
    assert asked.marked("bold") == [TITLE]
    assert SENTENCES[0] in asked.marked("expandable_blockquote")[0]
    unsigned = await proposed(owner)
    assert "Autore: —\nFonte: —\nData di pubblicazione: —\n" in unsigned.text


async def test_a_zip_lists_its_documents(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """Each document with its length, and what cannot be read; other files are passed over, and no single title can be changed."""
    asked = await proposed(owner, FILES["tutto.zip"], "tutto.zip")
    assert asked.text == (
        f"{IT.add_many.format(count=2)}\n\n• {TITLE} · Parole: 30\n• Il lago · Parole: 4\n\n"
        + IT.add_unread.format(problems="vuoto.txt: the file is empty: get it again")
    )
    await owner.send("Il titolo", reply_to=asked)
    assert (await owner.reply()).text == IT.add_no_title
    await added(owner, asked)
    assert {"il-lago", "il-ponte-di-varenna"} <= set(ids(tmp_path))


async def test_a_post_tells_its_channel(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """The channel is the source, with the post's day, signature and address; the album's other pictures get no word."""
    photo = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], "media_group_id": "5"}
    await owner.send_media(photo | FORWARDED | {"caption": SENTENCES[1]})
    await owner.send_media(photo | FORWARDED)
    asked = await owner.reply(PATIENCE)
    assert "Autore: L. B.\nFonte: Lario oggi\nData di pubblicazione: 12 marzo 2024\n" in asked.text
    await added(owner, asked)
    (entry,) = [entry for entry in Library(tmp_path / "articles").entries() if entry.source]
    assert (entry.title, entry.source, entry.url) == (SENTENCES[1], "Lario oggi", "https://t.me/lario_oggi/9")
    assert len(owner.replies) == 1


async def test_a_private_channels_post_has_no_address(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """Nobody but its members could open it."""
    origin = FORWARDED["forward_origin"] | {"chat": {name: value for name, value in CHANNEL.items() if name != "username"}}
    await owner.send(PLAIN, forward_origin=origin)
    await added(owner, await owner.reply(PATIENCE))
    (entry,) = [entry for entry in Library(tmp_path / "articles").entries() if entry.source]
    assert (entry.url, entry.origin) == (None, "t.me/c/1234567890/9")


async def test_the_title_is_changed_by_a_reply(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """The question shows the new title, also when the reply is edited, and the article gets it."""
    asked = await proposed(owner)
    renaming = await owner.send("Ponti\nsul lago", reply_to=asked)
    assert (await owner.edited(asked)).marked("bold") == ["Ponti sul lago"]
    await owner.edit(renaming, "Ponti del Lario")
    assert (await owner.edited(asked, 2)).buttons == [IT.add_yes, IT.add_no]
    assert (await added(owner, asked)).text == IT.added_one.format(title="Ponti del Lario")
    assert "ponti-del-lario" in ids(tmp_path)
    assert len(owner.replies) == 1


async def test_another_reply_is_a_question(telegram: Emulator, bot: None, owner: Person) -> None:
    """What replies to something that asks for no title is answered as ever."""
    asked = await proposed(owner)
    await owner.press(asked, IT.add_no)
    await owner.edited(asked)
    await owner.send(QUESTION, reply_to=asked)
    assert (await owner.reply()).text.startswith("43%")


async def test_discarded(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """A no forgets what was sent; a yes after it means nothing."""
    before = ids(tmp_path)
    asked = await proposed(owner)
    data = asked.button(IT.add_yes)["callback_data"]
    await owner.press(asked, IT.add_no)
    assert (await owner.edited(asked)).text == IT.not_added.format(title=TITLE)
    assert (await (await owner.press_data(asked, data)).answer())["text"] == IT.button_expired
    assert (ids(tmp_path), waiting(tmp_path)) == (before, 0)


async def test_a_question_that_came_twice(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """After a crash the question may stand in the chat twice: the one that is pressed tells the rest."""
    asked = await proposed(owner)
    await until_shown(tmp_path)
    with sqlite3.connect(tmp_path / "state" / "chiedi.sqlite3") as database:
        database.execute("UPDATE proposals SET shown = shown + 1000")
    assert (await added(owner, asked)).text == IT.added_one.format(title=TITLE)


async def test_a_yes_counts_once(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """A second press, a no after the yes, and somebody else's press of the same button change nothing."""
    asked = await proposed(owner)
    yes, no = (asked.button(words)["callback_data"] for words in (IT.add_yes, IT.add_no))
    stranger = await (await telegram.user().press_data(asked, yes)).answer()
    assert (stranger["text"], asked.edits) == (IT.button_expired, 0)
    await owner.press_data(asked, yes)
    for data in (yes, no):
        assert (await (await owner.press_data(asked, data)).answer())["text"] == IT.button_expired
    assert (await owner.edited(asked, 2, PATIENCE)).text == IT.added_one.format(title=TITLE)
    assert ids(tmp_path).count("il-ponte-di-varenna") == 1


async def test_an_article_is_brought_up_to_date(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """A file of the same name is said to take the place of the article, and does."""
    await added(owner, await proposed(owner))
    asked = await proposed(owner, PLAIN.replace("210", "215").encode())
    assert IT.add_known.format(title=TITLE) in asked.text
    await added(owner, asked)
    assert "215 metri" in (tmp_path / "articles" / "il-ponte-di-varenna.md").read_text(encoding="utf-8")
    assert len(ids(tmp_path)) == 4


async def test_files_of_one_name_are_not_mixed_up(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """Quite different texts in files that are called alike are two articles, in whatever order they are sent and added."""
    first, second = await proposed(owner), await proposed(owner, LAKE)
    for asked in (first, second):
        assert "«" not in asked.text
        await added(owner, asked)
    third = await proposed(owner, LAKE)
    assert IT.add_known.format(title="Il lago di Mezzola") in third.text
    await added(owner, third)
    assert {"il-ponte-di-varenna", "il-lago-di-mezzola"} <= set(ids(tmp_path))
    assert len(ids(tmp_path)) == 5


@pytest.mark.parametrize("decided", [False, True])
async def test_a_restart_loses_nothing(
    telegram: Emulator, tmp_path: Path, index: Path, embedder: FakeEmbedder, owner: Person, monkeypatch: pytest.MonkeyPatch, decided: bool
) -> None:
    """The yes may come in another run of the bot, and one that was not carried out is carried out by the next."""
    monkeypatch.chdir(tmp_path)
    async with running(telegram, tmp_path, Reloading(Engine(index, embedder))):
        asked = await proposed(owner)
        await until_shown(tmp_path)
    if decided:
        with sqlite3.connect(tmp_path / "state" / "chiedi.sqlite3") as database:
            database.execute("UPDATE proposals SET accepted = 1")
    async with running(telegram, tmp_path, Reloading(Engine(index, embedder))):
        done = await (owner.edited(asked, 2, PATIENCE) if decided else added(owner, asked))
        assert done.text == IT.added_one.format(title=TITLE)
    assert "il-ponte-di-varenna" in ids(tmp_path)


async def test_others_add_nothing(telegram: Emulator, bot: None, tmp_path: Path, site: Site) -> None:
    """A file of somebody else is not even downloaded, their links are not visited, their posts are questions as ever."""
    mallory = telegram.user("Olga", username="olga")
    assert (await proposed(mallory)).text == IT.text_only
    await mallory.send(site.url("/ponte"))
    assert (await mallory.reply()).text.startswith("43%")
    await mallory.send(SENTENCES[1], **FORWARDED)
    assert "43%" in (await mallory.reply()).text
    assert (telegram.called("getFile"), site.asked, waiting(tmp_path)) == ([], [], 0)


async def test_owners_may_send_many_files(telegram: Emulator, bot: None, owner: Person) -> None:
    """More files than a person has questions at once are all read."""
    for number in range(25):
        await owner.send_document(f"{number}.txt", b" ")
    for number in range(25):
        said = IT.add_refused.format(problem=f"{number}.txt: the file is empty: get it again")
        assert (await owner.reply(PATIENCE)).text == said


async def test_owners_add_nothing_in_groups(telegram: Emulator, bot: None, owner: Person) -> None:
    """What is sent to a group is no business of the bot's."""
    group = telegram.group(bot_is_admin=True)
    stored = (await owner.send_document("x.txt", b"x")).data["document"]
    await owner.reply(PATIENCE)
    await owner.send_media({"document": stored}, chat=group.chat)
    await owner.send("/help")
    await owner.reply()
    assert group.replies == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "foto.png: it is a picture: only text can be read; run OCR on it first"),
        ("vuoto.txt", b" ", "vuoto.txt: the file is empty: get it again"),
        ("vuoto.zip", archive({"foto.jpg": "x"}), "vuoto.zip: holds no document that can be read"),
        ("fuori.zip", archive({"../../x.txt": "x"}), "fuori.zip: '../../x.txt' in the archive leads out of its folder: pack it anew"),
        ("../../\u202e/etc/cron.d/\u202eexe.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "exe.doc: it is an old Office file"),
    ],
)
async def test_refused_files(telegram: Emulator, bot: None, owner: Person, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """One kind sentence with the reason; nothing is kept."""
    assert (await proposed(owner, content, name)).text.startswith(IT.add_refused.format(problem=said))
    assert waiting(tmp_path) == 0


async def test_refused_links(telegram: Emulator, bot: None, owner: Person, site: Site) -> None:
    """A private address is not visited, and the owner reads why."""
    await owner.send(site.url("/ponte"))
    assert (await owner.reply(PATIENCE)).text.startswith(IT.add_refused.format(problem=f"{site.url('/ponte')}: "))
    assert site.asked == []


async def test_feeds_are_left_to_the_command_line(
    telegram: Emulator, tmp_path: Path, site: Site, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link to a feed is refused with the command that follows it."""
    monkeypatch.chdir(tmp_path)
    site.pages["/feed"] = Page(b'<rss version="2.0"><channel><title>x</title></channel></rss>', "application/rss+xml")
    async with running(telegram, tmp_path, FakeEngine(), CHIEDI_PRIVATE_HOSTS=site.place):
        await owner.send(site.url("/feed"))
        assert "`chiedi add`" in (await owner.reply(PATIENCE)).text


async def test_large_files_are_not_asked_for(telegram: Emulator, bot: None, owner: Person) -> None:
    """More than 20 MB are refused before the download, and also where only Telegram knows the size."""
    large = b"x" * (20 * 1024 * 1024 + 1)
    assert (await proposed(owner, large)).text == IT.add_too_large
    assert telegram.called("getFile") == []
    document = {
        name: value for name, value in owner.chat.messages[min(owner.chat.messages)].data["document"].items() if name != "file_size"
    }
    await owner.send_media({"document": document})
    assert (await owner.reply()).text == IT.add_too_large
    assert telegram.called("getFile")[0].status == 400


async def test_lost_files_do_not_end_the_bot(telegram: Emulator, bot: None, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A download that Telegram answers with 404, as it answers a wrong token, is tried again and then told; the bot lives on."""
    monkeypatch.setattr("bot.telegram.sending.FIRST_PAUSE", 0.01)
    monkeypatch.setattr(telegram.files, "at", lambda path: None)
    assert (await proposed(owner)).text == IT.add_refused.format(problem="Telegram does not hand the file over: send it again")
    await owner.send(QUESTION)
    assert (await owner.reply()).text.startswith("43%")


async def test_others_are_answered_meanwhile(telegram: Emulator, bot: None, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is being read other people get their answers."""

    def slow(*_: object) -> None:
        time.sleep(3)
        raise RuntimeError("a fault of the parser's caller")

    monkeypatch.setattr("bot.owner.uploads.handlers.from_file", slow)
    await owner.send_document("ponte.txt", b"x")
    await telegram.hears("getFile")
    alice, began = telegram.user(), time.monotonic()
    await alice.send(QUESTION)
    assert (await alice.reply()).text.startswith("43%")
    assert time.monotonic() - began < 3
    apology = re.escape(IT.apology).replace(r"\{reference\}", "[0-9a-f]{8}")
    assert re.fullmatch(apology, (await owner.reply()).text)


async def test_what_cannot_be_written_can_be_tried_again(
    telegram: Emulator, bot: None, owner: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told with the buttons still there; when there is room the next yes adds the article."""
    asked = await proposed(owner)
    with monkeypatch.context() as full:
        full.setattr("index.sources.library.article_files.write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        failed = await added(owner, asked)
        assert "No space left on device" in failed.text
        assert failed.buttons == [IT.add_yes, IT.add_no]
    assert (await added(owner, asked)).text == IT.added_one.format(title=TITLE)


async def test_indexing_waits_its_turn(telegram: Emulator, bot: None, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another build holds the index the bot tries again; another failure is told, and the next yes tries again."""
    faults: list[Exception] = [BuildBusy("busy"), IndexMissing("the disk is gone")]

    async def failing(*arguments: Any) -> Any:
        if faults:
            raise faults.pop(0)
        return await rebuild(*arguments)

    monkeypatch.setattr("bot.owner.uploads.publishing.rebuild", failing)
    monkeypatch.setattr("bot.owner.uploads.publishing.BUSY_SECONDS", 0.01)
    asked = await proposed(owner)
    failed = await added(owner, asked)
    assert failed.text.endswith(IT.add_failed.format(problem="the disk is gone"))
    assert (await added(owner, asked)).text == IT.added_one.format(title=TITLE)


async def test_old_proposals_are_thrown_away(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """What nobody has decided within 30 days is forgotten at the next start."""
    await proposed(owner)
    await until_done(tmp_path / "state")  # else the next start takes the file up again
    with sqlite3.connect(tmp_path / "state" / "chiedi.sqlite3") as database:
        database.execute("UPDATE proposals SET created = created - 31 * 86400")
    async with running(telegram, tmp_path, FakeEngine()):
        while waiting(tmp_path):
            await asyncio.sleep(0.05)


async def test_what_waits_is_the_owners_own(telegram: Emulator, bot: None, owner: Person, tmp_path: Path) -> None:
    """/export sends what was sent and not decided, /forget takes it back."""
    await proposed(owner)
    (kept,) = (await exported(owner))["proposals"]
    assert SENTENCES[0] in json.loads(kept["found"])["articles"][0]["document"]["text"]
    await owner.send("/forget")
    await owner.press(await owner.reply(), IT.forget_yes)
    while waiting(tmp_path):
        await asyncio.sleep(0.05)
