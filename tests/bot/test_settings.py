"""The settings: defaults, refusals, and the example file."""

from pathlib import Path

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr

from bot.settings import Settings, SettingsError, load_settings, variable_names

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Each test starts in an empty folder without any setting."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("CHIEDI_") or name == "TELEGRAM_BOT_TOKEN"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults() -> None:
    """Without any variable the folders lie below data/ and there is no token."""
    settings = load_settings()
    assert (settings.token, settings.telegram_api, settings.model, settings.webhook_url, settings.webhook_secret) == (
        None,
        "https://api.telegram.org",
        None,
        None,
        None,
    )
    assert (settings.articles, settings.index, settings.state) == (Path("data/articles"), Path("data/index"), Path("data/state"))
    assert (settings.reranker, settings.caution) == (None, "normal")
    assert (settings.webhook_listen, settings.admins) == (("127.0.0.1", 8080), frozenset())


def test_example_file_names_every_setting_with_its_default(empty_environment: Path) -> None:
    """`.env.example` lists the settings in order, and copying it to .env changes nothing."""
    example = ROOT / ".env.example"
    assert list(dotenv_values(example)) == variable_names()
    defaults = load_settings()
    (empty_environment / ".env").write_text(example.read_text())
    assert load_settings() == defaults


def test_environment_wins_over_dotenv(empty_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.env` is read, foreign names in it are left alone, and the environment wins."""
    (empty_environment / ".env").write_text("CHIEDI_MODEL=from-file\nCHIEDI_ADMINS=1, 2\nOTHER=x\n")
    monkeypatch.setenv("CHIEDI_MODEL", "from-environment")
    settings = load_settings()
    assert (settings.model, settings.admins) == ("from-environment", frozenset({1, 2}))


def test_values_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses, ids and secrets arrive in the form the bot uses; secrets do not show."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "42:AA-b_c")
    monkeypatch.setenv("CHIEDI_TELEGRAM_API", "http://127.0.0.1:8081/")
    monkeypatch.setenv("CHIEDI_WEBHOOK_URL", "http://127.0.0.1:9000/hook")
    monkeypatch.setenv("CHIEDI_WEBHOOK_LISTEN", "[::1]:9000")
    settings = load_settings()
    assert settings.token == SecretStr("42:AA-b_c")
    assert "AA-b_c" not in repr(settings)
    assert (settings.telegram_api, settings.webhook_url, settings.webhook_listen) == (
        "http://127.0.0.1:8081",
        "http://127.0.0.1:9000/hook",
        ("::1", 9000),
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "CHIEDI_ADMINS",
            "@me",
            "CHIEDI_ADMINS='@me': takes numeric Telegram user ids separated by commas, like 1234567,7654321; @userinfobot tells yours",
        ),
        ("CHIEDI_TELEGRAM_API", "telegram", "CHIEDI_TELEGRAM_API='telegram': is not a web address; write it like https://example.org/path"),
        (
            "CHIEDI_TELEGRAM_API",
            "http://a:99999",
            "CHIEDI_TELEGRAM_API='http://a:99999': is not a web address; write it like https://example.org/path",
        ),
        ("CHIEDI_WEBHOOK_LISTEN", "8080", "CHIEDI_WEBHOOK_LISTEN='8080': is not HOST:PORT; write it like 127.0.0.1:8080"),
        (
            "CHIEDI_WEBHOOK_URL",
            "http://x.org",
            "CHIEDI_WEBHOOK_URL='http://x.org': Telegram calls https only; write the https address of your proxy",
        ),
        ("TELEGRAM_BOT_TOKEN", "s3cret", "TELEGRAM_BOT_TOKEN: does not look like 123456:ABC-DEF; copy it again from BotFather"),
        (
            "CHIEDI_WEBHOOK_SECRET",
            "a b",
            "CHIEDI_WEBHOOK_SECRET: Telegram takes 1 to 256 letters, digits, _ and -; make one with `openssl rand -hex 32`",
        ),
        ("CHIEDI_CAUTION", "brave", "CHIEDI_CAUTION='brave': Input should be 'low', 'normal' or 'high'"),
        ("CHIEDI_MODLE", "x", "CHIEDI_MODLE is not a setting of Chiedi: did you mean CHIEDI_MODEL?"),
        ("chiedi_model", "x", "chiedi_model is not a setting of Chiedi: did you mean CHIEDI_MODEL?"),
        ("CHIEDI_QQQQQQQQQQ", "", f"CHIEDI_QQQQQQQQQQ is not a setting of Chiedi: the names are {', '.join(variable_names())}"),
    ],
)
def test_bad_settings_stop_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    """A malformed value or an unknown name is one line with the value, the reason and the cure, and no secret."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value) == message


def test_unknown_name_in_dotenv_is_refused(empty_environment: Path) -> None:
    """A misspelt name in `.env` is refused like one in the environment."""
    (empty_environment / ".env").write_text("CHIEDI_STAT=x\n")
    with pytest.raises(SettingsError, match=r"^CHIEDI_STAT is not a setting of Chiedi: did you mean"):
        load_settings()


def test_empty_values_are_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable counts as not set."""
    monkeypatch.setenv("CHIEDI_STATE", "")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "")
    assert load_settings() == Settings()


def test_field_names_are_not_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the documented names are read: a variable called `model` or `index` belongs to someone else."""
    for name in ("model", "MODEL", "index", "token"):
        monkeypatch.setenv(name, "x")
    assert load_settings() == Settings()
