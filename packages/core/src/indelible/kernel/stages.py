"""Stages: kinds of tasks, each with claim, perform and finish, and the switch that pauses them."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from attrs import Factory, field, frozen
from attrs.validators import optional

from indelible.kernel.aggregates import Aggregate, save_change
from indelible.kernel.breakers import BREAKER, BreakerReader, BreakerStore, CircuitBreaker
from indelible.kernel.errors import Conflict, NotFound, Unavailable, UsageError
from indelible.kernel.history import AggregateReader, AggregateRepository, Change, Head
from indelible.kernel.json import digest
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.lifecycle import Edge, Lifecycle
from indelible.kernel.rates import RateLimit
from indelible.kernel.settings import Setting
from indelible.kernel.silence import (
    LONGEST_SILENCE_SECONDS,
    SILENCE_SECONDS,
    StandingTask,
    Subject,
    SubjectReader,
    SubjectStore,
)
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.task_ports import TaskQueue, TaskReader
from indelible.kernel.tasks import MAX_LEASE_SECONDS, Lease, Leases, check_postponement
from indelible.kernel.transaction import ReadTransaction, Transaction
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    check_reason,
    instance_of,
    is_identifier,
)

Tx = TypeVar("Tx")
W = TypeVar("W")
O = TypeVar("O")  # noqa: E741 - the outcome of `perform`

MAX_BACKOFF_SECONDS: Final = 300
LEASE_SECONDS: Final = {"minimum": 1, "maximum": MAX_LEASE_SECONDS}
MAX_TIMEOUT_SECONDS: Final = 86_400
TIMEOUT_SECONDS: Final = {"minimum": 1, "maximum": MAX_TIMEOUT_SECONDS}
MAX_CONCURRENCY: Final = 1_000  # threads of one process
CONCURRENCY: Final = {"minimum": 1, "maximum": MAX_CONCURRENCY}
# Less does not start an interpreter; more is no limit on any machine.
MEMORY_MEBIBYTES: Final = {"minimum": 64, "maximum": 1_048_576}
MAX_DOUBLINGS: Final = 20  # far beyond the maximum already
MAX_RETRY_SECONDS: Final = 31 * 86_400  # of a wait between two attempts, and of all retries
RETRY_SECONDS: Final = {"minimum": 1, "maximum": MAX_RETRY_SECONDS}


@frozen
class StageNotFound(NotFound):
    """A stage has no stored state, because it was never paused."""

    message: ClassVar[str] = (
        "Stage {stage} not found: it was never paused, so it has no stored state."
    )
    stage: str


@frozen
class RetryLater(Unavailable):
    """An attempt failed and counts; the task is due again later.

    A stage raises it with a reason, and with the seconds to wait where the usual backoff does
    not fit.
    """

    message: ClassVar[str] = "The attempt failed and will be retried: {reason}."
    reason: str = field(converter=str)
    after_seconds: float | None = None


@frozen
class Outage(RetryLater):
    """An attempt failed because the system outside is down; the task is due again later.

    A stage with a `breaker` counts it, and pauses itself after several in a row.
    """

    message: ClassVar[str] = (
        "The system outside is down, and the attempt will be retried: {reason}."
    )


@frozen
class Postpone(Unavailable):
    """A task cannot be performed yet: it is due again later, and no attempt is counted.

    A stage raises it in `perform` or `claim`, as often as it needs to, also with `max_attempts` of
    1. The seconds are more than 0 and at most `MAX_POSTPONE_SECONDS`, which is a day.
    """

    code: ClassVar[str] = "TASK_POSTPONED"
    message: ClassVar[str] = "The task is postponed by {after_seconds} seconds: {reason}."
    after_seconds: float
    reason: str = field(converter=str)

    def __attrs_post_init__(self) -> None:
        check_postponement(self.after_seconds)
        check_reason(self.reason)


@frozen
class PermanentFailure(Conflict):
    """A task can never succeed and is dead at once."""

    message: ClassVar[str] = "The task cannot succeed and is dead: {reason}."
    reason: str = field(converter=str)


@frozen
class RetryWait:
    """The validated wait between two attempts."""

    seconds: int = field(validator=bounded_int, metadata=RETRY_SECONDS)


def _silence_of(stage: "Stage[Any, Any, Any]") -> int:
    """Return an hour, or the time limit of a stage whose tasks may take longer."""
    return max(LONGEST_SILENCE_SECONDS, stage.timeout_seconds)


@frozen(kw_only=True)
class Stage(Generic[Tx, W, O]):
    """A kind of task.

    `claim` returns for each lease what `perform` needs, or None where nothing is left to do.
    Without it, `perform` takes the task's id. `perform` runs with no transaction open and may run
    twice; what `finish` writes counts once. Claims of larger batches without `claim`, and
    completions without `finish`, are single statements. `perform` also takes the handle of its
    lease, by which it learns that it should stop. A task that cannot be performed yet is put off by
    `Postpone`.
    `acts_outside` declares whether `perform` changes anything outside the database: it sends,
    pays, or writes a file. Each attempt of such a stage is recorded before it acts, and its `batch`
    must be 1. Other stages record no attempt that succeeds; their `batch` is up to 100. `on_dead`
    is called with the failure when a task of the stage dies.
    `rate` limits how many tasks are claimed in a time by all processes together. With a `breaker`
    the stage pauses itself after consecutive outages, which `perform` reports by `Outage`.

    A task that fails is tried up to `max_attempts` times. With `retry_seconds` time decides
    instead: the first failure that comes so long after the first attempt is the last. `retry_waits`
    are the seconds before the second attempt, the third and so on; the last one repeats. Without
    them the wait doubles. The seconds of a `RetryLater` take precedence.

    The tasks belong to the aggregates of `lifecycle`, by their ids. None declares that they stand
    alone: a scan, a slot of a recurring task, or a host's own work.

    `concurrency` limits how many threads of a process work on the stage at once; None allows half
    of them, and all of them in a process that runs only this stage. A `perform` that takes longer
    than `timeout_seconds` has failed. With `in_child` it runs in a child process, which is killed
    then, and which may use `memory_mebibytes` of memory; a thread cannot be killed and stays
    occupied until `perform` returns.

    With `store_results` the outcome of `perform` is stored with the completed task: a JSON value
    within TASK_LIMITS. Neither it nor the arguments may have a name of `secret_arguments`, at any
    depth: a task that has one is refused by `enqueue_task`, and dead where a worker finds it.

    A stage that `follows_feed` has tasks that wait for the next change: a dispatcher makes them due
    when the feed has one.

    It is missed if a task of it has been due, and none has succeeded, for more than
    `longest_silence_seconds`, by default an hour or its longer time limit. `standing_tasks` enqueue
    themselves again, and each has a longest silence of its own.
    """

    name: str = field(validator=is_identifier, metadata=IDENTIFIER)
    batch: int = field(validator=bounded_int, metadata=COUNT)
    lifecycle: Lifecycle[StrEnum] | None
    acts_outside: bool = field(validator=instance_of(bool))
    claim: Callable[[Tx, Leases], Sequence[W | None]] | None = None
    perform: Callable[[W, LeaseHandle], O]
    finish: Callable[[Tx, Sequence[tuple[W, O]]], None] | None = None
    on_dead: Callable[[Tx, Lease, TaskFailure], None] | None = None
    lease_seconds: int = field(default=60, validator=bounded_int, metadata=LEASE_SECONDS)
    max_attempts: int = field(default=8, validator=bounded_int, metadata=COUNT)
    concurrency: int | None = field(
        default=None, validator=optional(bounded_int), metadata=CONCURRENCY
    )
    timeout_seconds: int = field(default=3_600, validator=bounded_int, metadata=TIMEOUT_SECONDS)
    in_child: bool = False
    memory_mebibytes: int | None = field(
        default=None, validator=optional(bounded_int), metadata=MEMORY_MEBIBYTES
    )
    rate: RateLimit | None = field(default=None, validator=optional(instance_of(RateLimit)))
    retry_seconds: int | None = field(
        default=None, validator=optional(bounded_int), metadata=RETRY_SECONDS
    )
    retry_waits: tuple[int, ...] = ()
    breaker: CircuitBreaker | None = field(
        default=None, validator=optional(instance_of(CircuitBreaker))
    )
    secret_arguments: frozenset[str] = frozenset()
    store_results: bool = False
    follows_feed: bool = False
    longest_silence_seconds: int = field(
        default=Factory(_silence_of, takes_self=True),
        validator=bounded_int,
        metadata=SILENCE_SECONDS,
    )
    standing_tasks: tuple[StandingTask, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.memory_mebibytes is not None and not self.in_child:
            raise UsageError(f"stage {self.name}: only a child process has a limit of memory")
        if self.acts_outside and self.batch != 1:
            raise UsageError(
                f"stage {self.name} acts outside the database: its batch must be 1,"
                f" got {self.batch}"
            )
        for wait in self.retry_waits:
            RetryWait(wait)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return what must succeed again and again: the stage, and each of its standing tasks."""
        own = Subject.of_stage(self.name, self.longest_silence_seconds)
        return (own, *(task.subject(self.name) for task in self.standing_tasks))


