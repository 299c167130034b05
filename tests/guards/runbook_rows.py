"""The executions of runbooks of the situation, and the raw writes of a step."""

from typing import Final

from sqlalchemy import Insert, insert
from tests.guards.writes import AUDIT, Step, later_than

from indelible.kernel import Head
from indelible.kernel.actions import Command
from indelible.kernel.aggregates import change_data, change_for
from indelible.kernel.contract_versions import ContractVersion
from indelible.kernel.execution import perform
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.runbooks import (
    CompleteRunbook,
    EndStatus,
    RecordStep,
    RunbookExecution,
    StartRunbook,
    complete_runbook,
    record_step,
    start_runbook,
)
from indelible.kernel.values import field_values
from indelible_sql import SqlReading, SqlTransaction
from indelible_sql.kernel.runbook_tables import RUNBOOK_STEPS

PENDING: Final = "01-pending"
IN_PROGRESS: Final = "02-in-progress"
ENDED: Final = "03-ended"
VERSION: Final = "contract-1"
STATE: Final = JsonObject.of({"stuck": 1})
NEW_EXECUTION: Final = RunbookExecution.start(
    runbook_name=PENDING,
    runbook_version="1",
    alert="Stuck",
    system_state_before=STATE,
)
NEW_VERSION: Final = ContractVersion.record(
    id=VERSION, number=1, release="1.0.0", digests=JsonObject.of({"routes": "a" * 64})
)
for command in (NEW_EXECUTION, NEW_VERSION):
    command.use()  # not every test that reads the samples runs them


def add_steps(tx: SqlTransaction) -> None:
    """Store an execution with a step, and one that has ended, with a value in each column."""
    _start_with_step(tx, StartRunbook(runbook_name=IN_PROGRESS, runbook_version="1"))
    ended = StartRunbook(
        runbook_name=ENDED, runbook_version="1", alert="Stuck", system_state_before=STATE
    )
    failed = CompleteRunbook(
        execution_id=_start_with_step(tx, ended),
        status=EndStatus.FAILED,
        error_reason="a step has failed",
        result_json=STATE,
        system_state_after=STATE,
    )
    complete_runbook(tx, failed)


def _start_with_step(tx: SqlTransaction, command: StartRunbook) -> str:
    """Start an execution and record a step; return its id."""
    started = start_runbook(tx, command)
    step = RecordStep(execution_id=started.id, command="look", expected="0", observed="1", ok=False)
    record_step(tx, step)
    return started.id


def ended_execution(tx: SqlReading) -> str:
    """Return the id of the execution that has ended."""
    (head,) = tx.runbook_executions.find({"runbook_name": ENDED}, limit=1)
    return head.entity.id


def execution_step(tx: SqlReading) -> Step:
    """Return the next step of the execution that has one."""
    (head,) = tx.runbook_executions.find({"runbook_name": IN_PROGRESS}, limit=1)
    command: Command[RunbookExecution] = RunbookExecution.record_step(
        head, command="mend", expected="0", observed="0", ok=True
    )
    return _step_of(head, command)


def _step_of(head: Head[RunbookExecution], command: Command[RunbookExecution]) -> Step:
    now = later_than(head.entity.updated_at)
    entity, bulk = perform(command, head.entity, now=now, audit=AUDIT)
    change = change_for(AUDIT, head, entity, command.action.name, bulk=bulk)
    owner = {"entity_id": change.entity_id, "seq": change.seq}
    rows: list[Insert] = []
    for item in bulk:
        for row in item.rows:
            rows.append(insert(RUNBOOK_STEPS).values({**field_values(row), **owner}))
    return Step(change=change, row=dict(change_data(entity)), records=tuple(rows))
