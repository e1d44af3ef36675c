"""Styled text: HTML, terminal text, and splitting."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from bot.replies.markup import Run, clean, parts, split, to_html, to_text, units

RUNS = st.lists(st.builds(Run, text=st.text(max_size=40), bold=st.booleans(), folded=st.booleans()), max_size=6)


def squeezed(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def test_html_escapes_text_and_addresses() -> None:
    """Text keeps its characters as entities, an address its quotation marks, and neighbours share one blockquote."""
    runs = [Run("a<b>&"), Run("x", bold=True), Run("t", url='http://h/?a=1&b="'), Run("q<", folded=True), Run("r", bold=True, folded=True)]
    assert to_html(runs) == (
        'a&lt;b&gt;&amp;<b>x</b><a href="http://h/?a=1&amp;b=&quot;">t</a><blockquote expandable>q&lt;<b>r</b></blockquote>'
    )


def test_terminal_text_is_plain_or_coloured() -> None:
    """Without colour there are no escape codes; links are spelled out and folded lines stand behind a bar."""
    runs = [Run("x", bold=True), Run("t", url="http://h"), Run("\n"), Run("a\nb", folded=True)]
    assert to_text(runs) == "xt (http://h)\n│ a\n│ b"
    assert to_text(runs, colour=True) == "\x1b[1mx\x1b[0m\x1b[2mt (http://h)\x1b[0m\n\x1b[2m│ a\n│ b\x1b[0m"


def test_control_characters_and_surrogates_are_left_out() -> None:
    """Escape sequences, NUL and lone surrogates go; line ends, tabs, emoji and joiners stay."""
    assert clean("a\x1b[31m\x00\ud800b\n\t👩‍🚀\x9b") == "a[31mb\n\t👩‍🚀"


def test_split_prefers_paragraphs_then_sentences_then_words() -> None:
    """A long text is cut at the best place in the second half of what fits."""
    assert split([Run("aaaaaa\nbb. cc dd")], 12) == [[Run("aaaaaa")], [Run("bb. cc dd")]]
    assert split([Run("aaaa bb. cc dd")], 12) == [[Run("aaaa bb.")], [Run("cc dd")]]
    assert split([Run("aaaa bbb cc dd")], 12) == [[Run("aaaa bbb cc")], [Run("dd")]]
    assert split([Run("x" * 25)], 12) == [[Run("x" * 12)], [Run("x" * 12)], [Run("x")]]


def test_split_keeps_styles_and_moves_a_word_that_does_not_fit() -> None:
    """Each continuation has its own tags, and a run without a good place to cut moves to the next part."""
    assert [part.html for part in parts([Run("aaaa "), Run("bbbbb ccccc", bold=True)], 8)] == ["aaaa", "<b>bbbbb</b>", "<b>ccccc</b>"]
    assert [part.html for part in parts([Run("abcd efgh ijkl", folded=True)], 10)] == [
        "<blockquote expandable>abcd efgh</blockquote>",
        "<blockquote expandable>ijkl</blockquote>",
    ]


def test_split_never_halves_a_character() -> None:
    """An emoji counts two units and is never cut in two."""
    assert units("a😀") == 3
    assert [part.text for part in parts([Run("😀😀😀")], 3)] == ["😀", "😀", "😀"]


@given(RUNS, st.integers(2, 30))
def test_split_fits_and_loses_only_white_space(runs: list[Run], limit: int) -> None:
    """Every part fits, none is blank, HTML and plain text agree, and together they hold the text but for white space."""
    made = parts(runs, limit)
    assert all(0 < units(part.text) <= limit and part.text == part.text.strip() for part in made)
    assert all(unescape(re.sub(r"</?b>|</?blockquote[^>]*>", "", part.html)) == part.text for part in made)
    assert squeezed("".join(part.text for part in made)) == squeezed(clean("".join(run.text for run in runs)))
