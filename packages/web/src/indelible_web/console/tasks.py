"""The console's pages of one stage and of one task, and the forms to repair them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from attrs import evolve, field, frozen
from attrs.validators import optional
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Change, IndelibleError, canonical_json
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.stages import RequeueTask, StageStatus
from indelible.kernel.task_commands import (
    MAX_REQUEUED,
    CancelTask,
    RequeueTasks,
)
from indelible.kernel.task_lists import TaskFilter, TaskOrder
from indelible.kernel.tasks import Attempt, AttemptOutcome, ErrorCount, Task, TaskState
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.console.charts import MAX_EVENTS, Chart, hour_before, make_chart
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.lists import ListView, parse_list
from indelible_web.console.page import ConsolePage, EntityLink, EntityLinks
from indelible_web.console.task_entities import links_of_tasks
from indelible_web.http.admin import (
    RequeuedTasks,
    TaskQuery,
    TaskView,
    cancel_and_show,
    get_task,
    last_switch,
    requeue_and_count,
    requeue_and_show,
)
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.request import OPS, Caller

C = TypeVar("C")

PAGE_SIZE: Final = 50
MAX_COUNT: Final = 1_000  # Of the tasks of a state, beside its name.
MAX_SEARCHED_ATTEMPTS: Final = 5  # For the last failure of a task, newest first.
FAILURES: Final = frozenset({AttemptOutcome.FAILED, AttemptOutcome.DEAD})
# The states whose tasks are in this order unless another one is chosen.
NEWEST_FIRST: Final = frozenset({TaskState.COMPLETED, TaskState.CANCELED})
FILTERS: Final = ("error_class", "actor", "since", "until", "order")
# The state that a stage's page shows unless one is chosen: the first that has tasks.
STATES_BY_URGENCY: Final = (
    TaskState.DEAD,
    TaskState.RUNNING,
    TaskState.WAITING,
    TaskState.COMPLETED,
    TaskState.CANCELED,
)


@frozen(kw_only=True)
class StageTasksQuery(PageQuery):
    """The tasks of a stage in a state, and a page of them; or the id of one of them."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    state: TaskState | None = None
    error_class: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    actor: Actor | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: TaskOrder | None = None
    task: str | None = field(default=None, validator=optional(is_identifier), metadata=IDENTIFIER)


@frozen(kw_only=True)
class TaskRow:
    """A task of a list, its last failure, and the entity that it belongs to, if it has them."""

    task: Task
    failure: Attempt | None
    entity: EntityLink | None


@frozen(kw_only=True)
class StageSummary:
    """A stage's switch, tasks by state, errors of dead tasks, hung threads, and throughput."""

    change: Change | None
    counts: Mapping[TaskState, int]
    errors: Sequence[ErrorCount]
    hung_threads: Sequence[HungThreads]
    chart: Chart

    @property
    def is_paused(self) -> bool:
        """Return True if no task of the stage is claimed."""
        return self.change is not None and self.change.to_state == StageStatus.PAUSED

    @property
    def first_state(self) -> TaskState:
        """Return the most urgent state that has tasks."""
        for state in STATES_BY_URGENCY:
            if self.counts[state]:
                return state

        return TaskState.WAITING


def show_stage(console: ConsoleContext, name: str, error: IndelibleError | None = None) -> Response:
    """Show one stage: its switch, its errors, its throughput, and its tasks in one state."""
    context = console.operation(scope=OPS, page_view=show_stage)
    query = parse_list(StageTasksQuery, context.caller, stage=name)
    if query.task is not None:
        return redirect(url_for("console.show_task", name=name, entity_id=query.task), 303)

    now = context.clock.now()
    summary = context.store.read(_read_summary, query.stage, now)
    query = evolve(
        query, state=query.state or summary.first_state, limit=min(query.limit, PAGE_SIZE)
    )

    return render_page(
        "console/stage",
        error=error,
        name=name,
        now=now,
        summary=summary,
        states=tuple(TaskState),
        max_count=MAX_COUNT,
        query=query,
        list=_list_view(query),
        max_requeued=MAX_REQUEUED,
        page=_read_page(console, context, query),
        **_form_values(console),
    )


def show_task(
    console: ConsoleContext, name: str, entity_id: str, error: IndelibleError | None = None
) -> Response:
    """Show one task with its documents, its attempts, and the form that its state allows."""
    context = console.operation(scope=OPS)
    query = parse_fields(TaskQuery, {}, stage=name, entity_id=entity_id)
    view = context.store.read(get_task, query.stage, query.entity_id)
    links = context.store.read(
        links_of_tasks, context.caller, (query.entity_id,), console.entity_links
    )

    return render_page(
        "console/task",
        error=error,
        view=view,
        entity=links.get(query.entity_id),
        state=view.task.state(context.clock.now()),
        arguments=_document_text(view.task.arguments),
        result=_document_text(view.task.result),
        **_form_values(console),
    )


def requeue(console: ConsoleContext, name: str, entity_id: str) -> Response:
    """Requeue a dead or canceled task; after an error the form keeps the reason."""
    notice = "Requeued. The task is due now."
    return _change_task(console, requeue_and_show, RequeueTask, name, entity_id, notice)


def cancel(console: ConsoleContext, name: str, entity_id: str) -> Response:
    """Cancel a waiting or running task; after an error the form keeps the reason."""
    notice = "Canceled. The result of a running attempt is discarded."
    return _change_task(console, cancel_and_show, CancelTask, name, entity_id, notice)