def backoff_seconds(lease: Lease) -> float:
    """Return the seconds to wait before the next attempt.

    The wait doubles with each attempt. Between half and all of it is used, so that tasks do not
    return at the same moment. The part follows from the lease: nothing in core is random.
    """
    doublings = min(max(lease.attempt - 1, 0), MAX_DOUBLINGS)
    whole = min(MAX_BACKOFF_SECONDS, 2.0**doublings)
    return whole * (1 + lease_fraction(lease)) / 2


def lease_fraction(lease: Lease) -> float:
    """Return a number from 0 to 1 that follows from the lease, in place of a random one."""
    lease_digest = digest([lease.stage, lease.entity_id, lease.fence])
    return int(lease_digest[:8], 16) / 2**32


class StageStatus(StrEnum):
    """The states of a stage's switch."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"


STAGE: Final = Lifecycle(
    name="stage",
    edges=(
        Edge("", "pause", StageStatus.PAUSED, 0),
        Edge(StageStatus.PAUSED, "resume", StageStatus.RUNNING, 0),
        Edge(StageStatus.RUNNING, "pause", StageStatus.PAUSED, 0),
    ),
    changes={},
    initial={},
)


@frozen(kw_only=True)
class StageControl(Aggregate):
    """The switch of a stage; its id is the stage's name."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = STAGE
    missing_error = StageNotFound
    status: StageStatus = field(validator=instance_of(StageStatus))


