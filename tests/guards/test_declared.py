"""The guards of a migrated database are those that the declarations describe."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.databases import create_database

from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.ddl import ddl

pytestmark = pytest.mark.slow

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


def test_the_ddl_of_one_dialect_does_not_depend_on_the_other() -> None:
    sqlite_first = {dialect: list(ddl(CATALOG, dialect)) for dialect in ("sqlite", "postgresql")}
    postgresql_first = {
        dialect: list(ddl(CATALOG, dialect)) for dialect in ("postgresql", "sqlite")
    }

    assert sqlite_first == postgresql_first


def test_the_stored_edges_are_the_declared_ones(template_file: Path) -> None:
    with closing(sqlite3.connect(template_file)) as connection:
        stored = connection.execute("SELECT * FROM lifecycle_edges").fetchall()

    declared = {
        (lifecycle.name, edge.from_state, edge.action, str(edge.to_state), edge.adds_version)
        for lifecycle in CATALOG.heads.values()
        for edge in lifecycle.edges
    }
    assert set(stored) == declared
