"""add, list, remove and sync at the command line: what they print, their exit codes, and that the index follows."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.cli import main
from index.sources.web.fetch import Fetcher
from tests.conftest import ARTICLES, FakeEmbedder
from tests.index.sources.library.test_sync import SENTENCES, feed, html, marked
from tests.index.sources.web_server import Page, Site, served


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, embedder: FakeEmbedder) -> None:
    """Commands run in an empty folder, without settings or pauses, with the embedder that can be computed by hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setattr("index.models.embedder.load_embedder", lambda *_: embedder)
    monkeypatch.setattr("index.engine.load_embedder", lambda *_: embedder)
    monkeypatch.setattr("bot.collection.Fetcher", partial(Fetcher, pause=0))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Two lakes and a feed that names them, on a private host that the settings allow."""
    with served() as site:
        monkeypatch.setenv("CHIEDI_PRIVATE_HOSTS", site.place)
        site.pages.update({f"/{name}": marked(html(name)) for name in ("como", "garda")})
        site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"), ("/garda", "2026-01-02T00:00:00Z"))
        yield site


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, list[str], list[str]]:
    """Exit code, lines of standard output, lines of standard error."""
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err.splitlines()


def test_a_feed_becomes_answers(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Each article is told with title, day, language and words, then what is followed; the index holds them at once."""
    code, lines, problems = run(capsys, "add", site.url("/feed"))
    assert (code, problems) == (0, [])
    assert lines[:3] == [
        "Added: Lago: como · 2026-01-01 · it · 35 words · lago-como",
        "Added: Lago: garda · 2026-01-02 · it · 34 words · lago-garda",
        f"Follows {site.url('/feed')} (feed); `chiedi sync` looks for news there.",
    ]
    assert lines[3].startswith("Indexed 2 articles, 2 passages (2 encoded anew, 0 articles removed)")
    code, lines, _ = run(capsys, "ask", "Quanto è profondo il lago di Como?", "--reader", "none", "--json")
    assert (code, {hit["article"] for hit in json.loads(lines[0])["hits"]}) == (0, {"lago-como", "lago-garda"})


