"""Test that the domain enforces its rules without guards, and that guards follow declarations.

test_attacks.py shows that the guards refuse illegal writes without the domain.
"""

import importlib
import pkgutil
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import cast

import psycopg
import pytest
from sqlalchemy import Connection, NullPool, create_engine
from tests.conformance.test_stores import Conformance, ContextsConformance, install_as_owner
from tests.conftest import shared_store
from tests.databases import create_database, name_of, temporary_database
from tests.feeds import CompleteFeedStore
from tests.guards.lifting import DROPS, RULES, drop_rules
from tests.guards.lifting_sqlite import image, rules
from tests.guards.raw_database import postgresql_engine

from indelible.testing.captures.scenarios import Install, nothing_to_install
from indelible.testing.kernel.conformance import KernelConformance
from indelible.testing.stores import AnyStore
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.ddl import ddl
from indelible_sql.schema.migrate import newest
from indelible_sql.schema.snapshot import facts, facts_digest

pytestmark = pytest.mark.slow

NUMBERS = count(1)
DEPLOYED_TRIGGERS = b"""
    SELECT
      tgname,
      tgenabled::text AS enabled,
      pg_get_triggerdef(t.oid) AS trigger,
      prosrc AS body
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = tgrelid
    JOIN pg_proc p ON p.oid = tgfoid
    WHERE NOT tgisinternal
      AND relnamespace = 'indelible'::regnamespace
    ORDER BY tgname
"""


def unguarded(url: str) -> Generator[SqlStore]:
    """Open a store that accepts a database without guards."""
    for store in shared_store(url, "unguarded"):
        # The schema check refuses a database without guards. This test needs one, so that only the
        # domain refuses illegal changes.
        store.is_admitted = True
        yield store


@pytest.fixture(scope="session")
def unguarded_bytes(template_file: Path) -> bytes:
    with closing(sqlite3.connect(template_file)) as connection:
        connection.execute("PRAGMA wal_checkpoint")
    return image(template_file, rules(template_file))


@pytest.fixture(scope="session")
def unguarded_template(server: PostgresServer, template: PostgresServer) -> str:
    database = create_database(server, "guards_none", template.url.rpartition("/")[2])
    engine = postgresql_engine(database.admin_url)
    with engine.begin() as connection:
        drop_rules(connection)
        assert not [row.guard for row in connection.execute(DROPS) if row.kind in RULES]
    engine.dispose()

    return name_of(database)


@pytest.mark.dose
class TestSqliteWithoutGuards(Conformance):
    @pytest.fixture
    def install(self) -> Install:
        return nothing_to_install

    @pytest.fixture
    def store(self, unguarded_bytes: bytes, tmp_path: Path) -> Generator[AnyStore]:
        (tmp_path / "none.db").write_bytes(unguarded_bytes)
        yield from unguarded(f"sqlite:///{tmp_path / 'none.db'}")


class OnPostgresqlWithoutGuards:
    """A PostgreSQL database that refuses nothing."""

    @pytest.fixture
    def unguarded_postgresql(
        self, server: PostgresServer, unguarded_template: str
    ) -> Generator[tuple[SqlStore, str]]:
        name = f"without_guards_{next(NUMBERS)}"
        with temporary_database(server, name, unguarded_template) as database:
            for store in unguarded(database.url):
                yield store, database.owner_url

    @pytest.fixture
    def store(self, unguarded_postgresql: tuple[SqlStore, str]) -> AnyStore:
        return cast("AnyStore", CompleteFeedStore(unguarded_postgresql[0]))

    @pytest.fixture
    def install(self, unguarded_postgresql: tuple[SqlStore, str]) -> Install:
        return install_as_owner(unguarded_postgresql[1])


@pytest.mark.dose
class TestPostgresqlKernelWithoutGuards(OnPostgresqlWithoutGuards, KernelConformance): ...


@pytest.mark.dose
class TestPostgresqlWithoutGuards(OnPostgresqlWithoutGuards, ContextsConformance): ...


