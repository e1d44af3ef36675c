"""Questions taken apart."""

from index.types import Language


def understand(question: str, previous: str, exact: str | None, language: Language) -> str | None:
    """The reading of a follow-up."""
    return None
