"""One address names several hosts of PostgreSQL: the primary among them is taken."""

import socket
from collections.abc import Generator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from attrs import frozen
from sqlalchemy import make_url
from tests.conftest import copy_cluster, folder
from tests.sql.conftest import opened
from tests.sql.standbys import archived_standby

from indelible.kernel import UsageError
from indelible.testing.stores import create
from indelible_service.backups.programs import connected, connection_of
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql.engine.connections import address
from indelible_sql.engine.encryption import connection_parameters

KIND: Final = "target_session_attrs"
STANDARD: Final = "postgresql://ann:s%40y@one:5433,two,[::1]:5434/books?sslmode=require"


def test_the_standard_form_of_several_hosts_is_read() -> None:
    parameters = connection_parameters(STANDARD)

    assert parameters["host"] == "one,two,::1"
    assert parameters["port"] == "5433,5432,5434"
    assert (parameters["user"], parameters["password"]) == ("ann", "s@y")
    assert (parameters["dbname"], parameters["sslmode"]) == ("books", "require")
    assert parameters[KIND] == "read-write"
    conninfo, _ = connection_of(STANDARD)
    assert "host=one,two,::1" in conninfo
    assert f"{KIND}=read-write" in conninfo


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("postgresql://one:5432/books", None),
        ("postgresql://one:1,two:2/books?target_session_attrs=any", "any"),
        ("postgresql:///books?host=one:1&host=two:2", "read-write"),
        ("postgresql:///books?host=/tmp", None),
        ("sqlite:///a,b.db", None),
    ],
)
def test_the_primary_is_wanted_of_several_hosts_only(url: str, kind: str | None) -> None:
    assert address(url).query.get(KIND) == kind


@pytest.mark.parametrize("hosts", ["one:x,two", "one,", ",one", "[::1,two", "one:1:2,two"])
def test_a_list_of_hosts_with_a_fault_is_refused(hosts: str) -> None:
    with pytest.raises(UsageError):
        address(f"postgresql://{hosts}/books")


@frozen
class Pair:
    """A primary, and a standby with what the primary had when it began."""

    primary: PostgresServer
    standby_url: str

    def address(self, *ports: int) -> str:
        """Return the address of the application with these hosts, in this order."""
        url = make_url(self.primary.url)
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        return f"postgresql://{url.username}:{url.password}@{hosts}/{url.database}"

    @property
    def standby_port(self) -> int:
        """Return the port of the standby."""
        return make_url(self.standby_url).port or 0


@pytest.fixture
def pair(cluster: Path) -> Generator[Pair]:
    with folder() as primary, folder() as copy:
        copy_cluster(cluster, primary)
        with postgres(primary, durable=False) as server, opened(server.url) as store:
            store.upgrade(server.owner_url)
        copy_cluster(primary, copy)
        with postgres(primary, durable=False) as server, archived_standby(copy) as url:
            yield Pair(server, url)


def unused_port() -> int:
    """Return a port at which nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.slow
def test_the_primary_is_taken_behind_a_dead_host_and_a_standby(pair: Pair) -> None:
    url = pair.address(unused_port(), pair.standby_port, pair.primary.port)
    with opened(url) as store:
        create(store)
        assert len(store.feed().changes) == 1
    with connected(url) as connection:
        assert connection.execute("SELECT count(*) FROM indelible.concepts").fetchone() == (1,)


@pytest.mark.slow
def test_a_store_goes_on_at_the_standby_that_was_promoted(pair: Pair) -> None:
    with opened(pair.address(pair.primary.port, pair.standby_port)) as store:
        assert store.feed().changes == ()
        with psycopg.connect(pair.primary.admin_url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            admin.execute("SELECT pg_reload_conf()")
        with psycopg.connect(pair.standby_url, autocommit=True) as admin:
            admin.execute("SELECT pg_promote()")
        store.dispose()  # as the end of a primary breaks its connections

        create(store)
        assert len(store.feed().changes) == 1
    with psycopg.connect(pair.standby_url) as promoted:
        assert promoted.execute("SELECT count(*) FROM indelible.concepts").fetchone() == (1,)