class TasksRead(ReadTransaction, Protocol):
    """The transaction that queries on tasks need."""

    @property
    def tasks(self) -> TaskReader: ...
    @property
    def stages(self) -> AggregateReader[StageControl]: ...
    @property
    def breakers(self) -> BreakerReader: ...
    @property
    def subjects(self) -> SubjectReader: ...
    @property
    def settings(self) -> AggregateReader[Setting]: ...


class TasksWrite(TasksRead, Transaction, Protocol):
    """The transaction that handlers of tasks and workers need."""

    @property
    def tasks(self) -> TaskQueue: ...
    @property
    def stages(self) -> AggregateRepository[StageControl]: ...
    @property
    def breakers(self) -> BreakerStore: ...
    @property
    def subjects(self) -> SubjectStore: ...
    @property
    def settings(self) -> AggregateRepository[Setting]: ...


@frozen(kw_only=True)
class PauseStage:
    """Stop claims of tasks of a stage."""

    command_name: ClassVar[str] = "pause_stage"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ResumeStage:
    """Allow claims of tasks of a paused stage again."""

    command_name: ClassVar[str] = "resume_stage"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class RequeueTask:
    """Make a dead or canceled task due again."""

    command_name: ClassVar[str] = "requeue_task"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


def pause_stage(tx: TasksWrite, command: PauseStage) -> StageControl:
    """Stop claims of the stage's tasks; leased tasks are finished.

    A stage that its breaker has paused is resumed and paused again, in the same transaction: the
    pause is the actor's then, and no probe ends it.
    """
    try:
        head = tx.stages.lock(command.stage)
    except StageNotFound:
        control = StageControl.create("pause", now=tx.clock.now(), id=command.stage)
        save_change(tx, tx.stages, None, control, "pause")
        return control

    if tx.actor != BREAKER and breaker_pause(tx, head) is not None:
        resume_stage(tx, ResumeStage(stage=command.stage))
    return _switch(tx, command.stage, "pause")


def resume_stage(tx: TasksWrite, command: ResumeStage) -> StageControl:
    """Allow claims of the stage's tasks again, and forget the outages that were counted.

    Raises:
        StageNotFound: The stage was never paused.
    """
    if not tx.breakers.get(command.stage).is_clear:
        tx.breakers.save(tx.breakers.lock(command.stage).cleared())

    return _switch(tx, command.stage, "resume")


def breaker_pause(tx: TasksRead, head: Head[StageControl]) -> Change | None:
    """Return the change by which the breaker has paused the stage; None unless it has."""
    if head.entity.status is not StageStatus.PAUSED:
        return None

    last_changes = tx.history.of(STAGE.name, head.entity.id, after=head.revision.seq - 1, limit=1)
    for change in last_changes:
        if change.actor == BREAKER:
            return change

    return None


def requeue_task(tx: TasksWrite, command: RequeueTask) -> None:
    """Make a dead or canceled task due again.

    Raises:
        TaskNotFound: The stage has no task of this id.
        TaskNotDead: The task is neither dead nor canceled.
    """
    tx.tasks.requeue(command.stage, command.entity_id)


def _switch(tx: TasksWrite, name: str, action: str) -> StageControl:
    head = tx.stages.lock(name)
    control = head.entity.transition(action, now=tx.clock.now())
    save_change(tx, tx.stages, head, control, action)
    return control
