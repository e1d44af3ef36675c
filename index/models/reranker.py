"""Orders passages anew with a cross-encoder of the owner's choice; without one this step does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.errors import ModelError
from index.models.preparation import model_folder
from index.types import Hit


class Reranker:
    """Any sentence-transformers CrossEncoder, by name or folder; it runs on PyTorch."""

    def __init__(self, name: str, announce: Callable[[str], None] = lambda line: None) -> None:
        folder = model_folder(name, announce, "config.json")
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(str(folder), local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ModelError(f"the reranker {name} cannot be opened ({reason}): name a sentence-transformers CrossEncoder") from error

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits in the cross-encoder's order.

        The scores keep their values and move to the new places, so that what they say of the whole list stays calibrated.
        """
        if not hits:
            return []
        liked = self._model.predict([(question, hit.passage.text) for hit in hits], show_progress_bar=False)
        order = sorted(range(len(hits)), key=lambda place: -float(liked[place]))
        scores = sorted((hit.score for hit in hits), reverse=True)
        return [Hit(hits[place].passage, score) for place, score in zip(order, scores, strict=True)]
