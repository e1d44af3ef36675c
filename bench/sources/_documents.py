"""Documents for the bench of extraction: known articles put into files as other programs make them, kept in build/extraction.

Needs pandoc, LibreOffice Writer and `pip install weasyprint==70.0 python-docx==1.2.0`; none of them is needed to read documents.
`python -m bench.sources._documents` makes those that the tests read anew, in tests/data/documents.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from bench import EVAL, ROOT, SQUAD4
from index.types import Language

FOLDER = Path("build/extraction/documents")
LAYOUTS = Path(__file__).parent / "documents"
ITALIAN = ("farmacia", "imperialismo", "normanni", "ossigeno", "victoria-australia")
ENGLISH = ("1973-oil-crisis", "geology", "imperialism", "normans", "pharmacy")
SEED = "putin-in-kazakistan"

Block = tuple[str, list[list[str]]]
"""A kind (heading, paragraph, list, table) and its rows of cells."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article whose words are known. ``plain``: the text that the questions were asked about; ``blocks``: what the files hold."""

    name: str
    language: Language
    title: str
    author: str
    published: str
    day: str
    plain: str
    blocks: list[Block]

    @property
    def text(self) -> str:
        """The words of the blocks, a line each."""
        return "\n\n".join("\n".join(" | ".join(cells) for cells in rows) for _, rows in self.blocks)


@dataclass(frozen=True, slots=True)
class Made:
    """A file made of a known article."""

    path: Path
    form: str
    article: Known


def articles() -> list[Known]:
    """The first article of the collection, five Italian and five English ones."""
    seed = (EVAL / "seed_article.txt").read_text(encoding="utf-8").replace("\n", "\n\n")
    texts: list[tuple[str, Language, str]] = [(SEED, "it", seed)]
    texts += [(name, "it", _squad(name, "it")) for name in ITALIAN] + [(name, "en", _squad(name, "en")) for name in ENGLISH]
    return [_known(name, language, text) for name, language, text in texts]


def _squad(name: str, language: Language) -> str:
    return (SQUAD4 / f"articles_{language}" / f"{name}.txt").read_text(encoding="utf-8")


def _known(name: str, language: Language, plain: str) -> Known:
    title = name.replace("-", " ").capitalize() + (" nelle carte d’archivio" if language == "it" else " in the archive’s papers")
    author, day = ("Lucia Bianchi", "12 marzo 2024") if language == "it" else ("Edward Marsh", "12 March 2024")
    paragraphs = [" ".join(part.split()) for part in plain.split("\n\n") if part.strip()]
    return Known(name, language, title, author, "2024-03-12", day, plain, _blocks(paragraphs, language))


def _blocks(paragraphs: list[str], language: Language) -> list[Block]:
    """Paragraphs with a heading before every fourth, a list after the second and a table after the third."""
    part, blocks = "Capitolo" if language == "it" else "Chapter", list[Block]()
    for number, paragraph in enumerate(paragraphs, 1):
        short = len(paragraph) < 60 and paragraph[-1] not in ".?!"
        if number % 4 == 0 and not short:
            first = " ".join(re.findall(r"[^\W\d_]+", paragraph)[:4])
            blocks.append(("heading", [[f"{part} {number // 4}: {first}"]]))
        blocks.append(("heading" if short else "paragraph", [[paragraph]]))
        if number == 2:
            blocks.append(_LISTS[language])
        if number == 3:
            blocks.append(_TABLES[language])
    return blocks


_LISTS: dict[Language, Block] = {
    "it": (
        "list",
        [["Le fonti scritte, conservate in due biblioteche"], ["Le testimonianze raccolte fra gli abitanti"], ["I rilievi sul terreno"]],
    ),
    "en": (
        "list",
        [["The written sources, kept in two libraries"], ["The accounts gathered from the inhabitants"], ["The surveys in the field"]],
    ),
}
_TABLES: dict[Language, Block] = {
    "it": ("table", [["Anno", "Visitatori", "Spesa"], ["2021", "14.200", "3,5 milioni"], ["2022", "18.950", "4,1 milioni"]]),
    "en": ("table", [["Year", "Visitors", "Expense"], ["2021", "14,200", "3.5 million"], ["2022", "18,950", "4.1 million"]]),
}


def documents() -> list[Made]:
    """Every article in every form; what is missing in build/extraction is made first."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return [_made(article, form) for article in articles() for form in FORMS]


def _made(article: Known, form: str) -> Made:
    path = FOLDER / f"{article.name}.{form}"
    if not path.exists():
        content = FORMS[form](article)
        path.write_bytes(content)
    return Made(path, form, article)


def _page(layout: str, encoding: str = "utf-8") -> Callable[[Known], bytes]:
    def page(article: Known) -> bytes:
        template = Template((LAYOUTS / f"{layout}.html").read_text(encoding="utf-8"))
        fields = {name: html.escape(getattr(article, name)) for name in ("title", "author", "language", "day")}
        text = template.substitute(fields, date=article.published, slug=article.name, body=_body(article, _INSERTED[layout]))
        return text.encode(encoding, "xmlcharrefreplace")

    return page


_INSERTED = {
    "newspaper": """<div class="related-box"><span>Leggi anche</span> 
<a href="/z">Il dossier completo con i documenti della settimana</a></div>
<div class="adv" aria-label="pubblicità"><span>Pubblicità</span></div>
<figure><img src="b.jpg" alt=""><figcaption>Il grafico elaborato dalla redazione su dati provvisori</figcaption></figure>""",
    "blog": """<div class="wp-caption"><img src="c.jpg" alt="">
