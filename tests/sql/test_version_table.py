"""A damaged version table hides no other finding of verify, and is refused with a code."""

from functools import partial

import pytest
from tests.sql.conftest import code, opened
from tests.sql.faults import as_admin, execute_on_sqlite

from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import Fault, verify
from indelible_sql.maintenance.verify import OF_OTHER_REVISION

LIE = """
    INSERT INTO {}receipts (owner, key, fingerprint, result, at, hash)
    VALUES (
      'user:maya', 'a lie', '{}', '{{"answer": 2}}', '2026-01-01T00:00:00.000000+00:00', '{}'
    )
"""
# Each with the code of an upgrade. A revision that was applied before fails at its first object.
UPDATE = "UPDATE {}indelible_version SET version_num = "
DAMAGES = {
    "two revisions": ("INSERT INTO {}indelible_version VALUES ('0005')", "VERSION_TABLE_DAMAGED"),
    "an unknown revision": (f"{UPDATE}'other'", "VERSION_TABLE_DAMAGED"),
    "an earlier revision": (f"{UPDATE}'0005'", "REVISION_NOT_RELEASED"),
    "a later revision": (f"{UPDATE}'9999'", "SCHEMA_TOO_NEW"),
    "no revision": ("DELETE FROM {}indelible_version", "DATABASE_FAULT"),
    "no version table": ("DROP TABLE {}indelible_version", "DATABASE_FAULT"),
}


def execute_as_admin(database: PostgresServer, statement: str) -> None:
    with as_admin(database) as admin:
        admin.execute(statement.encode())


@pytest.mark.dose
@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_damaged_version_table_hides_no_other_finding(
    name: str, kind: str, request: pytest.FixtureRequest
) -> None:
    damage, code_of_upgrade = DAMAGES[name]
    if kind == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        owner_url = None
        prefix = ""
        execute = partial(execute_on_sqlite, url)
    else:
        database: PostgresServer = request.getfixturevalue("database")
        url, owner_url = database.url, database.owner_url
        prefix = "indelible."
        execute = partial(execute_as_admin, database)

    with opened(url) as store:
        create(store)
    statements = (LIE.format(prefix, "a" * 64, "b" * 64), damage.format(prefix))
    for statement in statements:
        execute(statement)

    with opened(url) as store:
        assert {finding.fault for finding in verify(store)} == {Fault.SCHEMA, Fault.RECEIPT}
        assert code(store.feed) in OF_OTHER_REVISION
        assert code(store.upgrade, owner_url) == code_of_upgrade
