"""The library: documents become files, are found again, and stay as a person mended them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.sources.errors import DocumentRefused, LibraryUnwritable, UnknownArticle
from index.sources.library.folder import Library
from index.sources.types import Document
from index.texts.articles import article_files, read_article
from index.texts.language import detect

PAGE = "https://www.example.org/putin"
TEXT = "Il presidente russo è arrivato ad Astana mercoledì, dove ha incontrato il suo omologo kazako. " * 3
PUTIN = Document(TEXT, "Putin in visita in Kazakistan", "ats/afp", "2024-11-27", "it", PAGE, "swissinfo")
WORDS = [f"parola{number}" for number in range(200)]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "articles")


def _names(library: Library) -> list[str]:
    return [entry.id for entry in library.entries()]


def test_a_document_becomes_a_file_that_people_can_read(library: Library) -> None:
    """The front matter tells what is known, in a fixed order, and the text stands below as it is."""
    added = library.add(PUTIN, PAGE)
    assert (added.outcome, added.entry.id, added.entry.words) == ("new", "putin-in-visita-in-kazakistan", 45)
    assert (library.folder / "putin-in-visita-in-kazakistan.md").read_text() == (
        "---\ntitle: Putin in visita in Kazakistan\nauthor: ats/afp\npublished: 2024-11-27\nlanguage: it\nsource: swissinfo\n"
        f"url: {PAGE}\norigin: {PAGE}\n---\n{TEXT.strip()}\n"
    )


def test_the_article_is_read_as_it_was_written(library: Library) -> None:
    """What the index reads is what the document told; page breaks, headings and tables stay in the text."""
    document = replace(PUTIN, text="## Costi\n\nUna frase che\fcontinua.\n\n- voce\n\n---\n\na | b")
    entry = library.add(document, PAGE).entry
    article = read_article(entry.id, entry.path, detect)
    assert (article.title, article.author, article.published, article.source, article.url) == (
        "Putin in visita in Kazakistan", "ats/afp", "2024-11-27", "swissinfo", PAGE,
    )  # fmt: skip
    assert article.text == document.text + "\n"


def test_what_a_document_does_not_tell_comes_from_its_origin(library: Library) -> None:
    """A page's source is its site, its language is detected; a file's name gives the id."""
    page = library.add(Document("The lake is 410 metres deep and very cold in winter."), "https://www.example.org/lakes/como.html").entry
    file = library.add(Document("Una frase sola, senza titolo."), "/home/anna/Relazione annuale 2023.pdf").entry
    assert (page.id, page.language, page.source, page.url) == ("como", "en", "example.org", "https://www.example.org/lakes/como.html")
    assert (file.id, file.language, file.source, file.url) == ("relazione-annuale-2023", "it", None, None)


@pytest.mark.parametrize(
    "again",
    [
        "https://www.example.org/putin",
        "http://example.org/putin/",
        "https://m.example.org/putin?utm_source=rss&utm_medium=feed#top",
        "HTTPS://WWW.EXAMPLE.ORG:443/putin?fbclid=xyz",
    ],
)
def test_spellings_of_an_address_are_one_article(library: Library, again: str) -> None:
    """Campaign parameters, fragment, final slash, http or https, www. and m. make no second article, nor a change."""
    library.add(PUTIN, PAGE)
    assert library.add(replace(PUTIN, url=None), again).outcome == "same"
    assert _names(library) == ["putin-in-visita-in-kazakistan"]


@pytest.mark.parametrize("other", ["https://example.org/putin?id=2", "https://example.org/Putin", "https://example.org:8443/putin"])
def test_other_addresses_are_other_articles(library: Library, other: str) -> None:
    """A parameter that chooses the page, another letter case or port is another page."""
    library.add(PUTIN, PAGE)
    added = library.add(Document("Tutt’altro testo, che parla di laghi.", "Putin in visita in Kazakistan"), other)
    assert (added.outcome, added.entry.id) == ("new", "putin-in-visita-in-kazakistan-2")


def test_a_canonical_address_makes_one_article(library: Library) -> None:
    """A page that names another's address as its own, with much the same text, is that article with its latest text."""
    library.add(PUTIN, PAGE)
    amp = replace(PUTIN, text=TEXT + "Una frase in più.")
    added = library.add(amp, "https://www.example.org/amp/putin")
    assert (added.outcome, added.entry.id) == ("changed", "putin-in-visita-in-kazakistan")


