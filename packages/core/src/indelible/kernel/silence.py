"""Subjects that must succeed again and again, each with its longest silence, for all readers.

A subject is declared beside its stage, schedule or subscriber, and stored when a process starts
that knows it. Its last success is stored with its task, and stays when tasks are pruned.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, Protocol, cast

from attrs import evolve, field, frozen
from attrs.validators import optional

from indelible.kernel.errors import NotFound
from indelible.kernel.json import instant_text
from indelible.kernel.tasks import TaskKey
from indelible.kernel.transaction import ReadTransaction, Transaction, single_statement
from indelible.kernel.values import LINE, bounded_int, instance_of, non_blank_line

# Longer than any pause between two runs, of polls or of retries.
LONGEST_SILENCE_SECONDS: Final = 3_600
MAX_SILENCE_SECONDS: Final = 10 * 366 * 86_400  # a schedule of February 29 may rest for 8 years
SILENCE_SECONDS: Final = {"minimum": 1, "maximum": MAX_SILENCE_SECONDS}
MAX_RETRIES_SEARCHED: Final = 50  # of the tasks of each priority of a stage, in order of due time


class SubjectKind(StrEnum):
    """The kinds of subjects."""

    STAGE = "stage"  # succeeds with each of its tasks, and is silent only while one is or was due
    RECURRING = "recurring"  # the task of a schedule
    STANDING = "standing"  # a task that enqueues itself again
    SUBSCRIBER = "subscriber"  # the task that follows the feed for it
    BACKUP = "backup"


BACKUP: Final = "backup"  # stands for the stage and the task that a backup does not have
TASK_KINDS: Final = (SubjectKind.RECURRING, SubjectKind.STANDING, SubjectKind.SUBSCRIBER)


@frozen
class SubjectNotFound(NotFound):
    """No process has ever declared a subject."""

    message: ClassVar[str] = (
        "Subject {subject} of kind {kind} not found: no process has declared it."
    )
    kind: str
    subject: str


@frozen(kw_only=True)
class Subject:
    """Something that must succeed again and again.

    It is silent after `longest_silence_seconds` without a success. With None, its success is stored
    and never missed. `stage` and `entity_id` name its task; a stage names itself twice.
    """

    kind: SubjectKind = field(converter=SubjectKind)
    stage: str
    entity_id: str
    longest_silence_seconds: int | None = field(
        default=cast("int | None", LONGEST_SILENCE_SECONDS),
        validator=optional(bounded_int),
        metadata=SILENCE_SECONDS,
    )

    def __attrs_post_init__(self) -> None:
        TaskKey(self.stage, self.entity_id)  # refuses what cannot be a task's key

    @classmethod
    def of_stage(cls, stage: str, longest_silence_seconds: int | None) -> "Subject":
        """Return the subject of a stage."""
        return cls(
            kind=SubjectKind.STAGE,
            stage=stage,
            entity_id=stage,
            longest_silence_seconds=longest_silence_seconds,
        )

    @classmethod
    def of_backup(cls, longest_silence_seconds: int | None = None) -> "Subject":
        """Return the subject of the newest backup."""
        return cls(
            kind=SubjectKind.BACKUP,
            stage=BACKUP,
            entity_id=BACKUP,
            longest_silence_seconds=longest_silence_seconds,
        )

    @property
    def key(self) -> tuple[str, str, str]:
        """Return the key of the stored subject."""
        return self.kind.value, self.stage, self.entity_id

    @property
    def name(self) -> str:
        """Return the name in labels and commands, unique in its kind."""
        if self.kind in (SubjectKind.STAGE, SubjectKind.BACKUP):
            return self.stage
        return f"{self.stage}/{self.entity_id}"


@frozen(kw_only=True)
class StandingTask:
    """A task of a stage that enqueues itself again; a worker of the stage enqueues it at its start.

    The stage has the declaration, by which it is missed if it does not succeed.
    """

    entity_id: str
    kind: SubjectKind = field(default=SubjectKind.STANDING, validator=instance_of(SubjectKind))
    longest_silence_seconds: int = field(
        default=LONGEST_SILENCE_SECONDS, validator=bounded_int, metadata=SILENCE_SECONDS
    )

    def subject(self, stage: str) -> Subject:
        """Return the subject of this task of a stage."""
        return Subject(
            kind=self.kind,
            stage=stage,
            entity_id=self.entity_id,
            longest_silence_seconds=self.longest_silence_seconds,
        )


@frozen(kw_only=True)
class SubjectState:
    """A stored subject with its successes, and with what its task or stage waits for.

    `kept_at` is the last success of pruned tasks, or of what is no task. `due_at` is the time since
    which the first task of a stage is due, or the due time of a task. A task of a stage whose last
    attempt has failed is due since the first record of the attempts that it counts: a retry moves
    its due time, but it was due before. It is looked for among the first `MAX_RETRIES_SEARCHED`.
    """

    kind: SubjectKind = field(converter=SubjectKind)
    stage: str
    entity_id: str
    longest_silence_seconds: int | None
    known_since: datetime
    kept_at: datetime | None = None
    task_succeeded_at: datetime | None = None
    due_at: datetime | None = None
    dead_reason: str | None = None
    cancel_reason: str | None = None

    @property
    def subject(self) -> Subject:
        """Return the subject as it was declared."""
        return Subject(
            kind=self.kind,
            stage=self.stage,
            entity_id=self.entity_id,
            longest_silence_seconds=self.longest_silence_seconds,
        )

    @property
    def succeeded_at(self) -> datetime | None:
        """Return the time of the last success, None before the first."""
        times = [at for at in (self.kept_at, self.task_succeeded_at) if at is not None]
        return max(times, default=None)

    def problem(self, now: datetime) -> str | None:
        """Return what the subject does instead of succeeding, None while it is not silent."""
        if self.longest_silence_seconds is None:
            return None
        if self.dead_reason is not None:
            return f"is dead: {self.dead_reason}"
        if self.cancel_reason is not None:
            return f"is canceled: {self.cancel_reason}"

        longest = timedelta(seconds=self.longest_silence_seconds)
        if self.due_at is not None and self.due_at - now > longest:
            is_task = self.kind in TASK_KINDS
            return f"is put off until {instant_text(self.due_at)}" if is_task else None

        return "is silent" if now - self._silent_since(now) > longest else None

    def _silent_since(self, now: datetime) -> datetime:
        """Return when the silence began; that of a stage begins when a task was first due."""
        since = self.succeeded_at or self.known_since
        if self.kind is not SubjectKind.STAGE:
            return since
        if self.due_at is None:
            return now
        return max(since, self.due_at)


@frozen(kw_only=True)
class SilentSubject:
    """A subject that has not succeeded for longer than it may."""

    state: SubjectState
    problem: str

    @property
    def label(self) -> str:
        """Return the words that name the subject in a sentence."""
        state = self.state
        match state.kind:
            case SubjectKind.STAGE:
                return f"stage {state.stage}"
            case SubjectKind.BACKUP:
                return "backup"
            case SubjectKind.SUBSCRIBER:
                return f"subscriber {state.entity_id}"
            case _:
                return f"task {state.entity_id} of stage {state.stage}"

    def __str__(self) -> str:
        last = f"never succeeded, known since {instant_text(self.state.known_since)}"
        if self.state.succeeded_at is not None:
            last = f"last success {instant_text(self.state.succeeded_at)}"
        longest = f"longest silence {self.state.longest_silence_seconds} s"
        return f"{self.label} {self.problem} ({last}, {longest})"


class SubjectReader(Protocol):
    """Read access to subjects."""

    def states(self) -> tuple[SubjectState, ...]:
        """Return every stored subject, in order of kind, stage and id; one statement in SQL."""
        ...


class SubjectStore(SubjectReader, Protocol):
    """Write access to subjects."""

    def declare(self, subjects: Collection[Subject]) -> None:
        """Store subjects that are new, and the longest silences that have changed."""
        ...

    def record_success(self, subject: Subject) -> None:
        """Store that a subject which is no task has succeeded now."""
        ...


class SubjectsRead(ReadTransaction, Protocol):
    """The transaction that queries on subjects need."""

    @property
    def subjects(self) -> SubjectReader: ...


class SubjectsWrite(SubjectsRead, Transaction, Protocol):
    """The transaction that declares subjects."""

    @property
    def subjects(self) -> SubjectStore: ...


@single_statement
def subject_states(tx: SubjectsRead) -> tuple[SubjectState, ...]:
    """Return every stored subject, in order of kind, stage and id."""
    return tx.subjects.states()


@single_statement
def silent_subjects(tx: SubjectsRead, now: datetime) -> tuple[SilentSubject, ...]:
    """Return the subjects that have not succeeded for longer than they may."""
    return silent_of(tx.subjects.states(), now)


def silent_of(states: Sequence[SubjectState], now: datetime) -> tuple[SilentSubject, ...]:
    """Return those of the subjects that have not succeeded for longer than they may."""
    silent: list[SilentSubject] = []
    for state in states:
        problem = state.problem(now)
        if problem is not None:
            silent.append(SilentSubject(state=state, problem=problem))

    return tuple(silent)


@single_statement
def undeclared(tx: SubjectsRead, subjects: Collection[Subject]) -> tuple[Subject, ...]:
    """Return those of the subjects that are not stored as they are declared."""
    stored = {state.subject for state in tx.subjects.states()}
    return tuple(subject for subject in subjects if subject not in stored)


@frozen(kw_only=True)
class ForgetSubject:
    """Miss a subject no longer, by its kind and its name."""

    command_name: ClassVar[str] = "forget_subject"
    kind: SubjectKind = field(converter=SubjectKind)
    name: str = field(validator=non_blank_line, metadata=LINE)


def find_subject(tx: SubjectsRead, kind: SubjectKind, name: str) -> SubjectState:
    """Return the subject of a kind with this name.

    Raises:
        SubjectNotFound: No process has declared it.
    """
    for state in tx.subjects.states():
        if (state.subject.kind, state.subject.name) == (kind, name):
            return state

    raise SubjectNotFound(kind.value, name)


def forget_subject(tx: SubjectsWrite, command: ForgetSubject) -> None:
    """Miss a subject no longer; a process that declares it again misses it again.

    Raises:
        SubjectNotFound: No process has declared it.
    """
    subject = find_subject(tx, command.kind, command.name).subject
    tx.subjects.declare((evolve(subject, longest_silence_seconds=None),))
