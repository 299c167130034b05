"""Executions of runbooks: who carried out which steps, what was expected, and what was observed.

An operator starts an execution, adds a row for each step, and ends it. The header is an aggregate
with a history; a step is appended and never changes. They belong to the kernel, as stages and keys
do: a service has operators whichever contexts are on.
"""

from enum import StrEnum
from typing import ClassVar, Final, Protocol

from attrs import field as attrs_field
from attrs import frozen

from indelible.kernel.actions import Command, Fields, action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.appends import AppendedRecord, Position, StoredRecord
from indelible.kernel.claims import Compared, Implies, OneOf
from indelible.kernel.conditions import AnyCondition, Condition, Rising
from indelible.kernel.distributions import release
from indelible.kernel.errors import Conflict, Invalid, NotFound
from indelible.kernel.execution import execute
from indelible.kernel.field_rules import field
from indelible.kernel.history import Head
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.kinds import (
    Flag,
    Identifier,
    Instant,
    Natural,
    NonBlankText,
    Text,
    kinds,
)
from indelible.kernel.lifecycle import Lifecycle
from indelible.kernel.lists import ListFilter, ListOrder
from indelible.kernel.repository import Repository
from indelible.kernel.transaction import ReadTransaction, Transaction, single_statement

MAX_STEPS: Final = 200  # of one execution


