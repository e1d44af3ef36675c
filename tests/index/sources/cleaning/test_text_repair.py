import pytest

from index.sources.cleaning.bylines import introduced
from index.sources.cleaning.text_repair import Habits, bullet, clean, habits, joined
from index.sources.types import Document


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("di\ufb03cile \ufb02utto", "difficile flutto"),
        ("la\u00adgo di Co\u200bmo\ufeff", "lago di Como"),
        ("410\u00a0metri \t e\u2009oltre", "410 metri e oltre"),
        ("perche\u0301", "perché"),
        ("a \n b\r\n\r\n\r\n\n c\u2028d", "a\nb\n\nc\nd"),
        ("fine\x0c inizio\x00", "fine\x0c inizio"),
    ],
)
def test_characters(raw: str, text: str) -> None:
    """Ligatures, invisible marks, odd spaces, composed accents and line ends become what one types."""
    assert clean(raw) == text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["un lago pro-", "fondo"], "un lago profondo"),
        (["un lago pro\u2010", "fondo"], "un lago profondo"),
        (["la linea Milano-", "Lecco"], "la linea Milano-Lecco"),
        (["dal 1914-", "1918 in poi"], "dal 1914-1918 in poi"),
        (["dal 1914–", "1918 in poi"], "dal 1914–1918 in poi"),
        (["la Trinité-", "du-Mont"], "la Trinité-du-Mont"),
        (["un lago -", "dice"], "un lago - dice"),
        (["gli anni pre-", "e postbellici"], "gli anni pre- e postbellici"),
        (["un lago ", "", " profondo"], "un lago profondo"),
    ],
)
def test_lines(lines: list[str], text: str) -> None:
    """Words broken at line ends are joined; hyphens that belong to a word stay."""
    assert joined(lines) == text


def test_the_document_tells_which_hyphens_belong() -> None:
    """A word that stands elsewhere with its hyphen keeps it, unless it also stands elsewhere without."""
    lines = ["the co-operation of sea-", "water"]
    assert joined(lines) == "the co-operation of seawater"
    assert joined(lines, habits(["sea-water is salt"])) == "the co-operation of sea-water"
    assert joined(lines, habits(["sea-water or seawater"])) == "the co-operation of seawater"


def test_where_a_program_breaks_words_the_typed_hyphens_stay() -> None:
    """Its hyphens are other characters than the keyboard's."""
    assert habits(["un lago pro\u2010", "fondo"]).breaks == "\u2010\u00ad"
    assert joined(["i treni Como-", "lago"], Habits(breaks="\u2010\u00ad")) == "i treni Como-lago"


@pytest.mark.parametrize(
    ("line", "item"),
    [("• agoni", "agoni"), ("– agoni", "agoni"), ("- agoni", "agoni"), ("2) agoni", "2) agoni"), ("410 metri", None), ("-5 gradi", None)],
)
def test_items(line: str, item: str | None) -> None:
    """Bullets go, numbers stay."""
    assert bullet(line) == item


@pytest.mark.parametrize(
    ("lines", "author", "published", "kept"),
    [
        (["IL LAGO", "di Lucia Bianchi", "12 marzo 2024"], "Lucia Bianchi", "2024-03-12", []),
        (["## Il lago", "By Edward Marsh | Published on March 2nd, 2024"], "Edward Marsh", "2024-03-02", []),
        (["Lucia Bianchi · Il lago"], None, None, ["Lucia Bianchi · Il lago"]),
        (["Roma, 1º maggio 2024"], None, "2024-05-01", ["Roma, 1º maggio 2024"]),
        (["di notte", "31/02/2024"], None, None, ["di notte", "31/02/2024"]),
        (["L’articolo esce il 12 marzo 2024 in edicola"], None, None, ["L’articolo esce il 12 marzo 2024 in edicola"]),
    ],
)
def test_heads(lines: list[str], author: str | None, published: str | None, kept: list[str]) -> None:
    """Lines that only repeat the title or name author and day leave the text for the Document's fields; all others stay."""
    found = introduced(Document("\n\n".join([*lines, "Acqua."]), title="Il lago"))
    assert found == Document("\n\n".join([*kept, "Acqua."]), "Il lago", author, published)


def test_what_is_known_is_not_replaced() -> None:
    """The page's own metadata win over its first lines, which repeat them."""
    known = Document("Lucia Bianchi, 12 marzo 2024\n\nAcqua.", "Il lago", "Lucia Bianchi", "2024-03-11")
    assert introduced(known) == Document("Acqua.", "Il lago", "Lucia Bianchi", "2024-03-11")
