"""Guards of the database that were left out, and rows that change therefore."""

from collections.abc import Callable
from functools import partial
from typing import Final

import pytest
from tests.simulation.defects import NOON, Defect, plant_step, write_without_guards

from indelible_service.simulation.plan import HOUR, MINUTE
from indelible_service.simulation.processes import Surroundings

AFTER_SETTLEMENT: Final = 19 * HOUR + 40 * MINUTE  # of the plan of one day


def plant_row(patch: pytest.MonkeyPatch, *, at: int, table: str, statement: str) -> None:
    """Drop the guards of a table at a time, and change rows of it."""

    def act(around: Surroundings) -> None:
        write_without_guards(around, table, statement)

    plant_step(patch, at, act)


def planted_row(at: int, table: str, statement: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what plants a change of rows."""
    return partial(plant_row, at=at, table=table, statement=statement)


ROW_DEFECTS: Final = (
    Defect(
        name="a row of history that was changed",
        invariant="verify-clean",
        plant=planted_row(
            NOON, "history", "UPDATE history SET reason = 'other' WHERE lifecycle = 'entry'"
        ),
    ),
    Defect(
        name="a change without a declared edge",
        invariant="history-chains",
        plant=planted_row(
            NOON - 15 * MINUTE,
            "history",
            "UPDATE history SET action = 'leap' WHERE lifecycle = 'contest' AND action = 'lock'",
        ),
    ),
    Defect(
        name="a guard left out, so that a wrong line of the ledger passes",
        invariant="ledger-balances",
        plant=planted_row(
            NOON,
            "accounts",
            "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'escrow'",
        ),
    ),
    Defect(
        name="a correction that overwrites",
        invariant="replay-agrees",
        plant=planted_row(
            16 * HOUR,
            "contest_events",
            "UPDATE contest_events SET body = (SELECT earlier.body FROM contest_events AS earlier"
            " WHERE earlier.number = 1) WHERE number = 3",
        ),
    ),
    Defect(
        name="an end that is taken back",
        invariant="complete-after-the-end",
        plant=planted_row(
            AFTER_SETTLEMENT,
            "contest_logs",
            "UPDATE contest_logs SET terminal_number = NULL, terminal_at = NULL",
        ),
    ),
)
