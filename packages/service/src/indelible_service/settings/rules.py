"""Rules between settings. A problem names variables and never a value, which may be a secret."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from indelible_service.settings.secret_values import POSTGRESQL, Secret

WORD: Final = re.compile(r"\w+")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
PLAIN_DATABASE: Final = (
    "{variable} must have sslmode=require or stronger because its server is on another machine;"
    " INDELIBLE_PLAIN_DATABASE=on allows connections in plain text"
)


def mentions(problems: Iterable[str], variables: Iterable[str]) -> bool:
    """Return True where a problem names one of the variables."""
    names: set[str] = set()
    for problem in problems:
        names.update(WORD.findall(problem))

    return not names.isdisjoint(variables)


def origin_of(address: str) -> tuple[str, str | None, int | None]:
    """Return the scheme, the host and the port of an address, as browsers compare them."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]


def problems_of_origin(base_url: str, expected_origin: str) -> list[str]:
    """Return a problem where the address of the API is not at the origin of this environment."""
    if not expected_origin:
        return []
    if not base_url:
        return ["API_BASE_URL must be set because INDELIBLE_EXPECTED_ORIGIN is set"]
    if origin_of(base_url) != origin_of(expected_origin):
        return ["API_BASE_URL must have the origin that INDELIBLE_EXPECTED_ORIGIN names"]

    return []


def problems_of_databases(urls: Mapping[str, str]) -> list[str]:
    """Return a problem for each PostgreSQL whose connections may cross a network in plain text."""
    problems: list[str] = []
    for variable, url in urls.items():
        if not POSTGRESQL.match(url):
            continue
        from indelible_sql.engine.encryption import is_plain_over_network

        if is_plain_over_network(url):
            problems.append(PLAIN_DATABASE.format(variable=variable))

    return problems


def problems_of_standby(database_url: str, read_url: str) -> list[str]:
    """Return a problem where a standby is set and its primary is not, which only PostgreSQL has."""
    if read_url and not POSTGRESQL.match(database_url):
        return ["DATABASE_URL must be an address of PostgreSQL because DATABASE_READ_URL is set"]

    return []


def problems_of_secrets(secrets: Iterable[Secret]) -> list[str]:
    """Return a problem for each secret that equals one of another variable.

    The same role's password may be in several addresses.
    """
    first_by_value: dict[str, Secret] = {}
    problems: list[str] = []
    for secret in secrets:
        first = first_by_value.setdefault(secret.value, secret)
        if first.variable == secret.variable:
            continue
        if first.role is None or first.role != secret.role:
            problems.append(f"{first.variable} and {secret.variable} must have different secrets")

    return problems
