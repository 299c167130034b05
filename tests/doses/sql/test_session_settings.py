"""Test that no setting of a role or database changes what is stored, read or found."""

from collections.abc import Iterable

import psycopg
import pytest
from tests.conftest import POLICY
from tests.databases import name_of, temporary_database
from tests.doses.sql.test_zones import write_and_read
from tests.sql.conftest import code, opened
from tests.sql.empty_databases import empty_on_postgresql
from tests.sql.faults import as_admin, set_on_database
from tests.sql.session_settings import Setting, apply_settings, settings_of

from indelible import captures
from indelible.testing.captures.scenarios import worked
from indelible.testing.stores import AnyStore, CountedIds, TickingClock, create
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, open_store, verify
from indelible_sql.maintenance.snapshot_files import differences

pytestmark = pytest.mark.slow

MIN_SETTINGS = 150
# Only five settings have more than three unusual values, four of them levels of messages; their
# further levels are left out.
MAX_ROUNDS = 4
# Exhaustive plans of the comparison of the schema take long, longest on a busy machine.
PATIENT = Pool(connect_seconds=60, statement_seconds=300)
VECTORS = ((0.123456789, 0.7, 1 / 3), (0.1, 0.2, 0.30000001), (2 / 3, 1e-7, 0.9))


@pytest.fixture(scope="module")
def settings(server: PostgresServer) -> list[Setting]:
    with psycopg.connect(server.admin_url) as admin:
        return settings_of(admin)


def capture_and_read(store: AnyStore) -> list[object]:
    """Save captures whose numbers need every digit, and return them as they are read."""
    scenario, *_ = worked(store)
    results: list[object] = []
    for number, vector in enumerate(VECTORS):
        results.append(scenario.capture(vector, url=f"https://example.org/{number}"))
    results.append(scenario.read(captures.list_subspaces, scenario.space_id))
    return results


def results_on(database: PostgresServer) -> tuple[object, ...]:
    """Upgrade, write, read, verify and check a database; return what each step returned."""
    store = open_store(
        database.url, policy=POLICY, pool=PATIENT, clock=TickingClock(), ids=CountedIds()
    )
    try:
        store.upgrade(database.owner_url)
        results = [*write_and_read(store), *capture_and_read(store)]
        return results, verify(store), differences(store)
    finally:
        store.dispose()


def results_with(
    server: PostgresServer, template: PostgresServer, settings: Iterable[Setting], number: int
) -> object:
    """Return the results on a database with these settings, or the error's text."""
    with temporary_database(server, "settings", name_of(template)) as database:
        with as_admin(database) as admin:
            apply_settings(admin, name_of(database), settings, number)
        try:
            return results_on(database)
        except Exception as error:  # noqa: BLE001 - any of them is the setting's fault
            return f"{type(error).__name__}: {error}"


def test_no_setting_changes_a_value_or_a_finding(
    server: PostgresServer, template: PostgresServer, settings: list[Setting]
) -> None:
    """All settings have an unusual value at once."""
    assert len(settings) > MIN_SETTINGS
    expected = results_with(server, template, (), 0)
    assert isinstance(expected, tuple)
    assert expected[1:] == ((), {})

    rounds = max(len(setting.values) for setting in settings)
    for number in range(min(rounds, MAX_ROUNDS)):
        clauses = [setting.clause(number) for setting in settings]
        assert results_with(server, template, settings, number) == expected, clauses


@pytest.mark.parametrize("round_number", range(2))
def test_no_setting_changes_a_fresh_installation(
    round_number: int, server: PostgresServer, settings: list[Setting]
) -> None:
    empty = empty_on_postgresql(server)
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        apply_settings(admin, empty.url.rpartition("/")[2], settings, round_number)

    empty.upgrade()

    with empty.opened() as store:
        assert create(store).seq == 1
        assert differences(store) == {}
        assert verify(store) == ()


def test_a_role_without_foreign_keys_is_refused(database: PostgresServer) -> None:
    set_on_database(database, "session_replication_role", "replica")

    with opened(database.url) as store:
        assert code(create, store) == "ROLE_TOO_STRONG"
