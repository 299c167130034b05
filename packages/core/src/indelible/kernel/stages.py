"""Stages: kinds of work, each of claim, perform and finish; and the switch by which an operator pauses one."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from attrs import field, frozen

from indelible.kernel.aggregates import Aggregate, save_change
from indelible.kernel.errors import Conflict, NotFound, Unavailable
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.kernel.json import digest
from indelible.kernel.lifecycle import Edge, Lifecycle
from indelible.kernel.tasks import Lease, Leases, TaskQueue, TaskReader
from indelible.kernel.transaction import ReadTransaction, Transaction
from indelible.kernel.values import COUNT, IDENTIFIER, bounded_int, instance_of, is_identifier

Tx = TypeVar("Tx")
W = TypeVar("W")
O = TypeVar("O")  # noqa: E741 - an outcome, as the design calls it

MAX_BACKOFF_SECONDS: Final = 300


@frozen
class StageNotFound(NotFound):
    """No stage of this name was ever paused."""

    code: ClassVar[str] = "STAGE_NOT_FOUND"
    message: ClassVar[str] = "Stage {stage} was never paused."
    stage: str


@frozen
class RetryLater(Unavailable):
    """The attempt did not succeed, and counts: the work is due again after so many seconds, or the usual pause."""

    code: ClassVar[str] = "RETRY_LATER"
    message: ClassVar[str] = "The attempt failed and will be retried: {reason}."
    reason: str = field(converter=str)  # whatever a stage raises with: an error, say
    after_seconds: float | None = None


@frozen
class PermanentFailure(Conflict):
    """The work will never succeed: it is buried at once, with the reason."""

    code: ClassVar[str] = "PERMANENT_FAILURE"
    message: ClassVar[str] = "The task cannot succeed and is dead: {reason}."
    reason: str = field(converter=str)


@frozen(kw_only=True)
class Stage(Generic[Tx, W, O]):
    """A kind of work. `perform` runs with no transaction open, and may run twice; what `finish` writes counts once.

    `batch` is 1 for work that acts outside, so that each attempt is recorded before it does, and up to 100 for
    work of the database alone. `claim` gives for each lease what `perform` needs, or None where nothing is left to do.
    """

    name: str = field(validator=is_identifier, metadata=IDENTIFIER)
    batch: int = field(validator=bounded_int, metadata=COUNT)
    claim: Callable[[Tx, Leases], Sequence[W | None]]
    perform: Callable[[W], O]
    finish: Callable[[Tx, Sequence[tuple[W, O]]], None]
    on_dead: Callable[[Tx, Lease, str], None] | None = (
        None  # told when work of the stage dies, and why
    )
    lease_seconds: int = field(default=60, validator=bounded_int, metadata=COUNT)
    max_attempts: int = field(default=8, validator=bounded_int, metadata=COUNT)


def backoff_seconds(lease: Lease) -> float:
    """How long to wait before the next attempt: twice as long each time, of which a part, so that not all come at once.

    The part follows from the lease, because nothing in core is random.
    """
    whole = min(MAX_BACKOFF_SECONDS, 2.0 ** min(max(lease.attempt - 1, 0), 20))
    return (
        whole * (1 + int(digest([lease.stage, lease.entity_id, lease.fence])[:8], 16) / 2**32) / 2
    )


class StageStatus(StrEnum):
    """Whether work of a stage may be claimed."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"


STAGE: Final = Lifecycle(
    name="stage",
    edges=(
        Edge("", "pause", StageStatus.PAUSED, 0),
        Edge(StageStatus.PAUSED, "resume", StageStatus.RUNNING, 0),
        Edge(StageStatus.RUNNING, "pause", StageStatus.PAUSED, 0),
    ),
)


@frozen(kw_only=True)
class StageControl(Aggregate):
    """What an operator has decided of a stage; its id is the stage's name."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = STAGE
    status: StageStatus = field(validator=instance_of(StageStatus))


class TasksRead(ReadTransaction, Protocol):
    """What questions about work need."""

    @property
    def tasks(self) -> TaskReader: ...
    @property
    def stages(self) -> AggregateReader[StageControl]: ...


class TasksWrite(TasksRead, Transaction, Protocol):
    """What handlers and workers need."""

    @property
    def tasks(self) -> TaskQueue: ...
    @property
    def stages(self) -> AggregateRepository[StageControl]: ...


@frozen(kw_only=True)
class PauseStage:
    """Let nobody claim work of this stage."""

    command_name: ClassVar[str] = "pause_stage"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ResumeStage:
    """Let work of this stage be claimed again."""

    command_name: ClassVar[str] = "resume_stage"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class RequeueTask:
    """Make dead work due again."""

    command_name: ClassVar[str] = "requeue_task"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


def pause_stage(tx: TasksWrite, command: PauseStage) -> StageControl:
    """Let nobody claim work of the stage; what is in hand is finished."""
    try:
        return _moved(tx, command.stage, "pause")
    except StageNotFound:
        switch = StageControl.create("pause", now=tx.clock.now(), id=command.stage)
        save_change(tx, tx.stages, None, switch, "pause")
        return switch


def resume_stage(tx: TasksWrite, command: ResumeStage) -> StageControl:
    """Let work of the stage be claimed again; StageNotFound where it was never paused."""
    return _moved(tx, command.stage, "resume")


def requeue_task(tx: TasksWrite, command: RequeueTask) -> None:
    """Make dead work due again; WorkNotFound or NotBuried."""
    tx.tasks.requeue(command.stage, command.entity_id)


def _moved(tx: TasksWrite, name: str, action: str) -> StageControl:
    head = tx.stages.load(name, expected_seq=tx.stages.get(name).revision.seq)
    switch = head.entity.transition(action, now=tx.clock.now())
    save_change(tx, tx.stages, head, switch, action)
    return switch
