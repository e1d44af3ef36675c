"""A cross-encoder of the owner's choice orders the passages."""

from pathlib import Path

import pytest

from index.errors import ModelError
from index.models.reranker import Reranker
from index.types import Article, Hit, Passage


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real, tiny cross-encoder with random weights, saved as sentence-transformers saves them."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "lago", "uranio", "quanto", "produce"]
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    target = tmp_path_factory.mktemp("cross-encoder")
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(target)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=1
    )
    BertForSequenceClassification(config).save_pretrained(target)
    return target


def _hits() -> list[Hit]:
    article = Article("a", "A", None, None, "it", "uranio lago produce quanto")
    return [Hit(Passage(article, 0, 6), 3.0), Hit(Passage(article, 7, 11), 1.0), Hit(Passage(article, 12, 19), -2.0)]


@pytest.mark.model
def test_hits_follow_the_cross_encoder(folder: Path) -> None:
    """The order is that of the model's own scores; the values of the scores stay, best first."""
    reranker = Reranker(str(folder))
    hits = _hits()
    found = reranker.rerank("quanto uranio", hits)
    liked = reranker._model.predict([("quanto uranio", hit.passage.text) for hit in hits])
    expected = [hit.passage.text for _, hit in sorted(zip(liked, hits, strict=True), key=lambda pair: -pair[0])]
    assert [hit.passage.text for hit in found] == expected
    assert [hit.score for hit in found] == [3.0, 1.0, -2.0]


@pytest.mark.model
def test_nothing_found_stays_nothing(folder: Path) -> None:
    """No hits, no work."""
    assert Reranker(str(folder)).rerank("quanto", []) == []


def test_folder_without_a_model_is_one_line(tmp_path: Path) -> None:
    """A folder that holds no model is named with what is missing."""
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        Reranker(str(tmp_path))