def test_a_wrong_canonical_address_swallows_nothing(library: Library) -> None:
    """Another text under the same canonical address is another article: the second page of a listing, a site's mistake."""
    library.add(PUTIN, PAGE)
    other = Document(" ".join(WORDS), "Un altro articolo", url=PAGE)
    assert library.add(other, "https://www.example.org/altro").outcome == "new"
    assert len(library.entries()) == 2


def test_nearly_the_same_text_of_one_site_is_one_article(library: Library) -> None:
    """A copy under a new address with one word mended keeps the id and brings the latest text."""
    library.add(Document(" ".join(WORDS), "Il lago di Como"), "https://example.org/2024/como")
    mended = " ".join([*WORDS[:100], "corretta", *WORDS[101:]])
    added = library.add(Document(mended, "Il lago di Como"), "https://example.org/laghi/como")
    assert (added.outcome, added.entry.id) == ("changed", "il-lago-di-como")
    assert "corretta" in added.entry.path.read_text()


def test_texts_that_an_older_version_wrote_are_found_again(library: Library) -> None:
    """Where the memory holds no signature of an article, that of its file is taken."""
    first = library.add(Document(" ".join(WORDS), "Il lago di Como"), "https://example.org/2024/como").entry
    library.watch.keep_written(replace(library.watch.written()[first.id], signature=None))
    assert Library(library.folder).find(Document(" ".join(WORDS), "Il lago di Como"), "https://example.org/laghi/como") == first.id


@pytest.mark.parametrize(
    ("origin", "title", "published"),
    [
        ("https://example.net/como", "Il lago di Como", None),
        ("https://example.org/altro", "Bollettino del 2", None),
        ("https://example.org/altro", "Il lago di Como", "2024-02-02"),
    ],
)
def test_like_texts_stay_apart_elsewhere(library: Library, origin: str, title: str, published: str | None) -> None:
    """Another publisher's copy, another number in the title, another day: each is an article of its own."""
    library.add(Document(" ".join(WORDS), "Il lago di Como", published="2024-01-01"), "https://example.org/como")
    assert library.add(Document(" ".join([*WORDS, "coda"]), title, published=published), origin).outcome == "new"


def test_a_mended_file_stays_while_its_page_does(library: Library) -> None:
    """A page read again without a change leaves alone what a person has mended."""
    path = library.add(PUTIN, PAGE).entry.path
    path.write_text(path.read_text().replace("mercoledì", "giovedì"))
    assert Library(library.folder).add(PUTIN, PAGE).outcome == "same"
    assert "giovedì" in path.read_text()


def test_a_changed_page_replaces_a_mended_file_and_keeps_a_copy(library: Library) -> None:
    """The latest text wins; what a person had mended stands in the hidden folder, and is no article; suggested questions stay."""
    path = library.add(PUTIN, PAGE).entry.path
    path.write_text(path.read_text().replace("mercoledì", "giovedì").replace("origin:", "questions:\n- Chi?\norigin:"))
    added = library.add(replace(PUTIN, text=TEXT + "Una frase in più."), PAGE)
    assert added.outcome == "changed"
    assert added.kept is not None
    assert "giovedì" in added.kept.read_text()
    assert "Una frase in più." in path.read_text()
    assert "questions:\n- Chi?\n" in path.read_text()
    assert _names(library) == ["putin-in-visita-in-kazakistan"]


def test_a_file_written_by_hand_is_the_page_that_it_names(library: Library) -> None:
    """An article that a person wrote with a page's address is brought up to date with it, with a copy."""
    library.folder.mkdir()
    (library.folder / "mio.txt").write_text(f"---\nurl: {PAGE}\n---\nIl mio testo.\n")
    added = library.add(PUTIN, "https://example.org/putin")
    assert (added.outcome, added.entry.id, added.entry.path.name) == ("changed", "mio", "mio.txt")
    assert added.kept is not None


def test_what_was_told_before_stays(library: Library) -> None:
    """A page read again without the feed that told its day and author keeps them, also after it was removed."""
    bare = replace(PUTIN, author=None, published=None)
    library.add(PUTIN, PAGE)
    assert library.add(bare, PAGE).outcome == "same"
    library.remove("putin-in-visita-in-kazakistan")
    entry = library.add(bare, PAGE).entry
    assert (entry.author, entry.published) == ("ats/afp", "2024-11-27")


def test_an_id_is_never_given_twice(library: Library) -> None:
    """A name that an article has, or had before it was removed, gets a number, whatever the letter case."""
    library.folder.mkdir()
    (library.folder / "Como.txt").write_text("Una frase.")
    first = library.add(Document("Due frasi. Ecco la seconda.", "Como"), "https://example.org/1").entry.id
    library.remove(first)
    second = library.add(Document("Un testo del tutto diverso.", "Como"), "https://example.org/2").entry.id
    assert (first, second) == ("como-2", "como-3")


