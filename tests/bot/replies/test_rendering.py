"""The shape of a reply."""

from dataclasses import replace

from bot.replies.markup import units
from bot.replies.messages import MESSAGES
from bot.replies.rendering import citation, render, render_article, render_plain, shortened
from index.types import Answer, Article, Fact, Hit, Language, Passage

TEXT = "Prima frase. Il Paese produce il 43% dell’uranio & <altro>.\nUltima."
ARTICLE = Article("a", "Visita in Kazakistan", "https://x.org/a?b=1&c=2", "2025-11-16", "it", TEXT, "ats/afp")
QUOTE = Passage(ARTICLE, 13, 59)
EXACT = Passage(ARTICLE, 33, 36)
WHOLE = Passage(ARTICLE, 0, len(TEXT))
FRAGMENT = "#:~:text=Il%20Paese%20produce%20il%2043%25%20dell%E2%80%99uranio%20%26%20%3Caltro%3E."


def answer(
    quote: Passage | None = QUOTE, exact: Passage | None = EXACT, related: Passage | None = None, language: Language = "it"
) -> Answer:
    """An answer to a question over the small article."""
    return Answer("Quanto?", language, "answer", quote=quote, exact=exact, related=related, confidence=0.9, hits=(Hit(WHOLE, 1.0),))


def on(article: Article, passage: Passage = QUOTE) -> Passage:
    """The same stretch of another version of the article."""
    return Passage(article, passage.start, passage.end)


def test_answer_in_html() -> None:
    """Exact words, quotation with them in bold, linked source, and the passage around it folded; all text escaped."""
    (part,) = render(answer(), "it")
    assert part.html == (
        "43%\n\n«Il Paese produce il <b>43%</b> dell’uranio &amp; &lt;altro&gt;.»\n"
        f'<a href="https://x.org/a?b=1&amp;c=2{FRAGMENT}">Visita in Kazakistan</a> · ats/afp · 16 novembre 2025\n'
        "<blockquote expandable>Prima frase. Il Paese produce il 43% dell’uranio &amp; &lt;altro&gt;.\nUltima.</blockquote>"
    )


def test_answer_for_the_terminal() -> None:
    """The same content as plain text, the link spelled out; bold and faint only with colour."""
    assert render_plain(answer(), "it") == (
        "43%\n\n«Il Paese produce il 43% dell’uranio & <altro>.»\n"
        f"Visita in Kazakistan (https://x.org/a?b=1&c=2{FRAGMENT}) · ats/afp · 16 novembre 2025\n"
        "│ Prima frase. Il Paese produce il 43% dell’uranio & <altro>.\n│ Ultima."
    )
    assert "\x1b" not in render_plain(answer(), "it")
    assert "\x1b[1m43%\x1b[0m" in render_plain(answer(), "it", colour=True)


def test_article_in_the_other_language_is_marked() -> None:
    """English wording around an Italian quotation says that the article is in Italian, and the reverse."""
    assert render_plain(answer(language="en"), "en").startswith(
        "43%\n\nThe article is in Italian:\n«Il Paese produce il 43% dell’uranio & <altro>.»\n"
        f"Visita in Kazakistan (https://x.org/a?b=1&c=2{FRAGMENT}) · ats/afp · 16 November 2025\n"
    )
    english = replace(ARTICLE, language="en")
    shown = render_plain(answer(quote=on(english), exact=None), "it")
    assert shown.startswith("L’articolo è in inglese:\n«Il Paese")
    assert "Italian" not in render_plain(answer(quote=on(english), exact=None), "en")


