"""Work to look at: every stage as it is now, what has died and why, and the ways back, each for a reason."""

import re
from collections.abc import Sequence
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
from indelible.kernel.tasks import MOST_COUNTED, Task
from indelible.kernel.values import IDENTIFIER, is_identifier, is_instant
from indelible_web.console.context import ConsoleContext, typed_text
from indelible_web.console.layout import HEADERS, asked, page
from indelible_web.console.page import ConsolePage, NavItem, TaskPanel
from indelible_web.http.admin import (
    DeadAsked,
    StageShown,
    WorkAsked,
    WorkShown,
    revive_work,
    stages_shown,
    work_shown,
)
from indelible_web.http.errors import RouteNotFound
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import ADMIN

SHOWN: Final = 25
MOST_PIECES: Final = 100_000  # whose claims are counted each time somebody looks
CLAIMS: Final = "claims."
NUMBER: Final = re.compile("[0-9]{1,18}")
DONE: Final = {"pause": "Paused", "resume": "Resumed", "revive": "Revived: it is due now"}


@frozen(kw_only=True)
class Row:
    """A stage, how long its oldest work has waited, and how often its work was claimed since somebody looked."""

    shown: StageShown
    waits: timedelta | None
    claims: int | None
    per_minute: int | None


@frozen(kw_only=True)
class LookedAsked:
    """When somebody looked before."""

    at: datetime | None = field(default=None, validator=optional(is_instant))


