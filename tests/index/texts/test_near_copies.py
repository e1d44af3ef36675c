"""Near copies are found, stand behind the best of them, and never hide what only they say."""

from pathlib import Path

from index.storage.build import build_index
from index.storage.generation import open_current
from index.texts.near_copies import copies_with, groups_of, resemblance, say_the_same, signature_of, without_repeats
from index.types import Article, Hit, Passage
from tests.conftest import FakeEmbedder

REPORT = (
    "La diga di Gordola sarà chiusa per tre mesi. I lavori cominciano a marzo e costano quattro milioni di franchi. "
    "Il Comune ha già avvertito gli abitanti della valle. Durante i lavori l’acqua del lago resterà molto bassa."
)
EDITED = REPORT.replace("già avvertito", "già informato") + " Lo scrive il Municipio in una nota di lunedì."
OTHER = (
    "Il festival del film apre mercoledì sera con una commedia francese. Sono attesi ottomila spettatori in piazza. "
    "I biglietti per le prime tre serate sono esauriti da settimane, e gli alberghi della città sono pieni."
)


def article(id: str, text: str, published: str | None = None) -> Article:
    """An Italian article of group "a", but for the festival's."""
    return Article(id, id.upper(), None, published, "it", text, group=None if text == OTHER else "a")


def hit(article: Article, score: float, words: str | None = None) -> Hit:
    """A hit on the whole article or on some words of it."""
    start = article.text.index(words) if words else 0
    return Hit(Passage(article, start, start + len(words or article.text)), score)


def test_near_copies_share_a_group_named_after_the_first() -> None:
    """Two copies, one with a word changed and a sentence more, are one group; another text of the length stands alone."""
    signatures = {id: signature_of(text) or b"" for id, text in (("c", REPORT), ("b", EDITED), ("a", OTHER))}
    assert groups_of(signatures) == {"b": "b", "c": "b"}
    assert groups_of({}) == groups_of({"a": signatures["a"]}) == {}


def test_signature_tells_the_share_of_word_triples() -> None:
    """Of 98 triples two texts share 68, which is estimated; case and typography do not count; short texts have no signature."""
    words = [f"w{number}" for number in range(100)]
    one, other = signature_of(" ".join(words[:85])), signature_of(" ".join(words[15:]))
    assert len(one or b"") == 4 * 128
    assert abs(resemblance(one, other) - 68 / 98) < 0.08
    assert (resemblance(one, one), resemblance(one, signature_of(OTHER)), resemblance(one, None)) == (1.0, 0.0, 0.0)
    assert signature_of(REPORT.upper().replace("’", "'")) == signature_of(REPORT)
    assert signature_of(" ".join(words[:21])) is None


def test_build_finds_copies_and_follows_changes(articles: Path, tmp_path: Path, embedder: FakeEmbedder) -> None:
    """Copies are grouped with the newest first; when one of two becomes another article, neither has a copy any more."""
    (articles / "old.md").write_text(f"---\npublished: 2024-05-01\n---\n{REPORT}\n", encoding="utf-8")
    (articles / "new.md").write_text(f"---\npublished: 2024-05-02\n---\n{EDITED}\n", encoding="utf-8")
    build_index(articles, tmp_path / "index", embedder)
    generation = open_current(tmp_path / "index")
    assert [found.id for found in generation.group("new")] == ["new", "old"]
    assert [found.group for found in generation.articles(["como", "old"])] == [None, "new"]
    (articles / "new.md").write_text(OTHER, encoding="utf-8")
    build_index(articles, tmp_path / "index", embedder)
    changed = open_current(tmp_path / "index")
    assert (generation.has_groups, changed.has_groups, changed.articles(["old"])[0].group) == (True, False, None)
    assert changed.signature("old") == generation.signature("old") == signature_of(REPORT)


def test_repeats_stand_behind_the_newest_copy() -> None:
    """The older copy goes and leaves its score; another article's hit stays, and the order is by score."""
    old, new, other = article("old", REPORT, "2024-05-01"), article("new", EDITED, "2024-05-02"), article("other", OTHER)
    assert without_repeats([hit(old, 3.0), hit(other, 2.0), hit(new, 1.0)]) == [hit(new, 3.0), hit(other, 2.0)]


def test_what_only_one_copy_says_stays() -> None:
    """An older copy with a sentence, a number or a name of its own is no repeat; of copies of a day the fullest is the best."""
    short, full = article("short", REPORT), article("full", EDITED)
    assert without_repeats([hit(short, 2.0), hit(full, 1.0)]) == [hit(full, 2.0)]
    dated = article("dated", REPORT, "2024-05-02")
    assert without_repeats([hit(full, 2.0), hit(dated, 1.0)]) == [hit(full, 2.0), hit(dated, 1.0)]
    for old, new in (("quattro", "4"), ("Gordola", "Verzasca")):
        changed = article("changed", REPORT.replace(old, new), "2024-05-02")
        assert len(without_repeats([hit(short, 2.0), hit(changed, 1.0)])) == 2


def test_sentences_say_the_same_but_for_small_words() -> None:
    """Three quarters of the words must be shared in their order, and every name and number."""
    assert say_the_same("Il Comune ha già avvertito tutti gli abitanti.", "Il Comune ha già avvertito gli abitanti.")
    assert not say_the_same("Il Comune ha avvertito.", "Il Comune tace.")
    assert not say_the_same("Costano 4 milioni di franchi l’anno.", "Costano 5 milioni di franchi l’anno.")


def test_copies_that_hold_the_quote_are_named() -> None:
    """Only other copies with the very words of the quote, in the order given."""
    quoted, edited, plain = article("a", REPORT), article("b", EDITED), article("c", REPORT.replace("’", "'"))
    group = [plain, edited, quoted, article("d", OTHER)]
    assert copies_with(Passage(quoted, 0, 44), group) == (plain, edited)
    warned = REPORT.index("Il Comune")
    assert copies_with(Passage(quoted, warned, warned + 52), group) == (plain,)
