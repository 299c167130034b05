"""The operator's routes of work, outside of the document: what waits, what has died and why, and the way back."""

from datetime import datetime
from typing import Final

from attrs import field, frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Head
from indelible.kernel.stages import (
    PauseStage,
    RequeueTask,
    ResumeStage,
    StageControl,
    StageStatus,
    pause_stage,
    resume_stage,
)
from indelible.kernel.stages import requeue_task as revive_dead
from indelible.kernel.tasks import Attempt, StageStats, Task
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, Paged
from indelible_web.http.request import ADMIN
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

PREFIX: Final = "/admin"
MOST_STAGES: Final = 1_000
MOST_ATTEMPTS: Final = 100

routes = Routes("admin", "What workers do, for an operator.")


@frozen(kw_only=True)
class EverythingAsked:
    """Nothing to choose."""


@frozen(kw_only=True)
class DeadAsked(Paged):
    """Of which stage, and which page of its dead work."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class WorkAsked:
    """Which piece of work."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class StageShown:
    """A stage in numbers, none counted beyond 10,000, and whether it is paused."""

    stage: str
    due: int
    running: int
    dead: int
    oldest: datetime | None
    is_paused: bool


@frozen(kw_only=True)
class WorkShown:
    """A piece of work, and its last attempts, the newest first."""

    work: Task
    attempts: tuple[Attempt, ...]


@routes.pages("GET /work", ADMIN, request_type=EverythingAsked, response_type=StageShown)
def show_stages(call: OperationContext, _: EverythingAsked) -> Page[StageShown]:
    """List every stage that ever had work, or was paused; there is no page after it."""
    return Page(items=call.store.read(stages_shown, call.clock.now()), next=None)


@routes.pages("GET /work/<stage>", ADMIN, request_type=DeadAsked, response_type=Task)
def find_dead(call: OperationContext, asked: DeadAsked) -> Page[Task]:
    """List a stage's dead work, in order of id, each with the reason that it died of."""
    cursors = call.cursors(asked)
    after, limit = cursors.start(), asked.limit + 1
    found = call.store.read(lambda tx: tx.tasks.dead(asked.stage, after=after, limit=limit))
    return cursors.page(found, lambda work: work.entity_id)


@routes.add("GET /work/<stage>/<entity_id>", ADMIN, request_type=WorkAsked, response_type=WorkShown)
def show_work(call: OperationContext, asked: WorkAsked) -> WorkShown:
    """Show a piece of work and what was recorded of its attempts."""
    return call.store.read(work_shown, asked.stage, asked.entity_id)


@routes.add(
    "POST /work/<stage>/<entity_id>/revive",
    ADMIN,
    request_type=RequeueTask,
    response_type=WorkShown,
)
def revive(call: OperationContext, command: RequeueTask) -> WorkShown:
    """Make dead work due now; its attempts are counted from nothing."""
    return call.run(revive_work, command)


@routes.add(
    "POST /stages/<stage>/pause", ADMIN, request_type=PauseStage, response_type=StageControl
)
def pause(call: OperationContext, command: PauseStage) -> StageControl:
    """Let nobody claim work of a stage; what is in hand is finished."""
    return call.run(pause_stage, command)


@routes.add(
    "POST /stages/<stage>/resume", ADMIN, request_type=ResumeStage, response_type=StageControl
)
def resume(call: OperationContext, command: ResumeStage) -> StageControl:
    """Let work of a paused stage be claimed again."""
    return call.run(resume_stage, command)


def stages_shown(tx: ReadTx, now: datetime) -> tuple[StageShown, ...]:
    """Every stage, in order of name."""
    known = {each.stage: each for each in tx.tasks.backlogs(now)}
    paused = set(paused_stages(tx))
    return tuple(
        project(StageShown, known.get(name) or _empty(name), is_paused=name in paused)
        for name in sorted(known.keys() | paused)
    )


def work_shown(tx: ReadTx, stage: str, entity_id: str) -> WorkShown:
    """The work with its attempts, or WorkNotFound."""
    work = tx.tasks.get(stage, entity_id)
    return WorkShown(
        work=work, attempts=tx.tasks.attempts_of(stage, entity_id, limit=MOST_ATTEMPTS)
    )


def revive_work(tx: WriteTx, command: RequeueTask) -> WorkShown:
    """Make dead work due, and show it."""
    revive_dead(tx, command)
    return work_shown(tx, command.stage, command.entity_id)


def paused_stages(tx: ReadTx) -> tuple[str, ...]:
    """The names of the stages of which nobody may claim work."""
    switches: tuple[Head[StageControl], ...] = tx.stages.page(after="", limit=MOST_STAGES)
    return tuple(each.entity.id for each in switches if each.entity.status is StageStatus.PAUSED)


def _empty(stage: str) -> StageStats:
    return StageStats(stage=stage, due=0, running=0, dead=0, oldest=None)