<p class="wp-caption-text">A photograph from the collection of the author</p></div>""",
    "portal": "",
}
"""What stands in the middle of an article, after its sixth block."""


def _body(article: Known, inserted: str) -> str:
    parts = [_element(kind, rows) for kind, rows in article.blocks]
    return "\n".join([*parts[:6], inserted, *parts[6:]])


def _element(kind: str, rows: list[list[str]]) -> str:
    cells = [[html.escape(cell) for cell in row] for row in rows]
    if kind == "heading":
        return f"<h2>{cells[0][0]}</h2>"
    if kind == "list":
        return "<ul>" + "".join(f"<li>{row[0]}</li>" for row in cells) + "</ul>"
    if kind == "table":
        return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells) + "</table>"
    return f"<p>{cells[0][0]}</p>"


def _printed(style: str, paper: str = "A4") -> Callable[[Known], bytes]:
    """A PDF by WeasyPrint: justified and hyphenated, with running heads and page numbers."""

    def printed(article: Known) -> bytes:
        import weasyprint

        template = Template((LAYOUTS / "print.html").read_text(encoding="utf-8"))
        fields = {name: html.escape(getattr(article, name)) for name in ("title", "author", "language", "day")}
        page = template.substitute(fields, style=style, paper=paper, body=_body(article, ""))
        return bytes(weasyprint.HTML(string=page).write_pdf())

    return printed


def _office(to: str) -> Callable[[Known], bytes]:
    """The Word file as LibreOffice writes it anew, or as its PDF."""

    def converted(article: Known) -> bytes:
        with TemporaryDirectory() as folder:
            source = Path(folder, "in", f"{article.name}.docx")
            source.parent.mkdir()
            source.write_bytes(_word(article))
            subprocess.run(["soffice", "--headless", "--convert-to", to, "--outdir", folder, source], check=True, capture_output=True)
            return Path(folder, source.name).with_suffix(f".{to}").read_bytes()

    return converted


def _scanned(article: Known) -> bytes:
    """A PDF that holds pictures of pages."""
    from PIL import Image, ImageDraw

    pages = []
    for block in article.blocks[:2]:
        picture = Image.new("L", (1240, 1754), 255)
        ImageDraw.Draw(picture).multiline_text((90, 90), re.sub(r"(.{90}\S*) ", r"\1\n", block[1][0][0]), fill=0, font_size=24)
        pages.append(picture)
    output = io.BytesIO()
    pages[0].save(output, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return output.getvalue()


def _word(article: Known) -> bytes:
    """A Word file by python-docx, with a header and a page number in the footer."""
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = docx.Document()
    document.core_properties.title, document.core_properties.author = article.title, article.author
    section = document.sections[0]
    section.header.paragraphs[0].text = f"{article.author} – {article.title}"
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    section.footer.paragraphs[0]._p.append(field)
    document.add_heading(article.title, 0)
    for kind, rows in article.blocks:
        if kind == "heading":
            document.add_heading(rows[0][0], 1)
        elif kind == "table":
            table = document.add_table(0, len(rows[0]))
            for row in rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            for row in rows:
                document.add_paragraph(row[0], style="List Bullet" if kind == "list" else None)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _pandoc(to: str) -> Callable[[Known], bytes]:
    def converted(article: Known) -> bytes:
        page = f"<h1>{html.escape(article.title)}</h1>\n{_body(article, '')}"
        about = [f"--metadata={key}:{value}" for key, value in _about(article).items()]
        command = ["pandoc", "--from=html", f"--to={to}", *about, "--output=-"]
        return subprocess.run(command, input=page.encode(), check=True, capture_output=True).stdout

    return converted


def _about(article: Known) -> dict[str, str]:
    return {"title": article.title, "author": article.author, "date": article.published, "lang": article.language}


def _wrapped(encoding: str) -> Callable[[Known], bytes]:
    """A text file with lines of at most 72 characters."""

    def wrapped(article: Known) -> bytes:
        import textwrap

        text = "\n\n".join("\n".join(textwrap.fill(" | ".join(cells), 72) for cells in rows) for _, rows in article.blocks)
        return unicodedata.normalize("NFC", text).encode(encoding, "replace")

    return wrapped


FORMS: dict[str, Callable[[Known], bytes]] = {
    "newspaper.html": _page("newspaper"),
    "blog.html": _page("blog"),
    "portal.html": _page("portal", "cp1252"),
    "typed.pdf": _office("pdf"),
    "printed.pdf": _printed("one"),
    "columns.pdf": _printed("two"),
    "scanned.pdf": _scanned,
    "docx": _word,
    "pandoc.docx": _pandoc("docx"),
    "epub": _pandoc("epub3"),
    "md": _pandoc("gfm"),
    "latin-1.txt": _wrapped("latin-1"),
    "utf-16.txt": _wrapped("utf-16"),
}
SAMPLES: dict[str, Callable[[Known], bytes]] = {
    "portal.html": _page("portal", "cp1252"),
    "typed.pdf": _office("pdf"),
    "columns.pdf": _printed("two", paper="210mm 110mm"),
    "word.docx": _office("docx"),
    "pandoc.docx": _pandoc("docx"),
    "book.epub": _pandoc("epub3"),
    "latin-1.txt": _wrapped("latin-1"),
}


if __name__ == "__main__":  # the tests' documents, of the article of tests/data/normanni.txt, and the text that must come back of them
    data = ROOT / "tests" / "data"
    article = _known("normanni", "it", (data / "normanni.txt").read_text(encoding="utf-8"))
    (data / "documents").mkdir(exist_ok=True)
    for name, make in SAMPLES.items():
        (data / "documents" / name).write_bytes(make(article))
    (data / "documents" / "words.txt").write_text(article.text + "\n", encoding="utf-8")