def test_an_article_keeps_its_id_under_a_new_title(library: Library) -> None:
    """A page whose title changes stays the same file."""
    library.add(PUTIN, PAGE)
    added = library.add(replace(PUTIN, title="Tutt’altro titolo"), PAGE)
    assert (added.outcome, added.entry.id, added.entry.title) == ("changed", "putin-in-visita-in-kazakistan", "Tutt’altro titolo")


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("/absolute\\windows:path*?", "absolute-windows-path"),
        ("CON", "con-article"),
        ("Perché l’acqua è d'oro?", "perche-lacqua-e-doro"),
        ("..", "page"),
        ("Путин в Казахстане", "page"),
        ("\0\n\x1b[31mrosso\u202e", "31mrosso"),
        ("parola " * 60, "-".join(["parola"] * 11)),
        ("x" * 500, "x" * 80),
        ("---", "page"),
        ("title: x\nurl: javascript:alert(1)", "title-x-url-javascript-alert-1"),
    ],
)
def test_hostile_titles_are_harmless(library: Library, title: str, id: str) -> None:
    """Whatever a title holds, the file lies in the folder under a plain name and is read back with the one-line title."""
    added = library.add(Document(TEXT, title), "https://example.org/page")
    assert added.entry.id == id
    assert added.entry.path == library.folder / f"{id}.md"
    assert "\n" not in added.entry.title
    assert added.entry.url == "https://example.org/page"


_ANYTHING = st.text(max_size=80) | st.none()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200), title=_ANYTHING, author=_ANYTHING, published=_ANYTHING, url=_ANYTHING, source=_ANYTHING)
def test_whatever_a_document_holds_the_folder_can_be_built(
    tmp_path_factory: pytest.TempPathFactory,
    text: str, title: str | None, author: str | None, published: str | None, url: str | None, source: str | None,
) -> None:  # fmt: skip
    """Each document is refused in one line or becomes a file that the index reads, with the text as it was but for its ends."""
    library = Library(tmp_path_factory.mktemp("any") / "articles")
    document = Document(f"Parole. {text}", title, author, published, None, url, source)
    library.add(document, "file.txt")
    ((id, path),) = article_files(library.folder)
    expected = document.text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode().strip()
    assert read_article(id, path, detect).text == expected + "\n"


@pytest.mark.parametrize("text", ["", " \n\f\n", "--- ... ---"])
def test_a_text_without_words_is_refused(library: Library, text: str) -> None:
    """A scanned page gives one line with the cure, and no file."""
    with pytest.raises(DocumentRefused, match=r"^scan\.pdf: holds no text: a scanned page needs text recognition \(OCR\) first$"):
        library.add(Document(text), "scan.pdf")
    assert library.entries() == []


def test_removal_tells_what_it_was_and_keeps_only_what_cannot_be_had_again(library: Library) -> None:
    """An untouched page goes for good; a file written by hand leaves a copy in the hidden folder."""
    added = library.add(PUTIN, PAGE).entry
    hand = library.folder / "mio.txt"
    hand.write_text("Il mio testo.")
    assert library.remove(added.id).kept is None
    removed = Library(library.folder).remove("mio")
    assert (removed.entry.title, removed.entry.words) == ("mio", 3)
    assert removed.kept is not None
    assert removed.kept.read_text() == "Il mio testo."
    assert library.entries() == []


def test_an_unknown_id_is_told_with_the_closest_ones(library: Library) -> None:
    """One line names the folder and what may be meant."""
    library.add(PUTIN, PAGE)
    with pytest.raises(
        UnknownArticle, match=r"^'putin-in-visita-in-kzakistan' is no article of .*: did you mean putin-in-visita-in-kazakistan\?$"
    ):
        library.remove("putin-in-visita-in-kzakistan")
    with pytest.raises(UnknownArticle, match=r"^'kazakistan' is no article of .*: did you mean putin-in-visita-in-kazakistan\?$"):
        library.remove("kazakistan")
    with pytest.raises(UnknownArticle, match=r"'x' is no article of .*: `chiedi list` shows the ids$"):
        library.remove("x")


@pytest.mark.parametrize("id", ["../secret", "/etc/passwd", ".chiedi/watch", "."])
def test_no_id_leads_out_of_the_folder(library: Library, id: str) -> None:
    """What is no article of the folder cannot be removed or renamed by an id made of a path."""
    library.add(PUTIN, PAGE)
    (library.folder.parent / "secret.md").write_text("Segreto.")
    with pytest.raises(UnknownArticle):
        library.remove(id)
    with pytest.raises(UnknownArticle):
        library.retitle(id, "Altro")
    assert (library.folder.parent / "secret.md").exists()


