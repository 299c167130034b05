"""A table or a column that is missing is a finding of verify, and no error."""

import pytest
from tests.sql.conftest import opened
from tests.sql.faults import as_admin, execute_on_sqlite

from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import Fault, Finding, verify

# Each with a name that a finding must contain.
DAMAGES = {
    "a dropped table of edges": ("DROP TABLE {}lifecycle_edges{}", "lifecycle_edges"),
    "a dropped table of tasks": ("DROP TABLE {}tasks{}", "tasks"),
    "a dropped head": ("DROP TABLE {}payees{}", "payees"),
    "a renamed column": (
        "ALTER TABLE {}receipts RENAME COLUMN fingerprint TO other",
        "fingerprint",
    ),
}


@pytest.mark.dose
@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_missing_on_sqlite_is_a_finding(name: str, sqlite_url: str) -> None:
    statement, part = DAMAGES[name]
    with opened(sqlite_url) as store:
        create(store)
    execute_on_sqlite(sqlite_url, statement.format("", ""))

    with opened(sqlite_url) as store:
        check_findings(verify(store), part)


@pytest.mark.dose
@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_missing_on_postgresql_is_a_finding(name: str, database: PostgresServer) -> None:
    statement, part = DAMAGES[name]
    with opened(database.url) as store:
        create(store)
    with as_admin(database) as admin:
        admin.execute(statement.format("indelible.", " CASCADE").encode())

    with opened(database.url) as store:
        check_findings(verify(store), part)


def check_findings(findings: tuple[Finding, ...], part: str) -> None:
    assert {finding.fault for finding in findings} == {Fault.SCHEMA}
    assert any(part in finding.detail for finding in findings)
