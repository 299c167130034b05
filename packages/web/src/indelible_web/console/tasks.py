"""The console's pages of tasks: every stage now, its dead tasks, and the forms of an operator."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve, field, frozen
from attrs.validators import optional
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import Change, IndelibleError
from indelible.kernel.stages import (
    STAGE,
    PauseStage,
    RequeueTask,
    ResumeStage,
    StageControl,
    StageNotFound,
    StageStatus,
    pause_stage,
    resume_stage,
)
from indelible.kernel.tasks import MAX_COUNTED, Task
from indelible.kernel.values import IDENTIFIER, is_identifier, is_instant
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import HEADERS, parse_fields, render_page
from indelible_web.console.page import ConsolePage, NavItem, TaskPanel
from indelible_web.http.admin import (
    DeadTasksQuery,
    StageView,
    TaskQuery,
    TaskView,
    get_task,
    list_stages,
    requeue_and_show,
)
from indelible_web.http.errors import RouteNotFound
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import ADMIN

PAGE_SIZE: Final = 25
# Counting the claims of a stage costs time at each refresh of the page.
MAX_TASKS_WITH_CLAIMS: Final = 100_000
CLAIMS_PREFIX: Final = "claims."
NUMBER: Final = re.compile("[0-9]{1,18}")
DONE: Final = {"pause": "Paused", "resume": "Resumed", "requeue": "Requeued: it is due now"}


@frozen(kw_only=True)
class StageRow:
    """A stage in the table, the age of its oldest due task, and its rate of claims.

    `claims` is None if the stage has too many tasks to count them; `claims_per_minute` is None
    unless the page was loaded before.
    """

    stage: StageView
    oldest_age: timedelta | None
    claims: int | None
    claims_per_minute: int | None


@frozen(kw_only=True)
class ClaimsQuery:
    """The time at which the page was loaded before."""

    at: datetime | None = field(default=None, validator=optional(is_instant))


@frozen(kw_only=True)
class StageQuery:
    """A stage, by its name."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class StagePage:
    """A stage's dead tasks, and the last change of its control."""

    dead: Sequence[Task]
    change: Change | None

    @property
    def is_paused(self) -> bool:
        """Return True if no task of the stage is claimed."""
        return self.change is not None and self.change.to_state == StageStatus.PAUSED


def show_stages(console: ConsoleContext) -> Response:
    """Show every stage as it is now, and the panels that contexts add."""
    rows, now = _stage_rows(_operator(console))

    panels: list[tuple[TaskPanel, object]] = []
    for panel in console.task_panels:
        panels.append((panel, console.app_context.store.read(panel.query)))

    return render_page("console/tasks", panels=panels, **_table_values(rows, now))


def stages_now(console: ConsoleContext) -> Response:
    """Show only the table of stages, which the page's script loads again and again."""
    rows, now = _stage_rows(_operator(console))
    text = render_template("console/_stages.html", **_table_values(rows, now))

    return Response(text, headers=HEADERS, content_type="text/html; charset=utf-8")


def show_stage(console: ConsoleContext, name: str, error: IndelibleError | None = None) -> Response:
    """Show one stage: its control and its dead tasks."""
    context = _operator(console)
    query = parse_fields(DeadTasksQuery, request.args, stage=name)
    query = evolve(query, limit=min(query.limit, PAGE_SIZE))
    cursors = context.cursors(query)
    stage = context.store.read(
        _read_stage, query.stage, after=cursors.start(), limit=query.limit + 1
    )
    page = cursors.page(stage.dead, lambda task: task.entity_id)

    return render_page(
        "console/stage",
        error=error,
        name=name,
        stage=stage,
        query=query,
        page=page,
        **_form_values(console),
    )


def show_task(
    console: ConsoleContext, name: str, entity_id: str, error: IndelibleError | None = None
) -> Response:
    """Show one task and its attempts."""
    context = _operator(console)
    query = parse_fields(TaskQuery, {}, stage=name, entity_id=entity_id)
    view = context.store.read(get_task, query.stage, query.entity_id)
    is_running = not view.task.is_free(context.clock.now())

    return render_page(
        "console/task", error=error, view=view, is_running=is_running, **_form_values(console)
    )