def test_a_sync_without_news(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing changed is one line."""
    run(capsys, "add", site.url("/feed"))
    code, lines, problems = run(capsys, "sync")
    assert (code, lines, problems) == (0, ["Nothing changed: 2 articles, 2 passages in the index."], [])


def test_a_sync_with_news(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """What is new, changed, gone or could not be read is told, one line each, and only what changed is encoded."""
    run(capsys, "add", site.url("/feed"))
    site.pages["/garda"] = marked(html("garda", "Le limonaie sono state restaurate nel 2026."))
    site.pages["/como"] = Page(b"", status=410)
    days = {"/como": "2026-01-03", "/garda": "2026-01-04", "/iseo": "2026-01-05", "/orta": "2026-01-06"}
    site.pages["/iseo"], site.pages["/orta"] = marked(html("iseo")), Page(b"", status=500)
    site.pages["/feed"] = feed(*((path, f"{day}T00:00:00Z") for path, day in days.items()))
    code, lines, problems = run(capsys, "sync")
    assert lines[:3] == [
        "Added: Lago: iseo · 2026-01-05 · it · 34 words · lago-iseo",
        "Changed: Lago: garda · 2026-01-04 · it · 29 words · lago-garda",
        "Removed, as its page is gone: Lago: como · 2026-01-01 · it · 35 words · lago-como",
    ]
    assert lines[3].startswith("Indexed 2 articles, 2 passages (2 encoded anew, 1 article removed)")
    assert (code, problems) == (0, [f"chiedi: {site.url('/orta')}: the host answers with an error (500): try later"])


def test_the_list(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A column each for id, day, language and words; then what is followed, with the last visit; troubles stand apart."""
    assert run(capsys, "list") == (0, ["No articles yet: `chiedi add` brings some in."], [])
    run(capsys, "add", site.url("/feed"))
    Path("data/articles/mio.txt").write_text("Il mio testo.")
    code, lines, problems = run(capsys, "list")
    assert lines[:4] == [
        "id          date        language  words  title",
        "lago-como   2026-01-01  it           35  Lago: como",
        "lago-garda  2026-01-02  it           34  Lago: garda",
        "mio         -           it            3  mio",
    ]
    assert (code, problems, lines[4], lines[5].split()) == (0, [], "", ["last", "visit", "kind", "followed"])
    assert lines[6].split()[1:] == ["feed", site.url("/feed")]
    site.pages["/feed"] = Page(b"", status=500)
    run(capsys, "sync")
    assert run(capsys, "list")[2] == [f"chiedi: {site.url('/feed')}: the host answers with an error (500): try later"]


def test_removal_and_the_way_back(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The article leaves the index and stays away; the line says what brings it back, and that does."""
    run(capsys, "add", site.url("/feed"))
    code, lines, _ = run(capsys, "remove", "lago-como")
    assert lines[0] == f"Removed: Lago: como. Only `chiedi add {site.url('/como')}` brings it back."
    assert (code, lines[1].startswith("Indexed 1 article, 1 passage (0 encoded anew, 1 article removed)")) == (0, True)
    assert run(capsys, "sync")[1] == ["Nothing changed: 1 article, 1 passage in the index."]
    assert run(capsys, "add", site.url("/como"))[1][0] == "Added: Lago: como · 2026-01-01 · it · 35 words · lago-como"


def test_removal_by_address(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A page's address stands for its article; a feed's address ends the visits and leaves the articles."""
    run(capsys, "add", site.url("/feed"))
    assert run(capsys, "remove", site.url("/como?utm_source=x"))[1][0].startswith("Removed: Lago: como.")
    assert run(capsys, "remove", site.url("/feed"))[1] == [f"Follows {site.url('/feed')} no more; its articles stay."]
    assert run(capsys, "list")[1] == [
        "id          date        language  words  title",
        "lago-garda  2026-01-02  it           34  Lago: garda",
    ]


def test_a_file_written_by_hand_is_not_lost(articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its removal keeps a copy, and the line says how to put it back."""
    code, lines, _ = run(capsys, "remove", "como", "--articles", articles)
    assert (code, lines[0].startswith("Removed: Il lago. To get it back: mv ")) == (0, True)
    kept, place = lines[0].rpartition("mv ")[2].split()
    Path(kept).rename(place)
    assert (articles / "como.txt").read_text() == ARTICLES["como.txt"]


def test_the_last_article(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """It leaves the index as any other does, and what comes after it stands alone."""
    run(capsys, "add", site.url("/como"))
    code, lines, problems = run(capsys, "remove", "lago-como")
    assert (code, problems) == (0, [])
    assert lines[1].startswith("Indexed 0 articles, 0 passages (0 encoded anew, 1 article removed)")
    assert run(capsys, "sync")[1] == ["Nothing changed: 0 articles, 0 passages in the index."]
    assert run(capsys, "add", site.url("/garda"))[1][-1].startswith("Indexed 1 article, 1 passage (1 encoded anew, 0 articles removed)")


def test_an_unknown_id(articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with what may be meant, and exit code 1."""
    code, lines, problems = run(capsys, "remove", "uraniun", "--articles", articles)
    assert (code, lines, problems) == (1, [], [f"chiedi: 'uraniun' is no article of {articles}: did you mean uranium?"])


def test_files_and_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can be read is added, the rest told; exit code 1 only when nothing could be."""
    (tmp_path / "laghi.txt").write_text(SENTENCES["como"])
    (tmp_path / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    code, lines, problems = run(capsys, "add", "laghi.txt", "foto.png", "example.org/feed")
    assert (code, lines[0]) == (0, "Added: laghi · it · 23 words · laghi")
    assert len(problems) == 2
    assert problems[0].startswith(f"chiedi: {tmp_path}/example.org/feed: there is no such file; an address begins with https://")
    assert problems[1].startswith(f"chiedi: {tmp_path}/foto.png: it is a picture")
    assert run(capsys, "add", "foto.png")[0] == 1


def test_a_private_host_is_refused(site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the setting an address of this machine is not read."""
    monkeypatch.delenv("CHIEDI_PRIVATE_HOSTS")
    code, lines, problems = run(capsys, "add", site.url("/feed"))
    assert (code, lines, len(problems), site.asked) == (1, [], 1, [])


def test_every_takes_a_length_of_time(site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """--every 15m sleeps 900 seconds between two looks; what goes wrong in one is told, and the next comes; nonsense is a usage error."""
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"))
        if len(pauses) == 2:
            raise KeyboardInterrupt

    run(capsys, "add", site.url("/como"))
    monkeypatch.setattr("time.sleep", sleep)
    code, lines, problems = run(capsys, "sync", "--every", "15m")
    assert (code, pauses, problems) == (130, [900.0, 900.0], ["chiedi: interrupted; nothing that was stored is lost"])
    assert lines == [f"Unchanged: {site.url('/como')}", "Nothing changed: 1 article, 1 passage in the index."] * 2
    with pytest.raises(SystemExit) as usage:
        run(capsys, "sync", "--every", "soon")
    assert usage.value.code == 2
    assert "write it like 15m, 6h or 1d" in capsys.readouterr().err
