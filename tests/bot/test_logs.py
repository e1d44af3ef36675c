"""The log: one line an event, never with the token."""

import logging

import pytest

from bot.logs import REQUEST, LineFormatter

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")


def test_log_line_is_one_line_without_the_token() -> None:
    """Events are key=value pairs with the request's number; the token is blotted out of messages, arguments and tracebacks."""
    formatter = LineFormatter("42:SECRET")
    try:
        raise ValueError("http://host/bot42:SECRET/getMe")
    except ValueError as error:
        record = logging.LogRecord("bot", logging.ERROR, "x", 1, 'at "%s"\n', ("SECRET",), (type(error), error, error.__traceback__))
    record.created, record.msecs = 1.5, 500.0
    REQUEST.set(17)
    line = formatter.format(record)
    REQUEST.set(0)
    assert line.startswith(r'time=1970-01-01T00:00:01.500Z level=error logger=bot request=17 event="at \"TOKEN\"\n" traceback="Traceback ')
    assert line.endswith('ValueError: http://host/botTOKEN/getMe"')
    assert ("SECRET" in line, "\n" in line) == (False, False)
