"""Every setting there is, read from the environment and from `.env`, all faults at once."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

from attrs import field, fields, frozen
from dotenv import dotenv_values

from indelible_service.errors import SettingsWrong

T = TypeVar("T")

NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
ADDRESS: Final = re.compile(r"https?://[^\s?#*@,]+[^\s?#*@,/]")
ORIGIN: Final = re.compile(r"https?://[^\s/?#*@,]+")
HOST: Final = re.compile(r"[^\s/?#@,]+")
SWITCH: Final = {
    "on": True,
    "true": True,
    "yes": True,
    "1": True,
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SECRET_BYTES: Final = 32


def _text(pattern: re.Pattern[str], wanted: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(wanted)
        return text

    return read


def _texts(pattern: re.Pattern[str], wanted: str) -> Callable[[str], tuple[str, ...]]:
    read = _text(pattern, wanted)
    return lambda text: tuple(read(part.strip()) for part in text.split(",") if part.strip())


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def _switch(text: str) -> bool:
    if text.lower() not in SWITCH:
        raise ValueError("on or off")
    return SWITCH[text.lower()]


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def _database(text: str) -> str:
    wanted = "an address that begins with sqlite:/// or postgresql://"
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError(wanted)
    try:
        _ = urlsplit(text).port  # only its fault is asked for
    except ValueError as error:
        raise ValueError(wanted) from error
    return text


def _secret(text: str) -> bytes:
    if len(text.encode()) < SECRET_BYTES:
        raise ValueError(f"at least {SECRET_BYTES} bytes")
    return text.encode()


def _masked(value: str | bytes) -> str:
    return "***" if value else "''"


def _setting(variable: str, read: Callable[[str], T], *, default: T, is_secret: bool = False) -> T:
    """A field whose metadata says where its value comes from."""
    shown = _masked if is_secret else True
    result: T = field(default=default, repr=shown, metadata={"variable": variable, "read": read})
    return result


@frozen(kw_only=True)
class Settings:
    """What a process is told; no name of an environment is among it."""

    database_url: str = _setting("DATABASE_URL", _database, default="", is_secret=True)
    owner_url: str = _setting("INDELIBLE_OWNER_URL", _database, default="", is_secret=True)
    schema: str = _setting(
        "INDELIBLE_SCHEMA", _text(NAME, "a name of small letters, digits and _"), default="indelible"
    )
    pool_size: int = _setting("DB_POOL_SIZE", _number(1, 1_000), default=5)
    max_overflow: int = _setting("DB_MAX_OVERFLOW", _number(0, 1_000), default=10)
    prepare: bool = _setting("INDELIBLE_PREPARE", _switch, default=True)
    base_url: str = _setting("API_BASE_URL", _text(ADDRESS, "an address such as https://example.org"), default="")
    cors_origins: tuple[str, ...] = _setting(
        "CORS_ORIGINS",
        _texts(ORIGIN, "origins such as https://example.org, commas between them, and never *"),
        default=(),
    )
    host: str = _setting("INDELIBLE_HOST", _text(HOST, "a host name or an IP address"), default="127.0.0.1")
    port: int = _setting("INDELIBLE_PORT", _number(0, 65_535), default=8_000)
    secret: bytes = _setting("INDELIBLE_SECRET", _secret, default=b"", is_secret=True)
    data_dir: Path = _setting("INDELIBLE_DATA_DIR", Path, default=Path("indelible-data"))  # noqa: RUF009 - it is frozen
    four_eyes: bool = _setting("INDELIBLE_FOUR_EYES", _switch, default=False)
    log_level: str = _setting("INDELIBLE_LOG_LEVEL", _log_level, default="INFO")
    requests_per_minute: int = _setting("INDELIBLE_REQUESTS_PER_MINUTE", _number(1, 10_000_000), default=600)
    most_streams: int = _setting("INDELIBLE_MOST_STREAMS", _number(0, 1_000), default=32)
    proxy_hops: int = _setting("INDELIBLE_PROXY_HOPS", _number(0, 10), default=0)
    trusted_hosts: tuple[str, ...] = _setting(
        "INDELIBLE_TRUSTED_HOSTS", _texts(HOST, "host names with commas between them"), default=()
    )

    @classmethod
    def read(cls, environment: Mapping[str, str | None]) -> Self:
        """The settings that the variables say, or SettingsWrong with every fault by its variable's name.

        A blank variable leaves its default. A fault says what is wanted, never what was found: it may be a secret.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for attribute in fields(cls):
            variable, read = attribute.metadata["variable"], attribute.metadata["read"]
            text = (environment.get(variable) or "").strip()
            try:
                values |= {attribute.name: read(text)} if text else {}
            except ValueError as error:
                problems.append(f"{variable} must be {error}")
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


VARIABLES: Final = tuple(attribute.metadata["variable"] for attribute in fields(Settings))


def load() -> Settings:
    """The settings of this process, from the environment; what that leaves open, from `.env` where it runs."""
    try:
        written = dotenv_values(Path(".env"), interpolate=False)
    except (OSError, ValueError) as error:
        raise SettingsWrong((f".env must be a readable file of UTF-8 text ({type(error).__name__})",)) from error
    return Settings.read(written | dict(os.environ))
