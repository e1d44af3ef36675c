"""Adding and syncing against a real server on loopback: what is fetched, written, kept and taken out."""

import gzip
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from filelock import FileLock

from index.sources.errors import LibraryBusy, LibraryUnwritable
from index.sources.library.folder import Library
from index.sources.library.sync import Report, add, sync
from index.sources.web.fetch import Fetcher
from tests.index.sources.web_server import Page, Site, served

SENTENCES = {
    "como": "Il lago di Como è profondo 410 metri e si trova in Lombardia. Ogni estate molti turisti visitano Bellagio e le sue ville.",
    "garda": "Il lago di Garda è il più grande d’Italia. Le sue rive appartengono a tre regioni diverse e ospitano uliveti e limonaie.",
    "iseo": "Nel lago d’Iseo sorge Monte Isola, l’isola lacustre più alta d’Europa. Vi si arriva con un battello da Sulzano o da Iseo.",
    "orta": "Il lago d’Orta è il più occidentale tra quelli prealpini. Al centro sorge l’isola di San Giulio con la sua antica basilica.",
}


def html(name: str, more: str = "", head: str = "") -> bytes:
    """An article's page; its title is the name of the lake."""
    text = f"<p>{SENTENCES[name]}</p><p>{more or 'Il clima è mite anche d’inverno, grazie alle montagne che lo circondano.'}</p>"
    page = f"<title>Lago: {name}</title>{head}</head><body><article><h1>Lago: {name}</h1>{text}</article></body>"
    return f"<!doctype html><html lang=it><head>{page}</html>".encode()


def marked(content: bytes, media_type: str = "text/html") -> Callable[[Mapping[str, str]], Page]:
    """An answer with an ETag of its content, and 304 to whoever sends that."""
    tag = f'"{hash(content)}"'
    return lambda headers: Page(status=304) if headers.get("if-none-match") == tag else Page(content, media_type, headers={"ETag": tag})


def feed(*entries: tuple[str, str | None]) -> Callable[[Mapping[str, str]], Page]:
    """An Atom feed of (path, updated)."""
    items = "".join(
        f"<entry><title>{path}</title><link href='{path}'/>{f'<updated>{updated}</updated>' if updated else ''}</entry>"
        for path, updated in entries
    )
    return marked(f"<feed xmlns='http://www.w3.org/2005/Atom'>{items}</feed>".encode(), "application/atom+xml")


