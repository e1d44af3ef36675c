"""Requests and answers of the Bot API: parameters however they were sent, errors as Telegram words them, the table of methods."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

Json = dict[str, Any]
Method = Callable[["Emulator", "Parameters"], Awaitable[Any]]
METHODS: dict[str, tuple[str, Method]] = {}
PREFIXES = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: ", 500: "Internal Server Error: "}


class ApiError(Exception):
    """An answer with "ok": false; `words` follow Telegram's prefix for the status."""

    def __init__(self, status: int, words: str, parameters: Json | None = None) -> None:
        self.status = status
        self.description = PREFIXES.get(status, "") + words
        self.parameters = parameters
        super().__init__(self.description)

    def body(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad(words: str) -> ApiError:
    """400 with Telegram's prefix."""
    return ApiError(400, words)


def flood(retry_after: int) -> ApiError:
    """429 as Telegram sends it."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def method(name: str) -> Callable[[Method], Method]:
    """Registers a handler under a Bot API name (which callers may write in any case)."""

    def register(handler: Method) -> Method:
        METHODS[name.lower()] = (name, handler)
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request."""

    name: str
    mime: str
    content: bytes


@dataclass(slots=True)
class Parameters:
    """Parameters of one call; the readers turn them to their types and refuse what Telegram refuses."""

    values: Json
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string, "" when missing; refuses what is not UTF-8 (lone surrogates)."""
        value = self.values.get(name, "")
        return _utf8(value if isinstance(value, str) else json.dumps(value))

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; the default when missing or unreadable, as Telegram's own server does."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def boolean(self, name: str) -> bool:
        value = self.values.get(name, False)
        return value if isinstance(value, bool) else str(value).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """A JSON value (None when missing), sent as JSON or as a string of JSON."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            value = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None
        _utf8(json.dumps(value, ensure_ascii=False))
        return value

    def object(self, name: str, what: str) -> Json:
        """A JSON object; {} when missing."""
        value = self.json(name, what)
        if value is not None and not isinstance(value, dict):
            raise bad(f"can't parse {what}: expected an Object")
        return value or {}

    def objects(self, name: str, what: str) -> list[Json] | None:
        """An array of JSON objects; None when missing."""
        value = self.json(name, what)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, dict) for item in value)):
            raise bad(f"can't parse {what}: expected an Array of Object")
        return value


def _utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    return text


async def read_parameters(request: web.Request) -> Parameters:
    """Query string and body: form, multipart or JSON."""
    parameters = Parameters(dict(request.query))
    if request.method != "POST" or not request.can_read_body:
        return parameters
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise bad("can't parse request: JSON object expected") from None
        if not isinstance(body, dict):
            raise bad("can't parse request: JSON object expected")
        parameters.values |= body
        return parameters
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            parameters.files[name] = Upload(value.filename, value.content_type, value.file.read())
        else:
            parameters.values[name] = value if isinstance(value, str) else bytes(value).decode()
    return parameters
