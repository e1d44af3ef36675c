"""The settings: read once from the environment and from ``.env`` in the working directory; nothing else reads the environment."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.bundled import INSTALLED
from index.errors import ChiediError
from index.types import Caution

TELEGRAM_API = "https://api.telegram.org"
_DOTENV = ".env"
_PREFIX = "CHIEDI_"
FOLDERS = platformdirs.user_data_path("chiedi", appauthor=False) if INSTALLED else Path("data")
"""Where articles, index and state are kept unless a setting says otherwise: the user's data folder, in a checkout ``data/``."""


class SettingsError(ChiediError):
    """A setting is unknown or malformed."""


def _token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token.get_secret_value()):
        raise ValueError("does not look like 123456:ABC-DEF; copy it again from BotFather")
    return token


def _http_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("is not a web address; write it like https://example.org/path")
    return url.rstrip("/")


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
        raise ValueError("Telegram takes 1 to 256 letters, digits, _ and -; make one with `openssl rand -hex 32`")
    return secret


def _listen(address: Any) -> Any:
    if not isinstance(address, str):
        return address
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("is not HOST:PORT; write it like 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def _admins(ids: Any) -> Any:
    if not isinstance(ids, str):
        return ids
    parts = ids.replace(",", " ").split()
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("takes numeric Telegram user ids separated by commas, like 1234567,7654321; @userinfobot tells yours")
    return frozenset(int(part) for part in parts)


def _places(hosts: Any) -> Any:
    if not isinstance(hosts, str):
        return hosts
    parts = hosts.replace(",", " ").lower().split()
    for part in parts:
        host, _, port = part.rpartition(":")
        if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("takes HOST:PORT separated by commas, like intranet.example.org:443,127.0.0.1:8000")
    return frozenset(parts)


def seconds(text: Any) -> Any:
    """The seconds in a length of time such as 90s, 15m, 6h or 1d, at least one minute. Raises ValueError."""
    if not isinstance(text, str):
        return text
    found = re.fullmatch(r"(\d{1,6})\s*([smhd])", text.strip().lower())
    length = int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]] if found else 0
    if length < 60:
        raise ValueError("is not a length of time of a minute or more; write it like 15m, 6h or 1d")
    return float(length)


Folder = Annotated[Path, AfterValidator(Path.expanduser)]


class Settings(BaseSettings):
    """Every setting with its default; an empty value counts as not set."""

    model_config = SettingsConfigDict(
        case_sensitive=True, env_file=_DOTENV, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN")
    telegram_api: Annotated[str, AfterValidator(_http_url)] = Field(default=TELEGRAM_API, validation_alias="CHIEDI_TELEGRAM_API")
    articles: Folder = Field(default=FOLDERS / "articles", validation_alias="CHIEDI_ARTICLES")
    index: Folder = Field(default=FOLDERS / "index", validation_alias="CHIEDI_INDEX")
    state: Folder = Field(default=FOLDERS / "state", validation_alias="CHIEDI_STATE")
    model: str | None = Field(default=None, validation_alias="CHIEDI_MODEL")
    reranker: str | None = Field(default=None, validation_alias="CHIEDI_RERANKER")
    caution: Caution = Field(default="normal", validation_alias="CHIEDI_CAUTION")
    webhook_url: Annotated[str, AfterValidator(_http_url)] | None = Field(default=None, validation_alias="CHIEDI_WEBHOOK_URL")
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = Field(
        default=None, validation_alias="CHIEDI_WEBHOOK_SECRET"
    )
    webhook_listen: Annotated[tuple[str, int], NoDecode, BeforeValidator(_listen)] = Field(
        default=("127.0.0.1", 8080), validation_alias="CHIEDI_WEBHOOK_LISTEN"
    )
    monitor_listen: Annotated[tuple[str, int] | None, NoDecode, BeforeValidator(_listen)] = Field(
        default=None, validation_alias="CHIEDI_MONITOR_LISTEN"
    )
    admins: Annotated[frozenset[int], NoDecode, BeforeValidator(_admins)] = Field(default=frozenset(), validation_alias="CHIEDI_ADMINS")

    private_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(_places)] = Field(
        default=frozenset(), validation_alias="CHIEDI_PRIVATE_HOSTS"
    )
    sync_every: Annotated[float | None, BeforeValidator(seconds)] = Field(default=None, validation_alias="CHIEDI_SYNC_EVERY")

    @model_validator(mode="after")
    def _public_webhook_is_https(self) -> Settings:
        """Telegram itself calls only https; an own Bot API server may call plain http."""
        if self.webhook_url and self.webhook_url.startswith("http:") and self.telegram_api == TELEGRAM_API:
            raise ValueError(f"CHIEDI_WEBHOOK_URL={self.webhook_url!r}: Telegram calls https only; write the https address of your proxy")
        return self


def variable_names() -> list[str]:
    """The names of all variables that are read, in the order of the settings."""
    return [str(field.validation_alias) for field in Settings.model_fields.values()]


def load_settings() -> Settings:
    """Reads the settings. Raises SettingsError, one line, for an unknown CHIEDI_ variable or a malformed value."""
    try:
        _refuse_unknown([*os.environ, *dotenv_values(_DOTENV, encoding="utf-8")])
        return Settings()
    except UnicodeDecodeError as error:
        raise SettingsError(f"{_DOTENV} is not UTF-8 text ({error.reason} at byte {error.start}): save it as UTF-8") from error
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None


def terminal_locale() -> str:
    """The locale that POSIX's variables name for messages, such as it_IT.UTF-8; it need not be installed; "" where none is named."""
    return next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")


def _refuse_unknown(names: list[str]) -> None:
    known = variable_names()
    for name in names:
        if name.upper().startswith(_PREFIX) and name not in known:
            close = get_close_matches(name.upper(), known, n=1)
            cure = f"did you mean {close[0]}?" if close else f"the names are {', '.join(known)}"
            raise SettingsError(f"{name} is not a setting of Chiedi: {cure}")


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    reason = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return reason
    value = first["input"]
    shown = "" if isinstance(value, SecretStr) or first["loc"][0] in ("TELEGRAM_BOT_TOKEN", "CHIEDI_WEBHOOK_SECRET") else f"={value!r}"
    return f"{first['loc'][0]}{shown}: {reason}"