@frozen(kw_only=True)
class StageAsked:
    """Which stage."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class StageSeen:
    """A stage with its dead work, and the last change of its switch."""

    dead: Sequence[Task]
    change: Change | None

    @property
    def is_paused(self) -> bool:
        """Whether nobody may claim its work."""
        return self.change is not None and self.change.to_state == StageStatus.PAUSED


def work(desk: ConsoleContext) -> Response:
    """Every stage as it is now, and how far the chain was read."""
    rows, now = _rows(_operator(desk))
    panels: list[tuple[TaskPanel, object]] = []
    for panel in desk.task_panels:
        panels.append((panel, desk.app_context.store.read(panel.query)))
    return page("console/tasks", panels=panels, **_drawn(rows, now))


def backlogs(desk: ConsoleContext) -> Response:
    """The part of that page which is asked for again and again."""
    rows, now = _rows(_operator(desk))
    text = render_template("console/_stages.html", **_drawn(rows, now))
    return Response(text, headers=HEADERS, content_type="text/html; charset=utf-8")


def stage(desk: ConsoleContext, name: str, error: IndelibleError | None = None) -> Response:
    """One stage: whether it runs, and what of its work has died."""
    call, wanted = _operator(desk), asked(DeadAsked, request.args, stage=name)
    cursors = call.cursors(wanted := evolve(wanted, limit=min(wanted.limit, SHOWN)))
    seen = call.store.read(_seen, wanted.stage, after=cursors.start(), limit=wanted.limit + 1)
    found = cursors.page(seen.dead, lambda each: each.entity_id)
    return page(
        "console/stage",
        error=error,
        stage=name,
        seen=seen,
        wanted=wanted,
        found=found,
        **_form(desk),
    )


def piece(
    desk: ConsoleContext, name: str, entity_id: str, error: IndelibleError | None = None
) -> Response:
    """One piece of work, and what was recorded of its attempts."""
    call, wanted = _operator(desk), asked(WorkAsked, {}, stage=name, entity_id=entity_id)
    found = call.store.read(work_shown, wanted.stage, wanted.entity_id)
    return page(
        "console/task",
        error=error,
        found=found,
        is_running=_is_running(call, found.work),
        **_form(desk),
    )


def switch(desk: ConsoleContext, name: str, action: str) -> Response:
    """Pause a stage or let it go on; a refusal is shown at the form, and the reason stays in it."""
    if action not in {"pause", "resume"}:
        raise RouteNotFound
    call, wanted = _operator(desk, response_type=StageControl), asked(StageAsked, {}, stage=name)
    try:
        if action == "pause":
            call.run(pause_stage, PauseStage(stage=wanted.stage))
        else:
            call.run(resume_stage, ResumeStage(stage=wanted.stage))
    except IndelibleError as error:
        return stage(desk, name, error)
    return redirect(url_for("console.stage", name=name, done=action), 303)


def revive(desk: ConsoleContext, name: str, entity_id: str) -> Response:
    """Make dead work due; a refusal is shown at the form, and the reason stays in it."""
    call = _operator(desk, response_type=WorkShown)
    try:
        call.run(revive_work, asked(RequeueTask, {}, stage=name, entity_id=entity_id))
    except IndelibleError as error:
        return piece(desk, name, entity_id, error)
    return redirect(url_for("console.piece", name=name, entity_id=entity_id, done="revive"), 303)


def _operator(desk: ConsoleContext, response_type: type[Any] | None = None) -> OperationContext:
    """The call of somebody who may do everything."""
    call = desk.call(reason=typed_text("reason"), response_type=response_type)
    call.caller.require_scope(ADMIN)
    return call


def _rows(call: OperationContext) -> tuple[tuple[Row, ...], datetime]:
    now, before = call.clock.now(), asked(LookedAsked, request.args).at
    return call.store.read(_looked, now, now - before if before and before < now else None), now


def _looked(tx: ReadTx, now: datetime, since: timedelta | None) -> tuple[Row, ...]:
    return tuple(_row(tx, each, now, since) for each in stages_shown(tx, now))


def _row(tx: ReadTx, shown: StageShown, now: datetime, since: timedelta | None) -> Row:
    claims, before = (
        tx.tasks.count_claims(shown.stage, most=MOST_PIECES),
        request.args.get(f"{CLAIMS}{shown.stage}", ""),
    )
    is_known = claims is not None and since is not None and NUMBER.fullmatch(before) is not None
    made = max(0, claims - int(before)) if is_known and claims is not None else 0
    return Row(
        shown=shown,
        waits=now - shown.oldest if shown.oldest else None,
        claims=claims,
        per_minute=round(made * timedelta(minutes=1) / since) if is_known and since else None,
    )


def _drawn(rows: tuple[Row, ...], now: datetime) -> dict[str, Any]:
    """What the table is drawn from; the next look says what this one has seen, so that nothing is kept here."""
    seen = {f"{CLAIMS}{each.shown.stage}": each.claims for each in rows if each.claims is not None}
    return {
        "rows": rows,
        "most": MOST_COUNTED,
        "looked": {"at": now.isoformat().replace("+00:00", "Z"), **seen},
    }


def _seen(tx: ReadTx, name: str, *, after: str, limit: int) -> StageSeen:
    try:
        place = tx.stages.get(name).revision.seq
    except StageNotFound:
        place = 0
    last = tx.history.of(STAGE.name, name, after=place - 1, limit=1) if place else ()
    return StageSeen(
        dead=tx.tasks.dead(name, after=after, limit=limit), change=next(iter(last), None)
    )


def _is_running(call: OperationContext, found: Task) -> bool:
    return not found.is_free(call.clock.now())


def _form(desk: ConsoleContext) -> dict[str, Any]:
    """What a form that asks for a reason needs."""
    done = DONE.get(request.args.get("done", ""))
    return {
        "once": desk.app_context.ids.new(),
        "done": done,
        "reason": request.form.get("reason", ""),
    }


PAGES: Final = (
    ConsolePage(rule="/work", view=work),
    ConsolePage(rule="/work-now", view=backlogs),
    ConsolePage(rule="/work/<name>", view=stage),
    ConsolePage(rule="/work/<name>/<entity_id>", view=piece),
    ConsolePage(rule="/work/<name>/<entity_id>/revive", view=revive, method="POST"),
    ConsolePage(rule="/stages/<name>/<action>", view=switch, method="POST"),
)
NAV: Final = NavItem(key="work", label="Work", endpoint="console.work", scopes=(ADMIN,))
