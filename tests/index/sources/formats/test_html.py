import json
from pathlib import Path

import pytest

from index.sources.errors import DocumentRefused
from index.sources.formats.html import parse
from index.sources.types import Document

DOCUMENTS = Path(__file__).parents[3] / "data" / "documents"
CASES = Path(__file__).parents[3] / "data" / "pages"
FIRST = "Il lago di Como, chiamato anche Lario, è profondo 410 metri ed è il più profondo d’Italia. Lo visitano molti turisti in estate."
SECOND = (
    "La pesca vi è praticata da secoli, e gli agoni essiccati sono il cibo più noto della sponda. Le ville sono aperte da marzo a ottobre."
)
THIRD = (
    "Il battello parte ogni ora dal molo grande e tocca sei paesi; chi sale con la bicicletta paga due euro in più, ma d’inverno il "
    "servizio si ferma alle diciotto, e chi abita sull’altra riva torna a casa con la corriera, che passa due volte la sera."
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


def test_text_in_nested_boxes_and_items_with_links() -> None:
    """A list whose items hold links, and bold lead-ins, are kept wherever boxes nest; so is the first paragraph."""
    found = parse((CASES / "nested.html").read_bytes(), None).text
    assert found.split("\n")[:5] == [
        "Il finanziamento copre le imprese attive da almeno 5 anni.",
        "",
        "Non possono chiederlo:",
        "",
        "- le imprese nate dopo il 2023. Queste hanno un altro bando, il Fondo Giovani.",
    ]
    assert "- le imprese già in difficoltà al 31.12.2025." in found


@pytest.mark.parametrize(
    ("page", "words"), [("lispan", "- il certificato antimafia"), ("nobr", "Il costo è di 740.000 euro, pagati dalla Cassa Depositi.")]
)
def test_marks_inside_items_and_paragraphs_lose_nothing(page: str, words: str) -> None:
    """Neither spans in list items nor words that may not be broken."""
    assert parse((CASES / f"{page}.html").read_bytes(), None).text.endswith(words)


def test_a_page_of_teasers_is_no_article() -> None:
    """It is refused in one line that names the first links."""
    with pytest.raises(DocumentRefused) as refused:
        parse((CASES / "index.html").read_bytes(), "https://gazzetta.example/ultime")
    assert str(refused.value) == (
        "the page lists 8 articles and is none itself: add those you want, such as https://gazzetta.example/a1, "
        "https://gazzetta.example/a2, https://gazzetta.example/a3, https://gazzetta.example/a4, https://gazzetta.example/a5"
    )


TEASERS = "".join(f"<div class=card><a href='/n{n}'><h3>Notizia {n}</h3></a><p>In breve la notizia {n}.</p></div>" for n in range(6))


def test_teasers_in_other_layouts() -> None:
    """Links around headings, and lists of linked headings."""
    listed = "<ul>" + "".join(f"<li><h2><a href='/n{n}'>Notizia numero {n} da Como</a></h2></li>" for n in range(6)) + "</ul>"
    for body in (TEASERS, f"<main><h1>Cronaca</h1>{listed}</main>"):
        with pytest.raises(DocumentRefused, match="lists 6 articles and is none itself"):
            parse(_page(body), "https://lario.example/")


def test_an_article_above_teasers_is_read() -> None:
    """The teasers below it do not make it a list of articles, nor do headings that lead to places on the page."""
    assert parse(_page(f"<article><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article><section>{TEASERS}</section>"), None).text == (
        f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    )
    parts = "".join(f"<h2><a href='/diretta#p{n}'>Ore {n}</a></h2><p>{FIRST}</p>" for n in range(9, 15))
    assert parse(_page(f"<article>{parts}</article>"), "https://lario.example/diretta").text.count("Lario") == 6


def test_an_aside_with_the_main_text_is_the_article() -> None:
    """As some templates have it."""
    assert parse(_page(f"<div><aside><h1>Il lago</h1><p>{FIRST}</p><p>{SECOND}</p></aside></div>"), None).text == f"{FIRST}\n\n{SECOND}"


def test_a_consent_box_around_the_article_takes_nothing_away() -> None:
    """The box named after consent stays where it holds the page's paragraphs; the notice inside it goes."""
    notice = "<div class='cookie-banner'><p>Usiamo i cookie.</p><button>Accetta</button></div>"
    assert parse(_page(f"<div class='consent-wrapper'>{notice}<div><p>{FIRST}</p><p>{SECOND}</p></div></div>"), None).text == (
        f"{FIRST}\n\n{SECOND}"
    )


def test_the_body_that_the_page_states_completes_a_shorter_text() -> None:
    """JSON-LD's articleBody, where it has what the page shows and more than a few words beside."""
    data = json.dumps({"@graph": [{"@type": "NewsArticle", "articleBody": f"{FIRST}\n{SECOND}\n{THIRD}"}]})
    stated = f'<script type="application/ld+json">{data}</script>'
    assert parse(_page(f"<article><p>{FIRST}</p></article>", stated), None).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    other = f'<script type="application/ld+json">{json.dumps({"articleBody": "Parole di tutt’altro articolo. " * 40})}</script>'
    assert parse(_page(f"<article><p>{FIRST}</p><p>{SECOND}</p></article>", other), None).text == f"{FIRST}\n\n{SECOND}"