def test_abstention_offers_the_related_sentence() -> None:
    """An abstention says so and shows the nearest sentence with its source as related only; without one it only says so."""
    (part,) = render(answer(None, None, QUOTE), "it")
    assert part.html == (
        "Gli articoli non lo dicono.\n\nForse ti interessa:\n"
        "«Il Paese produce il 43% dell’uranio &amp; &lt;altro&gt;.»\n"
        f'<a href="https://x.org/a?b=1&amp;c=2{FRAGMENT}">Visita in Kazakistan</a> · ats/afp · 16 novembre 2025'
    )
    assert render_plain(answer(None, None, QUOTE), "en").startswith(
        "The articles do not say.\n\nYou may find this of interest:\nThe article is in Italian:\n«Il Paese"
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
    made = render(
        Answer(
            "?",
            "it",
            "unsure",
            quote=quote,
            exact=Passage(article, 2, 3000),
            confidence=0.5,
            hits=(Hit(Passage(article, 0, len(text)), 1.0),),
        ),
        "it",
    )
    assert len(made) > 4
    assert all(len(part.text.encode("utf-16-le")) // 2 <= 4095 for part in made)
    for tag in ("b", "blockquote", "a"):
        assert all(
            part.html.count(f"<{tag}") - part.html.count("<blockquote") * (tag == "b") == part.html.count(f"</{tag}>") for part in made
        )


def test_doubt_is_put_into_words() -> None:
    """Where the answer is unsure a sentence of doubt stands above the quotation, and no exact words do; never a number."""
    said = "Non ne sono certo, ma forse risponde questa frase:\n«Il Paese produce il 43%"
    assert render_plain(replace(answer(), verdict="unsure"), "it").startswith(said)
    said = "I am not certain, but this sentence may answer:\nThe article is in Italian:\n«"
    assert render_plain(replace(answer(exact=None, language="en"), verdict="unsure"), "en").startswith(said)
    assert render_plain(answer(), "it").startswith("43%")


def test_reading_of_a_follow_up_comes_first() -> None:
    """The question that was understood stands before the answer, and before a refusal."""
    assert render_plain(replace(answer(), understood="Quanto oro?"), "it").startswith("Ho capito: «Quanto oro?»\n\n43%\n\n«Il")
    assert render_plain(replace(answer(None, None), understood="How much?"), "en").startswith("I understood: “How much?”\n\nThe articles")


def test_small_talk_is_returned() -> None:
    """A greeting is greeted; nothing of articles is shown."""
    greeting = Answer("Ciao", "it", small_talk="greeting")
    assert render_plain(greeting, "it") == MESSAGES["it"].small_talk["greeting"]


def test_cut_question_is_told() -> None:
    """The last words tell that only so many characters of the question were read."""
    assert render(answer(), "it", cut_at=1000)[-1].text.endswith("\n\nLa tua domanda è lunga: ne ho letto i primi 1000 caratteri.")


def test_citation_fits_a_copy_button() -> None:
    """The quotation with its source; what is too long is shortened to 256 units with the source kept, however long or odd both are."""
    assert citation(QUOTE, "it") == "«Il Paese produce il 43% dell’uranio & <altro>.»\nVisita in Kazakistan · ats/afp · 16 novembre 2025"
    long = replace(ARTICLE, text="parola " * 100, title="T")
    made = citation(Passage(long, 0, 699), "it")
    assert made.startswith("«parola parola")
    assert made.endswith("parola…»\nT · ats/afp · 16 novembre 2025")
    assert 240 < units(made) <= 256
    odd = replace(ARTICLE, text="😀" * 600, title="😀\u0000<b>" * 200, source="x" * 500)
    assert units(citation(Passage(odd, 0, 600), "en")) <= 256


def test_shortening_keeps_whole_words() -> None:
    """What fits stays; the rest is cut after a word and marked."""
    assert [shortened("uno due tre", 11), shortened("uno due tre", 10), shortened("😀😀😀", 4)] == ["uno due tre", "uno due…", "😀…"]


def test_whole_article() -> None:
    """An article opens with its source and folds its text."""
    (part,) = render_article(ARTICLE, "en")
    assert part.html.startswith('<a href="https://x.org/a?b=1&amp;c=2">Visita in Kazakistan</a> · ats/afp · 16 November 2025\n<blockquote')


PAGED = Article(
    "p",
    "Rapporto",
    "https://x.org/r.pdf#top",
    None,
    "it",
    "Inizio.\n\n## Quanto costa\n\nLa diga costa\fmolto. È cara.",
    "Comune",
    "A. Rossi",
)


def test_page_and_section_are_cited() -> None:
    """A quotation that goes over a page begins on its first; its link opens a PDF there, and no mark of the file is shown."""
    start = PAGED.text.index("È cara")
    said = Answer(
        "?", "it", "answer", quote=Passage(PAGED, start, start + 7), confidence=0.9, hits=(Hit(Passage(PAGED, 0, len(PAGED.text)), 1.0),)
    )
    assert render_plain(said, "it") == (
        "«È cara.»\nRapporto (https://x.org/r.pdf#page=2) · Comune · p. 2 · sezione «Quanto costa»\n"
        "│ Inizio.\n│ \n│ Quanto costa\n│ \n│ La diga costa molto. È cara."
    )
    costs = PAGED.text.index("La diga")
    over = Passage(PAGED, costs, costs + 20)
    assert render_plain(Answer("?", "it", "answer", quote=over, exact=Passage(PAGED, costs + 8, costs + 19), confidence=0.9), "en") == (
        "costa molto\n\nThe article is in Italian:\n«La diga costa molto.»\n"
        "Rapporto (https://x.org/r.pdf#page=1) · Comune · p. 1 · section “Quanto costa”"
    )
    assert citation(over, "it") == "«La diga costa molto.»\nRapporto · Comune · p. 1 · sezione «Quanto costa»"


def test_pdf_of_one_page_opens_as_it_is() -> None:
    """Words cannot be looked for in a PDF."""
    single = replace(ARTICLE, url="https://x.org/a.PDF")
    assert "(https://x.org/a.PDF)" in render_plain(answer(quote=on(single), exact=None), "it")


def test_near_copies_are_named_below_the_source() -> None:
    """Each other copy with publisher and day, linked to its own page."""
    copies = (replace(ARTICLE, id="b", title="Putin ad Astana", source="tio"), replace(ARTICLE, id="c", url=None, published=None))
    assert render_plain(replace(answer(exact=None), also=copies, hits=()), "it").split("\n")[2] == (
        "Anche in: Putin ad Astana (https://x.org/a?b=1&c=2) · tio · 16 novembre 2025; Visita in Kazakistan · ats/afp"
    )


def test_fact_of_an_article() -> None:
    """What was asked for with its name, the day in words, then the line of the article that says it or else the article."""
    day = Answer("?", "it", "answer", confidence=1.0, fact=Fact(ARTICLE, "published"))
    assert render_plain(day, "en").startswith("Published: 16 November 2025\n\nVisita in Kazakistan (https://x.org/a?b=1&c=2) · ats/afp")
    author = Answer("?", "it", "answer", quote=Passage(PAGED, 0, 7), confidence=1.0, fact=Fact(PAGED, "author"))
    assert render_plain(author, "it") == "Autore: A. Rossi\n\n«Inizio.»\nRapporto (https://x.org/r.pdf#page=1) · Comune · p. 1"


def test_summary_quotes_under_the_title() -> None:
    """The source comes first, then every sentence as a quotation, with its page where the article has pages."""
    quotes = tuple(Passage(PAGED, PAGED.text.index(first), PAGED.text.index(first) + 7) for first in ("Inizio.", "È cara."))
    shown = "Rapporto (https://x.org/r.pdf#top) · Comune\n\n«Inizio.» (p. 1)\n\n«È cara.» (p. 2)"
    assert render_plain(Answer("Riassumi", "it", "answer", confidence=1.0, summary=quotes), "it") == shown
    (part,) = render(Answer("Summarise", "en", "answer", confidence=1.0, summary=(QUOTE,)), "en")
    assert part.html.endswith("2025\nThe article is in Italian:\n\n«Il Paese produce il 43% dell’uranio &amp; &lt;altro&gt;.»")


def test_articles_to_choose_from() -> None:
    """The question which one is meant, and a line for each."""
    choice = Answer("Riassumi", "it", choice=(replace(PAGED, url=None), ARTICLE))
    assert render_plain(choice, "it") == (
        f"{MESSAGES['it'].which}\n• Rapporto · Comune\n• Visita in Kazakistan (https://x.org/a?b=1&c=2) · ats/afp · 16 novembre 2025"
    )
