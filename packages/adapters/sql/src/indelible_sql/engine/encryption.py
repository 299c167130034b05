"""Decide from an address whether connections to PostgreSQL may cross a network in plain text."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

from sqlalchemy.exc import ArgumentError

from indelible.kernel import UsageError
from indelible_sql.engine.connections import POSTGRESQL, address

ENCRYPTED_MODES: Final = frozenset({"require", "verify-ca", "verify-full"})
REQUIRED: Final = "require"
LOCALHOST: Final = "localhost"


def is_plain_over_network(url: str) -> bool:
    """Return True where libpq may connect to another machine without encryption.

    No name is looked up: only `localhost`, an address of the loopback and a Unix socket are on this
    machine. libpq reads what the address omits from variables such as PGHOST and PGSSLMODE.

    Raises: UsageError for an address that no connection can use.
    """
    from_address = connection_parameters(url)
    parameters = {**_defaults_of_libpq(), **from_address}
    if parameters.get("sslmode") in ENCRYPTED_MODES or parameters.get("gssencmode") == REQUIRED:
        return False

    hosts = parameters.get("hostaddr") or parameters.get("host") or ""
    if not hosts:
        return "service" in from_address  # a file names the host

    return not all(is_local(host.strip()) for host in hosts.split(","))


def connection_parameters(url: str) -> Mapping[str, Any]:
    """Return the parameters in an address, by the names of libpq.

    Raises: UsageError for an address that no connection can use.
    """
    target = address(url).set(drivername=POSTGRESQL)
    try:
        _, parameters = target.get_dialect()().create_connect_args(target)
    except ArgumentError as error:
        raise UsageError("this is no address of a database") from error

    return parameters


def _defaults_of_libpq() -> dict[str, Any]:
    """Return the parameters of libpq from the environment and from its service file."""
    from psycopg.pq import Conninfo  # noqa: PLC0415 - SQLite needs no driver of PostgreSQL

    defaults: dict[str, Any] = {}
    for option in Conninfo.get_defaults():
        if option.val:
            defaults[option.keyword.decode()] = option.val.decode()

    return defaults


def is_local(host: str) -> bool:
    """Return True for a Unix socket and for an address of the loopback."""
    if not host or host.startswith(("/", "@")):
        return True

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == LOCALHOST