def sitemap(site: Site, *entries: tuple[str, str | None]) -> bytes:
    """A sitemap of (path, lastmod)."""
    urls = "".join(f"<url><loc>{site.url(path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for path, day in entries)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()


class World:
    """A site with articles, an articles folder, and the two workflows."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        for name in SENTENCES:
            site.pages[f"/{name}"] = marked(html(name))

    def add(self, *places: str | Path) -> Report:
        return self._run(lambda library, fetcher: add([self._named(place) for place in places], library, fetcher))

    def sync(self) -> Report:
        return self._run(sync)

    def fetched(self) -> list[str]:
        """What was asked of the site since the last call, without robots.txt."""
        paths = [path for path in self.site.paths if path != "/robots.txt"]
        self.site.asked.clear()
        return paths

    def articles(self) -> list[str]:
        return [entry.id for entry in Library(self.folder).entries()]

    def _named(self, place: str | Path) -> str:
        return self.site.url(place) if isinstance(place, str) and place.startswith("/") else str(place)

    def _run(self, workflow: Callable[[Library, Fetcher], Report]) -> Report:
        with Fetcher(pause=0, private=frozenset({self.site.place})) as fetcher:
            return workflow(Library(self.folder), fetcher)


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with served() as site:
        yield site


@pytest.fixture
def world(server: Site, tmp_path: Path) -> World:
    server.pages.clear()
    server.asked.clear()
    return World(server, tmp_path / "articles")


def _ids(entries: list) -> list[str]:  # type: ignore[type-arg]
    return [entry.id for entry in entries]


def test_a_page_is_added_and_followed(world: World) -> None:
    """The page becomes an article; a sync asks whether it has changed and takes it in when it has."""
    report = world.add("/como")
    (entry,) = report.added
    assert (entry.id, entry.title, entry.language, entry.url) == ("lago-como", "Lago: como", "it", world.site.url("/como"))
    assert [(place.address, place.kind) for place in report.followed] == [(world.site.url("/como"), "page")]
    assert world.sync().same == [world.site.url("/como")]
    world.site.pages["/como"] = marked(html("como", "Nel 2026 il livello è salito di due metri."))
    assert _ids(world.sync().changed) == ["lago-como"]
    assert "salito di due metri" in entry.path.read_text()


def test_a_feed_brings_its_pages_and_only_changed_ones_again(world: World) -> None:
    """An unchanged feed costs one request; a changed entry one more; a new one too; the rest is not asked for."""
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"), ("/garda", "2026-01-01T00:00:00Z"))
    assert _ids(world.add("/feed").added) == ["lago-como", "lago-garda"]
    assert world.fetched() == ["/feed", "/como", "/garda"]
    report = world.sync()
    assert (report.news, report.refused, world.fetched()) == (False, [], ["/feed"])
    world.site.pages["/garda"] = marked(html("garda", "Le limonaie sono state restaurate nel 2026."))
    world.site.pages["/feed"] = feed(
        ("/iseo", "2026-01-03T00:00:00Z"), ("/como", "2026-01-01T00:00:00Z"), ("/garda", "2026-01-02T00:00:00Z")
    )
    report = world.sync()
    assert (_ids(report.added), _ids(report.changed), world.fetched()) == (["lago-iseo"], ["lago-garda"], ["/feed", "/iseo", "/garda"])


def test_undated_entries_are_asked_for_with_a_condition(world: World) -> None:
    """Where a feed tells no dates each page is asked for, also when the feed is unchanged, and answers that it is the same."""
    world.site.pages["/feed"] = feed(("/como", None))
    world.add("/feed")
    world.fetched()
    report = world.sync()
    assert (len(report.same), world.fetched()) == (1, ["/feed", "/como"])
    world.site.pages["/como"] = marked(html("como", "Nel 2026 il livello è salito di due metri."))
    assert _ids(world.sync().changed) == ["lago-como"]


def test_a_server_without_marks_is_compared_by_content(world: World) -> None:
    """Without ETag and Last-Modified the same bytes are no change."""
    world.site.pages["/como"] = Page(html("como"))
    world.add("/como")
    report = world.sync()
    assert (report.news, len(report.same)) == (False, 1)


def test_pages_that_fall_off_a_feed_stay(world: World) -> None:
    """A feed names only the latest; what it names no more is neither asked for nor taken out, not even when it is gone."""
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"), ("/garda", "2026-01-01T00:00:00Z"))
    world.add("/feed")
    world.site.pages["/feed"] = feed(("/garda", "2026-01-01T00:00:00Z"))
    del world.site.pages["/como"]
    world.fetched()
    assert (world.sync().removed, world.fetched()) == ([], ["/feed"])
    assert world.articles() == ["lago-como", "lago-garda"]


def test_pages_out_of_a_sitemap_are_taken_out_when_they_are_gone(world: World) -> None:
    """What a sitemap names no more is asked for once: gone, it is removed; still there, it stays."""
    world.site.pages["/sitemap.xml"] = Page(sitemap(world.site, *((f"/{name}", "2026-01-01") for name in SENTENCES)), "application/xml")
    assert len(world.add("/sitemap.xml").added) == 4
    world.site.pages["/sitemap.xml"] = Page(sitemap(world.site, ("/iseo", "2026-01-01"), ("/orta", "2026-01-01")), "application/xml")
    world.site.pages["/como"] = Page(b"", status=410)
    world.fetched()
    assert (_ids(world.sync().removed), world.fetched()) == (["lago-como"], ["/sitemap.xml", "/como", "/garda"])
    assert (world.sync().removed, world.fetched()) == ([], ["/sitemap.xml"])
    assert world.articles() == ["lago-garda", "lago-iseo", "lago-orta"]


def test_a_gone_page_is_taken_out_and_may_come_again(world: World) -> None:
    """404 removes the article of a named page; when the page is back under a new date, so is the article."""
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"), ("/garda", "2026-01-01T00:00:00Z"))
    world.add("/feed")
    del world.site.pages["/como"]
    world.site.pages["/feed"] = feed(("/como", "2026-01-02T00:00:00Z"), ("/garda", "2026-01-01T00:00:00Z"))
    assert _ids(world.sync().removed) == ["lago-como"]
    world.site.pages["/como"] = marked(html("como"))
    world.site.pages["/feed"] = feed(("/como", "2026-01-03T00:00:00Z"), ("/garda", "2026-01-01T00:00:00Z"))
    assert _ids(world.sync().added) == ["lago-como"]


def test_a_followed_page_that_is_gone_is_followed_no_more(world: World) -> None:
    """Its article is removed, and the next sync asks for nothing."""
    world.add("/como")
    del world.site.pages["/como"]
    assert _ids(world.sync().removed) == ["lago-como"]
    world.fetched()
    world.sync()
    assert (world.fetched(), Library(world.folder).watch.places()) == ([], [])


@pytest.mark.parametrize("status", [500, 403, 503])
def test_a_failed_visit_keeps_what_is_there(world: World, status: int) -> None:
    """A server in trouble costs no article: one line, the article as it was, and the next sync tries again."""
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"))
    world.add("/feed")
    world.site.pages["/feed"] = feed(("/como", "2026-01-02T00:00:00Z"))
    world.site.pages["/como"] = Page(b"", status=status)
    report = world.sync()
    assert (len(report.refused), report.removed, world.articles()) == (1, [], ["lago-como"])
    assert report.refused[0].startswith(world.site.url("/como"))
    assert Library(world.folder).watch.places()[0].problem == report.refused[0]
    world.site.pages["/como"] = marked(html("como", "Nel 2026 il livello è salito di due metri."))
    assert _ids(world.sync().changed) == ["lago-como"]
    assert Library(world.folder).watch.places()[0].problem is None


def test_a_failed_feed_stops_no_other(world: World) -> None:
    """One feed answers nonsense, the other is read as always."""
    world.site.pages["/one"] = feed(("/como", "2026-01-01T00:00:00Z"))
    world.site.pages["/two"] = feed(("/garda", "2026-01-01T00:00:00Z"))
    world.add("/one", "/two")
    world.site.pages["/one"] = Page(b"<html><body>Torniamo subito</body></html>")
    world.site.pages["/two"] = feed(("/iseo", "2026-01-01T00:00:00Z"))
    report = world.sync()
    assert (_ids(report.added), len(report.refused)) == (["lago-iseo"], 1)
    assert report.refused[0].startswith(f"{world.site.url('/one')}: holds neither a feed nor a sitemap any more")


def test_a_page_that_leads_to_the_front_page_keeps_its_article(world: World) -> None:
    """Many sites send readers of a deleted page to their front page, which is no article."""
    world.site.pages["/"] = Page(html("orta"))
    world.add("/como")
    world.site.pages["/como"] = Page(status=302, headers={"Location": "/"})
    report = world.sync()
    assert (report.changed, world.articles()) == ([], ["lago-como"])
    assert "leads to the front page" in report.refused[0]


def test_what_a_person_removed_stays_removed(world: World) -> None:
    """Neither the feed's next change nor adding the feed again brings it back; adding the page does."""
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"), ("/garda", None))
    world.add("/feed")
    Library(world.folder).remove("lago-como")
    (world.folder / "lago-garda.md").unlink()
    world.site.pages["/feed"] = feed(("/como?utm_source=rss", "2026-01-02T00:00:00Z"), ("/garda", None))
    world.fetched()
    assert (world.sync().added, world.fetched()) == ([], ["/feed"])
    assert (world.add("/feed").added, world.articles()) == ([], [])
    assert _ids(world.add("/como").added) == ["lago-como"]


def test_what_was_removed_stays_removed_under_another_address(world: World) -> None:
    """The same text under a second address of the site is the removed article."""
    world.add("/como")
    Library(world.folder).remove("lago-como")
    world.site.pages["/amp/como"] = marked(html("como"))
    world.site.pages["/feed"] = feed(("/amp/como", "2026-01-01T00:00:00Z"))
    assert (world.add("/feed").added, world.articles()) == ([], [])


def test_a_removed_page_is_followed_no_more(world: World) -> None:
    """Removing the article of a page that was added by its address ends the visits."""
    world.add("/como")
    Library(world.folder).remove("lago-como")
    assert Library(world.folder).watch.places() == []


def test_two_addresses_of_one_article(world: World) -> None:
    """A copy under a second address makes no second article, and the article stays while one of them is there."""
    world.site.pages["/copy"] = marked(html("como", head=f'<link rel="canonical" href="{world.site.url("/como")}">'))
    world.site.pages["/sitemap.xml"] = Page(sitemap(world.site, ("/como", None), ("/copy", None)), "application/xml")
    world.add("/sitemap.xml")
    assert world.articles() == ["lago-como"]
    del world.site.pages["/como"]
    assert (world.sync().removed, world.articles()) == ([], ["lago-como"])
    del world.site.pages["/copy"]
    assert _ids(world.sync().removed) == ["lago-como"]


def test_a_page_that_moves_keeps_its_article(world: World) -> None:
    """The old address is gone and the new one holds the same text: one article with its old id."""
    world.site.pages["/sitemap.xml"] = Page(sitemap(world.site, ("/como", "2026-01-01")), "application/xml")
    world.add("/sitemap.xml")
    world.site.pages["/laghi/como"] = world.site.pages.pop("/como")
    world.site.pages["/sitemap.xml"] = Page(sitemap(world.site, ("/laghi/como", "2026-01-01")), "application/xml")
    world.sync()
    assert world.articles() == ["lago-como"]


def test_pages_cannot_speak_for_other_sites(world: World) -> None:
    """A canonical address of another site, or of the front page, is not the article's."""
    world.site.pages["/one"] = Page(html("como", head='<link rel="canonical" href="https://example.org/como">'))
    world.site.pages["/two"] = Page(html("garda", head=f'<link rel="canonical" href="{world.site.url("/")}">'))
    urls = [entry.url for entry in world.add("/one", "/two").added]
    assert urls == [world.site.url("/one"), world.site.url("/two")]


def test_a_mended_article_stays_until_its_page_changes(world: World) -> None:
    """A sync without a change leaves the file alone; with one the page wins and a copy is kept, which the report names."""
    (entry,) = world.add("/como").added
    entry.path.write_text(entry.path.read_text().replace("Bellagio", "Varenna"))
    world.site.pages["/como"] = Page(html("como"))
    assert (world.sync().news, "Varenna" in entry.path.read_text()) == (False, True)
    world.site.pages["/como"] = Page(html("como", "Nel 2026 il livello è salito di due metri."))
    report = world.sync()
    assert (_ids(report.changed), "Varenna" in entry.path.read_text()) == (["lago-como"], False)
    assert "Varenna" in report.kept[0].read_text()


def test_an_index_of_sitemaps_is_followed_with_its_parts(world: World) -> None:
    """Also packed ones; a part that is named no more takes only what is gone with it."""
    world.site.pages["/map.xml"] = Page(_index(world.site, "/one.xml", "/two.xml.gz"), "application/xml")
    world.site.pages["/one.xml"] = Page(sitemap(world.site, ("/como", "2026-01-01")), "application/xml")
    world.site.pages["/two.xml.gz"] = Page(
        gzip.compress(sitemap(world.site, ("/garda", "2026-01-01"), ("/iseo", "2026-01-01"))), "application/gzip"
    )
    report = world.add("/map.xml")
    assert (_ids(report.added), len(report.followed)) == (["lago-como", "lago-garda", "lago-iseo"], 1)
    del world.site.pages["/garda"]
    world.site.pages["/map.xml"] = Page(_index(world.site, "/one.xml"), "application/xml")
    assert _ids(world.sync().removed) == ["lago-garda"]
    assert [place.address for place in Library(world.folder).watch.places()] == [world.site.url("/map.xml"), world.site.url("/one.xml")]


def _index(site: Site, *paths: str) -> bytes:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>{site.url(path)}</loc></sitemap>' for path in paths)}</sitemapindex>".encode()


def test_a_front_page_leads_to_its_feed(world: World) -> None:
    """The site's own address is enough: the first feed that its page names is followed."""
    links = (
        '<link rel="alternate" type="application/atom+xml" href="/feed"><link rel="alternate" type="application/rss+xml" href="/comments">'
    )
    world.site.pages["/"] = Page(html("orta", head=links))
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"))
    report = world.add("/")
    assert (_ids(report.added), [place.address for place in report.followed]) == (["lago-como"], [world.site.url("/feed")])


def test_a_front_page_that_names_itself_as_its_feed_is_a_page(world: World) -> None:
    """A site's mistake leads round in no circle."""
    world.site.pages["/"] = Page(html("orta", head='<link rel="alternate" type="application/rss+xml" href="/">'))
    assert _ids(world.add("/").added) == ["lago-orta"]


def test_a_page_named_beside_its_feed_is_read_once(world: World) -> None:
    """Given together, both are followed, and the next sync does not read the page for the feed's sake."""
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"))
    (added,) = world.add("/feed", "/como").added
    assert added.published == "2026-01-01"
    assert len(Library(world.folder).watch.listed(world.site.url("/feed"))) == 1
    assert [place.kind for place in Library(world.folder).watch.places()] == ["page", "feed"]


def test_a_feed_completes_what_its_pages_do_not_tell(world: World) -> None:
    """Day and author come from the feed where the page names none."""
    entry = (
        "<entry><title>x</title><link href='/como'/><published>2024-11-27T00:00:00Z</published><author><name>Anna</name></author></entry>"
    )
    world.site.pages["/feed"] = Page(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), "application/atom+xml")
    (added,) = world.add("/feed").added
    assert (added.title, added.author, added.published) == ("Lago: como", "Anna", "2024-11-27")


