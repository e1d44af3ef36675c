"""/privacy, /export and /forget do what they say, everywhere."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from bot.replies.messages import MESSAGES
from bot.state.database import FILE, Database
from bot.state.inbox import Inbox
from bot.state.privacy import Privacy
from tests.bot.emulator import Emulator, Person

WORDS = MESSAGES["it"]
SECRET = "Quanto uranio segretissimo?"


async def talk(person: Person) -> None:
    """A conversation that leaves something in every table."""
    await person.send("/lang")
    menu = await person.reply()
    await person.press(menu, "Italiano")
    await person.edited(menu)
    await person.send(SECRET)
    await (await person.press(await person.reply(), WORDS.good)).answer()


async def exported(person: Person) -> dict[str, Any]:
    """What /export sends."""
    await person.send("/export")
    document = (await person.reply()).data["document"]
    assert (document["file_name"], document["mime_type"]) == ("chiedi.json", "application/json")
    content: dict[str, Any] = json.loads(person.telegram.files.stored[document["file_id"]].upload.content)
    return content


async def test_privacy_says_what_is_kept(telegram: Emulator, bot: None) -> None:
    """/privacy names the days and the other commands."""
    alice = telegram.user()
    await alice.send("/privacy")
    assert (await alice.reply()).text == WORDS.privacy.format(bot="@chiedi_test_bot", days=30)


async def test_export_holds_everything_about_the_asker(telegram: Emulator, bot: None) -> None:
    """One JSON document with the person's questions, verdicts and language, and nothing of anybody else."""
    alice, bob = telegram.user(), telegram.user("Bob")
    await talk(alice)
    await bob.send("Quanto oro?")
    await bob.reply()
    content = await exported(alice)
    assert content["user"] == alice.id
    assert [(row["question"], row["user"]) for row in content["answers"]] == [(SECRET, alice.id)]
    assert [row["verdict"] for row in content["feedback"]] == ["good"]
    assert content["users"] == [{"user": alice.id, "language": "it", "article": None, "opened": None}]
    assert [update["message"]["text"] for update in content["inbox"]] == ["/export"]


async def test_forget_leaves_nothing_in_the_file(telegram: Emulator, bot: None, tmp_path: Path) -> None:
    """After "yes" no table, and no byte of the database's files, holds the person's number or words; other people's stay."""
    alice, bob = telegram.user(), telegram.user("Bob")
    await talk(bob)
    await talk(alice)
    await alice.send("/forget")
    question = await alice.reply()
    assert (question.text, question.buttons) == (WORDS.forget_question, [WORDS.forget_yes, WORDS.forget_no])
    await alice.press(question, WORDS.forget_no)
    assert (await alice.edited(question)).text == WORDS.not_forgotten
    assert (await exported(alice))["answers"] != []
    await alice.send("/forget")
    question = await alice.reply()
    await (await alice.press(question, WORDS.forget_yes)).answer()
    assert question.text == WORDS.forgotten
    await bob.send("/help")
    await bob.reply()
    kept = {table: rows for table, rows in (await exported(alice)).items() if rows}
    assert set(kept) == {"user", "inbox"}
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("SELECT user, question FROM answers").fetchall() == [(bob.id, SECRET)]
        assert database.execute("SELECT count(*) FROM feedback").fetchone() == (1,)


async def test_forgotten_words_are_overwritten(tmp_path: Path) -> None:
    """What was deleted stands in no file any more; an update set aside keeps its number alone, one that waits keeps what it asks."""
    database = Database(tmp_path)
    inbox = Inbox(database)
    sender = {"id": 7, "first_name": "A"}
    await inbox.store([
        {"update_id": number, "message": {"from": sender | {"id": person}, "chat": {"id": chat}, "text": f"segreto{number}"}}
        for number, person, chat in ((1, 7, 7), (2, 7, -5), (3, 8, -5), (4, 7, 7), (5, 7, 7))
    ])  # fmt: skip
    await inbox.done(1)
    for number in (2, 3, 4):
        await inbox.set_aside(number, "unparsable")
    await Privacy(database).forget(7)
    rows = await database.run(lambda c: c.execute("SELECT update_id, chat, problem IS NULL, raw IS NULL FROM inbox").fetchall())
    assert rows == [(1, 0, 1, 1), (2, 0, 1, 1), (3, -5, 0, 0), (4, 0, 1, 1), (5, 0, 1, 0)]
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [f"segreto{number}".encode() in files for number in (1, 2, 3, 4, 5)] == [False, False, True, False, True]
    database.close()


def test_every_table_about_people_names_them(tmp_path: Path) -> None:
    """What holds a chat, a message or a question has the column by which /export and /forget find it; they know the inbox."""
    Database(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {table: {row[1] for row in database.execute(f"PRAGMA table_info({table})")} for table in tables}
    personal = {table for table, names in columns.items() if names & {"chat", "message", "question", "user"}}
    assert {table for table in personal if "user" not in columns[table]} == {"inbox"}