def requeue_dead(console: ConsoleContext, name: str) -> Response:
    """Requeue the dead tasks of a stage, or those of one error class; at most one batch."""
    context = console.operation(scope=OPS, reason=form_text("reason"), response_type=RequeuedTasks)
    try:
        command = parse_fields(RequeueTasks, request.form, stage=name, limit=MAX_REQUEUED)
        requeued = context.run_recorded(requeue_and_count, command)
    except IndelibleError as error:
        return show_stage(console, name, error)

    console.notices.leave(_requeue_notice(requeued.number, command))
    url = url_for("console.show_stage", name=name, state=TaskState.DEAD.value)
    return redirect(url, 303)


def _change_task(
    console: ConsoleContext,
    handler: Callable[[WriteTx, C], TaskView],
    command_type: type[C],
    name: str,
    entity_id: str,
    notice: str,
) -> Response:
    """Run a form's command on a task and show the task."""
    reason = form_text("reason")
    context = console.operation(scope=OPS, reason=reason, response_type=TaskView)
    try:
        command = parse_fields(command_type, {}, stage=name, entity_id=entity_id)
        context.run_recorded(handler, command)
    except IndelibleError as error:
        return show_task(console, name, entity_id, error)

    console.notices.leave(notice)
    return redirect(url_for("console.show_task", name=name, entity_id=entity_id), 303)


def _read_summary(tx: ReadTx, name: str, now: datetime) -> StageSummary:
    counts: dict[TaskState, int] = {}
    for state in TaskState:
        matching = TaskFilter(stage=name, state=state)
        counts[state] = tx.tasks.count_tasks(matching, now=now, limit=MAX_COUNT)
    finished = tx.tasks.finished_by_minute(name, since=hour_before(now), limit=MAX_EVENTS)

    return StageSummary(
        change=last_switch(tx, name),
        counts=counts,
        errors=tx.tasks.error_counts(name),
        hung_threads=tx.tasks.hung_threads(now, stage=name),
        chart=make_chart("chart", "Finished tasks", "finished tasks", finished),
    )


def _list_view(query: StageTasksQuery) -> ListView:
    """Return the parameters of the list of tasks as they were typed."""
    state = query.state or TaskState.WAITING
    order = query.order
    if order is None and state in NEWEST_FIRST:
        order = TaskOrder.NEWEST

    typed = {"name": query.stage, "state": state.value}
    for parameter in FILTERS:
        typed[parameter] = request.values.get(parameter, "").strip()

    return ListView(endpoint="console.show_stage", typed=typed, order=order or "")


def _read_page(
    console: ConsoleContext, context: OperationContext, query: StageTasksQuery
) -> Page[TaskRow]:
    matching = TaskFilter(
        stage=query.stage,
        state=query.state or TaskState.WAITING,
        error_class=query.error_class,
        actor=query.actor,
        since=query.since,
        until=query.until,
        order=query.order,
    )
    cursors = context.cursors(query)
    rows = context.store.read(
        _read_rows,
        context.caller,
        console.entity_links,
        matching,
        now=context.clock.now(),
        after=cursors.start(),
        limit=query.limit + 1,
    )

    return cursors.page(rows, lambda row: matching.position_of(row.task))


def _read_rows(
    tx: ReadTx,
    caller: Caller,
    entity_links: Mapping[str, EntityLinks],
    matching: TaskFilter,
    *,
    now: datetime,
    after: str,
    limit: int,
) -> tuple[TaskRow, ...]:
    tasks = tx.tasks.list_tasks(matching, now=now, after=after, limit=limit)
    task_ids = [task.entity_id for task in tasks]
    links = links_of_tasks(tx, caller, task_ids, entity_links)
    rows: list[TaskRow] = []
    for task in tasks:
        failure = _last_failure(tx, task)
        rows.append(TaskRow(task=task, failure=failure, entity=links.get(task.entity_id)))

    return tuple(rows)


def _last_failure(tx: ReadTx, task: Task) -> Attempt | None:
    """Return the record of the run's last failure, None if the run has none."""
    if task.error_class is None and task.dead_reason is None:
        return None

    attempts = tx.tasks.attempts_of(task.stage, task.entity_id, limit=MAX_SEARCHED_ATTEMPTS)
    for attempt in attempts:
        if attempt.outcome in FAILURES:
            return attempt

    return None


def _requeue_notice(number: int, command: RequeueTasks) -> str:
    """Return what the form has done, and that it has to be sent again for the rest."""
    tasks_text = "1 task is" if number == 1 else f"{number:,} tasks are"
    text = f"Requeued. {tasks_text} due now. Refresh the page to see how far they are."
    if number == command.limit:
        return f"{text} There may be more dead tasks: send the form again for the next ones."
    return text


def _document_text(document: object) -> str:
    """Return a JSON value for people, blank if there is none."""
    return "" if document is None else canonical_json(document)


def _form_values(console: ConsoleContext) -> Mapping[str, Any]:
    """Return the values of a form that asks for a reason."""
    return {"once": console.app_context.ids.new(), "reason": request.form.get("reason", "")}


PAGES: Final = (
    ConsolePage(rule="/tasks/<name>", view=show_stage),
    ConsolePage(rule="/tasks/<name>/<entity_id>", view=show_task),
    ConsolePage(rule="/tasks/<name>/<entity_id>/requeue", view=requeue, method="POST"),
    ConsolePage(rule="/tasks/<name>/<entity_id>/cancel", view=cancel, method="POST"),
    ConsolePage(rule="/stages/<name>/requeue", view=requeue_dead, method="POST"),
)