class ExecutionStatus(StrEnum):
    """The states of an execution."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"


class EndStatus(StrEnum):
    """The states in which an execution ends."""

    COMPLETED = ExecutionStatus.COMPLETED.value
    FAILED = ExecutionStatus.FAILED.value
    PARTIAL = ExecutionStatus.PARTIAL.value


RUNNING: Final = (ExecutionStatus.PENDING, ExecutionStatus.IN_PROGRESS)
UNSUCCESSFUL: Final = (ExecutionStatus.FAILED, ExecutionStatus.PARTIAL)
ENDED: Final = tuple(ExecutionStatus(status) for status in EndStatus)


@frozen
class RunbookExecutionNotFound(NotFound):
    """No execution of a runbook has this id."""

    message: ClassVar[str] = "Runbook execution {execution_id} not found."
    execution_id: str


@frozen
class RunbookStepsFailed(Conflict):
    """An execution with a step that was not as expected cannot end as completed."""

    message: ClassVar[str] = (
        "{failed} of {steps} steps of the execution were not as expected: end it as partial or "
        "failed, expected 0 such steps for completed."
    )
    failed: int
    steps: int


@frozen
class ErrorReasonNotOfStatus(Invalid):
    """The end of an execution lacks its reason, or has one although nothing has failed."""

    message: ClassVar[str] = "Field error_reason must be {expected} where the status is {status}."
    status: str
    expected: str


@frozen
class TooManySteps(Conflict):
    """An execution has as many steps as it may have."""

    message: ClassVar[str] = "A runbook execution has at most {maximum} steps."
    maximum: int


@frozen(kw_only=True, field_transformer=kinds)
class RunbookStep(AppendedRecord):
    """One step that an operator has carried out: the command, and what it has shown."""

    record_name = "step"
    time_field = "at"
    actor_field = "executed_by"
    begins_later = False

    command: NonBlankText
    expected: Text
    observed: Text
    ok: Flag
    at: Instant
    executed_by: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class RunbookExecution(Aggregate):
    """A runbook that an operator carries out, with the number of its steps."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="runbook_execution")
    missing_error = RunbookExecutionNotFound
    final_states = ENDED
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "completed_as_expected",
            Implies(
                OneOf("status", (ExecutionStatus.COMPLETED,)),
                (Compared("step_count", ">", 0), Compared("failed_step_count", "=", 0)),
            ),
        ),
        Condition("failed_steps_are_steps", Compared("failed_step_count", "<=", "step_count")),
        Condition("steps_bounded", Compared("step_count", "<=", MAX_STEPS)),
        Rising(name="steps_forward", field="step_count", most=1),
        Rising(name="failed_steps_forward", field="failed_step_count", most=1),
    )

    status: ExecutionStatus
    runbook_name: Identifier
    runbook_version: Identifier
    executed_by: Identifier = field(actor_of="start")
    alert: Identifier | None = field()
    step_count: Natural = field(default=0)
    failed_step_count: Natural = field(default=0)
    system_state_before: JsonObject | None = field()
    system_state_after: JsonObject | None = field(allowed_in=ENDED)
    result_json: JsonObject | None = field(allowed_in=ENDED)
    error_reason: NonBlankText | None = field(required_in=UNSUCCESSFUL)
    ended_at: Instant | None = field(required_in=ENDED)

    @creates(ExecutionStatus.PENDING)
    def start(
        self,
        runbook_name: Identifier,
        runbook_version: Identifier,
        alert: Identifier | None = None,
        system_state_before: JsonObject | None = None,
    ) -> None: ...
    @action(
        *RUNNING,
        to=ExecutionStatus.IN_PROGRESS,
        appends=RunbookStep,
        computes=("step_count", "failed_step_count"),
    )
    def record_step(
        self,
        command: NonBlankText,  # noqa: ARG002 - a field of the step
        expected: Text,  # noqa: ARG002 - a field of the step
        observed: Text,  # noqa: ARG002 - a field of the step
        ok: Flag,
    ) -> Fields:
        """Add a step, and count it."""
        if self.step_count >= MAX_STEPS:
            raise TooManySteps(MAX_STEPS)
        failed = 0 if ok else 1
        return {
            "step_count": self.step_count + 1,
            "failed_step_count": self.failed_step_count + failed,
        }

    @action(ExecutionStatus.IN_PROGRESS, to=ExecutionStatus.COMPLETED, time_field="ended_at")
    def complete(
        self,
        result_json: JsonObject | None = None,  # noqa: ARG002 - a field that the action sets
        system_state_after: JsonObject | None = None,  # noqa: ARG002 - a field that it sets
    ) -> None:
        """End the execution: every step was as expected."""
        if self.failed_step_count:
            raise RunbookStepsFailed(self.failed_step_count, self.step_count)

    @action(*RUNNING, to=ExecutionStatus.FAILED, time_field="ended_at")
    def fail(
        self,
        error_reason: NonBlankText,
        result_json: JsonObject | None = None,
        system_state_after: JsonObject | None = None,
    ) -> None:
        """End the execution: the runbook did not help, or could not be carried out."""

    @action(ExecutionStatus.IN_PROGRESS, to=ExecutionStatus.PARTIAL, time_field="ended_at")
    def complete_partially(
        self,
        error_reason: NonBlankText,
        result_json: JsonObject | None = None,
        system_state_after: JsonObject | None = None,
    ) -> None:
        """End the execution: a part of the steps has helped, and the reason says what is left."""


RUNBOOK_EXECUTION: Final = RunbookExecution.lifecycle


class RunbookExecutions(Repository[RunbookExecution]):
    """The executions and their steps."""


@frozen(kw_only=True, slots=False)
class ExecutionFilter(ListFilter):
    """The executions of a list, and their order."""

    status: ExecutionStatus | None = None
    order: ListOrder | None = ListOrder.NEWEST


ALL_EXECUTIONS: Final = ExecutionFilter()


@frozen(kw_only=True, field_transformer=kinds)
class StartRunbook:
    """Start an execution of a runbook; `alert` is what led to it.

    The pages of indelible have the version of its release.
    """

    command_name: ClassVar[str] = "start_runbook_execution"
    runbook_name: Identifier
    runbook_version: Identifier = attrs_field(factory=release)
    alert: Identifier | None = None
    system_state_before: JsonObject | None = None


@frozen(kw_only=True, field_transformer=kinds)
class RecordStep:
    """Add a step to an execution: the command, what was expected, and what was observed."""

    command_name: ClassVar[str] = "record_step_runbook_execution"
    execution_id: Identifier
    command: NonBlankText
    expected: Text
    observed: Text
    ok: Flag


