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
