"""The operator's routes of executions of runbooks, outside of the public OpenAPI document.

Each command has a reason and requires an Idempotency-Key; a refused one is stored as a record.
"""

from collections.abc import Callable
from difflib import get_close_matches
from typing import ClassVar, Final, TypeVar

from attrs import frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Head, Invalid, InvalidTransition
from indelible.kernel.choices import allowed_actions
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.lists import ListOrder
from indelible.kernel.runbooks import (
    CompleteRunbook,
    ErrorReasonNotOfStatus,
    ExecutionFilter,
    ExecutionStatus,
    RecordStep,
    RunbookExecution,
    RunbookExecutionNotFound,
    RunbookStep,
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
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import fields_of, view_of

MAX_STEP_BYTES: Final = 2**15
Command = TypeVar("Command")


@frozen
class RunbookUnknown(Invalid):
    """An execution names a runbook that neither indelible nor the host has."""

    message: ClassVar[str] = (
        "There is no runbook {runbook_name}; with a similar name: {nearest}; a host names its own"
        " in `WebContext(runbooks=...)`."
    )
    runbook_name: str
    nearest: tuple[str, ...]


routes = Routes("runbooks", "Executions of runbooks, for operators.")


@frozen(kw_only=True, field_transformer=kinds)
class ExecutionListQuery(PageQuery):
    """The executions in a state, or of a runbook, the newest first, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = frozenset()

    status: ExecutionStatus | None = None
    runbook_name: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class ExecutionQuery:
    """An execution, by its id."""

    execution_id: Identifier


@frozen(kw_only=True, field_transformer=fields_of(RunbookExecution))
class ExecutionView:
    """An execution of a runbook; `allowed_actions` are those of its state."""

    id: str
    runbook_name: str
    allowed_actions: tuple[str, ...]
    seq: int


@frozen(kw_only=True, field_transformer=fields_of(RunbookStep))
class StepView:
    """A step of an execution, by its number."""

    number: int


@frozen(kw_only=True)
class ExecutionDetails:
    """An execution of a runbook with its steps, in their order."""

    execution: ExecutionView
    steps: tuple[StepView, ...]


@routes.add(
    "POST /runbooks/start",
    OPS,
    request_type=StartRunbook,
    response_type=ExecutionView,
    requires_idempotency_key=True,
    errors=(RunbookUnknown,),
)
def start_execution(context: OperationContext, command: StartRunbook) -> ExecutionView:
    """Start an execution of a runbook; the caller is who executes it."""
    name = command.runbook_name
    if name not in context.runbooks:
        with context.recording(command):
            raise RunbookUnknown(name, tuple(get_close_matches(name, context.runbooks)))
    return context.run_recorded(showing(start_runbook), command)


@routes.add(
    "POST /runbooks/<execution_id>/steps",
    OPS,
    request_type=RecordStep,
    response_type=ExecutionView,
    max_body_bytes=MAX_STEP_BYTES,
    requires_idempotency_key=True,
    errors=(RunbookExecutionNotFound, InvalidTransition, TooManySteps),
)
def add_step(context: OperationContext, command: RecordStep) -> ExecutionView:
    """Add a step to an execution: the command, what was expected, and what was observed."""
    return context.run_recorded(showing(record_step), command)


@routes.add(
    "POST /runbooks/complete",
    OPS,
    request_type=CompleteRunbook,
    response_type=ExecutionView,
    requires_idempotency_key=True,
    errors=(
        RunbookExecutionNotFound,
        InvalidTransition,
        ErrorReasonNotOfStatus,
        RunbookStepsFailed,
    ),
)
def complete_execution(context: OperationContext, command: CompleteRunbook) -> ExecutionView:
    """End an execution as completed, failed or partial; the last two need an error_reason."""
    return context.run_recorded(showing(complete_runbook), command)


@routes.pages(
    "GET /runbooks",
    OPS,
    request_type=ExecutionListQuery,
    response_type=ExecutionView,
    reads_with_key=True,
)
def list_all_executions(
    context: OperationContext, query: ExecutionListQuery
) -> Page[ExecutionView]:
    """List the executions of runbooks, the newest first."""
    matching = ExecutionFilter(status=query.status, order=ListOrder.NEWEST)
    cursors = context.cursors(query)
    heads = context.read(
        list_executions,
        matching,
        runbook_name=query.runbook_name,
        after=cursors.start(),
        limit=query.limit + 1,
    )
    page = cursors.page(heads, lambda head: matching.position_of(head.entity))
    return Page(items=tuple(execution_view(head) for head in page.items), next=page.next)


@routes.add(
    "GET /runbooks/<execution_id>",
    OPS,
    request_type=ExecutionQuery,
    response_type=ExecutionDetails,
    errors=(RunbookExecutionNotFound,),
)
def show_execution(context: OperationContext, query: ExecutionQuery) -> ExecutionDetails:
    """Show an execution with its steps."""
    return context.store.read(execution_details, query.execution_id)


def execution_details(tx: ReadTx, execution_id: str) -> ExecutionDetails:
    """Return an execution with its steps.

    Raises: RunbookExecutionNotFound.
    """
    head = get_execution(tx, execution_id)
    steps: list[StepView] = []
    for number, row in enumerate(list_steps(tx, execution_id), start=1):
        steps.append(project(StepView, row.record, number=number))
    return ExecutionDetails(execution=execution_view(head), steps=tuple(steps))


def execution_view(head: Head[RunbookExecution]) -> ExecutionView:
    """Return an execution as the API shows it."""
    allowed = allowed_actions(RunbookExecution, head.entity.status)
    return view_of(ExecutionView, head, allowed_actions=allowed)


def showing(
    handler: Callable[[WriteTx, Command], Head[RunbookExecution]],
) -> Callable[[WriteTx, Command], ExecutionView]:
    """Return a handler that answers with the view of the execution that it has saved."""

    def show(tx: WriteTx, command: Command) -> ExecutionView:
        return execution_view(handler(tx, command))

    return show
