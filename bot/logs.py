"""Logging of the bot: one line of key=value pairs an event on standard error, with a request number, never with the token."""

from __future__ import annotations

import json
import logging
import time
from contextvars import ContextVar

REQUEST: ContextVar[int] = ContextVar("REQUEST", default=0)  # the update that is being answered


class LineFormatter(logging.Formatter):
    """Writes a record, traceback included, as one line of key=value pairs, and blots out a secret wherever it stands."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """The line without the secret, and without the part after the colon that is one by itself."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        pairs = {"time": f"{moment}.{record.msecs:03.0f}Z", "level": record.levelname.lower(), "logger": record.name}
        if request := REQUEST.get():
            pairs["request"] = str(request)
        pairs["event"] = _quoted(record.getMessage())
        if record.exc_info:
            pairs["traceback"] = _quoted(self.formatException(record.exc_info))
        line = " ".join(f"{key}={value}" for key, value in pairs.items())
        return line.replace(self._secret, "TOKEN").replace(self._secret.partition(":")[2] or self._secret, "TOKEN")


def configure(token: str) -> None:
    """Sends the bot's own events from INFO on to standard error, libraries' from WARNING on; every handler blots out the token."""
    logging.basicConfig(level=logging.WARNING)
    logging.captureWarnings(True)
    logging.getLogger("bot").setLevel(logging.INFO)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)  # it would log whole answers; what failed is logged by the caller
    for handler in logging.getLogger().handlers:
        handler.setFormatter(LineFormatter(token))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
