"""Planted defects around what operators do; a simulation finds each, and names its invariant."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve
from sqlalchemy import Connection
from tests.simulation.defects import write_to_file

from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible.money.entities.stripe_objects import TransferObject
from indelible.money.handlers.inbox import APPLIERS
from indelible.money.rules.charges import STALE, Decision
from indelible.money.tasks.sending import SendTransfer
from indelible_service.simulation import upgrades
from indelible_service.simulation.databases import DatabaseKind, SqliteDatabase
from indelible_service.simulation.nemesis import Nemesis
from indelible_service.simulation.operator import Operator
from indelible_service.simulation.plan import (
    DAY,
    HOUR,
    MINUTE,
    FaultKind,
    Plan,
    PlannedFault,
    PlannedRestore,
    PlannedUpgrade,
    Profile,
)
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.processes import SchedulerProcess
from indelible_service.simulation.running import SimulationReport, run_plan
from indelible_sql import open_store
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.generated_revisions import apply_later
from indelible_sql.schema.migrate import migrating

Plant = Callable[[pytest.MonkeyPatch], None]
# Payments were made, and the contest is not locked.
MORNING: Final = PlannedRestore(backup_at=7 * HOUR, at=9 * HOUR, seconds=10 * MINUTE)
TOP_UP_AT: Final = 60 * HOUR
FUNDS_MINOR: Final = 10_000_000
# Stripe has paid the prizes, which the backup does not know, and forgets the keys meanwhile.
PAID: Final = PlannedRestore(backup_at=17 * HOUR, at=22 * HOUR, seconds=30 * HOUR)
NO_SCHEDULER: Final = PlannedFault(
    kind=FaultKind.CRASH,
    at=PAID.at + PAID.seconds,
    seconds=2 * DAY,
    process="scheduler",
    failpoints=1,
)


def day(restore: PlannedRestore, days: int = 1) -> Plan:
    """Return a plan with one contest on the first day."""
    return evolve(make_plan(1, 1, Profile.MONEY), days=days, restores=(restore,))


def abandoned() -> Plan:
    """Return a plan with a restore after which the scheduler is dead."""
    return evolve(day(PAID, days=4), faults=(NO_SCHEDULER,))


def upgraded_day() -> Plan:
    """Return a plan with an upgrade and a downgrade."""
    upgrade = PlannedUpgrade(at=9 * HOUR, seconds=5 * HOUR)
    return evolve(make_plan(1, 1, Profile.MONEY), upgrades=(upgrade,))


def simulate(plan: Plan) -> SimulationReport:
    """Run a plan on SQLite."""
    return run_plan(plan, DatabaseKind.SQLITE)


def find_nothing(*_: object) -> list[TransferObject]:
    """Return no transfer."""
    return []


def ignore_event(*_: object) -> Decision:
    """Return that an event changes nothing."""
    return STALE


def believe(*_: object) -> bool:
    """Explain every difference."""
    return True


def go_home(_: object) -> str:
    """Compare nothing."""
    return ""


def plant_payout_after_restore(patch: pytest.MonkeyPatch) -> None:
    """Let nobody look up transfers at Stripe, and no event adopt one.

    The prizes have left the balance at Stripe, which has money again after the restore. The
    operator resumes payments although R9 finds the transfers, and the scheduler is dead then:
    each of its reconciliations would halt payments first.
    """
    begin = Nemesis.begin

    def begin_with_money(self: Nemesis) -> None:
        begin(self)

        def top_up() -> str:
            self.around.stripe.control("balance", usd=FUNDS_MINOR)
            return "done"

        self.world.at(TOP_UP_AT, "defect", "tops up", top_up)

    patch.setattr(Nemesis, "begin", begin_with_money)
    patch.setattr(Operator, "_is_explained", believe)
    patch.setattr(SendTransfer, "_list_named", find_nothing)
    patch.setitem(APPLIERS, TransferObject, ignore_event)


def plant_after_restore(
    patch: pytest.MonkeyPatch, change: Callable[[SqliteDatabase], None]
) -> None:
    """Let somebody change a restored database before anybody reads it."""
    restore = SqliteDatabase.restore

    def restore_and_change(self: SqliteDatabase, backup: Path) -> None:
        restore(self, backup)
        change(self)

    patch.setattr(SqliteDatabase, "restore", restore_and_change)


def plant_other_past(patch: pytest.MonkeyPatch) -> None:
    """Add a change that no backup has."""

    def add(database: SqliteDatabase) -> None:
        store = open_store(database.url, clock=database.clock, policy=database.policy)
        command = CreateKey(owner=Actor.user("stranger"), scopes=("contests:read",))
        store.run(create_key, command, actor=Actor.user("stranger"), reason="planted")
        store.dispose()

    plant_after_restore(patch, add)


def plant_damage(patch: pytest.MonkeyPatch) -> None:
    """Drop a guard of the restored database."""

    def drop(database: SqliteDatabase) -> None:
        with closing(sqlite3.connect(database.file, isolation_level=None)) as connection:
            (name,) = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
            ).fetchone()
            connection.execute(f'DROP TRIGGER "{name}"')

    plant_after_restore(patch, drop)


def plant_changed_row(patch: pytest.MonkeyPatch) -> None:
    """Change a row of the restored database; its guards are in their place."""

    def change(database: SqliteDatabase) -> None:
        write_to_file(database.file, "charges", "UPDATE charges SET party = 'stranger'")

    plant_after_restore(patch, change)


def plant_failing_scheduler(patch: pytest.MonkeyPatch) -> None:
    """Let the scheduler divide by zero."""

    def look(_: SchedulerProcess) -> None:
        raise ZeroDivisionError("planted")

    patch.setattr(SchedulerProcess, "look", look)


def plant_lazy_operator(patch: pytest.MonkeyPatch) -> None:
    """Let the operator not compare the books with Stripe."""
    patch.setattr(Operator, "_reconcile", go_home)


def drop_guards(connection: Connection) -> None:
    """Drop the guards of the history."""
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
    ).scalars()
    for name in names.all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def plant_unmarked_change(patch: pytest.MonkeyPatch) -> None:
    """Let the upgrade drop guards after its digest was computed."""

    def apply_and_drop(owner_url: str) -> None:
        apply_later(owner_url)
        with migrating(owner_url, SCHEMA) as (connection, _):
            drop_guards(connection)

    patch.setattr(upgrades, "apply_later", apply_and_drop)


def plant_shorter_history(patch: pytest.MonkeyPatch) -> None:
    """Let the upgrade delete the newest change."""

    def delete(connection: Connection) -> None:
        drop_guards(connection)
        newest = "(SELECT max(position) FROM history)"
        connection.exec_driver_sql(f"DELETE FROM history WHERE position = {newest}")

    patch.setattr(upgrades, "apply_later", partial(apply_later, more=delete))


DEFECTS: Final[dict[str, tuple[Plant, str, Plan]]] = {
    "a payout after a restore": (plant_payout_after_restore, "one-transfer", abandoned()),
    "a restored file with another row": (plant_changed_row, "restored-is-clean", day(MORNING)),
    "a restored file without a guard": (plant_damage, "no-unexpected-error", day(MORNING)),
    "another past": (plant_other_past, "restored-is-the-past", day(MORNING)),
    "an upgrade that drops guards": (plant_unmarked_change, "migrated-is-clean", upgraded_day()),
    "an upgrade that deletes": (plant_shorter_history, "migrated-keeps-history", upgraded_day()),
    "an operator who goes home": (plant_lazy_operator, "payments-resumed", day(MORNING)),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, invariant, plan = DEFECTS[name]
    plant(monkeypatch)

    violation = simulate(plan).violation

    assert violation is not None
    assert violation.invariant == invariant, str(violation)


def test_an_error_that_nothing_handles_is_reported_with_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant_failing_scheduler(monkeypatch)

    violation = simulate(make_plan(1, 1, Profile.CALM)).violation

    assert violation is not None
    assert violation.cause == ("no-unexpected-error", "ZeroDivisionError")
    assert violation.detail.startswith("ZeroDivisionError: planted (test_defects_operations.py")
    assert "in look" in violation.traceback


def test_a_restore_days_after_the_payout_breaks_nothing() -> None:
    report = simulate(day(PAID, days=4))

    assert report.violation is None, str(report.violation)
    assert report.counts["restores"] == 1
    assert report.counts["transfers"] > 0
    assert report.counts["lost changes"] > 0


def test_an_upgrade_and_a_downgrade_change_no_decision() -> None:
    plain = simulate(make_plan(1, 1, Profile.MONEY))
    upgraded = simulate(upgraded_day())

    assert upgraded.violation is None, str(upgraded.violation)
    assert upgraded.counts["upgrades"] == upgraded.counts["downgrades"] == 1
    assert upgraded.changes_digest == plain.changes_digest
