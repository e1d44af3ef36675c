"""Addresses that open at a sentence or in the bot."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies.links import article_payload, to_bot, to_sentence

LONG = "Nel corso del vertice i due capi di Stato potrebbero discutere della costruzione della prima centrale nucleare in Kazakistan."


@pytest.mark.parametrize(
    ("url", "sentence", "expected"),
    [
        ("https://x.org/a", "Sì, l’80%.", "https://x.org/a#:~:text=S%C3%AC%2C%20l%E2%80%9980%25."),
        ("https://x.org/a?b=1#top", "A-B & C", "https://x.org/a?b=1#top:~:text=A%2DB%20%26%20C"),
        ("https://x.org/a#:~:text=old", "New one.", "https://x.org/a#:~:text=New%20one."),
        ("https://x.org/a", LONG, "https://x.org/a#:~:text=Nel%20corso%20del%20vertice%20i,prima%20centrale%20nucleare%20in%20Kazakistan."),
        ("https://x.org/a", "A title\nIt begins here and ends", "https://x.org/a#:~:text=A%20title,It%20begins%20here%20and%20ends"),
        ("https://x.org/a", "x" * 200, f"https://x.org/a#:~:text={'x' * 200}"),
    ],
)  # fmt: skip
def test_link_opens_at_the_sentence(url: str, sentence: str, expected: str) -> None:
    """A short sentence stands whole, of a long one its two ends; the page's own fragment stays, an older text fragment goes."""
    assert to_sentence(url, sentence) == expected


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_link_says_only_words_of_the_sentence(sentence: str) -> None:
    """Whatever the sentence, there are one or two directives, nothing in them is special, and they are words of it."""
    parts = to_sentence("https://x.org", sentence.encode("utf-8", "ignore").decode() or "x").partition(":~:text=")[2].split(",")
    assert len(parts) in (1, 2)
    assert not any(character in part for part in parts for character in "-&# ")
    assert all(word in sentence for part in parts for word in unquote(part).split(" ") if sentence.isascii())


def test_deep_links_keep_telegrams_alphabet() -> None:
    """An article's payload is 34 characters of those that Telegram takes, whatever its id."""
    assert to_bot("b_bot", article_payload("è/x y")) == "https://t.me/b_bot?start=d_" + article_payload("è/x y")[2:]
    assert len(article_payload("a")) == 34
