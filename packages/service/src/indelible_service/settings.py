"""Every setting there is, read from the environment and from `.env`, all faults at once."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from attrs import field, fields, frozen
from dotenv import dotenv_values

from indelible.kernel import Invalid


@frozen
class SettingsWrong(Invalid):
    """Some settings are wrong, and nothing was started."""

    code: ClassVar[str] = "SETTINGS_WRONG"
    message: ClassVar[str] = "Some settings are wrong and nothing was started: {problems}."
    problems: tuple[str, ...]


@frozen
class Form:
    """How a setting is written, in words and as a pattern; what the text means, and which values hold."""

    wanted: str
    pattern: str
    read: Callable[[str], Any] = str
    holds: Callable[[Any], bool] = bool

    def value(self, text: str) -> object:
        """What the text means, or ValueError."""
        if re.fullmatch(self.pattern, text) and self.holds(value := self.read(text)):
            return value
        raise ValueError(self.wanted)


def _whole(least: int, most: int) -> Form:
    return Form(
        f"a whole number from {least} to {most}",
        "[0-9]{1,19}",
        int,
        range(least, most + 1).__contains__,
    )


def _several(wanted: str, pattern: str) -> Form:
    return Form(
        wanted, rf"{pattern}(\s*,\s*{pattern})*", lambda text: tuple(re.split(r"\s*,\s*", text))
    )


def _has_a_port_or_none(text: str) -> bool:
    return urlsplit(text).port != 0  # it raises ValueError where that is no number


HOST: Final = r"[^\s/?#@,]+"
DATABASE: Final = Form(
    "an address that begins with sqlite:/// or postgresql://",
    r"(sqlite:///|postgresql(\+psycopg)?://).*",
    holds=_has_a_port_or_none,
)
SWITCH: Final = Form(
    "on or off", "(?i:on|off)", lambda text: text.lower() == "on", holds=lambda _: True
)
LOG_LEVEL: Final = Form(
    "one of DEBUG, INFO, WARNING, ERROR, CRITICAL",
    "(?i:DEBUG|INFO|WARNING|ERROR|CRITICAL)",
    str.upper,
)
EMBEDDER: Final = Form("one of auto, wordllama, none", "(?i:auto|wordllama|none)", str.lower)
REDIS: Final = Form(
    "an address that begins with redis:// or rediss://", r"rediss?://.+", holds=_has_a_port_or_none
)
ORIGINS: Final = _several(
    "origins such as https://example.org, commas between, never *", r"https?://[^\s/?#*@,]+"
)


def _masked(value: str | bytes) -> str:
    return "***" if value else "''"


def _setting(variable: str, default: object, form: Form, *, is_secret: bool = False) -> Any:  # noqa: ANN401 - its field says
    return field(
        default=default,
        repr=_masked if is_secret else True,
        metadata={"variable": variable, "form": form},
    )


@frozen(kw_only=True)
class Settings:
    """What a process is told; no name of an environment is among it."""

    database_url: str = _setting("DATABASE_URL", "", DATABASE, is_secret=True)
    owner_url: str = _setting("INDELIBLE_OWNER_URL", "", DATABASE, is_secret=True)
    schema: str = _setting(
        "INDELIBLE_SCHEMA",
        "indelible",
        Form("a name of small letters, digits and _", "[a-z_][a-z0-9_]{0,62}"),
    )
    pool_size: int = _setting("DB_POOL_SIZE", 5, _whole(1, 200))
    max_overflow: int = _setting("DB_MAX_OVERFLOW", 10, _whole(0, 200))
    prepare: bool = _setting("INDELIBLE_PREPARE", default=True, form=SWITCH)
    base_url: str = _setting(
        "API_BASE_URL",
        "",
        Form("an address such as https://example.org", r"https?://[^\s?#*@,]+[^\s?#*@,/]"),
    )
    cors_origins: tuple[str, ...] = _setting("CORS_ORIGINS", (), ORIGINS)
    host: str = _setting("INDELIBLE_HOST", "127.0.0.1", Form("a host name or an IP address", HOST))
    port: int = _setting("INDELIBLE_PORT", 8_000, _whole(0, 65_535))
    secret: bytes = _setting(
        "INDELIBLE_SECRET",
        b"",
        Form("at least 32 characters", ".{32,}", str.encode),
        is_secret=True,
    )
    data_dir: Path = _setting(
        "INDELIBLE_DATA_DIR", Path("indelible-data"), Form("a directory", ".+", Path)
    )  # noqa: RUF009 - it is frozen
    embedder: str = _setting("INDELIBLE_EMBEDDER", "auto", EMBEDDER)
    four_eyes: bool = _setting("INDELIBLE_FOUR_EYES", default=False, form=SWITCH)
    log_level: str = _setting("INDELIBLE_LOG_LEVEL", "INFO", LOG_LEVEL)
    requests_per_minute: int = _setting("INDELIBLE_REQUESTS_PER_MINUTE", 600, _whole(1, 10_000_000))
    most_streams: int = _setting("INDELIBLE_MOST_STREAMS", 32, _whole(0, 1_000))
    proxy_hops: int = _setting("INDELIBLE_PROXY_HOPS", 0, _whole(0, 10))
    trusted_hosts: tuple[str, ...] = _setting(
        "INDELIBLE_TRUSTED_HOSTS", (), _several("host names with commas between them", HOST)
    )

    redis_url: str = _setting("INDELIBLE_REDIS_URL", "", REDIS, is_secret=True)
    worker_threads: int = _setting("INDELIBLE_WORKER_THREADS", 4, _whole(1, 64))
    sweep_seconds: int = _setting("INDELIBLE_SWEEP_SECONDS", 5, _whole(1, 30))
    metrics_port: int = _setting("INDELIBLE_METRICS_PORT", 0, _whole(0, 65_000))
    rpc_url: str = _setting(
        "INDELIBLE_RPC_URL",
        "",
        Form("an address such as https://node.example", r"https?://[^\s,]+"),
        is_secret=True,
    )
    contract_address: str = _setting(
        "INDELIBLE_CONTRACT_ADDRESS", "", Form("0x and 40 hexadecimal digits", "0x[0-9a-fA-F]{40}")
    )
    chain_id: int = _setting("INDELIBLE_CHAIN_ID", 1, _whole(1, 2**63 - 1))
    webhook_secret: bytes = _setting(
        "ALCHEMY_WEBHOOK_SECRET",
        b"",
        Form("at least 8 visible characters", "[!-~]{8,}", str.encode),
        is_secret=True,
    )
    confirmations: int = _setting("INDELIBLE_CONFIRMATIONS", 12, _whole(0, 10_000))
    start_block: int = _setting("INDELIBLE_START_BLOCK", 0, _whole(0, 2**63 - 1))

    @classmethod
    def read(cls, environment: Mapping[str, str | None]) -> Self:
        """The settings that the variables say, or SettingsWrong with every fault by its variable's name.

        A blank variable leaves its default. A fault says what is wanted, never what was found: it may be a secret.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for attribute in fields(cls):
            variable, form = attribute.metadata["variable"], attribute.metadata["form"]
            text = (environment.get(variable) or "").strip()
            try:
                values |= {attribute.name: form.value(text)} if text else {}
            except ValueError:
                problems.append(f"{variable} must be {form.wanted}")
        if problems:
            raise SettingsWrong(tuple(problems))
        return cls(**values)

    @property
    def url(self) -> str:
        """The database's address: by default a SQLite file in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'indelible.db'}"

    @property
    def address(self) -> str:
        """Where the API is found."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"


def load() -> Settings:
    """The settings of this process, from the environment; what that leaves open, from `.env` where it runs."""
    try:
        written = dotenv_values(Path(".env"), interpolate=False)
    except (OSError, ValueError) as error:
        raise SettingsWrong(
            (f".env must be a readable file of UTF-8 text ({type(error).__name__})",)
        ) from error
    return Settings.read(written | dict(os.environ))
