"""Article files: what is read unchanged, and what is refused with one line."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.texts.articles import article_files, encoding_note, read_article, suggested_questions
from index.types import Article, Language

DATA = Path(__file__).parents[3] / "data" / "articles"


def italian(text: str) -> Language:
    """A detector that always says Italian."""
    return "it"


def written(folder: Path, content: bytes | str, name: str = "uno.txt") -> Path:
    """Write one article file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: bytes | str, name: str = "uno.txt") -> Article:
    """Write one article file and read it back."""
    return read_article(Path(name).with_suffix("").as_posix(), written(folder, content, name), italian)


def refusal(folder: Path, content: bytes | str, name: str = "uno.txt") -> str:
    """The line with which an article file is refused, without the folder."""
    with pytest.raises(ArticleError) as caught:
        read(folder, content, name)
    return str(caught.value).replace(f"{folder}{os.sep}", "")


def test_first_article_is_unchanged() -> None:
    """The first article is the agency's text to the last byte, below a front matter with title, language and source."""
    article = read_article("putin-in-kazakistan", DATA / "putin-in-kazakistan.md", italian)
    assert hashlib.sha256(article.text.encode()).hexdigest() == "fe5c4f1558c753ffdfc7275061f417df80d3a666d553e1a4b2a02bf245a3fe3e"
    assert (article.title, article.language, article.source) == ("Putin in visita in Kazakistan", "it", "ats/afp")
    assert (article.url, article.published) == (None, None)


def test_plain_text_is_the_file(tmp_path: Path) -> None:
    """A plain file's text is its content to the last blank, so that offsets into the file hold; its title is the file's name."""
    content = "\n I Normanni  erano il popolo che diede il nome alla Normandia. \n\nEd erano “d' Occidente”\u00a0.\n\n"
    assert read(tmp_path, content, "normanni.txt") == Article("normanni", "normanni", None, None, "it", content)


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    """A byte-order mark goes, Windows line ends become line feeds, and a lone carriage return stays."""
    assert read(tmp_path, b"\xef\xbb\xbfPrima riga, qui.\r\nSeconda\rriga.\r\n").text == "Prima riga, qui.\nSeconda\rriga.\n"


def test_front_matter(tmp_path: Path) -> None:
    """Known fields are taken as written, others ignored, and the text starts below the closing dashes."""
    content = (
        '---\ntitle: "Uranio: il 43%"\nurl: https://example.org/a?b=1#c\npublished: 2024-11-27\nlanguage: en\n'
        "source: ats/afp\nauthor: Anna Rossi\ntags: [A, B]\n---\nThe text.\n"
    )
    assert read(tmp_path, content, "sub/uno.md") == Article(
        "sub/uno", "Uranio: il 43%", "https://example.org/a?b=1#c", "2024-11-27", "en", "The text.\n", "ats/afp", "Anna Rossi"
    )


def test_several_authors_are_one_line(tmp_path: Path) -> None:
    """A list of authors is read as one line."""
    assert read(tmp_path, "---\nauthor: [Anna Rossi, Luca Bianchi]\n---\nTesto.").author == "Anna Rossi, Luca Bianchi"


def test_front_matter_values_stay_as_written(tmp_path: Path) -> None:
    """A title of digits or a yes stays text, an empty field counts as absent, keys may be capitalised, a time of day is dropped."""
    article = read(tmp_path, "---\r\nTitle: 1984\r\nsource: yes\r\nurl:\r\npublished: 2024-11-27T10:00:00+01:00\r\n---\r\nTesto.")
    assert (article.title, article.source, article.url, article.published, article.text) == ("1984", "yes", None, "2024-11-27", "Testo.")


@pytest.mark.parametrize(
    "content",
    ["---\nNon è un titolo, ma un testo.\n---\nE continua.", "---\ntitle: mai chiuso\nE continua.", "--- \n\nRoma: si vota.\n\n---\nFine."],
)
def test_text_that_starts_with_dashes(tmp_path: Path, content: str) -> None:
    """A rule of dashes at the top is part of the text unless it opens and closes a list of fields."""
    assert read(tmp_path, content).text == content


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Putin in Kazakistan\n\nIl presidente è arrivato.", "Putin in Kazakistan"),
        ("\n# Il *vertice*\nIl presidente è arrivato.", "Il *vertice*"),
        ("Chi vince?\nNessuno lo sa.", "Chi vince?"),
        ("Il presidente è arrivato.\nEra mercoledì.", "uno"),
        ("Una riga sola senza punto", "uno"),
        ("Una riga troppo lunga " * 5 + "\nIl presidente è arrivato.", "uno"),
        ("***\nIl presidente è arrivato.", "uno"),
    ],
)
def test_title_without_front_matter(tmp_path: Path, content: str, title: str) -> None:
    """The title is a short first line that is no sentence, which stays in the text, or else the file's name."""
    article = read(tmp_path, content)
    assert (article.title, article.text) == (title, content)


