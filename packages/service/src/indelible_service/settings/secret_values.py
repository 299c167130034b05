"""The secrets among the settings: keys, signing secrets, and the passwords in addresses."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast
from urllib.parse import parse_qs, unquote, urlsplit

from attrs import field, frozen

from indelible_service.settings.environment import MASKED, VARIABLE, setting_fields

# Addresses of servers, of which only the password is a secret.
DATABASES: Final = (
    "DATABASE_URL",
    "DATABASE_READ_URL",
    "INDELIBLE_OWNER_URL",
    "INDELIBLE_BACKUP_URL",
    "INDELIBLE_RESTORE_TARGET",
)
POSTGRESQL: Final = re.compile(r"postgres[a-z+]*://")
REDIS: Final = "INDELIBLE_REDIS_URL"


@frozen
class Secret:
    """A secret of a setting.

    `role` is that of a database whose password it is: '' where the address names none.
    """

    variable: str
    value: str = field(repr=False)
    role: str | None = None


def secrets_of(sections: Iterable[object]) -> Iterator[Secret]:
    """Yield the secrets that the settings contain, in the order of the settings."""
    for section in sections:
        for attribute in setting_fields(type(section)):
            if not attribute.metadata[MASKED]:
                continue
            variable: str = attribute.metadata[VARIABLE]
            value = getattr(section, attribute.name)
            for part in _parts(value):
                yield from _secret_in(variable, part)


def _parts(value: object) -> tuple[str, ...]:
    """Return the texts of a value: of a rotation, those of both secrets."""
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, str):
        return (value,) if value else ()

    return cast("tuple[str, ...]", value)


def _secret_in(variable: str, text: str) -> Iterator[Secret]:
    """Yield the secret in a text: a password of an address, or the whole text."""
    if variable in DATABASES:
        if POSTGRESQL.match(text):
            yield from _password_of_database(variable, text)
    elif variable == REDIS:
        password = _password_of_redis(text)
        if password:
            yield Secret(variable, password)
    elif _is_secret(text):
        yield Secret(variable, text)


def _password_of_redis(url: str) -> str:
    """Return the password as the client reads it: one before the host wins."""
    parts = urlsplit(url)
    return unquote(parts.password or "") or parse_qs(parts.query).get("password", [""])[0]


def _password_of_database(variable: str, url: str) -> Iterator[Secret]:
    from indelible_sql.engine.encryption import connection_parameters

    parameters = connection_parameters(url)
    password = parameters.get("password")
    if password:
        yield Secret(variable, str(password), str(parameters.get("user") or ""))


def _is_secret(text: str) -> bool:
    """Return False for an address of a node without a key, which is public.

    A key in the name of the host is not seen.
    """
    if "://" not in text:
        return True

    parts = urlsplit(text)
    return bool(parts.path.strip("/") or parts.query or parts.username or parts.password)
