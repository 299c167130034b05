"""Faults of the schema and of the whole database, which whoever runs the machine repairs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from tests.runbooks.bed import Installation
from tests.runbooks.faults.operations import entry_statuses, whole_plan
from tests.runbooks.scenarios import scenario

from indelible.contests.lifecycle import EntryStatus
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.plan import HOUR, MINUTE
from indelible_sql.maintenance.snapshot_files import differences

GUARD: Final = "accounts_no_delete"


@scenario("38-migration-failure", plan=whole_plan)
def somebody_drops_a_guard_before_a_migration(installation: Installation) -> Iterator[None]:
    name_database(installation)
    installation.run_until(HOUR + 30 * MINUTE)  # each process has opened its store
    declaration = execute(installation, f"SELECT sql FROM sqlite_schema WHERE name = '{GUARD}'")
    execute(installation, f"DROP TRIGGER {GUARD}")
    repaired_at = installation.seconds + 3 * HOUR  # 27 seconds of the operator
    installation.at(repaired_at, lambda: execute(installation, declaration))

    yield

    around = installation.simulation.around
    store = around.database.open(around.ids, Mortality(around.clock))  # as a new process does
    assert not differences(store)
    store.dispose()
    installation.run_until(repaired_at + 2 * HOUR)
    assert entry_statuses(installation) == [EntryStatus.ACTIVE] * 3


def name_database(installation: Installation) -> None:
    """Write the settings that commands on the machine read."""
    url = installation.simulation.around.database.url
    (installation.folder / ".env").write_text(f"DATABASE_URL={url}\n", encoding="utf-8")


def execute(installation: Installation, statement: str) -> str:
    """Execute a statement by hand, and return the first value of its result."""
    file = installation.simulation.around.database.url.removeprefix("sqlite:///")
    with installation.lock, closing(sqlite3.connect(file, isolation_level=None)) as connection:
        row = connection.execute(statement).fetchone()
    return str(row[0]) if row else ""
