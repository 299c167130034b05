"""Test that `db check` finds every vector function that an upgrade repairs."""

import psycopg
import pytest
from tests.sql.conftest import code
from tests.sql.faults import as_admin

from indelible.testing.captures.scenarios import worked
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.captures.functions import ARRAY_BODIES
from indelible_sql.maintenance.snapshot_files import differences

pytestmark = [pytest.mark.slow, pytest.mark.newest]

VECTOR = (0.5, 0.5, 0.7)
FUNCTIONS = {signature.split("(")[0]: signature for signature in ARRAY_BODIES}
DROP = "DROP FUNCTION indelible.{name}"
REPLACE = (
    "CREATE OR REPLACE FUNCTION indelible.{signature} LANGUAGE sql IMMUTABLE STRICT"
    " AS 'SELECT {null}'"
)
WITHOUT_EXTENSION = "DROP EXTENSION vector CASCADE"


def faults(store: SqlStore) -> dict[str, str]:
    """Return what `db check` says of each function, by its name."""
    found: dict[str, str] = {}
    for fact, kind in differences(store).items():
        assert "`indelible db upgrade` repairs it" in fact
        found[fact.split(":")[0].removeprefix("function indelible.")] = kind

    return found


def check_repair(store: SqlStore, owner_url: str) -> None:
    """Upgrade, and check that nothing differs and that captures work."""
    store.upgrade(owner_url)
    assert differences(store) == {}
    scenario, *_ = worked(store)
    assert scenario.capture(VECTOR)


@pytest.mark.dose
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_missing_or_replaced_function_is_found_and_repaired(
    name: str, postgresql: SqlStore, database: PostgresServer
) -> None:
    assert differences(postgresql) == {}
    _, _, result = FUNCTIONS[name].partition(" RETURNS ")
    replace = REPLACE.format(signature=FUNCTIONS[name], null=f"NULL::{result}")
    with as_admin(database) as admin:
        admin.execute(replace.encode())
    assert faults(postgresql) == {name: "broken"}

    with as_admin(database) as admin:
        admin.execute(DROP.format(name=name).encode())
    assert faults(postgresql) == {name: "missing"}

    check_repair(postgresql, database.owner_url)


def test_functions_that_lost_the_extension_are_found_and_repaired(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    scenario, *_ = worked(postgresql)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(WITHOUT_EXTENSION)

    assert code(scenario.capture, VECTOR) != ""
    assert faults(postgresql) == dict.fromkeys(FUNCTIONS, "broken")

    postgresql.upgrade(database.owner_url)
    assert differences(postgresql) == {}
    assert scenario.capture(VECTOR)


def test_functions_over_arrays_are_no_fault_where_the_extension_exists(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(WITHOUT_EXTENSION)
        postgresql.upgrade(database.owner_url)
        admin.execute("CREATE EXTENSION vector")

    assert differences(postgresql) == {}
    check_repair(postgresql, database.owner_url)