def test_a_feed_completes_also_what_a_sitemap_names_first(world: World) -> None:
    """Followed by both, a page has its feed's day, whatever the order."""
    world.site.pages["/map"] = Page(sitemap(world.site, ("/como", "2026-01-01")), "application/xml")
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"))
    (added,) = world.add("/map", "/feed").added
    assert added.published == "2026-01-01"


def test_what_cannot_be_read_is_told_in_one_line_each(world: World, tmp_path: Path) -> None:
    """A missing file, a missing page, an empty document, the articles folder itself: the rest is added."""
    (tmp_path / "vuoto.txt").write_text("")
    (tmp_path / "laghi.txt").write_text("Una frase sui laghi.")
    report = world.add(tmp_path / "manca.txt", "/manca", tmp_path / "vuoto.txt", tmp_path / "laghi.txt", world.folder)
    assert _ids(report.added) == ["laghi"]
    assert [line.partition(": ")[0] for line in sorted(report.refused)] == sorted(
        [str(tmp_path / "manca.txt"), str(tmp_path / "vuoto.txt"), str(world.folder), world.site.url("/manca")]
    )
    assert all("\n" not in line for line in report.refused)
    assert report.followed == []


def test_a_page_without_an_article_is_read_again_only_when_it_changes(world: World) -> None:
    """It is told once; its change brings it in."""
    world.site.pages["/vuota"] = marked(b"<!doctype html><html><body></body></html>")
    world.site.pages["/feed"] = feed(("/vuota", "2026-01-01T00:00:00Z"))
    assert len(world.add("/feed").refused) == 1
    world.fetched()
    assert (world.sync().refused, world.fetched()) == ([], ["/feed"])
    world.site.pages["/vuota"] = marked(html("como"))
    world.site.pages["/feed"] = feed(("/vuota", "2026-01-02T00:00:00Z"))
    assert _ids(world.sync().added) == ["lago-como"]


