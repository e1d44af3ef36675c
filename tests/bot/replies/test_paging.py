"""Pages of passages and of articles."""

from dataclasses import replace

from bot.replies.paging import others, page_of_articles, page_of_others
from index.types import Answer, Article, Hit, Passage

ARTICLE = Article("a", "Titolo", "https://x.org/a", "2025-11-16", "it", "Zero. " * 20, "ats/afp")
LONG = replace(ARTICLE, id="b", text="parola " * 1000, url=None)


def answer(*passages: Passage) -> Answer:
    """An answer whose quote is the first sentence of the article."""
    return Answer("?", "it", "answer", quote=Passage(ARTICLE, 0, 5), confidence=0.9, hits=tuple(Hit(passage, 1.0) for passage in passages))


def test_others_are_distinct() -> None:
    """The passage around the quote, repetitions and overlapping passages are left out; the order stays."""
    around, second, third = Passage(ARTICLE, 0, 11), Passage(ARTICLE, 12, 30), Passage(ARTICLE, 40, 50)
    overlapping = Passage(ARTICLE, 25, 35)
    assert others(answer(around, third, second, third, overlapping)) == [third, second]
    assert others(replace(answer(second), quote=None)) == [second]
    assert others(replace(answer(around), quote=None, related=Passage(ARTICLE, 6, 11))) == []


def test_pages_of_passages() -> None:
    """Three passages a page, each folded under its source; numbers beyond the ends lead to the nearest page."""
    found = answer(*(Passage(ARTICLE, start, start + 5) for start in range(6, 48, 6)))
    first, third = page_of_others(found, "it", -5), page_of_others(found, "it", 99)
    assert first
    assert third
    assert (first.number, first.count, third.number) == (1, 3, 3)
    assert first.part.text == "Altri brani (1–3 di 7):" + "\n\nTitolo · ats/afp · 16 novembre 2025\nZero." * 3
    assert "https://x.org/a#:~:text=Zero." in first.part.html
    assert third.part.text == "Altri brani (7–7 di 7):\n\nTitolo · ats/afp · 16 novembre 2025\nZero."
    assert page_of_others(answer(), "it", 1) is None


def test_long_passages_share_no_page() -> None:
    """Passages that do not fit together come on pages of their own, none cut."""
    page = page_of_others(answer(Passage(LONG, 0, 3000), Passage(LONG, 3500, 6500)), "it", 1)
    assert page
    assert page.count == 2
    assert len(page.part.text) > 3000


def test_pages_of_articles() -> None:
    """Twenty a page; an article without an address links where the caller says, and long titles are shortened."""
    old, long = replace(ARTICLE, title="Old", published="2020-01-02", url=None), replace(ARTICLE, title="😀 parola " * 50, source="x" * 99)
    collection = [ARTICLE, old, *[long] * 41]
    first, last = (
        page_of_articles(
            lambda at, many: collection[at : at + many], 43, "en", number, lambda article: f"https://t.me/b?start={article.title}"
        )
        for number in (0, 99)
    )
    assert first
    assert first.part.text.startswith(
        "The articles I search (1–20 of 43):\n• Titolo · ats/afp · 16 November 2025\n• Old · ats/afp · 2 January 2020\n• 😀 parola"
    )
    assert (first.part.text.count("•"), first.number, first.count) == (20, 1, 3)
    assert '<a href="https://t.me/b?start=Old">Old</a>' in first.part.html
    assert '<a href="https://x.org/a">Titolo</a>' in first.part.html
    assert last
    assert (last.part.text.count("•"), last.part.text.splitlines()[0]) == (3, "The articles I search (41–43 of 43):")
    assert page_of_articles(lambda at, many: [], 0, "it", 1, lambda article: "") is None
