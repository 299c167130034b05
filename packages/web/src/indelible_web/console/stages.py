"""The console's page of all stages: their numbers, their throughput, and the switch that pauses."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import IndelibleError
from indelible.kernel.stages import (
    PauseStage,
    ResumeStage,
    StageControl,
    pause_stage,
    resume_stage,
)
from indelible.kernel.tasks import MAX_COUNTED
from indelible_web.console import tasks
from indelible_web.console.charts import Chart, hour_before, make_chart
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import HEADERS, parse_fields, render_page
from indelible_web.console.page import PREFIX, ConsolePage, NavItem, TaskPanel
from indelible_web.console.stage_table import StageRow
from indelible_web.http.admin import StageQuery
from indelible_web.http.errors import RouteNotFound
from indelible_web.http.request import OPS

MAX_CHARTS: Final = 6  # The page of a stage has the chart of that stage.


def show_stages(console: ConsoleContext, error: IndelibleError | None = None) -> Response:
    """Show every stage as it is now, and the panels that contexts add.

    The error is that of a panel's form, which keeps the reason.
    """
    context = console.operation(scope=OPS)
    now = context.clock.now()
    rows = console.stage_table.rows(now)

    panels: list[tuple[TaskPanel, object]] = []
    for visible_context in console.visible.contexts():
        for panel in visible_context.task_panels:
            panels.append((panel, context.store.read(panel.query)))

    return render_page(
        "console/tasks",
        error=error,
        rows=rows,
        panels=panels,
        charts=context.store.read(_read_charts, [row.stage.stage for row in rows], now),
        max_counted=MAX_COUNTED,
        once=console.app_context.ids.new(),
        reason=request.form.get("reason", ""),
    )


def stages_now(console: ConsoleContext) -> Response:
    """Show only the table of stages, which the page's script loads again and again."""
    context = console.operation(scope=OPS)
    text = console.stage_table.live_text(context.clock.now(), _render_rows)

    return Response(text, headers=HEADERS, content_type="text/html; charset=utf-8")


def control_stage(console: ConsoleContext, name: str, action: str) -> Response:
    """Pause or resume a stage; after an error the form keeps the reason."""
    if action not in {"pause", "resume"}:
        raise RouteNotFound((PREFIX,))

    context = console.operation(scope=OPS, reason=form_text("reason"), response_type=StageControl)
    query = parse_fields(StageQuery, {}, stage=name)
    try:
        if action == "pause":
            context.run_recorded(pause_stage, PauseStage(stage=query.stage))
        else:
            context.run_recorded(resume_stage, ResumeStage(stage=query.stage))
    except IndelibleError as error:
        return tasks.show_stage(console, name, error)

    if action == "pause":
        console.notices.leave("Paused. No more tasks of this stage are claimed.")
    else:
        console.notices.leave("Resumed. Tasks of this stage are claimed again.")
    return redirect(url_for("console.show_stage", name=name), 303)


def _render_rows(rows: Collection[StageRow]) -> str:
    return render_template("console/_stages.html", rows=rows, max_counted=MAX_COUNTED)


def _read_charts(tx: ReadTx, names: Collection[str], now: datetime) -> tuple[Chart, ...]:
    """Return the charts of the first stages that finished tasks in the last hour."""
    charts: list[Chart] = []
    for name in names:
        counts = tx.tasks.finished_by_minute(name, since=hour_before(now), limit=MAX_COUNTED)
        if counts.total:
            key = f"chart-{len(charts) + 1}"
            charts.append(make_chart(key, name, "finished tasks", counts))
        if len(charts) == MAX_CHARTS:
            break

    return tuple(charts)


PAGES: Final = (
    ConsolePage(rule="/tasks", view=show_stages),
    ConsolePage(rule="/tasks-now", view=stages_now, is_live=True),
    ConsolePage(rule="/stages/<name>/<action>", view=control_stage, method="POST"),
)
NAV: Final = NavItem(key="tasks", label="Tasks", endpoint="console.show_stages", scopes=(OPS,))
