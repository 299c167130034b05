"""A row beyond the limits of JSON hides no other finding, and is read with a code."""

import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Table, select
from tests.conftest import POLICY
from tests.databases import create_database
from tests.feeds import ALL
from tests.guards.raw import Raw, RawDatabase, RawFile, without_guards
from tests.guards.values import kind_of
from tests.sql.conftest import code
from tests.web.harness import Web, problem

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.errors import JSON_LIMITS
from indelible_sql.engine.session import Session
from indelible_sql.schema.columns import JsonDomain
from indelible_sql.schema.tables import HISTORY

pytestmark = pytest.mark.slow

UNREADABLE: Final = "ROW_UNREADABLE"
TEXTS: Final = {"levels": "[" * 1_500 + "]" * 1_500, "exponent": "[1e131071]"}
CHECKS: Final = """
    SELECT conrelid::regclass::text AS table_name, conname AS name FROM pg_catalog.pg_constraint
    WHERE contype = 'c' AND connamespace = 'indelible'::regnamespace AND conrelid <> 0
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def unlimited(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[tuple[Raw, str]]:
    """Connect as an owner who has lifted all limits; yield the application's address, too."""
    raw: Raw
    if request.param == "sqlite":
        path = Path(shutil.copy(request.getfixturevalue("populated_file"), tmp_path / "rows.db"))
        url = f"sqlite:///{path}"
        raw = RawFile(path)
        raw.execute("PRAGMA ignore_check_constraints = ON")
    else:
        server: PostgresServer = request.getfixturevalue("server")
        populated: PostgresServer = request.getfixturevalue("populated_database")
        template = populated.url.rpartition("/")[2]
        database = create_database(server, "guards_unreadable", template)
        url = database.url
        raw = RawDatabase(database.admin_url)
        for domain in CATALOG.domains:
            if isinstance(domain, JsonDomain):
                limit = f"{domain.name}_{JSON_LIMITS}"
                raw.execute(f"ALTER DOMAIN {domain.name} DROP CONSTRAINT {limit}")
        for check in raw.execute(CHECKS).mappings().all():
            raw.execute(f"ALTER TABLE {check['table_name']} DROP CONSTRAINT {check['name']}")
    without_guards(raw)
    yield raw, url
    raw.close()


def make_unreadable(raw: Raw, table: Table, text: str) -> bool:
    """Write a text into each JSON column of a table; return whether a row has one."""
    is_changed = False
    for column in table.columns:
        if isinstance(column.type, JsonDomain):
            value = f'{{"a":{text}}}' if kind_of(column.type) == "object" else text
            sql = f"UPDATE {table.name} SET {column.name} = {raw.mark}"
            changed = raw.execute(f"{sql} WHERE {column.name} IS NOT NULL", value)
            is_changed |= changed.rowcount > 0
    return is_changed


def code_of_reading(store: SqlStore, table: Table) -> str:
    """Return the code of reading every row of a table as a repository reads them."""
    with store.engines.reader.connect() as connection:
        session = Session(connection, store.schema)
        return code(session.rows, select(table), {})


@pytest.mark.parametrize("text", TEXTS)
def test_an_unreadable_value_hides_no_other_finding(unlimited: tuple[Raw, str], text: str) -> None:
    raw, url = unlimited
    changed = {table for table in CATALOG.tables if make_unreadable(raw, table, TEXTS[text])}
    raw.execute("UPDATE rejections SET message = 'a lie'")

    findings = raw.findings()

    unreadable = {each.table for each in findings if each.detail.startswith("unreadable")}
    lies = {each.table for each in findings if each.detail.startswith("its hash")}
    assert unreadable >= {table.name for table in changed}
    assert "rejections" in lies

    raw.commit()
    store = open_store(url, policy=POLICY)
    store.is_admitted = True
    answer = Web(store).get("/v1/history?lifecycle=concept&limit=100")
    readings = {table.name: code_of_reading(store, table) for table in changed}
    assert HISTORY in changed
    assert readings == dict.fromkeys(readings, UNREADABLE)
    assert code(store.feed, limit=ALL) == UNREADABLE
    assert problem(answer) == (503, UNREADABLE)
    store.dispose()
