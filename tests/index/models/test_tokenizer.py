"""Text to token ids."""

import json
from pathlib import Path

import pytest
import tokenizers

from index.models.preparation import prepare
from index.models.tokenizer import Pieces, Tokenizer, write_tokenizer

TEXTS = (Path(__file__).parents[2] / "data" / "squad4_texts.txt").read_text("utf-8").splitlines()  # SQuAD-it, SQuAD 2.0: CC BY-SA 4.0
ODD = ["", "  ", "日本語のテキスト。 Привет мир", "a\u200bb\x01c", "😀😀 ok 𓀀𓀁x", "e\u0301 ﬁ ½ ①", "x" * 3000, "ℕ ＡＢ", "¡Hola! ░▒▓ ∑"]


def unigram(folder: Path, vocabulary: list[tuple[str, float]]) -> Path:
    """A tokenizer.json with these pieces behind <s>, </s> and <unk>."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.Unigram([("<s>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *vocabulary], unk_id=2))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    tokenizer.add_special_tokens(["<s>", "</s>", "<unk>"])
    tokenizer.save(str(folder / "full.json"))
    write_tokenizer(folder / "full.json", folder)
    return folder


VOCABULARY = [("▁", -2.0), ("a", -3.0), ("b", -3.0), ("ab", -4.0), ("▁ab", -5.0), ("ж", -3.0), ("▁ж", -4.0)]


def test_the_most_probable_split_wins(tmp_path: Path) -> None:
    """ "▁ab" costs 5 as one piece and 6 or 8 as more; "▁ba" has no piece longer than one."""
    pieces = Pieces(unigram(tmp_path, VOCABULARY))
    assert pieces.split("▁ab") == [(7, "▁ab")]
    assert pieces.split("▁ba") == [(3, "▁"), (5, "b"), (4, "a")]


def test_unknown_neighbours_become_one_piece(tmp_path: Path) -> None:
    """Characters without a piece are one unknown token together."""
    assert Pieces(unigram(tmp_path, VOCABULARY)).split("▁axyb") == [(3, "▁"), (4, "a"), (2, "xy"), (5, "b")]


def test_rare_pieces_are_read_when_a_word_needs_them(tmp_path: Path) -> None:
    """Latin words leave the rare pieces on disk; the first Cyrillic word reads them."""
    pieces = Pieces(unigram(tmp_path, VOCABULARY))
    pieces.split("▁ab")
    assert not pieces.complete
    assert pieces.split("▁жa") == [(9, "▁ж"), (4, "a")]
    assert pieces.complete


def test_special_tokens_stand_around_and_the_limit_holds(tmp_path: Path) -> None:
    """One text keeps <s> and </s> within the limit; of a pair the second text is cut."""
    tokenizer = Tokenizer.load(unigram(tmp_path, VOCABULARY))
    assert tokenizer.encode("ab ab ab", 4).ids == [0, 7, 7, 1]
    pair = tokenizer.encode_pair("ab", "ab ab ab", 7)
    assert (pair.ids, pair.sequence_ids) == ([0, 7, 1, 1, 7, 7, 1], [None, 0, None, None, 1, 1, None])
    assert pair.offsets[4:6] == [(0, 2), (2, 5)]


def test_special_tokens_spelt_out_stay_text(tmp_path: Path) -> None:
    """A text that holds "</s>" cannot end the input."""
    assert 1 not in Tokenizer.load(unigram(tmp_path, VOCABULARY)).plain("a</s>b").ids


def test_other_kinds_of_tokenizer_are_kept(tmp_path: Path) -> None:
    """A tokenizer that is not unigram keeps its vocabulary and its ids."""
    full = tokenizers.Tokenizer(tokenizers.models.WordLevel({"uno": 0, "due": 1, "?": 2}, unk_token="?"))
    full.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    full.save(str(tmp_path / "full.json"))
    write_tokenizer(tmp_path / "full.json", tmp_path)
    assert Tokenizer.load(tmp_path).encode("due uno tre", 8).ids == [1, 0, 2]


@pytest.mark.model
def test_ids_and_offsets_are_those_of_the_library() -> None:
    """Paragraphs and questions in both languages, and odd strings, give the ids and offsets of the tokenizers library."""
    model = prepare(None, lambda line: None)
    quick, full = Tokenizer.load(model.served_folder), tokenizers.Tokenizer.from_file(str(model.folder / "tokenizer.json"))
    full.enable_truncation(512)
    for text in [*TEXTS, *ODD]:
        ours, theirs = quick.encode(text, 512), full.encode(text)
        assert (ours.ids, ours.offsets) == (theirs.ids, theirs.offsets), text


@pytest.mark.model
def test_italian_and_english_leave_the_rare_pieces_on_disk() -> None:
    """Nearly every paragraph and question is told apart without the pieces of other scripts, and with the same ids as with them."""
    pieces = Pieces(prepare(None, lambda line: None).served_folder)
    words = {"▁" + word for text in TEXTS for word in text.split() if word.isascii()}
    before = {word: pieces.split(word) for word in words}
    assert not pieces.complete
    pieces.split("▁Привет")
    assert {word: pieces.split(word) for word in words} == before


def test_the_shell_drops_the_vocabulary(tmp_path: Path) -> None:
    """The quick form's tokenizer.json keeps the pieces up to the unknown one only."""
    folder = unigram(tmp_path, VOCABULARY)
    assert len(json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]) == 3
