"""Parts of the program that do nothing, so that nobody is paid and nothing is compared."""

from typing import Final

import pytest
from tests.simulation.code_defects import divide_by_zero, missing, planted
from tests.simulation.defects import Defect, always

from indelible_service.simulation.plan import HOUR, Fate


def plant_no_wake(patch: pytest.MonkeyPatch) -> None:
    """Let neither a payee who has enrolled nor the sweep wake a parked transfer."""
    patch.setattr("indelible.money.handlers.payees._wake_parked", always(None))
    patch.setattr("indelible.money.tasks.sweeping.SweepPayouts._wake", always(None))


LIVENESS_DEFECTS: Final = (
    Defect(
        name="a transfer that nobody sends", invariant="payouts-end", plant=missing("send_transfer")
    ),
    Defect(
        name="a transfer that fails at each attempt",
        invariant="nothing-is-silent",
        plant=planted("indelible.money.tasks.sending.SendTransfer.perform", divide_by_zero),
    ),
    Defect(
        name="a transfer that stays parked after its payee has enrolled",
        invariant="payouts-end",
        plant=plant_no_wake,
        enroll_after_seconds=4 * HOUR,
    ),
    Defect(
        name="a tournament that nobody fetches",
        invariant="played-contests-complete",
        plant=missing("fetch_tournament"),
    ),
    Defect(
        name="a contest that nobody ingests",
        invariant="played-contests-complete",
        plant=missing("ingest_contest"),
    ),
    Defect(
        name="a scheduler that never looks",
        invariant="nothing-is-silent",
        plant=planted("indelible_service.simulation.processes.SchedulerProcess.look", always(None)),
    ),
    Defect(
        name="reconciliations that all fail",
        invariant="nothing-is-silent",
        plant=planted("indelible.money.tasks.reconciling.Reconcile._facts", divide_by_zero),
    ),
    Defect(
        name="reconciliations that nobody makes",
        invariant="nothing-is-silent",
        plant=missing("reconcile_hourly"),
    ),
    Defect(
        name="a history that nobody seals", invariant="nothing-is-silent", plant=missing("seal")
    ),
    Defect(
        name="a reconciliation that compares nothing",
        invariant="reconciled-lately",
        plant=planted("indelible.money.tasks.reconciling.Reconcile.perform", always({})),
    ),
    Defect(
        name="a charge that nobody expires",
        invariant="due-tasks-are-performed",
        plant=missing("expire_charge"),
        fates=(Fate.UNPAID,),
    ),
)
