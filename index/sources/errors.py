"""Refusals that a person can act on: each message is one line naming the value, the reason and the cure."""

from index.errors import ChiediError


class DocumentRefused(ChiediError):
    """A file or a page holds no article that can be read, or cannot be opened safely."""


class FetchRefused(ChiediError):
    """An address must not or cannot be fetched."""


class PageGone(FetchRefused):
    """An address says that there is nothing any more (404 or 410)."""


class UnknownArticle(ChiediError):
    """The articles folder holds no article with this id, and no place with this address is followed."""


class LibraryBusy(ChiediError):
    """Another command is adding to the articles folder or bringing it up to date."""


class LibraryUnwritable(ChiediError):
    """The disk is full, or the articles folder cannot be written."""


def one_line(text: str, longest: int = 200) -> str:
    """Text from outside, fit for a refusal: on one line, without control and direction marks, cut after ``longest`` characters."""
    printable = "".join(character for character in " ".join(text[: 4 * longest].split()) if character.isprintable())
    return printable if len(printable) <= longest else f"{printable[:longest]}…"
