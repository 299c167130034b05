"""Read addresses of Redis Sentinel: several sentinels, and the service whose primary they name.

This module imports no client of Redis, so the settings can be checked without one.
"""

import re
from collections.abc import Mapping
from typing import ClassVar, Final
from urllib.parse import unquote

from attrs import field, frozen

from indelible.kernel import Invalid

SCHEME: Final = "redis+sentinel"
ENCRYPTED_SCHEME: Final = "rediss+sentinel"
SENTINEL_PORT: Final = 26_379
MAX_PORT: Final = 65_535
MAX_SENTINELS: Final = 9  # they share one timeout
MAX_DATABASE: Final = 999_999
SENTINEL_HOST: Final = re.compile(r"(?:\[([^]\s]+)\]|([^:[\]\s]+))(?::(.*))?")
NOT_IN_SERVICE: Final = re.compile("[@#:]")
NUMBER: Final = re.compile("[0-9]{1,6}")
SENTINEL_USERNAME: Final = "sentinel_username"
SENTINEL_PASSWORD: Final = "sentinel_password"  # noqa: S105 - the name of an option
CERTIFICATES: Final = "ssl_ca_certs"
CLIENT_CERTIFICATE: Final = "ssl_certfile"
CLIENT_KEY: Final = "ssl_keyfile"
ENCRYPTION_OPTIONS: Final = (CERTIFICATES, CLIENT_CERTIFICATE, CLIENT_KEY)
OPTIONS: Final = (SENTINEL_USERNAME, SENTINEL_PASSWORD, *ENCRYPTION_OPTIONS)


@frozen
class RedisAddressInvalid(Invalid):
    """A part of an address of Redis Sentinel is wrong.

    The message names the part and repeats nothing of the address, which may have a password.
    """

    message: ClassVar[str] = "The address of Redis Sentinel must have {expected}."
    expected: str


@frozen(kw_only=True)
class SentinelAddress:
    """The sentinels, the service whose primary they name, and how to sign in to both."""

    sentinels: tuple[tuple[str, int], ...]
    service: str
    database: int
    username: str | None
    password: str | None = field(repr=False)
    sentinel_username: str | None
    sentinel_password: str | None = field(repr=False)
    is_encrypted: bool
    certificates: str | None
    client_certificate: str | None
    client_key: str | None


def is_sentinel_address(url: str) -> bool:
    """Return True for an address of sentinels, False for that of a Redis."""
    return _scheme(url) in {SCHEME, ENCRYPTED_SCHEME}


def parse_sentinel_address(url: str) -> SentinelAddress:
    """Return the parts of an address.

    redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/SERVICE[/DATABASE][?OPTIONS]

    USER and PASSWORD are those of the Redis servers. Raises: RedisAddressInvalid.
    """
    scheme = _scheme(url)
    if scheme not in {SCHEME, ENCRYPTED_SCHEME}:
        raise RedisAddressInvalid(f"the scheme {SCHEME} or {ENCRYPTED_SCHEME}")

    # The parser of the standard library refuses an IPv6 host behind a comma.
    rest, _, query = url.partition("://")[2].partition("?")
    authority, _, path = rest.partition("/")
    credentials, _, hosts = authority.rpartition("@")
    username, _, password = credentials.partition(":")
    service, database = _service(path)
    options = _options(query)
    sentinels = hosts.split(",")
    if len(sentinels) > MAX_SENTINELS:
        raise RedisAddressInvalid(f"at most {MAX_SENTINELS} sentinels")
    if scheme == SCHEME:
        _check_unencrypted(options)

    return SentinelAddress(
        sentinels=tuple(_sentinel(host) for host in sentinels),
        service=service,
        database=database,
        username=unquote(username) or None,
        password=unquote(password) or None,
        sentinel_username=options.get(SENTINEL_USERNAME),
        sentinel_password=options.get(SENTINEL_PASSWORD),
        is_encrypted=scheme == ENCRYPTED_SCHEME,
        certificates=options.get(CERTIFICATES),
        client_certificate=options.get(CLIENT_CERTIFICATE),
        client_key=options.get(CLIENT_KEY),
    )


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()


def _sentinel(text: str) -> tuple[str, int]:
    """Return the host and the port of one sentinel; an IPv6 host is in brackets."""
    match = SENTINEL_HOST.fullmatch(text)
    if not match:
        raise RedisAddressInvalid("a host name or an IP address for each sentinel")

    address, name, port = match.groups()
    expected = f"a port from 1 to {MAX_PORT} for each sentinel, or none"
    number = _number(port or "", expected, default=SENTINEL_PORT, is_in=range(1, MAX_PORT + 1))
    host = address or name
    try:
        host.encode("idna")  # as the resolver does
    except UnicodeError as error:
        raise RedisAddressInvalid("a host name that can be looked up for each sentinel") from error

    return host, number


def _service(path: str) -> tuple[str, int]:
    """Return the name of the service and the number of the database."""
    service, _, database = path.partition("/")
    if not service:
        raise RedisAddressInvalid(f"the name of the service, as in {SCHEME}://HOST/SERVICE")
    if NOT_IN_SERVICE.search(service):
        raise RedisAddressInvalid(
            "the name of the service without @, # and :,"
            " and / ? # @ in a password written as %2F %3F %23 %40"
        )

    expected = f"a number up to {MAX_DATABASE} or nothing after the name of the service"
    number = _number(database, expected, default=0, is_in=range(MAX_DATABASE + 1))
    return unquote(service), number


def _number(text: str, expected: str, *, default: int, is_in: range) -> int:
    if not text:
        return default
    if not NUMBER.fullmatch(text) or int(text) not in is_in:
        raise RedisAddressInvalid(expected)

    return int(text)


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    pairs = query.split("&") if query else []
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in OPTIONS or name in options or not value:
            names = ", ".join(OPTIONS)
            raise RedisAddressInvalid(f"no options but {names}, each once and with a value")
        # A + stays one, as in the password before the hosts.
        options[name] = unquote(value)

    for name, needed in ((SENTINEL_USERNAME, SENTINEL_PASSWORD), (CLIENT_KEY, CLIENT_CERTIFICATE)):
        if name in options and needed not in options:
            raise RedisAddressInvalid(f"{needed} where it has {name}")

    return options


def _check_unencrypted(options: Mapping[str, str]) -> None:
    for name in ENCRYPTION_OPTIONS:
        if name in options:
            raise RedisAddressInvalid(f"the scheme {ENCRYPTED_SCHEME} where it has {name}")
