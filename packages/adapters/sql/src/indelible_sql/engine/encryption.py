"""Decide from an address whether connections to PostgreSQL may cross a network in plain text."""

from collections.abc import Mapping
from ipaddress import ip_address
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy.exc import ArgumentError

from indelible.kernel import UsageError
from indelible_sql.engine.connections import NO_ADDRESS, POSTGRESQL, address

ENCRYPTED_MODES: Final = frozenset({"require", "verify-ca", "verify-full"})
REQUIRED: Final = "require"
LOCALHOST: Final = "localhost"


def is_plain_over_network(url: str) -> bool:
    """Return True where libpq may connect to another machine without encryption.

    No name is looked up: only `localhost`, an address of the loopback and a Unix socket are on this
    machine. libpq reads what the address omits from variables such as PGHOST and PGSSLMODE, and
    first from the file of the service that the address names, which is not read here.

    Raises: UsageError for an address that no connection can use.
    """
    parameters = connection_parameters(url)
    has_service = "service" in parameters
    if not has_service:
        parameters = {**_defaults_of_libpq(), **parameters}
    if parameters.get("sslmode") in ENCRYPTED_MODES or parameters.get("gssencmode") == REQUIRED:
        return False

    addresses = parameters.get("hostaddr", "").split(",")
    if has_service and "" in addresses:
        return True  # its file may name an address, which counts before a host

    hosts = parameters.get("host", "").split(",")
    pairs = zip_longest(addresses, hosts, fillvalue="")
    return not all(is_local(address or host) for address, host in pairs)


def connection_parameters(url: str) -> Mapping[str, Any]:
    """Return the parameters in an address, by the names of libpq.

    Raises: UsageError for an address that no connection can use.
    """
    target = address(url).set(drivername=POSTGRESQL)
    try:
        _, parameters = target.get_dialect()().create_connect_args(target)
    except ArgumentError as error:
        raise UsageError(NO_ADDRESS) from error

    for name, value in parameters.items():
        if isinstance(value, tuple):
            raise UsageError(f"the address of a database has {name} twice")

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