def test_a_folder_is_followed(world: World, tmp_path: Path) -> None:
    """New, changed and deleted files of any depth; hidden files and other kinds are passed over; a renamed file is the same article."""
    folder = tmp_path / "documenti"
    (folder / "sotto").mkdir(parents=True)
    for name in ("como", "garda"):
        (folder / "sotto" / f"{name}.txt").write_text(SENTENCES[name])
    (folder / ".nascosto.txt").write_text("No.")
    (folder / "foto.jpg").write_bytes(b"\xff\xd8\xff")
    assert _ids(world.add(folder).added) == ["como", "garda"]
    assert (world.sync().same, world.sync().news) == ([], False)
    (folder / "sotto" / "como.txt").write_text(SENTENCES["como"] + " Il livello è salito.")
    (folder / "sotto" / "garda.txt").rename(folder / "benaco.txt")
    (folder / "iseo.txt").write_text(SENTENCES["iseo"])
    report = world.sync()
    assert (_ids(report.added), _ids(report.changed), report.removed) == (["iseo"], ["como"], [])
    (folder / "iseo.txt").unlink()
    assert _ids(world.sync().removed) == ["iseo"]
    assert world.articles() == ["como", "garda"]


@pytest.mark.parametrize("empty", [False, True])
def test_a_folder_that_is_away_takes_nothing_with_it(world: World, tmp_path: Path, empty: bool) -> None:
    """A disk that is not mounted is told, and its articles stay."""
    folder = tmp_path / "disco"
    folder.mkdir()
    (folder / "como.txt").write_text(SENTENCES["como"])
    world.add(folder)
    (folder / "como.txt").unlink()
    if not empty:
        folder.rmdir()
    report = world.sync()
    assert (report.removed, world.articles()) == ([], ["como"])
    assert "so its articles stay: mount it again" in report.refused[0]


