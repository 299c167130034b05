"""Test the limits of an execution of a runbook, without a store."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from indelible.kernel import Actor
from indelible.kernel.errors import IndelibleError
from indelible.kernel.execution import changed, created
from indelible.kernel.runbooks import MAX_STEPS, ExecutionStatus, RunbookExecution

NOW: Final = datetime(2026, 11, 29, tzinfo=UTC)
OLGA: Final = Actor.user("olga")


@pytest.fixture
def execution() -> RunbookExecution:
    command = RunbookExecution.start(runbook_name="28-payouts-stuck", runbook_version="1")
    return created(command, now=NOW, actor=OLGA, new_id=lambda: "execution-1")


def with_step(execution: RunbookExecution) -> RunbookExecution:
    """Return the execution after one more step."""
    command = RunbookExecution.record_step(
        execution.id, command="look", expected="0", observed="0", ok=True
    )
    return changed(command, execution, now=NOW, actor=OLGA)


def test_the_last_step_is_taken_and_no_further_one(execution: RunbookExecution) -> None:
    before = evolve(with_step(execution), step_count=MAX_STEPS - 1)

    last = with_step(before)

    assert last.step_count == MAX_STEPS
    with pytest.raises(IndelibleError) as refused:
        with_step(last)
    assert refused.value.code == "TOO_MANY_STEPS"


@pytest.mark.parametrize(
    "fields",
    [
        {"step_count": 1, "failed_step_count": 2},
        {"status": ExecutionStatus.COMPLETED, "ended_at": NOW},
        {
            "status": ExecutionStatus.COMPLETED,
            "ended_at": NOW,
            "step_count": 1,
            "failed_step_count": 1,
        },
        {"status": ExecutionStatus.FAILED, "ended_at": NOW},
        {"status": ExecutionStatus.FAILED, "error_reason": "no answer"},
    ],
)
def test_an_execution_that_contradicts_itself_is_refused(
    execution: RunbookExecution, fields: dict[str, Any]
) -> None:
    with pytest.raises(IndelibleError) as refused:
        evolve(execution, **fields)
    assert refused.value.code == "FIELD_NOT_OF_STATE"
