"""Telegram's HTML, exactly: what it allows, what it refuses and in which words, and where entities stand."""

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.emulator.rules.html import MarkupError, parse_html
from tests.bot.emulator.rules.text import checked_link, finish, utf16_length


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
        ("B", "bold"),
    ],
)
def test_every_plain_tag_becomes_its_entity(tag: str, kind: str) -> None:
    """Each allowed tag marks its words, counted in UTF-16 units behind an emoji, whatever its case."""
    assert parse_html(f"🏟 x<{tag}>43% 🏟</{tag}>.") == ("🏟 x43% 🏟.", [entity(kind, 4, 6)])


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        ("<span class=tg-spoiler >a</span >", "a", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
        ('<blockquote expandable="">a</blockquote>', "a", [entity("expandable_blockquote", 0, 1)]),
        ('<blockquote cite="x">a</blockquote>', "a", [entity("blockquote", 0, 1)]),
        ('<a href="https://e.org/?a=1&amp;b=2#:~:text=x">a</a>', "a", [entity("text_link", 0, 1, url="https://e.org/?a=1&b=2#:~:text=x")]),
        ("<a href='e.org'>a</a>", "a", [entity("text_link", 0, 1, url="http://e.org/")]),
        ("<a>e.org</a>", "e.org", [entity("text_link", 0, 5, url="http://e.org/")]),
        ("<a href='javascript:x'>a</a>", "a", []),
        ("<a href='tg://user?id=7'>a</a>", "a", [entity("text_mention", 0, 1, user={"id": 7, "is_bot": False, "first_name": ""})]),
        ('<pre><code class="language-py">a</code></pre>', "a", [entity("pre", 0, 1, language="py")]),
        ('<code class="language-py"><pre>a</pre></code>', "a", [entity("pre", 0, 1, language="py")]),
        ('<code class="language-py">a</code>', "a", [entity("code", 0, 1)]),
        ("<pre><code>a</code></pre>", "a", [entity("pre", 0, 1), entity("code", 0, 1)]),
        (
            '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
            "👍",
            [entity("custom_emoji", 0, 2, custom_emoji_id="5368324170671202286")],
        ),
        ("<i>a<b>b</b></i>", "ab", [entity("italic", 0, 2), entity("bold", 1, 1)]),
        ("<i><b>a</b></i>", "a", [entity("bold", 0, 1), entity("italic", 0, 1)]),
        ("<b></b>a", "a", []),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
        ("<b any thing=1 other='>'>a</b\n>", "a", [entity("bold", 0, 1)]),
        ("a > b", "a > b", []),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "', []),
        ("&lt&gt", "<>", []),
        ("&nbsp;&laquo;&apos;&LT;", "&nbsp;&laquo;&apos;&LT;", []),
        ("&#39;&#x27;&#8217;&#x1F3DF;", "''’🏟", []),
        ("&#0;&#;&#x;&#12345678;", "&#0;&#;&#x;&#12345678;", []),
        ("", "", []),
    ],
)
def test_markup_reads_as_on_telegram(markup: str, text: str, entities: list[dict[str, Any]]) -> None:
    """Attributes, links, languages and the few named entities come out as Telegram's own parser puts them."""
    assert parse_html(markup) == (text, entities)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("è<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<h1 x=y>a</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b =x>a</b>", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<b x =", 'Unclosed start tag "b" at byte offset 0'),
        ("<b x='a>", "Unclosed start tag at byte offset 0"),
        ("<b x=a,>", "Unexpected end of name token at byte offset 5"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<span class='big'>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", 'Nested tag "blockquote" at byte offset 13'),
        (
            "&#xD83C;&#xDFDF;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
        ),
    ],
)
def test_refusals_are_worded_as_telegram_words_them(markup: str, words: str) -> None:
    """Unsupported, unbalanced and malformed markup is refused, with byte offsets as Telegram counts them."""
    with pytest.raises(MarkupError) as refusal:
        parse_html(markup)
    assert str(refusal.value) == words


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_escaped_text_always_parses_back(text: str) -> None:
    """Whatever a person writes, html.escape brings it through Telegram's parser unchanged and without entities."""
    assert parse_html(html.escape(text)) == (text, [])


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.text("🏟aè", max_size=5))
def test_a_marked_stretch_is_counted_in_utf16(text: str, before: str) -> None:
    """Bold around any escaped text begins and ends where UTF-16 counting says."""
    marked = entity("bold", utf16_length(before), len(text.encode("utf-16-le")) // 2)
    assert parse_html(f"{before}<b>{html.escape(text)}</b>") == (before + text, [marked])


@given(st.text("<>/&;='\" abipre#x4"))
def test_any_markup_is_read_or_refused(markup: str) -> None:
    """Random tag soup either parses, with entities inside the text, or is refused; it never fails otherwise."""
    try:
        text, entities = parse_html(markup)
    except MarkupError:
        return
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= utf16_length(text) for e in entities)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b#c", "https://example.org/a?b#c"),
        ("HTTP://example.org", "http://example.org/"),
        ("example.org:8080/x", "http://example.org:8080/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("https://localhost/x", ""),
        ("ftp://example.org/", ""),
        ("example", ""),
        ("https://exa mple.org/", ""),
        ("https://example.org:port/", ""),
        ("", ""),
    ],
)
def test_links_are_checked(url: str, kept: str) -> None:
    """Only http, https and tg links to a host with a dot are links."""
    assert checked_link(url) == kept


def test_white_space_at_the_ends_goes_and_entities_move_with_the_text() -> None:
    """Leading and trailing blanks are cut, an entity that loses all its words goes, the others are shifted."""
    assert finish(" \n 43% \n", [entity("bold", 3, 3), entity("italic", 7, 1)]) == ("43%", [entity("bold", 0, 3)])


def test_invisible_direction_marks_and_controls_go() -> None:
    """Carriage returns and embedding marks vanish, other control characters become blanks, offsets follow."""
    assert finish("a\r\n\u202eb\x07c\td", [entity("bold", 4, 1)]) == ("a\nb c d", [entity("bold", 2, 1)])


def test_styles_stop_at_code() -> None:
    """Bold around code is split: code takes no other style on Telegram."""
    bold = [entity("bold", 0, 1), entity("code", 1, 1), entity("bold", 2, 1)]
    assert finish("abc", [entity("bold", 0, 3), entity("code", 1, 1)]) == ("abc", bold)


def test_commands_mentions_and_links_are_found() -> None:
    """Telegram marks commands, mentions, addresses and links by itself, with or without punctuation behind."""
    text = "🏟 /ask@chiedi_test_bot a @alice_w, a@b.it https://e.org/x."
    kinds = [entity("bot_command", 3, 20), entity("mention", 26, 8), entity("email", 36, 6), entity("url", 43, 15)]
    assert finish(text, []) == (text, kinds)


def test_at_most_a_hundred_entities_are_kept() -> None:
    """Entities beyond the hundredth are dropped in silence."""
    assert len(finish("a" * 200, [entity("bold", 2 * i, 1) for i in range(100)] + [entity("italic", 199, 1)])[1]) == 100
