"""Errors that a person can act on: each message is one line naming the value, the reason and the cure."""


class ChiediError(Exception):
    """Base of every error that is shown to people as one line, without a traceback."""


class ArticleError(ChiediError):
    """An article file cannot be read as text."""


class ModelError(ChiediError):
    """An embedding or reading model cannot be found, opened or trusted."""


class IndexMissing(ChiediError):
    """No generation has been built yet."""


class IndexRefused(ChiediError):
    """A generation is damaged or was made by another model or version."""


class IndexDamaged(IndexRefused):
    """A generation is not what was written: the one before it may still be whole."""


class BuildBusy(ChiediError):
    """Another build holds the index folder."""


class IndexUnwritable(ChiediError):
    """The disk is full, or the index folder cannot be written."""


class SchemaNewer(ChiediError):
    """A database was written by a newer version of Chiedi."""


class QuestionError(ChiediError):
    """A question set or a question cannot be used."""
