"""The operator's routes of no context: tasks, stages, and commands that had no effect.

They are outside of the public OpenAPI document.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

from attrs import frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Change, Head, stages, task_commands
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.rejections import Rejection, list_rejections
from indelible.kernel.stages import (
    STAGE,
    PauseStage,
    RequeueTask,
    ResumeStage,
    StageControl,
    StageNotFound,
    StageStatus,
)
from indelible.kernel.task_commands import CancelTask, RequeueTasks, requeue_tasks
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import Attempt, ErrorCount, StageStats, Task, TaskState
from indelible_web.http.metrics import ContextGauge
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import LIST_FILTERS, Page, PageQuery
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import fields_of

PREFIX: Final = "/admin"
MAX_STAGES: Final = 1_000
MAX_ATTEMPTS: Final = 100
LATE_AFTER: Final = timedelta(minutes=5)  # A due task that no worker takes is late after this.
PAUSED: Final = 1.0

routes = Routes("admin", "Tasks, stages, and the records of commands, for an operator.")


@frozen(kw_only=True, field_transformer=kinds)
class TaskListQuery(TaskFilter, PageQuery):
    """The tasks of a stage in a state, dead unless another one is given, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS | {"state", "error_class"}

    state: TaskState = TaskState.DEAD


@frozen(kw_only=True, field_transformer=kinds)
class StageQuery:
    """A stage, by its name."""

    stage: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class TaskQuery:
    """A task, by its stage and its entity."""

    stage: Identifier
    entity_id: Identifier


@frozen(kw_only=True)
class StageListQuery:
    """The stages, or only those that stand still, or only those that do not."""

    is_stuck: bool | None = None


@frozen(kw_only=True)
class StageView:
    """A stage's tasks in numbers, none counted beyond 10,000, and whether and why it is paused."""

    stage: str
    due: int
    running: int
    dead: int
    oldest: datetime | None
    is_paused: bool
    paused_at: datetime | None
    paused_by: Actor | None
    pause_reason: str | None
    hung_threads: int

    def is_late(self, now: datetime) -> bool:
        """Return True if a task has waited too long for a worker, and not for a resumption."""
        return not self.is_paused and self.oldest is not None and now - self.oldest > LATE_AFTER

    def is_stuck(self, now: datetime) -> bool:
        """Return True if no worker takes the tasks of the stage, or hung ones occupy threads."""
        return self.hung_threads > 0 or self.is_late(now)


@frozen(kw_only=True)
class TaskView:
    """A task, and its last attempts, newest first."""

    task: Task
    attempts: tuple[Attempt, ...]


@frozen(kw_only=True, field_transformer=kinds)
class RejectionListQuery(PageQuery):
    """A page of the operators' commands without an effect, of all commands or of one."""

    command: Identifier | None = None


@frozen(kw_only=True, field_transformer=fields_of(Rejection, first=("id", "at")))
class RejectionView:
    """An operator's command that was refused, or that changed nothing: `NO_EFFECT`."""

    id: str


@frozen
class RequeuedTasks:
    """The number of tasks that a command has requeued; repeat it while it is the limit."""

    number: int


@routes.pages("GET /tasks", OPS, request_type=StageListQuery, response_type=StageView)
def show_stages(context: OperationContext, query: StageListQuery) -> Page[StageView]:
    """List every stage that has tasks or is paused; there is one page."""
    now = context.clock.now()
    views: list[StageView] = []
    for view in context.store.read(list_stages, now):
        if query.is_stuck in (None, view.is_stuck(now)):
            views.append(view)

    return Page(items=tuple(views), next=None)


@routes.pages("GET /tasks/<stage>", OPS, request_type=TaskListQuery, response_type=Task)
def list_tasks(context: OperationContext, query: TaskListQuery) -> Page[Task]:
    """List a stage's tasks in one state, filtered by error class, actor and time."""
    cursors = context.cursors(query)
    tasks = context.store.read(
        find_tasks,
        query,
        now=context.clock.now(),
        after=cursors.start(),
        limit=query.limit + 1,
    )

    return cursors.page(tasks, query.position_of)


@routes.add("GET /tasks/<stage>/<entity_id>", OPS, request_type=TaskQuery, response_type=TaskView)
def show_task(context: OperationContext, query: TaskQuery) -> TaskView:
    """Show a task and its attempts."""
    return context.store.read(get_task, query.stage, query.entity_id)


@routes.add(
    "POST /tasks/<stage>/<entity_id>/requeue",
    OPS,
    request_type=RequeueTask,
    response_type=TaskView,
    requires_idempotency_key=True,
)
def requeue_task(context: OperationContext, command: RequeueTask) -> TaskView:
    """Make a dead or canceled task due now, with no attempts counted."""
    return context.run_recorded(requeue_and_show, command)


@routes.add(
    "POST /tasks/<stage>/<entity_id>/cancel",
    OPS,
    request_type=CancelTask,
    response_type=TaskView,
    requires_idempotency_key=True,
)
def cancel_task(context: OperationContext, command: CancelTask) -> TaskView:
    """Cancel a waiting or running task; the result of a running attempt is discarded."""
    return context.run_recorded(cancel_and_show, command)


