"""Whatever an article holds, the buttons under an answer are ones that Telegram takes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.inline import results_of
from bot.replies.keyboards import under_answer, under_page, under_start
from bot.replies.markup import Part, units
from bot.replies.paging import Page
from index.types import Answer, Article, Hit, Passage
from tests.bot.emulator.queries import _result
from tests.bot.emulator.rules.formatting import keyboard
from tests.bot.emulator.wire import Parameters

TOKEN = "a" * 12
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300).filter(lambda text: any(map(str.isalnum, text)))
ARTICLES = st.builds(
    Article, id=WORDS, title=WORDS, url=st.sampled_from([None, "https://x.org/a?b=1#c"]), published=st.sampled_from([None, "2025-01-01"]),
    language=st.sampled_from(["it", "en"]), text=WORDS, source=st.none() | WORDS,
)  # fmt: skip


def answer(article: Article, answered: bool, understood: str | None) -> Answer:
    """An answer, or a refusal, over the whole of the article."""
    whole, first = Passage(article, 0, len(article.text)), Passage(article, 0, 1)
    return Answer(
        "?",
        "it",
        "answer" if answered else "absent",
        quote=whole if answered else None,
        exact=first if answered else None,
        related=whole,
        confidence=0.9,
        hits=(Hit(first, 1.0),),
        understood=understood,
    )


def taken(markup: Any) -> list[Any]:
    """The rows of a keyboard, once the emulator, which refuses what Telegram refuses, has taken them."""
    kept = keyboard(Parameters({"reply_markup": markup.to_dict()}))
    return kept["inline_keyboard"] if kept else []


@given(ARTICLES, st.booleans(), st.none() | WORDS)
def test_any_answer_has_buttons(article: Article, answered: bool, understood: str | None) -> None:
    """Callback data, copied text and links keep Telegram's limits; a literal reading is offered only where there is another."""
    markup = under_answer(answer(article, answered, understood), TOKEN, "it", "chiedi_bot")
    rows = taken(markup)
    assert len(rows) == 2 + (understood is not None)
    assert all(units(key["copy_text"]["text"]) <= 256 for row in rows for key in row if "copy_text" in key)


@given(ARTICLES, st.booleans())
def test_any_answer_has_inline_results(article: Article, answered: bool) -> None:
    """Results have a title, an id of at most 64 bytes and a message that Telegram takes."""
    for result in results_of(answer(article, answered, None), "en", "chiedi_bot"):
        assert _result(result.to_dict())["message"]["text"]


@given(st.integers(1, 50), st.integers(1, 50), st.none() | st.just(f"more:{TOKEN}:0"))
def test_pages_lead_to_pages(number: int, count: int, back: str | None) -> None:
    """Backwards and forwards stand only where there is a page."""
    page = Page(Part("x", "x"), min(number, count), count)
    words = [key["text"] for row in taken(under_page(page, f"more:{TOKEN}", back)) for key in row]
    assert words == ["‹"] * (page.number > 1 or back is not None) + ["›"] * (page.number < count)


@given(st.lists(st.tuples(st.just(TOKEN), WORDS), max_size=3))
def test_start_has_a_row_for_each_question(offers: list[tuple[str, str]]) -> None:
    """Each offered question has its own row, above the languages."""
    assert len(taken(under_start(offers))) == len(offers) + 1
