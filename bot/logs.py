"""Logging of the bot: one line an event on standard error, never with the token."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and blots out a secret wherever it stands."""

    def __init__(self, secret: str) -> None:
        super().__init__(FORMAT)
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """The line without the secret, and without the part after the colon that is one by itself."""
        line = super().format(record).replace(self._secret, "TOKEN")
        return line.replace(self._secret.partition(":")[2] or self._secret, "TOKEN")


def configure(token: str) -> None:
    """Sends the bot's own events from INFO on to standard error, libraries' from WARNING on; every handler blots out the token."""
    logging.basicConfig(level=logging.WARNING)
    logging.captureWarnings(True)
    logging.getLogger("bot").setLevel(logging.INFO)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)  # it would log whole answers; what failed is logged by the caller
    for handler in logging.getLogger().handlers:
        handler.setFormatter(RedactingFormatter(token))
