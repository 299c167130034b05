"""Illegal writes of executions of runbooks, and of their steps."""

from collections.abc import Mapping, Sequence

from tests.guards.attack_parts import Kind
from tests.guards.contest_steps import with_record
from tests.guards.project_rows import record_of
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid
from tests.guards.situation import Situation
from tests.guards.writes import (
    Row,
    Step,
    following_step,
    forged_step,
    head_write,
    insert_change,
    step_writes,
    with_digest,
)

from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.runbook_tables import RUNBOOK_STEPS


def runbook_step_with(step: Step, columns: Row) -> Sequence[Statement]:
    """Return a legal step of an execution, but with these columns in its row."""
    return with_record(step, RUNBOOK_STEPS, **columns)


def _step(s: Situation) -> Step:
    return s.runbook_step


def _ended(s: Situation, action: str, state: str, **columns: object) -> Sequence[Statement]:
    """Return a legal step of an execution, and an end of it with these columns."""
    step = s.runbook_step
    ended_at = step.change.at
    values = {"ended_at": ended_at, **columns}
    return *step_writes(step), *step_writes(
        following_step(step, action=action, to_state=state, columns=values)
    )


def _without_row(s: Situation) -> Sequence[Statement]:
    return head_write(_step(s)), insert_change(_step(s).change)


def _without_count(s: Situation) -> Sequence[Statement]:
    """Return a step whose change has no row, and counts none."""
    step = _step(s)
    data = {name: value for name, value in step.change.data.items() if name != "step"}
    change = with_digest(step.change, data=data)
    return head_write(Step(change=change, row=step.row)), insert_change(change)


def _born_with(s: Situation, **columns: object) -> Sequence[Statement]:
    return step_writes(forged_step(s.births["runbook_executions"], **columns))


ON_RUNBOOKS: Mapping[str, Kind] = {
    "a rule of runbooks broken": {
        "a runbook step without its row": _without_row,
        "a runbook step without its row and its count": _without_count,
        "a runbook step that is not counted": lambda s: step_writes(
            forged_step(_step(s), step_count=1)
        ),
        "a failed runbook step that is not counted": lambda s: runbook_step_with(
            _step(s), {"ok": False}
        ),
        "a runbook step that is counted twice": lambda s: step_writes(
            forged_step(_step(s), step_count=9)
        ),
        "a failed runbook step that is taken back": lambda s: step_writes(
            forged_step(_step(s), failed_step_count=0)
        ),
        "more failed runbook steps than steps": lambda s: step_writes(
            forged_step(_step(s), failed_step_count=3)
        ),
        "a runbook step at another time": lambda s: runbook_step_with(_step(s), {"at": BEGINNING}),
        "a runbook step by another actor": lambda s: runbook_step_with(
            _step(s), {"executed_by": "user:eve"}
        ),
        "a runbook step alone": lambda s: (record_of(_step(s), RUNBOOK_STEPS),),
        "a runbook step, added twice": lambda s: (
            *step_writes(_step(s)),
            record_of(_step(s), RUNBOOK_STEPS, number=2),
        ),
        "an execution that is completed with a failed step": lambda s: _ended(
            s, "complete", "completed"
        ),
        "an execution that fails without a reason": lambda s: _ended(s, "fail", "failed"),
        "an execution that ends at no time": lambda s: _ended(
            s, "fail", "failed", error_reason="lost", ended_at=None
        ),
        "an execution in another name than its actor's": lambda s: _born_with(
            s, executed_by="user:eve"
        ),
        "an execution that is born with a step": lambda s: _born_with(s, step_count=1),
        "an execution that is born with a failed step": lambda s: _born_with(
            s, step_count=1, failed_step_count=1
        ),
        "an execution that is born with a result": lambda s: _born_with(s, result_json={}),
    },
}
LEGAL_ON_RUNBOOKS: Kind = {
    "a step of an execution": lambda s: step_writes(_step(s)),
    "an execution that ends in part": lambda s: _ended(
        s, "complete_partially", "partial", error_reason="one is left"
    ),
}
REPLACED_STEPS: Kind = {
    "a runbook step, replaced by rowid": lambda s: (
        by_rowid(RUNBOOK_STEPS, record_of(_step(s), RUNBOOK_STEPS).compile().params, 1),
    ),
}
