"""The console's pages of runbooks: a runbook with its executions, an execution, and their forms."""

from collections.abc import Callable
from typing import Any, Final

from attrs import frozen
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible.failure_modes import MODE_BY_NAME
from indelible.kernel import IndelibleError
from indelible.kernel.distributions import release
from indelible.kernel.kinds import Identifier, NonBlankText, kinds
from indelible.kernel.runbooks import (
    CompleteRunbook,
    EndStatus,
    RecordStep,
    StartRunbook,
    list_executions,
)
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import OPS
from indelible_web.http.runbooks import (
    ExecutionQuery,
    ExecutionView,
    add_step,
    complete_execution,
    execution_details,
    start_execution,
)

MAX_EXECUTIONS: Final = 50
OK: Final = "yes"


@frozen(kw_only=True, field_transformer=kinds)
class RunbookQuery:
    """A runbook, by its name."""

    name: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class StartForm:
    """The fields of the form that starts an execution."""

    runbook_version: Identifier
    alert: Identifier | None = None


def show_runbook(
    console: ConsoleContext, name: str, error: IndelibleError | None = None
) -> Response:
    """Show a runbook: what it is for, its page, its executions, and the form that starts one."""
    context = console.operation(scope=OPS)
    query = parse_fields(RunbookQuery, {}, name=name)
    executions = context.store.read(list_executions, runbook_name=query.name, limit=MAX_EXECUTIONS)
    return render_page(
        "console/runbook",
        error=error,
        name=query.name,
        mode=MODE_BY_NAME.get(query.name),
        is_known=query.name in console.runbooks,
        executions=executions,
        once=console.app_context.ids.new(),
        runbook_version=request.form.get("runbook_version", release()),
        alert=request.values.get("alert", ""),
        reason=request.form.get("reason", ""),
    )


def show_execution(
    console: ConsoleContext, execution_id: str, error: IndelibleError | None = None
) -> Response:
    """Show an execution with its steps, and the forms of what its state allows."""
    context = console.operation(scope=OPS)
    query = parse_fields(ExecutionQuery, {}, execution_id=execution_id)
    details = context.store.read(execution_details, query.execution_id)
    return render_page(
        "console/execution",
        error=error,
        execution=details.execution,
        steps=details.steps,
        mode=MODE_BY_NAME.get(details.execution.runbook_name),
        statuses=tuple(EndStatus),
        once=console.app_context.ids.new(),
        form=request.form,
    )


def start_runbook_form(console: ConsoleContext, name: str) -> Response:
    """Start an execution, and show it."""

    def act(context: OperationContext) -> ExecutionView:
        form = parse_fields(StartForm, request.form)
        command = StartRunbook(
            runbook_name=name, runbook_version=form.runbook_version, alert=form.alert
        )
        return start_execution(context, command)

    def show_again(error: IndelibleError) -> Response:
        return show_runbook(console, name, error)

    return _act(console, act, show_again, "The execution is started.")


def add_step_form(console: ConsoleContext, execution_id: str) -> Response:
    """Add a step to an execution."""

    def act(context: OperationContext) -> ExecutionView:
        command = RecordStep(
            execution_id=execution_id,
            command=form_text("command"),
            expected=form_text("expected"),
            observed=form_text("observed"),
            ok=request.form.get("ok") == OK,
        )
        return add_step(context, command)

    def show_again(error: IndelibleError) -> Response:
        return show_execution(console, execution_id, error)

    return _act(console, act, show_again, "The step is recorded.")


def end_execution_form(console: ConsoleContext, execution_id: str) -> Response:
    """End an execution."""

    def act(context: OperationContext) -> ExecutionView:
        values = {"status": form_text("status"), "error_reason": form_text("error_reason")}
        form = parse_fields(EndForm, values)
        command = CompleteRunbook(
            execution_id=execution_id, status=form.status, error_reason=form.error_reason
        )
        return complete_execution(context, command)

    def show_again(error: IndelibleError) -> Response:
        return show_execution(console, execution_id, error)

    return _act(console, act, show_again, "The execution has ended.")


@frozen(kw_only=True, field_transformer=kinds)
class EndForm:
    """The state in which the form ends an execution, and what is left."""

    status: EndStatus
    error_reason: NonBlankText | None = None


def _act(
    console: ConsoleContext,
    act: Callable[[OperationContext], ExecutionView],
    show_again: Callable[[IndelibleError], Any],
    notice: str,
) -> Response:
    """Run a form's command and show the execution; after an error the form keeps its fields."""
    context = console.operation(scope=OPS, reason=form_text("reason"), response_type=ExecutionView)
    try:
        execution = act(context)
    except IndelibleError as error:
        response: Response = show_again(error)
        return response

    console.notices.leave(notice)
    return redirect(url_for("console.show_execution", execution_id=execution.id), 303)


PAGES: Final = (
    ConsolePage(rule="/operations/runbooks/<name>", view=show_runbook),
    ConsolePage(rule="/operations/runbooks/<name>", view=start_runbook_form, method="POST"),
    ConsolePage(rule="/operations/executions/<execution_id>", view=show_execution),
    ConsolePage(
        rule="/operations/executions/<execution_id>/step",
        view=add_step_form,
        method="POST",
    ),
    ConsolePage(
        rule="/operations/executions/<execution_id>/end", view=end_execution_form, method="POST"
    ),
)