def test_language_is_detected_only_when_not_given(tmp_path: Path) -> None:
    """The detector sees the text below the front matter, and is not asked when the language is given."""
    seen: list[str] = []

    def detect(text: str) -> Language:
        seen.append(text)
        return "en"

    first, second = written(tmp_path, "---\nlanguage: it\n---\nCiao."), written(tmp_path, "---\ntitle: T\n---\nHello.", "due.txt")
    assert [read_article("uno", first, detect).language, read_article("due", second, detect).language] == ["it", "en"]
    assert seen == ["Hello."]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "uno.txt: the file holds no words: write the article's text into it or delete it"),
        ("\ufeff \n…\u200b\n", "uno.txt: the file holds no words: write the article's text into it or delete it"),
        ("---\ntitle: T\n---\n", "uno.txt: the file holds no words: write the article's text into it or delete it"),
        (b"\x89PNG\x00", "uno.txt: its encoding cannot be told: save it again with the encoding UTF-8"),
        (b"testo\x00", "uno.txt: a binary file (NUL at character 5): replace it with plain text in UTF-8"),
        (
            "---\nlanguage: fr\n---\nT.",
            "uno.txt: the front matter's language is 'fr': write it or en, or leave the line out",
        ),
        (
            "---\nurl: javascript:alert(1)\n---\nT.",
            "uno.txt: the front matter's url is 'javascript:alert(1)': write a whole address that starts with http:// or https://",
        ),
        (
            "---\nlanguage: fr\npublished: 31/2/2026\n---\nT.",
            "uno.txt: the front matter's language is 'fr': write it or en, or leave the line out; "
            "its published is '31/2/2026': write a date such as 2024-11-27",
        ),
        (
            "---\npublished: ieri\n---\nT.",
            "uno.txt: the front matter's published is 'ieri': write a date such as 2024-11-27",
        ),
        (
            "---\ntitle: [a, b]\n---\nT.",
            "uno.txt: the front matter's title is not a plain value: write one line of text after title:",
        ),
        (
            "---\ntitle: T\nnote: a: b\n---\nT.",
            "uno.txt: the front matter is not valid YAML at line 3: put values that hold a colon in quotation marks",
        ),
    ],
)
def test_refused_file(tmp_path: Path, content: bytes | str, line: str) -> None:
    """A file that cannot serve as an article is refused with one line: the file, the reason, the cure."""
    assert refusal(tmp_path, content) == line


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-16-be", "mac_roman"])
def test_older_encodings(tmp_path: Path, encoding: str) -> None:
    """A text in another encoding is read, and a line names it; one in UTF-8 has none."""
    text = "La città è più bella di così, perché c’è il lago. L’età dell’oro durò poco."
    (tmp_path / "uno.txt").write_bytes(text.encode(encoding))
    (tmp_path / "due.txt").write_text(text, encoding="utf-8")
    assert read_article("uno", tmp_path / "uno.txt", italian).text == text
    assert encoding_note(tmp_path / "due.txt") is None
    assert (encoding_note(tmp_path / "uno.txt") or "").startswith(f"{tmp_path / 'uno.txt'}: not in UTF-8; read as")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Torna il jazz: Fresu apre", "Torna il jazz: Fresu apre"),
        ("title: @chi #hash", "@chi #hash"),
        ('title: "aperta', "aperta"),
        ("title: 'Il mercato", "Il mercato"),
        ('title: "Sì": il voto del consiglio', 'Sì": il voto del consiglio'),
        ("title: %5 in più", "%5 in più"),
        ("title: `codice`", "`codice`"),
        ('title: L\'oro: "sale" ancora', 'L\'oro: "sale" ancora'),
        ("Title: * stella", "* stella"),
    ],
)
def test_titles_that_are_no_yaml(tmp_path: Path, line: str, title: str) -> None:
    """The rest of a known key's line is its value, and the other keys keep theirs."""
    found = read(tmp_path, f"---\npublished: 2026-10-14\n{line}\nauthor: [Ada, Leo]\nquestions:\n- Quando?\n---\nTesto.")
    assert (found.title, found.published, found.author) == (title, "2026-10-14", "Ada, Leo")
    assert suggested_questions(next(tmp_path.glob("uno*"))) == ["Quando?"]


