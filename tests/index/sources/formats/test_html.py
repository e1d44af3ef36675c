from pathlib import Path

import pytest

from index.sources.errors import DocumentRefused
from index.sources.formats.html import parse
from index.sources.types import Document

DOCUMENTS = Path(__file__).parents[3] / "data" / "documents"
FIRST = "Il lago di Como, chiamato anche Lario, è profondo 410 metri ed è il più profondo d’Italia. Lo visitano molti turisti in estate."
SECOND = (
    "La pesca vi è praticata da secoli, e gli agoni essiccati sono il cibo più noto della sponda. Le ville sono aperte da marzo a ottobre."
)
MENU = '<nav><ul><li><a href="/a">Politica</a></li><li><a href="/b">Economia</a></li><li><a href="/c">Sport</a></li></ul></nav>'
COOKIES = '<div class="cookie-banner"><p>Usiamo i cookie per migliorare la tua esperienza di navigazione sul nostro sito.</p></div>'


def _page(body: str, head: str = "", around: str = "") -> bytes:
    return f"<!doctype html><html lang='it'><head><meta charset='utf-8'>{head}</head><body>{MENU}{around}{body}</body></html>".encode()


def _text(body: str, around: str = "") -> str:
    return parse(_page(f"<article>{body}</article>", around=around), None).text


def test_only_the_article_is_read() -> None:
    """Menus, cookie notices, captions and the footer stay out."""
    figure = "<figure><img src='a.jpg'><figcaption>Il lago visto dal Brunate</figcaption></figure>"
    body = f"<article><h1>Il lago</h1><p>{FIRST}</p>{figure}<p>{SECOND}</p></article><footer>Tutti i diritti riservati</footer>"
    assert parse(_page(body, "<title>Il lago | La Provincia</title>", COOKIES), None).text == f"{FIRST}\n\n{SECOND}"


def test_what_the_page_tells() -> None:
    """Title, author, day, site and canonical address come from the page's metadata."""
    head = (
        '<title>Il lago - Lario Oggi</title><link rel="canonical" href="https://lario.example/lago">'
        '<meta property="og:site_name" content="Lario Oggi"><script type="application/ld+json">'
        '{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Il lago", "datePublished": "2024-03-12T08:00:00+01:00",'
        ' "author": {"@type": "Person", "name": "Lucia Bianchi"}}</script>'
    )
    found = parse(_page(f"<article><h1>Il lago</h1><p>{FIRST}</p><p>{SECOND}</p></article>", head), "https://lario.example/lago?utm=x")
    assert found == Document(
        f"{FIRST}\n\n{SECOND}", "Il lago", "Lucia Bianchi", "2024-03-12", None, "https://lario.example/lago", "Lario Oggi"
    )


def test_a_page_without_an_address_of_its_own_has_the_one_it_came_from() -> None:
    """Also where the canonical one is no web address."""
    page = _page(f"<p>{FIRST}</p>", '<link rel="canonical" href="file:///lago">')
    assert parse(page, "https://lario.example/lago").url == "https://lario.example/lago"
    assert parse(page, None).url is None


def test_headings_lists_and_tables() -> None:
    """They become lines that start with ##, lines that start with a dash, and cells with bars between them."""
    body = (
        f"<p>{FIRST}</p><h2><a href='#pesca'>La pesca</a></h2><p>{SECOND}</p><ul><li>agoni</li><li>lavarelli</li></ul>"
        "<table><tr><th>Anno</th><th>Visitatori</th></tr><tr><td>2021</td><td>14.200</td></tr></table>"
    )
    assert _text(body) == f"{FIRST}\n\n## La pesca\n\n{SECOND}\n\n- agoni\n- lavarelli\n\nAnno | Visitatori\n2021 | 14.200"


def test_marks_inside_a_paragraph_go() -> None:
    """Links and emphasis leave their words; soft hyphens, zero-width spaces and ligatures their letters."""
    body = f"<p>Il <b>la\u00adgo</b> di <a href='/como'>Co\u200bmo</a> è af\ufb01dato alla città.</p><p>{FIRST}</p><p>{SECOND}</p>"
    assert _text(body).startswith("Il lago di Como è affidato alla città.\n\n")


