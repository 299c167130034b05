"""Faults of the schema and of the whole database, which whoever runs the machine repairs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from attrs import evolve
from tests.runbooks.bed import Installation
from tests.runbooks.faults.operations import entry_statuses, whole_plan
from tests.runbooks.faults.payouts import WINNERS, transfers
from tests.runbooks.scenarios import scenario

from indelible.contests.lifecycle import EntryStatus
from indelible_service.backups.making import BackupPlan, make_backup
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.plan import DAY, HOUR, MINUTE, Plan
from indelible_sql.maintenance.snapshot_files import differences

GUARD: Final = "accounts_no_delete"
BACKUP_AT: Final = HOUR + 4 * MINUTE  # a minute before the first payment


def plan_of_tomorrow() -> Plan:
    """Return a plan whose contest is locked a day after the restore."""
    plan = whole_plan()
    (contest,), (tournament,) = plan.contests, plan.tournaments
    later = evolve(
        contest,
        lock_at=contest.lock_at + DAY,
        start_at=contest.start_at + DAY,
        end_at=contest.end_at + DAY,
    )
    return evolve(plan, contests=(later,), tournaments=(evolve(tournament, first_day=1),))


@scenario("38-migration-failure", plan=whole_plan)
def somebody_drops_a_guard_before_a_migration(installation: Installation) -> Iterator[None]:
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


def execute(installation: Installation, statement: str) -> str:
    """Execute a statement by hand, and return the first value of its result."""
    file = installation.simulation.around.database.url.removeprefix("sqlite:///")
    with installation.lock, closing(sqlite3.connect(file, isolation_level=None)) as connection:
        row = connection.execute(statement).fetchone()
    return str(row[0]) if row else ""


@scenario("39-restore-from-backup", plan=plan_of_tomorrow)
def the_machine_is_lost_after_payments(installation: Installation) -> Iterator[None]:
    installation.run_until(BACKUP_AT)
    assert entry_statuses(installation) == [EntryStatus.PENDING_PAYMENT] * 3
    url = installation.simulation.around.database.backup_url
    with installation.lock:
        make_backup(installation.store, BackupPlan(url=url), installation.machine.backup)
    installation.run_until(3 * HOUR)
    assert entry_statuses(installation) == [EntryStatus.ACTIVE] * 3
    installation.machine.lose()

    yield

    assert entry_statuses(installation) == [EntryStatus.ACTIVE] * 3
    stripe = installation.simulation.around.stripe
    assert len(stripe.objects("charge")) == 3  # nobody has paid twice
    installation.wait_until(lambda: transfers(installation, "completed") == WINNERS)
    assert len(stripe.objects("transfer")) == WINNERS
