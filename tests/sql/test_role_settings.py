"""Test that a setting which a role has changed for itself is a finding that names it."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import pytest
from tests.sql.conftest import opened

from indelible_service.embedded import APP, PostgresServer
from indelible_sql import Finding, verify
from indelible_sql.maintenance.snapshot_files import differences
from indelible_sql.schema.findings import Fault

pytestmark = pytest.mark.slow


@contextmanager
def own_setting(database: PostgresServer, name: str, value: str) -> Generator[None]:
    """Let the application's role change a setting of its own in this database."""
    role = f"ALTER ROLE CURRENT_USER IN DATABASE {database.url.rpartition('/')[2]}"
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"{role} SET {name} = {value}".encode())
        yield
        connection.execute(f"{role} RESET {name}".encode())


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("default_transaction_isolation", "'serializable'", "serializable"),
        ("synchronous_commit", "off", "off"),
        ("search_path", "public, pg_catalog", "public, pg_catalog"),
        ("row_security", "off", "off"),
    ],
)
def test_a_setting_that_a_role_has_for_itself_is_named(
    name: str, value: str, shown: str, database: PostgresServer
) -> None:
    detail = f"role {APP} has the setting {name} = {shown}"
    with opened(database.url) as store:
        assert differences(store) == {}
        with own_setting(database, name, value):
            assert verify(store) == (Finding(fault=Fault.DATABASE, table="", detail=detail),)
            assert differences(store) == {detail: "unexpected"}

        assert verify(store) == ()


@pytest.mark.parametrize(
    ("name", "value"), [("statement_timeout", "'9s'"), ("search_path", "tenant, public")]
)
def test_a_setting_that_changes_no_meaning_is_no_finding(
    name: str, value: str, database: PostgresServer
) -> None:
    with opened(database.url) as store, own_setting(database, name, value):
        assert verify(store) == ()