def test_a_removed_article_comes_back_under_its_id(library: Library) -> None:
    """Added again by its address, it is found and written anew."""
    library.add(PUTIN, PAGE)
    library.remove("putin-in-visita-in-kazakistan")
    assert library.find(PUTIN, PAGE) == "putin-in-visita-in-kazakistan"
    added = library.add(PUTIN, PAGE)
    assert (added.outcome, added.entry.id) == ("new", "putin-in-visita-in-kazakistan")


def test_a_new_title_leaves_the_rest(library: Library) -> None:
    """Only the title changes, also in a file that had none; the id stays."""
    path = library.add(PUTIN, PAGE).entry.path
    before = path.read_text()
    entry = library.retitle("putin-in-visita-in-kazakistan", "Astana: la\nvisita")
    assert (entry.id, entry.title) == ("putin-in-visita-in-kazakistan", "Astana: la visita")
    assert path.read_text() == before.replace("Putin in visita in Kazakistan", "'Astana: la visita'")
    (library.folder / "mio.txt").write_text("Il mio testo.")
    Library(library.folder).retitle("mio", "Mio")
    assert (library.folder / "mio.txt").read_text() == "---\ntitle: Mio\n---\nIl mio testo."


def test_a_full_disk_is_told_and_leaves_the_old_file(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write fails as a whole: one line, the file as it was, and the next attempt succeeds."""
    path = library.add(PUTIN, PAGE).entry.path
    before, changed = path.read_text(), replace(PUTIN, text=TEXT + "Una frase in più.")
    with monkeypatch.context() as full:
        full.setattr("os.fsync", _no_space)
        with pytest.raises(LibraryUnwritable, match=r"articles cannot be written \(No space left on device\): make space or mend"):
            library.add(changed, PAGE)
    assert path.read_text() == before
    assert Library(library.folder).add(changed, PAGE).outcome == "changed"


def _no_space(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_folder_that_lost_its_memory_knows_its_articles(library: Library) -> None:
    """Without the hidden folder a page is still the article whose front matter names it, and nothing is written twice."""
    library.add(PUTIN, PAGE)
    (library.folder / ".chiedi" / "watch.sqlite").unlink()
    added = Library(library.folder).add(PUTIN, PAGE)
    assert (added.entry.id, added.outcome, added.kept) == ("putin-in-visita-in-kazakistan", "same", None)
    assert _names(library) == ["putin-in-visita-in-kazakistan"]


def test_the_front_matter_is_yaml_for_everyone(library: Library) -> None:
    """A common YAML parser reads the same values."""
    path = library.add(replace(PUTIN, title='«Sì»: "no" # forse'), PAGE).entry.path
    block = path.read_text().split("---\n")[1]
    assert yaml.safe_load(block)["title"] == '«Sì»: "no" # forse'


def test_an_unreadable_file_stops_nothing(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    """A file that no build could read is passed over with a word, and can be removed."""
    library.add(PUTIN, PAGE)
    (library.folder / "rotto.txt").write_bytes(b"\xff\xfe\x00")
    assert _names(library) == ["putin-in-visita-in-kazakistan"]
    assert "rotto.txt: " in caplog.text
    assert Library(library.folder).remove("rotto").kept is not None


def test_two_programs_write_one_after_the_other(tmp_path: Path) -> None:
    """Libraries opened side by side on one folder give different ids to different documents of one title."""
    libraries: list[Callable[..., object]] = [Library(tmp_path / "articles").add for _ in range(2)]
    for number, add in enumerate(libraries):
        add(Document(f"Il testo numero {number}.", "Uguale"), f"https://example.org/{number}")
    assert [id for id, _ in article_files(tmp_path / "articles")] == ["uguale", "uguale-2"]


def test_a_file_in_another_encoding_is_listed_and_gets_a_title(library: Library) -> None:
    """With its accents; a new title writes it in UTF-8."""
    library.folder.mkdir(exist_ok=True)
    text = "La città è più bella di così, perché c’è il lago."
    (library.folder / "vecchio.txt").write_bytes(f"---\ntitle: Città\n---\n{text}\n".encode("cp1252"))
    assert [entry.title for entry in library.entries()] == ["Città"]
    assert library.retitle("vecchio", "La città sul lago").title == "La città sul lago"
    assert (library.folder / "vecchio.txt").read_text(encoding="utf-8") == f"---\ntitle: La città sul lago\n---\n{text}\n"