def test_a_page_laid_out_in_tables() -> None:
    """The cell with most of the words is the article."""
    page = (
        "<html><body><table><tr><td><a href='/'>Home</a><br><a href='/m'>Mappa del sito</a></td>"
        f"<td><p>{FIRST}</p><p>{SECOND}</p></td></tr><tr><td colspan=2>Note legali e crediti del sito</td></tr></table></body></html>"
    )
    assert parse(page.encode(), None).text == f"{FIRST}\n\n{SECOND}"


def test_a_table_of_data_with_paragraphs_in_its_cells() -> None:
    """As word processors write them; its rows stay rows, and the text around it stays."""
    rows = "<tr><td><p>Anno</p></td><td><p>Visitatori</p></td></tr><tr><td><p>2021</p></td><td><p>14.200</p></td></tr>"
    assert _text(f"<p>{FIRST}</p><table>{rows}</table><p>{SECOND}</p>") == f"{FIRST}\n\nAnno | Visitatori\n2021 | 14.200\n\n{SECOND}"


def test_what_is_nested_a_thousand_deep_is_read() -> None:
    """lxml would leave out without a word what stands below 255 elements."""
    body = "<div>" * 1000 + f"<p>{FIRST}</p><p>{SECOND}</p>" + "</div>" * 1000
    assert parse(_page(body), None).text == f"{FIRST}\n\n{SECOND}"


def test_the_title_of_the_page_decides_between_headings() -> None:
    """A heading of the menu that the page's own title does not name is not its title."""
    body = f"<div><h1>Scorciatoie</h1></div><main><h1>Il lago</h1><p>{FIRST}</p><p>{SECOND}</p></main>"
    assert parse(_page(body, "<title>Il lago - La guida</title>"), None).title == "Il lago"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_encodings(encoding: str) -> None:
    """Accents survive, whatever the page was saved in and whether it says so."""
    page = f"<html><head><title>x</title></head><body><p>{FIRST}</p><p>{SECOND}</p></body></html>"
    assert parse(page.encode(encoding), None).text == f"{FIRST}\n\n{SECOND}"


def test_a_short_page_is_read_whole() -> None:
    """Where too little stands for an article to be found, everything but menus and footers is it."""
    assert parse(_page("<p>Il lago è profondo 410 metri.</p>"), None).text == "Il lago è profondo 410 metri."


def test_a_notice_of_cookies_may_be_longer_than_the_article() -> None:
    """It is known by the button that agrees to it, and still no part of the article."""
    words = "Noi e i nostri partner usiamo i cookie per personalizzare gli annunci. " * 9
    notice = f"<div id='x'><p>{words}</p><p><button>Accetta tutto</button></p></div>"
    assert parse(_page(f"<main><h1>Il lago</h1><p>{FIRST}</p></main>", around=notice), None).text == FIRST


def test_an_article_on_cookies_is_read() -> None:
    """The word alone makes no notice, nor does a link that accepts something."""
    body = f"<p>{FIRST}</p><p>I cookie del sito: <a href='/altro'>accettati</a> da molti.</p><p>{SECOND}</p>"
    assert _text(body) == f"{FIRST}\n\nI cookie del sito: accettati da molti.\n\n{SECOND}"


def test_pages_without_words_are_refused() -> None:
    """Such as those that a script fills."""
    with pytest.raises(DocumentRefused, match="holds no text of an article"):
        parse(b"<html><body><div id='app'></div><script>start()</script></body></html>", None)


def test_a_saved_portal() -> None:
    """A page of a portal laid out in tables, with menus at both sides, gives the article's words and nothing else."""
    found = parse((DOCUMENTS / "portal.html").read_bytes(), None)
    lines = [line.removeprefix("- ") for line in found.text.split("\n")]
    assert lines == (DOCUMENTS / "words.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert (found.title, found.author, found.published) == ("Normanni nelle carte d’archivio", "Lucia Bianchi", "2024-03-12")
