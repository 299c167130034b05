"""Requirements on executions of runbooks, and on the versions of the contract."""

from typing import Any, Final

from indelible.kernel import Head, IndelibleError, InvalidTransition
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.runbooks import (
    MAX_STEPS,
    CompleteRunbook,
    EndStatus,
    ErrorReasonNotOfStatus,
    ExecutionFilter,
    ExecutionStatus,
    RecordStep,
    RunbookExecution,
    RunbookExecutionNotFound,
    RunbookStepsFailed,
    StartRunbook,
    TooManySteps,
    complete_runbook,
    get_execution,
    list_executions,
    list_steps,
    record_step,
    start_runbook,
)
from indelible.testing.stores import MAYA, NOOR, AnyStore, do, refusal
from indelible.testing.suite import Suite

RUNBOOK: Final = "28-transfer-stuck"
STATE: Final = JsonObject.of({"stuck": 3})
REASON_LEFT: Final = "one transfer is left"


def started(store: AnyStore, runbook: str = RUNBOOK) -> Head[RunbookExecution]:
    """Start an execution in the name of Maya."""
    command = StartRunbook(
        runbook_name=runbook,
        runbook_version="0.6.0",
        alert="IndelibleTransferStuck",
        system_state_before=STATE,
    )
    return do(store, start_runbook, command)


def with_step(
    store: AnyStore, head: Head[RunbookExecution], *, ok: bool = True
) -> Head[RunbookExecution]:
    """Add a step of Noor's."""
    command = RecordStep(
        execution_id=head.id,
        command="indelible ops payouts --stuck 30",
        expected="0 transfers",
        observed="0 transfers" if ok else "3 transfers",
        ok=ok,
    )
    return do(store, record_step, command, actor=NOOR)


def end(
    store: AnyStore,
    head: Head[RunbookExecution],
    **fields: Any,  # noqa: ANN401 - fields of the command
) -> Head[RunbookExecution]:
    """End an execution."""
    return do(store, complete_runbook, CompleteRunbook(execution_id=head.id, **fields))


def refused_end(
    store: AnyStore,
    head: Head[RunbookExecution],
    **fields: Any,  # noqa: ANN401 - fields of the command
) -> IndelibleError | None:
    """Return the error that refuses to end an execution."""
    return refusal(lambda: end(store, head, **fields))


def text(error: IndelibleError | None) -> str:
    """Return an error as its caller reads it: the code and the message."""
    return "" if error is None else str(error)


class RunbooksConformance(Suite):
    """Subclass it with a fixture `store`: an empty store."""

    def test_an_execution_has_its_steps_in_order_with_time_and_actor(self, store: AnyStore) -> None:
        head = started(store)
        assert head.entity.status is ExecutionStatus.PENDING
        assert head.entity.executed_by == str(MAYA)
        last = with_step(store, with_step(store, head), ok=False)

        steps = store.read(list_steps, head.id)

        first, second = steps
        assert (first.seq, first.record.ok) == (2, True)
        assert (second.seq, second.record.ok) == (3, False)
        assert first.record.executed_by == second.record.executed_by == str(NOOR)
        assert first.record.at < second.record.at == last.entity.updated_at
        assert last.entity.status is ExecutionStatus.IN_PROGRESS
        assert (last.entity.step_count, last.entity.failed_step_count) == (2, 1)
        assert store.read(get_execution, head.id) == last

    def test_an_execution_is_completed_if_every_step_was_as_expected(self, store: AnyStore) -> None:
        head = with_step(store, started(store))

        ended = end(
            store, head, status=EndStatus.COMPLETED, result_json=STATE, system_state_after=STATE
        )

        assert ended.entity.status is ExecutionStatus.COMPLETED
        assert ended.entity.ended_at == ended.entity.updated_at
        assert (ended.entity.result_json, ended.entity.system_state_after) == (STATE, STATE)

    def test_a_failed_step_ends_as_partial_or_failed_alone(self, store: AnyStore) -> None:
        head = with_step(store, started(store), ok=False)

        error = refused_end(store, head, status=EndStatus.COMPLETED)
        partial = end(store, head, status=EndStatus.PARTIAL, error_reason=REASON_LEFT)

        assert text(error) == text(RunbookStepsFailed(1, 1))
        assert partial.entity.status is ExecutionStatus.PARTIAL
        assert partial.entity.error_reason == REASON_LEFT

    def test_an_execution_without_steps_can_only_fail(self, store: AnyStore) -> None:
        head = started(store)

        for status in (EndStatus.COMPLETED, EndStatus.PARTIAL):
            reason = None if status is EndStatus.COMPLETED else REASON_LEFT
            error = refused_end(store, head, status=status, error_reason=reason)
            assert isinstance(error, InvalidTransition), error
            assert error.allowed == ("record_step", "fail")
        failed = end(store, head, status=EndStatus.FAILED, error_reason="no key opens the API")
        assert failed.entity.status is ExecutionStatus.FAILED

    def test_an_ended_execution_stays_as_it_is(self, store: AnyStore) -> None:
        head = end(store, with_step(store, started(store)), status=EndStatus.COMPLETED)

        for error in (
            refused_end(store, head, status=EndStatus.COMPLETED),
            refused_end(store, head, status=EndStatus.FAILED, error_reason=REASON_LEFT),
            refusal(lambda: with_step(store, head)),
        ):
            assert isinstance(error, InvalidTransition), error
            assert error.allowed == ()
        assert store.read(get_execution, head.id) == head
        assert len(store.read(list_steps, head.id)) == 1

    def test_a_reason_belongs_to_an_end_without_success(self, store: AnyStore) -> None:
        head = with_step(store, started(store))

        refused = (
            refused_end(store, head, status=EndStatus.FAILED),
            refused_end(store, head, status=EndStatus.PARTIAL),
            refused_end(store, head, status=EndStatus.COMPLETED, error_reason=REASON_LEFT),
        )

        expected = (("failed", "set"), ("partial", "set"), ("completed", "empty"))
        for error, values in zip(refused, expected, strict=True):
            assert text(error) == text(ErrorReasonNotOfStatus(*values))

    def test_an_execution_has_a_bounded_number_of_steps(self, store: AnyStore) -> None:
        head = started(store)
        for _ in range(MAX_STEPS):
            head = with_step(store, head)

        assert text(refusal(lambda: with_step(store, head))) == text(TooManySteps(MAX_STEPS))
        assert store.read(get_execution, head.id).entity.step_count == MAX_STEPS

    def test_executions_are_listed_by_state_and_runbook_newest_first(self, store: AnyStore) -> None:
        first, other, last = started(store), started(store, "01-ingestion-lag"), started(store)
        end(store, other, status=EndStatus.FAILED, error_reason=REASON_LEFT)
        pending = ExecutionFilter(status=ExecutionStatus.PENDING)

        of_runbook = store.read(list_executions, runbook_name=RUNBOOK)
        (newest,) = store.read(list_executions, pending, limit=1)
        position = pending.position_of(newest.entity)
        following = store.read(list_executions, pending, after=position)

        everything = store.read(list_executions)
        assert [head.id for head in everything] == [last.id, other.id, first.id]
        assert [head.id for head in of_runbook] == [last.id, first.id]
        assert (newest, *following) == of_runbook

    def test_an_unknown_execution_is_not_found(self, store: AnyStore) -> None:
        unknown = text(RunbookExecutionNotFound("none"))
        step = RecordStep(execution_id="none", command="a", expected="", observed="", ok=True)

        assert text(refusal(lambda: store.read(get_execution, "none"))) == unknown
        assert text(refusal(lambda: do(store, record_step, step))) == unknown
