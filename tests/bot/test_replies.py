"""The shape of a reply."""

from dataclasses import replace

from bot.replies import render, render_articles, render_plain
from index.types import Answer, Article, Hit, Language, Passage

TEXT = "Prima frase. Il Paese produce il 43% dell’uranio & <altro>.\nUltima."
ARTICLE = Article("a", "Visita in Kazakistan", "https://x.org/a?b=1&c=2", "2025-11-16", "it", TEXT, "ats/afp")
QUOTE = Passage(ARTICLE, 13, 59)
EXACT = Passage(ARTICLE, 33, 36)
WHOLE = Passage(ARTICLE, 0, len(TEXT))


def answer(
    quote: Passage | None = QUOTE, exact: Passage | None = EXACT, related: Passage | None = None, language: Language = "it"
) -> Answer:
    """An answer to a question over the small article."""
    return Answer("Quanto?", language, quote, exact, related, 0.9, (Hit(WHOLE, 1.0),))


def on(article: Article, passage: Passage = QUOTE) -> Passage:
    """The same stretch of another version of the article."""
    return Passage(article, passage.start, passage.end)


def test_answer_in_html() -> None:
    """Exact words, quotation with them in bold, linked source, and the passage around it folded; all text escaped."""
    (part,) = render(answer(), "it")
    assert part.html == (
        "43%\n\n«Il Paese produce il <b>43%</b> dell’uranio &amp; &lt;altro&gt;.»\n"
        '<a href="https://x.org/a?b=1&amp;c=2">Visita in Kazakistan</a> · ats/afp · 16 novembre 2025\n'
        "<blockquote expandable>Prima frase. Il Paese produce il 43% dell’uranio &amp; &lt;altro&gt;.\nUltima.</blockquote>"
    )


def test_answer_for_the_terminal() -> None:
    """The same content as plain text, the link spelled out; bold and faint only with colour."""
    assert render_plain(answer(), "it") == (
        "43%\n\n«Il Paese produce il 43% dell’uranio & <altro>.»\n"
        "Visita in Kazakistan (https://x.org/a?b=1&c=2) · ats/afp · 16 novembre 2025\n"
        "│ Prima frase. Il Paese produce il 43% dell’uranio & <altro>.\n│ Ultima."
    )
    assert "\x1b" not in render_plain(answer(), "it")
    assert "\x1b[1m43%\x1b[0m" in render_plain(answer(), "it", colour=True)


def test_article_in_the_other_language_is_marked() -> None:
    """English wording around an Italian quotation says that the article is in Italian, and the reverse."""
    assert render_plain(answer(language="en"), "en").startswith(
        "43%\n\nThe article is in Italian:\n«Il Paese produce il 43% dell’uranio & <altro>.»\n"
        "Visita in Kazakistan (https://x.org/a?b=1&c=2) · ats/afp · 16 November 2025\n"
    )
    english = replace(ARTICLE, language="en")
    shown = render_plain(answer(quote=on(english), exact=None), "it")
    assert shown.startswith("L’articolo è in inglese:\n«Il Paese")
    assert "Italian" not in render_plain(answer(quote=on(english), exact=None), "en")


def test_abstention_offers_the_related_sentence() -> None:
    """An abstention says so and shows the nearest sentence with its source as related only; without one it only says so."""
    (part,) = render(answer(None, None, QUOTE), "it")
    assert part.html == (
        "Gli articoli non lo dicono.\n\nLa cosa più vicina che ho trovato, ma non risponde:\n"
        "«Il Paese produce il 43% dell’uranio &amp; &lt;altro&gt;.»\n"
        '<a href="https://x.org/a?b=1&amp;c=2">Visita in Kazakistan</a> · ats/afp · 16 novembre 2025'
    )
    assert render_plain(answer(None, None, QUOTE), "en").startswith(
        "The articles do not say.\n\nRelated, but it does not answer:\nThe article is in Italian:\n«Il Paese"
    )
    assert render_plain(answer(None, None, None), "en") == "The articles do not say."


def test_source_shows_what_is_known() -> None:
    """Without address, source and date the source is the title alone; a partial date stays as written; odd addresses are no links."""
    bare = replace(ARTICLE, url=None, published=None, source=None)
    assert render(answer(quote=on(bare), exact=None), "it")[0].html.split("\n")[1] == "Visita in Kazakistan"
    partial = replace(ARTICLE, url="javascript:alert(1)", published="2025", source=None)
    assert render(answer(quote=on(partial), exact=None), "it")[0].html.split("\n")[1] == "Visita in Kazakistan · 2025"


def test_exact_words_stand_alone_only_when_they_are_less_than_the_quote() -> None:
    """When the whole quotation is the exact answer, it is not said twice."""
    assert render_plain(answer(exact=QUOTE), "it").startswith("«Il Paese")


def test_own_guillemets_of_the_article_stay() -> None:
    """A quotation that holds « » gets “ ” around it, and its words stay as they are."""
    article = Article("b", "T", None, None, "it", "Disse: «Sì».")
    assert render_plain(answer(quote=Passage(article, 0, 12), exact=None), "it") == "“Disse: «Sì».”\nT"


def test_long_reply_is_split_below_the_limit() -> None:
    """A very long quotation and passage come in several messages with balanced tags, each below 4,096 units."""
    text = "😀 parola <b>. " * 1000
    article = replace(ARTICLE, text=text)
    quote = Passage(article, 0, 6000)
    made = render(Answer("?", "it", quote, Passage(article, 2, 3000), None, 0.5, (Hit(Passage(article, 0, len(text)), 1.0),)), "it")
    assert len(made) > 4
    assert all(len(part.text.encode("utf-16-le")) // 2 <= 4095 for part in made)
    for tag in ("b", "blockquote", "a"):
        assert all(
            part.html.count(f"<{tag}") - part.html.count("<blockquote") * (tag == "b") == part.html.count(f"</{tag}>") for part in made
        )


def test_list_of_articles_is_newest_first_and_bounded() -> None:
    """Titles link to their addresses, the newest first and the undated last; beyond twenty only their number."""
    old, undated = replace(ARTICLE, title="Old", published="2020-01-02", url=None), replace(ARTICLE, title="None", published=None, url=None)
    (part,) = render_articles([undated, old, ARTICLE], "en")
    assert part.text == (
        "The articles I search (3):\n"
        "• Visita in Kazakistan · ats/afp · 16 November 2025\n• Old · ats/afp · 2 January 2020\n• None · ats/afp"
    )
    (many,) = render_articles([ARTICLE] * 23, "it")
    assert many.text.count("•") == 20
    assert many.text.endswith("\n… e altri 3.")
    assert render_articles([], "it")[0].text == "Per ora non c’è nessun articolo."