@pytest.mark.parametrize(
    "day",
    ["14/10/2026", "14.10.2026", "14-10-2026", "14 ottobre 2026", "14 Ottobre 2026", "October 14, 2026", "14th October 2026"],
)
def test_days_as_people_write_them(tmp_path: Path, day: str) -> None:
    """The day stands before the month where both are numbers."""
    assert read(tmp_path, f"---\npublished: {day}\n---\nTesto.").published == "2026-10-14"


@pytest.mark.parametrize(
    ("written", "language"),
    [("it-IT", "it"), ("IT", "it"), ("italiano", "it"), ("Italian", "it"), ("en_US", "en"), ("en-GB", "en"), ("inglese", "en")],
)
def test_languages_as_people_write_them(tmp_path: Path, written: str, language: str) -> None:
    """Tags by their first part, and names in both languages."""
    assert read(tmp_path, f"---\nlanguage: {written}\n---\nTesto.").language == language


@pytest.mark.parametrize("url", ["http://", "https://[::1", "ftp://a.it/x", "www.a.it", "https://a.it/a b"])
def test_refused_address(tmp_path: Path, url: str) -> None:
    """Only a whole http or https address is taken as the article's."""
    assert "the front matter's url is" in refusal(tmp_path, f"---\nurl: {url}\n---\nT.")


def test_missing_file_and_folder_in_its_place(tmp_path: Path) -> None:
    """A file that vanished, and one that is no regular file, are refused by name."""
    with pytest.raises(ArticleError, match=r"via\.txt: cannot be read \(No such file or directory\)"):
        read_article("via", tmp_path / "via.txt", italian)
    (tmp_path / "dir.txt").mkdir()
    with pytest.raises(ArticleError, match=r"dir\.txt: not a regular file"):
        read_article("dir", tmp_path / "dir.txt", italian)


def test_links(tmp_path: Path) -> None:
    """A link to a file inside the folder is read, one that leads out of it is refused."""
    inside, outside = written(tmp_path / "articles", "Dentro, sì.", "a/uno.txt"), written(tmp_path, "Fuori.", "fuori.txt")
    (tmp_path / "articles" / "due.txt").symlink_to(inside)
    (tmp_path / "articles" / "a" / "tre.txt").symlink_to(outside)
    assert [id for id, _ in article_files(tmp_path / "articles")] == ["a/tre", "a/uno", "due"]
    assert read_article("due", tmp_path / "articles" / "due.txt", italian).text == "Dentro, sì."
    with pytest.raises(ArticleError, match=r"tre\.txt: the link leads out of the articles folder"):
        read_article("a/tre", tmp_path / "articles" / "a" / "tre.txt", italian)


def test_article_files_in_order(tmp_path: Path) -> None:
    """Text and Markdown files are listed by id at any depth; hidden and other files are not."""
    for name in ("b.txt", "B.MD", "a/c.txt", "a.b.txt", ".nascosto.txt", ".git/d.txt", "foto.jpg", "appunti", "cafe\u0301.txt"):
        written(tmp_path, "Testo.", name)
    assert [(id, path.relative_to(tmp_path).as_posix()) for id, path in article_files(tmp_path)] == [
        ("B", "B.MD"),
        ("a.b", "a.b.txt"),
        ("a/c", "a/c.txt"),
        ("b", "b.txt"),
        ("café", "cafe\u0301.txt"),
    ]


def test_two_files_with_one_id(tmp_path: Path) -> None:
    """Two files that differ only in their suffix are refused together."""
    written(tmp_path, "Testo.", "a.md")
    written(tmp_path, "Testo.", "a.txt")
    with pytest.raises(ArticleError, match=r"a\.md and .*a\.txt would both be the article 'a': rename one of them"):
        article_files(tmp_path)


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that does not exist is named with the cure."""
    with pytest.raises(ArticleError, match="niente does not exist: create it, or name another with --articles"):
        article_files(tmp_path / "niente")


def test_suggested_questions(tmp_path: Path) -> None:
    """The front matter's list of questions is read with its spaces tidied; what is no list, no question or no readable file gives none."""
    path = tmp_path / "a.md"
    texts = [
        "\ufeff---\r\ntitle: T\r\nquestions:\r\n  - Quanto  costa?\r\n  - 1984\r\n  - [x]\r\n---\r\nText",
        "---\nquestions: Quanto?\n---\nText",
        "---\nquestions: [\n---\nText",
        "Text",
    ]
    found = []
    for text in texts:
        path.write_bytes(text.encode())
        found.append(suggested_questions(path))
    path.write_bytes(b"\xff")
    assert [*found, suggested_questions(path), suggested_questions(tmp_path / "gone.md")] == [["Quanto costa?", "1984"], [], [], [], [], []]
