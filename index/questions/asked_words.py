"""The words of a question, as they are looked for in texts of either language."""

from __future__ import annotations

from index.texts.translations import translations
from index.texts.words import cognates, content_words, words
from index.types import Language


class Asked:
    """The words of a question in ``language``, to be looked for in one text after another."""

    def __init__(self, question: str, language: Language) -> None:
        found, stems = content_words(question), words(question, language)
        self.language, self._stems, self._beginnings = language, set(stems), {word[:5] for word in found}
        self._translated = {word: translations(stem, language) for word, stem in zip(found, stems, strict=True)}

    def share_in(self, text: str, written: Language) -> float:
        """The share, 0 to 1, of the question's words that a text in the language ``written`` holds.

        Across languages a translation counts as the word, and so does what begins like it.
        """
        stems = set(words(text, written))
        if written == self.language:
            return len(self._stems & stems) / max(1, len(self._stems))
        beginnings = set(cognates(text))
        held = [word[:5] in beginnings or not stems.isdisjoint(known) for word, known in self._translated.items()]
        return sum(held) / max(1, len(held))

    def echo_in(self, text: str) -> float:
        """The share, 0 to 1, of the text's words that begin like a word of the question, which says them and so does not ask for them."""
        said = cognates(text)
        return sum(beginning in self._beginnings for beginning in said) / len(said) if said else 1.0
