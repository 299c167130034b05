"""An address of Redis Sentinel is read whole, or its wrong part is named without its secrets."""

from typing import Any

import pytest

from indelible_workers.redis.addresses import (
    MAX_DATABASE,
    MAX_PORT,
    MAX_SENTINELS,
    SENTINEL_PORT,
    RedisAddressInvalid,
    SentinelAddress,
    is_sentinel_address,
    parse_sentinel_address,
)
from indelible_workers.redis.connection import redis_client

SECRET = "hunter2-of-redis"  # noqa: S105 - a canary
CREDENTIALS = f"redis+sentinel://app:{SECRET}@"


def test_an_address_of_sentinels_is_read_whole() -> None:
    address = parse_sentinel_address(
        "rediss+sentinel://app:p%40ss@one:1,[::1]:65535,three/records/2"
        "?sentinel_username=watcher&sentinel_password=w%2F+d&ssl_ca_certs=/etc/ca.pem"
        "&ssl_certfile=/etc/cert.pem&ssl_keyfile=/etc/key.pem"
    )

    assert address == SentinelAddress(
        sentinels=(("one", 1), ("::1", MAX_PORT), ("three", SENTINEL_PORT)),
        service="records",
        database=2,
        username="app",
        password="p@ss",  # noqa: S106 - of the test
        sentinel_username="watcher",
        sentinel_password="w/+d",  # noqa: S106 - of the test
        is_encrypted=True,
        certificates="/etc/ca.pem",
        client_certificate="/etc/cert.pem",
        client_key="/etc/key.pem",
    )
    assert "p@ss" not in repr(address)
    assert "w/+d" not in repr(address)


def test_a_short_address_has_no_credentials_and_the_first_database() -> None:
    address = parse_sentinel_address("redis+sentinel://[::1]/records")

    assert address.sentinels == (("::1", SENTINEL_PORT),)
    assert (address.username, address.password, address.sentinel_password) == (None, None, None)
    assert (address.database, address.is_encrypted) == (0, False)


def test_the_client_of_an_encrypted_address_encrypts_to_both() -> None:
    url = "rediss+sentinel://one,two/records?ssl_ca_certs=/etc/ca.pem&sentinel_password=w"
    url += "&ssl_certfile=/etc/cert.pem&ssl_keyfile=/etc/key.pem"
    with redis_client(url) as client:
        pool: Any = client.connection_pool
        sentinels = pool.sentinel_manager.sentinels

    names = [pool.connection_class.__name__]
    settings = [pool.connection_kwargs]
    for sentinel in sentinels:
        names.append(sentinel.connection_pool.connection_class.__name__)
        settings.append(sentinel.connection_pool.connection_kwargs)
    assert names == ["EncryptedPrimaryConnection", "SSLConnection", "SSLConnection"]
    assert [one["ssl_ca_certs"] for one in settings] == ["/etc/ca.pem"] * 3
    assert [one["ssl_certfile"] for one in settings] == ["/etc/cert.pem"] * 3
    assert [one["ssl_keyfile"] for one in settings] == ["/etc/key.pem"] * 3
    assert [one["password"] for one in settings] == [None, "w", "w"]


@pytest.mark.parametrize(
    ("url", "part"),
    [
        (f"http://:{SECRET}@one/records", "the scheme"),
        (CREDENTIALS + "/records", "a host name"),
        (CREDENTIALS + ",".join(["one"] * (MAX_SENTINELS + 1)) + "/records", "at most"),
        (CREDENTIALS + "one,,two/records", "a host name"),
        (CREDENTIALS + "one:1,/records", "a host name"),
        (CREDENTIALS + "one two/records", "a host name"),
        (CREDENTIALS + "[]:1/records", "a host name"),
        (CREDENTIALS + "one:0/records", "a port"),
        (CREDENTIALS + f"one:{MAX_PORT + 1}/records", "a port"),
        (CREDENTIALS + "one:port/records", "a port"),
        (CREDENTIALS + "one:²/records", "a port"),
        (CREDENTIALS + "[::1]1/records", "a host name"),
        (CREDENTIALS + "one:1:2/records", "a port"),
        (CREDENTIALS + "one", "the name of the service"),
        (CREDENTIALS + "one/", "the name of the service"),
        (CREDENTIALS + "one//1", "the name of the service"),
        (CREDENTIALS + "one/records/x", "a number"),
        (CREDENTIALS + "one/records/-1", "a number"),
        (CREDENTIALS + f"one/records/{MAX_DATABASE + 1}", "a number"),
        (CREDENTIALS + "one/records/1/2", "a number"),
        (CREDENTIALS + f"one/records?password={SECRET}", "no options but"),
        (CREDENTIALS + "one/records?sentinel_password=", "no options but"),
        (CREDENTIALS + "one/records?sentinel_username=a&sentinel_username=b", "no options but"),
        (CREDENTIALS + "one..two/records", "a host name that can be looked up"),
        (CREDENTIALS + "a" * 64 + "/records", "a host name that can be looked up"),
        (f"redis+sentinel://app:12/{SECRET}@one", "the name of the service without @"),
        (CREDENTIALS + "one/records#x", "the name of the service without @"),
        (CREDENTIALS + "one/records:x", "the name of the service without @"),
        (CREDENTIALS + "one/records?sentinel_username=a", "sentinel_password where"),
        (CREDENTIALS + "one/records?ssl_certfile=/c", "the scheme rediss+sentinel"),
        ("rediss+sentinel://one/records?ssl_keyfile=/k", "ssl_certfile where"),
        (CREDENTIALS + "one/records?ssl_ca_certs=/etc/ca.pem", "the scheme rediss+sentinel"),
    ],
)
def test_a_wrong_part_is_named_without_the_password(url: str, part: str) -> None:
    with pytest.raises(RedisAddressInvalid) as raised:
        parse_sentinel_address(url)

    assert f"must have {part}" in str(raised.value)
    assert SECRET not in str(raised.value)


def test_the_greatest_port_and_database_are_accepted() -> None:
    address = parse_sentinel_address(f"redis+sentinel://one:{MAX_PORT}/records/{MAX_DATABASE}")

    assert address.sentinels == (("one", MAX_PORT),)
    assert address.database == MAX_DATABASE


def test_as_many_sentinels_as_allowed_are_accepted() -> None:
    hosts = ",".join(["one"] * MAX_SENTINELS)

    assert len(parse_sentinel_address(f"redis+sentinel://{hosts}/records").sentinels) == (
        MAX_SENTINELS
    )


def test_only_the_schemes_of_sentinel_are_theirs() -> None:
    urls = ("redis://one", "rediss://one", "REDIS+SENTINEL://one/x", "rediss+sentinel://one/x")

    assert [is_sentinel_address(url) for url in urls] == [False, False, True, True]