def test_a_zip_file_brings_its_documents(world: World, tmp_path: Path) -> None:
    """Given by itself it is read once; in a followed folder what changes in it is followed too."""
    folder = tmp_path / "documenti"
    folder.mkdir()
    _zip(folder / "laghi.zip", como=SENTENCES["como"], garda=SENTENCES["garda"])
    report = world.add(folder / "laghi.zip")
    assert (_ids(report.added), report.followed) == (["como", "garda"], [])
    world.add(folder)
    _zip(folder / "laghi.zip", como=SENTENCES["como"] + " Il livello è salito.", iseo=SENTENCES["iseo"])
    os.utime(folder / "laghi.zip", (1, 1))
    report = world.sync()
    assert (_ids(report.added), _ids(report.changed), _ids(report.removed)) == (["iseo"], ["como"], ["garda"])


def test_a_broken_zip_file_is_told_by_its_name(world: World, tmp_path: Path) -> None:
    """One line that begins with the path."""
    (tmp_path / "rotto.zip").write_bytes(b"PK")
    (line,) = world.add(tmp_path / "rotto.zip").refused
    assert line.startswith(f"{tmp_path}/rotto.zip: the archive is broken")


def _zip(path: Path, **texts: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"testi/{name}.txt", text)


def test_the_articles_folder_is_no_source_of_itself(world: World, tmp_path: Path) -> None:
    """A followed folder that holds the articles folder brings in what stands beside it only."""
    world.add("/como")
    (tmp_path / "garda.txt").write_text(SENTENCES["garda"])
    assert _ids(world.add(tmp_path).added) == ["garda"]
    assert world.sync().news is False


