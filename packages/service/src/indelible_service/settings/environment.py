"""Declare settings as attrs fields, and read them from environment variables."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from attrs import Attribute, field, fields, frozen

from indelible.kernel import Invalid

COMMA: Final = r"\s*,\s*"
VARIABLE: Final = "variable"
FORMAT: Final = "format"
MASKED: Final = "is_secret"
SCHEMES: Final = {"postgres": "postgresql", "postgres+psycopg": "postgresql+psycopg"}


@frozen
class SettingsWrong(Invalid):
    """Some settings are wrong, and nothing was started."""

    message: ClassVar[str] = "Some settings are wrong and nothing was started: {problems}."
    problems: tuple[str, ...]


@frozen
class Format:
    """The texts that a setting accepts: in words for error messages, and as a pattern."""

    description: str
    pattern: str
    convert: Callable[[str], Any] = str
    is_valid: Callable[[Any], bool] | None = None

    def parse(self, text: str) -> object:
        """Return the value of the text.

        Raises: ValueError.
        """
        if not re.fullmatch(self.pattern, text):
            raise ValueError(self.description)

        value = self.convert(text)
        if self.is_valid is not None and not self.is_valid(value):
            raise ValueError(self.description)

        return value


def whole_number(minimum: int, maximum: int) -> Format:
    """Return the format of a whole number from a minimum to a maximum."""
    description = f"a whole number from {minimum} to {maximum}"
    allowed = range(minimum, maximum + 1)
    return Format(description, "[0-9]{1,19}", int, allowed.__contains__)


RETENTION_DAYS: Final = whole_number(0, 3_650)


def database_address(text: str) -> str:
    """Return the address with the scheme that SQLAlchemy knows; others write `postgres://`."""
    scheme, separator, rest = text.partition("://")
    return f"{SCHEMES.get(scheme, scheme)}{separator}{rest}"


def text_list(description: str, pattern: str) -> Format:
    """Return the format of texts with commas between them."""

    def split(text: str) -> tuple[str, ...]:
        return tuple(re.split(COMMA, text))

    return Format(description, f"{pattern}({COMMA}{pattern})*", split)


def one_of(*texts: str, convert: Callable[[str], Any]) -> Format:
    """Return the format of one of some texts, in capitals or not."""
    return Format(f"one of {', '.join(texts)}", f"(?i:{'|'.join(texts)})", convert)


def is_on(text: str) -> bool:
    """Return True for `on`."""
    return text.lower() == "on"


def has_valid_port(address: str) -> bool:
    """Return False for port 0, also of one of several hosts; an address without one is valid.

    Raises: ValueError where a port is no number, or where no resolver accepts the host.
    """
    for host in urlsplit(address).netloc.rpartition("@")[2].split(","):
        parts = urlsplit(f"//{host}")
        (parts.hostname or "").encode("idna")
        if parts.port == 0:
            return False

    return True


ON_OFF: Final = Format("on or off", "(?i:on|off)", is_on)


def setting(
    variable: str,
    default: object,
    accepted: Format,
    *,
    is_secret: bool = False,
) -> Any:  # noqa: ANN401 - attrs declares a field so
    """Declare a field that is read from an environment variable."""
    return field(
        default=default,
        repr=_mask if is_secret else True,
        metadata={VARIABLE: variable, FORMAT: accepted, MASKED: is_secret},
    )


def _mask(value: str | bytes | tuple[str, ...]) -> str:
    return "***" if value else "''"


def setting_fields(section: type) -> list["Attribute[Any]"]:
    """Return the fields of a class that are read from the environment, in order."""
    return [attribute for attribute in fields(section) if VARIABLE in attribute.metadata]


def read_values(
    section: type, environment: Mapping[str, str | None], problems: list[str]
) -> dict[str, Any]:
    """Return the values of a class's fields, and add a line to the problems for each wrong one.

    A blank variable leaves the default. A problem names what is accepted and never the text that
    was read, which may be a secret.
    """
    values: dict[str, Any] = {}
    for attribute in setting_fields(section):
        variable: str = attribute.metadata[VARIABLE]
        accepted: Format = attribute.metadata[FORMAT]
        text = (environment.get(variable) or "").strip()
        if not text:
            continue

        try:
            values[attribute.name] = accepted.parse(text)
        except ValueError:
            problems.append(f"{variable} must be {accepted.description}")

    return values