@routes.pages(
    "GET /rejections",
    OPS,
    request_type=RejectionListQuery,
    response_type=RejectionView,
    reads_with_key=True,
)
def list_refused_commands(
    context: OperationContext, query: RejectionListQuery
) -> Page[RejectionView]:
    """List the operators' commands that were refused or changed nothing, newest first.

    A command that changed nothing has the code `NO_EFFECT`. The commands are those of all contexts.
    """
    cursors = context.cursors(query)
    rejections = context.read(
        list_rejections, command=query.command, before=cursors.start(), limit=query.limit + 1
    )
    views = [project(RejectionView, rejection) for rejection in rejections]
    return cursors.page(views, lambda view: view.id)


@routes.pages("GET /stages/<stage>/errors", OPS, request_type=StageQuery, response_type=ErrorCount)
def list_stage_errors(context: OperationContext, query: StageQuery) -> Page[ErrorCount]:
    """Count a stage's dead tasks by the class of their last error; there is one page."""
    counts = context.store.read(lambda tx: tx.tasks.error_counts(query.stage))

    return Page(items=counts, next=None)


@routes.add(
    "POST /stages/<stage>/requeue",
    OPS,
    request_type=RequeueTasks,
    response_type=RequeuedTasks,
    requires_idempotency_key=True,
)
def requeue_dead_tasks(context: OperationContext, command: RequeueTasks) -> RequeuedTasks:
    """Make a stage's dead tasks due now, all or those of one error class, up to a limit."""
    return context.run_recorded(requeue_and_count, command)


@routes.add(
    "POST /stages/<stage>/pause",
    OPS,
    request_type=PauseStage,
    response_type=StageControl,
    requires_idempotency_key=True,
)
def pause_stage(context: OperationContext, command: PauseStage) -> StageControl:
    """Pause a stage: no more tasks are claimed, and claimed tasks are finished."""
    return context.run_recorded(stages.pause_stage, command)


@routes.add(
    "POST /stages/<stage>/resume",
    OPS,
    request_type=ResumeStage,
    response_type=StageControl,
    requires_idempotency_key=True,
)
def resume_stage(context: OperationContext, command: ResumeStage) -> StageControl:
    """Resume a paused stage."""
    return context.run_recorded(stages.resume_stage, command)


def list_stages(tx: ReadTx, now: datetime) -> tuple[StageView, ...]:
    """Return every stage that has tasks or is paused, in order of name."""
    stats = {stage.stage: stage for stage in tx.tasks.backlogs(now)}
    paused = paused_stages(tx)

    views: list[StageView] = []
    for name in sorted({*stats, *paused}):
        stage = stats.get(name) or StageStats(stage=name, due=0, running=0, dead=0, oldest=None)
        pause = _switch_of(tx, paused[name]) if name in paused else None
        views.append(
            project(
                StageView,
                stage,
                is_paused=name in paused,
                paused_at=pause.at if pause else None,
                paused_by=pause.actor if pause else None,
                pause_reason=pause.reason if pause else None,
            )
        )

    return tuple(views)


def last_switch(tx: ReadTx, stage: str) -> Change | None:
    """Return the last pause or resumption of a stage, None if it was never paused."""
    try:
        head = tx.stages.get(stage)
    except StageNotFound:
        return None

    return _switch_of(tx, head)


def _switch_of(tx: ReadTx, head: Head[StageControl]) -> Change:
    before = head.revision.seq - 1
    return tx.history.of(STAGE.name, head.entity.id, after=before, limit=1)[0]


def get_task(tx: ReadTx, stage: str, entity_id: str) -> TaskView:
    """Return the task with its last attempts.

    Raises: TaskNotFound.
    """
    task = tx.tasks.get(stage, entity_id)
    attempts = tx.tasks.attempts_of(stage, entity_id, limit=MAX_ATTEMPTS)

    return TaskView(task=task, attempts=attempts)


def find_tasks(
    tx: ReadTx, matching: TaskFilter, *, now: datetime, after: str, limit: int
) -> tuple[Task, ...]:
    """Return a page of a list of tasks."""
    return tx.tasks.list_tasks(matching, now=now, after=after, limit=limit)


def cancel_and_show(tx: WriteTx, command: CancelTask) -> TaskView:
    """Cancel a task and return it."""
    task_commands.cancel_task(tx, command)

    return get_task(tx, command.stage, command.entity_id)


def requeue_and_count(tx: WriteTx, command: RequeueTasks) -> RequeuedTasks:
    """Requeue dead tasks and return how many."""
    return RequeuedTasks(requeue_tasks(tx, command))


def requeue_and_show(tx: WriteTx, command: RequeueTask) -> TaskView:
    """Requeue a dead or canceled task and return it."""
    stages.requeue_task(tx, command)

    return get_task(tx, command.stage, command.entity_id)


def paused_stages(tx: ReadTx) -> Mapping[str, Head[StageControl]]:
    """Return the paused stages by name."""
    paused: dict[str, Head[StageControl]] = {}
    for head in tx.stages.page(after="", limit=MAX_STAGES):
        if head.entity.status is StageStatus.PAUSED:
            paused[head.entity.id] = head

    return paused


def _pauses(tx: ReadTx) -> Mapping[str, float]:
    return dict.fromkeys(sorted(paused_stages(tx)), PAUSED)


PAUSE_GAUGE: Final = ContextGauge(
    name="indelible_stage_paused",
    description="1 while a stage is paused, so that its tasks wait on purpose.",
    label="stage",
    read=_pauses,
)