def test_only_one_at_a_time(world: World) -> None:
    """While another add or sync holds the folder, one line says so."""
    world.add("/como")
    with (
        FileLock(world.folder / ".chiedi" / "sync.lock"),
        pytest.raises(LibraryBusy, match=r"another `chiedi add` or `chiedi sync` works on"),
    ):
        world.sync()


@pytest.mark.parametrize("fatal", range(1, 9))
def test_an_interrupted_run_is_taken_up(world: World, monkeypatch: pytest.MonkeyPatch, fatal: int) -> None:
    """Wherever writing breaks off, the next sync brings in exactly what is missing, and nothing twice."""
    world.site.pages["/feed"] = feed(*((f"/{name}", "2026-01-01T00:00:00Z") for name in SENTENCES))
    calls = iter(range(1, 1000))

    def fsync(descriptor: int) -> None:
        if next(calls) == fatal:
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", fsync)
        with pytest.raises(KeyboardInterrupt):
            world.add("/feed")
    world.sync()
    assert world.articles() == ["lago-como", "lago-garda", "lago-iseo", "lago-orta"]
    assert world.sync().news is False


def test_a_disk_that_is_full_ends_the_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line; when there is space again the next sync goes on."""
    world.site.pages["/feed"] = feed(("/como", "2026-01-01T00:00:00Z"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(LibraryUnwritable, match=r"No space left on device"):
            world.add("/feed")
    assert _ids(world.sync().added) == ["lago-como"]