def control_stage(console: ConsoleContext, name: str, action: str) -> Response:
    """Pause or resume a stage; after an error the form keeps the reason."""
    if action not in {"pause", "resume"}:
        raise RouteNotFound

    context = _operator(console, response_type=StageControl)
    query = parse_fields(StageQuery, {}, stage=name)
    try:
        if action == "pause":
            context.run(pause_stage, PauseStage(stage=query.stage))
        else:
            context.run(resume_stage, ResumeStage(stage=query.stage))
    except IndelibleError as error:
        return show_stage(console, name, error)

    return redirect(url_for("console.show_stage", name=name, done=action), 303)


def requeue(console: ConsoleContext, name: str, entity_id: str) -> Response:
    """Requeue a dead task; after an error the form keeps the reason."""
    context = _operator(console, response_type=TaskView)
    try:
        command = parse_fields(RequeueTask, {}, stage=name, entity_id=entity_id)
        context.run(requeue_and_show, command)
    except IndelibleError as error:
        return show_task(console, name, entity_id, error)

    url = url_for("console.show_task", name=name, entity_id=entity_id, done="requeue")
    return redirect(url, 303)


def _operator(console: ConsoleContext, response_type: type[Any] | None = None) -> OperationContext:
    """Return the current request's operation.

    Raises: ScopeMissing unless the caller is an operator.
    """
    context = console.operation(reason=form_text("reason"), response_type=response_type)
    context.caller.require_scope(ADMIN)

    return context


def _stage_rows(context: OperationContext) -> tuple[tuple[StageRow, ...], datetime]:
    now = context.clock.now()
    previous = parse_fields(ClaimsQuery, request.args).at
    elapsed = now - previous if previous and previous < now else None

    return context.store.read(_read_stage_rows, now, elapsed), now


def _read_stage_rows(tx: ReadTx, now: datetime, elapsed: timedelta | None) -> tuple[StageRow, ...]:
    rows: list[StageRow] = []
    for stage in list_stages(tx, now):
        claims = tx.tasks.count_claims(stage.stage, limit=MAX_TASKS_WITH_CLAIMS)
        row = StageRow(
            stage=stage,
            oldest_age=now - stage.oldest if stage.oldest else None,
            claims=claims,
            claims_per_minute=_claims_per_minute(stage.stage, claims, elapsed),
        )
        rows.append(row)

    return tuple(rows)


def _claims_per_minute(stage: str, claims: int | None, elapsed: timedelta | None) -> int | None:
    """Return the rate since the page was loaded before, from the count in its query."""
    previous = request.args.get(f"{CLAIMS_PREFIX}{stage}", "")
    if claims is None or elapsed is None or not NUMBER.fullmatch(previous):
        return None

    new_claims = max(0, claims - int(previous))
    return round(new_claims * timedelta(minutes=1) / elapsed)


def _table_values(rows: tuple[StageRow, ...], now: datetime) -> dict[str, Any]:
    """Return the values of the table's template.

    `refresh_query` carries the present counts to the next refresh, so that the server keeps none.
    """
    refresh_query: dict[str, Any] = {"at": now.isoformat().replace("+00:00", "Z")}
    for row in rows:
        if row.claims is not None:
            refresh_query[f"{CLAIMS_PREFIX}{row.stage.stage}"] = row.claims

    return {"rows": rows, "max_counted": MAX_COUNTED, "refresh_query": refresh_query}


def _read_stage(tx: ReadTx, name: str, *, after: str, limit: int) -> StagePage:
    dead = tx.tasks.dead(name, after=after, limit=limit)
    try:
        seq = tx.stages.get(name).revision.seq
    except StageNotFound:
        return StagePage(dead=dead, change=None)

    changes = tx.history.of(STAGE.name, name, after=seq - 1, limit=1)
    return StagePage(dead=dead, change=changes[0])


def _form_values(console: ConsoleContext) -> Mapping[str, Any]:
    """Return the values of a form that asks for a reason."""
    return {
        "once": console.app_context.ids.new(),
        "done": DONE.get(request.args.get("done", "")),
        "reason": request.form.get("reason", ""),
    }


PAGES: Final = (
    ConsolePage(rule="/tasks", view=show_stages),
    ConsolePage(rule="/tasks-now", view=stages_now, is_live=True),
    ConsolePage(rule="/tasks/<name>", view=show_stage),
    ConsolePage(rule="/tasks/<name>/<entity_id>", view=show_task),
    ConsolePage(rule="/tasks/<name>/<entity_id>/requeue", view=requeue, method="POST"),
    ConsolePage(rule="/stages/<name>/<action>", view=control_stage, method="POST"),
)
NAV: Final = NavItem(key="tasks", label="Tasks", endpoint="console.show_stages", scopes=(ADMIN,))