@pytest.mark.dose
@pytest.mark.parametrize("context", [context.name for context in CATALOG.contexts])
def test_the_suites_of_every_registered_context_run_without_guards(context: str) -> None:
    suites = set(conformance_suites(f"indelible.testing.{context}"))

    assert suites
    assert suites <= set(Conformance.__mro__)


def conformance_suites(package: str) -> Iterator[type]:
    """Yield the classes of a package whose names end in Conformance."""
    root = importlib.import_module(package)
    for module in pkgutil.iter_modules(root.__path__, f"{package}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.endswith("Conformance") and value.__module__ == module.name:
                yield value


@pytest.mark.dose
def test_sqlite_without_guards_has_no_trigger_no_check_and_no_key(unguarded_bytes: bytes) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(unguarded_bytes)
        texts = "".join(row[0] or "" for row in connection.execute("SELECT sql FROM sqlite_master"))

    assert [word for word in ("CREATE TRIGGER", "CHECK", "FOREIGN KEY") if word in texts] == []


def test_the_triggers_of_sqlite_are_the_declared_ones(template_file: Path) -> None:
    with closing(sqlite3.connect(template_file)) as connection:
        deployed = dict(
            connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        )

    declared = {guard.name: guard.sqlite_statements()[0] for guard in CATALOG.guards("sqlite")}
    assert deployed == declared


def test_the_triggers_of_postgresql_are_the_declared_ones_and_always_fire(
    server: PostgresServer, template: PostgresServer
) -> None:
    migrated = create_database(server, "redeclared", template.url.rpartition("/")[2])
    with psycopg.connect(migrated.owner_url) as connection:
        deployed = connection.execute(DEPLOYED_TRIGGERS).fetchall()
        for guard in CATALOG.guards("postgresql"):
            connection.execute(f"DROP FUNCTION indelible.{guard.name}() CASCADE".encode())
            for statement in guard.postgresql_statements():
                connection.execute(statement.encode())
        declared = connection.execute(DEPLOYED_TRIGGERS).fetchall()

    enabled_by_name = {name: enabled for name, enabled, _, _ in deployed}
    assert deployed == declared
    names = {guard.name for guard in CATALOG.guards("postgresql")} | {"history_holds_feed"}
    assert enabled_by_name == dict.fromkeys(names, "A")


@pytest.mark.dose
def test_the_ddl_of_one_dialect_does_not_depend_on_the_other() -> None:
    sqlite_first = {dialect: list(ddl(CATALOG, dialect)) for dialect in ("sqlite", "postgresql")}
    postgresql_first = {
        dialect: list(ddl(CATALOG, dialect)) for dialect in ("postgresql", "sqlite")
    }

    assert sqlite_first == postgresql_first


def test_a_migrated_sqlite_file_equals_the_declarations(template_file: Path) -> None:
    declared = create_engine("sqlite://")
    migrated = create_engine(f"sqlite:///{template_file}", poolclass=NullPool)
    with declared.begin() as connection, migrated.connect() as migrated_connection:
        for statement in ddl(CATALOG, "sqlite"):
            connection.exec_driver_sql(statement)

        assert_same_schema(connection, migrated_connection, "sqlite")
    declared.dispose()


def test_a_migrated_postgresql_database_equals_the_declarations(
    server: PostgresServer, database: PostgresServer
) -> None:
    bare = create_database(server, "guards_from_declarations")
    declared = postgresql_engine(bare.owner_url)
    migrated = postgresql_engine(database.owner_url)
    with declared.begin() as connection, migrated.connect() as migrated_connection:
        connection.exec_driver_sql("CREATE SCHEMA indelible")
        for statement in ddl(CATALOG, "postgresql"):
            connection.exec_driver_sql(statement)

        assert_same_schema(connection, migrated_connection, "postgresql")
    declared.dispose()
    migrated.dispose()


def assert_same_schema(declared: Connection, migrated: Connection, dialect: str) -> None:
    declared_facts = facts(declared, "indelible", CATALOG)

    assert declared_facts == facts(migrated, "indelible", CATALOG)
    assert facts_digest(declared_facts) == newest()[1][dialect]