@frozen(kw_only=True, field_transformer=kinds)
class CompleteRunbook:
    """End an execution; one that failed, or helped in part, says why in `error_reason`."""

    command_name: ClassVar[str] = "complete_runbook_execution"
    execution_id: Identifier
    status: EndStatus
    result_json: JsonObject | None = None
    error_reason: NonBlankText | None = None
    system_state_after: JsonObject | None = None

    def ending(self) -> Command[RunbookExecution]:
        """Return the action that leads to the status.

        Raises:
            ErrorReasonNotOfStatus: The reason is missing, or the status has none.
        """
        needs_reason = self.status is not EndStatus.COMPLETED
        if needs_reason != (self.error_reason is not None):
            raise ErrorReasonNotOfStatus(self.status, "set" if needs_reason else "empty")
        outcome: dict[str, JsonObject | None] = {
            "result_json": self.result_json,
            "system_state_after": self.system_state_after,
        }
        if self.error_reason is None:
            return RunbookExecution.complete(self.execution_id, **outcome)
        end = RunbookExecution.complete_partially
        if self.status is EndStatus.FAILED:
            end = RunbookExecution.fail
        return end(self.execution_id, self.error_reason, **outcome)


class RunbooksRead(ReadTransaction, Protocol):
    """The transaction that queries on executions of runbooks need."""

    @property
    def runbook_executions(self) -> RunbookExecutions: ...


class RunbooksWrite(Transaction, Protocol):
    """The transaction that handlers of executions of runbooks need."""

    @property
    def runbook_executions(self) -> RunbookExecutions: ...


def start_runbook(tx: RunbooksWrite, command: StartRunbook) -> Head[RunbookExecution]:
    """Start an execution in the name of the actor."""
    return execute(
        tx,
        tx.runbook_executions,
        RunbookExecution.start(
            runbook_name=command.runbook_name,
            runbook_version=command.runbook_version,
            alert=command.alert,
            system_state_before=command.system_state_before,
        ),
    )


def record_step(tx: RunbooksWrite, command: RecordStep) -> Head[RunbookExecution]:
    """Add a step to an execution that has not ended.

    Raises:
        InvalidTransition: The execution has ended.
        TooManySteps: It has MAX_STEPS already.
    """
    step = RunbookExecution.record_step(
        command.execution_id,
        command=command.command,
        expected=command.expected,
        observed=command.observed,
        ok=command.ok,
    )
    return execute(tx, tx.runbook_executions, step)


def complete_runbook(tx: RunbooksWrite, command: CompleteRunbook) -> Head[RunbookExecution]:
    """End an execution.

    Raises:
        ErrorReasonNotOfStatus: The reason is missing, or the status has none.
        InvalidTransition: The execution has ended, or has no step that could have helped.
        RunbookStepsFailed: It shall be completed, and a step was not as expected.
    """
    return execute(tx, tx.runbook_executions, command.ending())


@single_statement
def list_executions(
    tx: RunbooksRead,
    matching: ExecutionFilter = ALL_EXECUTIONS,
    *,
    runbook_name: str | None = None,
    after: str = "",
    limit: int = 50,
) -> tuple[Head[RunbookExecution], ...]:
    """Return the next `limit` executions after a position, of one runbook or of all."""
    where = {} if runbook_name is None else {"runbook_name": runbook_name}
    return tx.runbook_executions.list_page(matching, where=where, after=after, limit=limit)


@single_statement
def get_execution(tx: RunbooksRead, execution_id: str) -> Head[RunbookExecution]:
    """Return an execution, or raise RunbookExecutionNotFound."""
    return tx.runbook_executions.get(execution_id)


@single_statement
def list_steps(
    tx: RunbooksRead, execution_id: str, *, after: Position = (0, 0), limit: int = MAX_STEPS
) -> tuple[StoredRecord[RunbookStep], ...]:
    """Return the next `limit` steps of an execution after a position, in their order."""
    return tx.runbook_executions.appended_rows(
        RunbookStep, execution_id, up_to=None, after=after, limit=limit
    )
