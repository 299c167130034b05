"""Subscribers: consumers of the feed, each with a stored cursor that moves under a fence.

A cursor is neither a record nor a head: a change of its own would be in the feed, and would wake
the subscriber for ever. It is a row like that of a task, and moves in the transaction that handles
the changes before it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from attrs import evolve, field, frozen
from attrs.validators import optional

from indelible.kernel.audit import Actor
from indelible.kernel.change_feed import ChangeFilter
from indelible.kernel.errors import ForeignCursor, Invalid, NotFound
from indelible.kernel.history import Change
from indelible.kernel.json import instant_text
from indelible.kernel.open_writers import OpenWriter
from indelible.kernel.silence import (
    LONGEST_SILENCE_SECONDS,
    SILENCE_SECONDS,
    StandingTask,
    SubjectKind,
    silent_subjects,
)
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.task_ports import TaskReader
from indelible.kernel.tasks import Lease, Task, TaskKey
from indelible.kernel.transaction import single_statement
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
    non_blank_line,
)

Tx = TypeVar("Tx")

FOLLOW_FEED: Final = "follow_feed"  # the usual stage of subscribers
FEED_BEGINNING: Final = "beginning"
FEED_END: Final = "end"


@frozen
class SubscriberNotFound(NotFound):
    """No cursor is stored for a subscriber."""

    message: ClassVar[str] = (
        "Subscriber {name} not found: no worker has followed the feed for it yet."
    )
    name: str


@frozen(kw_only=True)
class Subscriber(Generic[Tx]):
    """A consumer of the feed: its name, and the function that handles one change.

    `handle` receives the transaction in which the cursor moves, so that a change is handled exactly
    once. It must be repeatable all the same, by ids that follow from the change: an operator may
    restart the subscriber from an earlier position. Its own changes are in the feed, too. It is
    missed if it has not followed the feed for more than `longest_silence_seconds`.
    """

    name: str = field(validator=is_identifier, metadata=IDENTIFIER)
    handle: Callable[[Tx, Change], None]
    longest_silence_seconds: int = field(
        default=LONGEST_SILENCE_SECONDS, validator=bounded_int, metadata=SILENCE_SECONDS
    )

    def __attrs_post_init__(self) -> None:
        TaskKey(FOLLOW_FEED, self.name)  # refuses what cannot be the id of a task

    @property
    def actor(self) -> Actor:
        """Return the actor of the changes that `handle` writes."""
        return Actor.system(self.name)

    @property
    def standing_task(self) -> StandingTask:
        """Return the task that follows the feed for the subscriber."""
        return StandingTask(
            entity_id=self.name,
            kind=SubjectKind.SUBSCRIBER,
            longest_silence_seconds=self.longest_silence_seconds,
        )


@frozen
class RestartPositionUnclear(Invalid):
    """A restart names no position, or two."""

    message: ClassVar[str] = (
        "Subscriber {name} restarts from one of position and since: got {position} and {since}."
    )
    name: str
    position: str | None
    since: str | None


@frozen(kw_only=True)
class SubscriberCursor:
    """The position of a subscriber in the feed.

    `feed_cursor` lies behind the last handled change, whose time is `changed_at`; None is the
    beginning. `fence` is that of the task under which the row was written. The last four fields
    state the last restart: its number, time, actor and reason.
    """

    name: str = field(validator=is_identifier, metadata=IDENTIFIER)
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    feed_cursor: str | None = field(validator=optional(is_identifier), metadata=IDENTIFIER)
    changed_at: datetime | None = field(validator=optional(is_instant))
    fence: int = field(validator=bounded_int, metadata=COUNT)
    updated_at: datetime = field(validator=is_instant)
    restarts: int = 0
    restarted_at: datetime | None = field(default=None, validator=optional(is_instant))
    restarted_by: Actor | None = field(default=None, validator=optional(instance_of(Actor)))
    restart_reason: str | None = field(
        default=None, validator=optional(non_blank_line), metadata=LINE
    )

    @property
    def after(self) -> str:
        """Return the cursor after which the feed is read; '' is the beginning."""
        return "" if self.feed_cursor is None else self.feed_cursor

    @property
    def restart(self) -> tuple[object, ...]:
        """Return the fields that state the last restart."""
        return self.restarts, self.restarted_at, self.restarted_by, self.restart_reason


class SubscriberReader(Protocol):
    """Read access to the cursors of subscribers."""

    def find(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, or None."""
        ...

    def all(self) -> tuple[SubscriberCursor, ...]:
        """Return every cursor, in order of name."""
        ...

    def open_writers(self) -> tuple[OpenWriter, ...]:
        """Return the writers that the feed waits for at this moment, oldest first.

        There are none where one transaction writes at a time.
        """
        ...


class SubscriberCursors(SubscriberReader, Protocol):
    """Write access to the cursors of subscribers."""

    def find_locked(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, locked until the transaction ends, or None."""
        ...

    def save(self, cursor: SubscriberCursor) -> None:
        """Store a cursor.

        Raises:
            SubscriberFenced: See `check_cursor`.
            CursorOutOfFeed: See `check_cursor`.
        """
        ...


class SubscribersRead(TasksRead, Protocol):
    """The transaction that queries on subscribers need."""

    @property
    def subscribers(self) -> SubscriberReader: ...


class SubscribersWrite(SubscribersRead, TasksWrite, Protocol):
    """The transaction that subscribers need."""

    @property
    def subscribers(self) -> SubscriberCursors: ...


def task_of_cursor(tasks: TaskReader, cursor: SubscriberCursor) -> Task | None:
    """Return the task under whose fence the cursor is written, or None."""
    try:
        return tasks.get(cursor.stage, cursor.name)
    except TaskNotFound:
        return None


def lock_cursor(tx: SubscribersWrite, lease: Lease) -> SubscriberCursor:
    """Lock the task and the cursor of a subscriber, and return the cursor; create it at first.

    Raises:
        LeaseLost: The lease has ended, or the task was claimed again.
        SubscriberFenced: The subscriber began in another stage.
    """
    tx.tasks.require_lease(lease)
    cursor = tx.subscribers.find_locked(lease.entity_id)
    if cursor is not None:
        return evolve(cursor, fence=lease.fence)

    new = SubscriberCursor(
        name=lease.entity_id,
        stage=lease.stage,
        feed_cursor=None,
        changed_at=None,
        fence=lease.fence,
        updated_at=tx.clock.now(),
    )
    tx.subscribers.save(new)
    return new


@single_statement
def get_subscriber(tx: SubscribersRead, name: str) -> SubscriberCursor:
    """Return the subscriber's cursor.

    Raises:
        SubscriberNotFound: No worker has followed the feed for it.
    """
    cursor = tx.subscribers.find(name)
    if cursor is None:
        raise SubscriberNotFound(name)

    return cursor


@frozen(kw_only=True)
class SubscriberLag:
    """The lag of a subscriber behind the feed.

    `seconds` is the age of the first change that it has not handled, in whole seconds, 0 if there
    is none. Where that change cannot be found, because the cursor belongs to another database, it
    is the time since the cursor was written. `problem` says why the subscriber has stopped, None if
    it has not: its task is dead or canceled, or has not succeeded within its longest silence.
    """

    name: str
    stage: str
    seconds: int
    problem: str | None
    cursor: SubscriberCursor


def subscriber_lags(tx: SubscribersRead, now: datetime) -> tuple[SubscriberLag, ...]:
    """Return the lag of every subscriber, in order of name."""
    problems: dict[tuple[str, str], str] = {}
    for silent in silent_subjects(tx, now):
        problems[silent.state.stage, silent.state.entity_id] = silent.problem

    lags: list[SubscriberLag] = []
    for cursor in tx.subscribers.all():
        problem = problems.get((cursor.stage, cursor.name))
        seconds = _lag_seconds(tx, cursor, now)
        lag = SubscriberLag(
            name=cursor.name, stage=cursor.stage, seconds=seconds, problem=problem, cursor=cursor
        )
        lags.append(lag)

    return tuple(lags)


def stopped_subscribers(tx: SubscribersRead, now: datetime) -> tuple[SubscriberLag, ...]:
    """Return the subscribers that have stopped, in order of name."""
    return tuple(lag for lag in subscriber_lags(tx, now) if lag.problem is not None)


def _lag_seconds(tx: SubscribersRead, cursor: SubscriberCursor, now: datetime) -> int:
    try:
        feed = tx.history.feed(after=cursor.after, limit=1)
    except ForeignCursor:
        return _whole_seconds(now - cursor.updated_at)
    if not feed.changes:
        return 0

    return _whole_seconds(now - feed.changes[0].at)


def _whole_seconds(age: timedelta) -> int:
    """Return an age in whole seconds; 0 where the clock is behind that of the writer."""
    return max(0, int(age.total_seconds()))


@frozen(kw_only=True)
class RestartSubscriber:
    """Let a subscriber continue from another position of the feed.

    `position` is "beginning", "end" or a cursor of the feed. With `since`, it is the first change
    of that time or later. Exactly one of the two is set.
    """

    command_name: ClassVar[str] = "restart_subscriber"
    name: str = field(validator=is_identifier, metadata=IDENTIFIER)
    position: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    since: datetime | None = field(default=None, validator=optional(is_instant))

    def __attrs_post_init__(self) -> None:
        if (self.position is None) == (self.since is None):
            since = None if self.since is None else instant_text(self.since)
            raise RestartPositionUnclear(self.name, self.position, since)


@frozen(kw_only=True)
class Restart:
    """The cursor of a subscriber before and after a restart."""

    before: SubscriberCursor
    after: SubscriberCursor


def restart_subscriber(tx: SubscribersWrite, command: RestartSubscriber) -> SubscriberCursor:
    """Let a subscriber continue from another position, and return its cursor.

    Raises:
        SubscriberNotFound: See `move_subscriber`.
        ForeignCursor: See `move_subscriber`.
    """
    return move_subscriber(tx, command).after


def move_subscriber(tx: SubscribersWrite, command: RestartSubscriber) -> Restart:
    """Move the cursor for the transaction's reason, and make the subscriber's task due.

    The task is canceled and requeued: a worker that runs it loses its lease, and both acts are
    records with the actor and the reason.

    Raises:
        SubscriberNotFound: No worker has followed the feed for it.
        ForeignCursor: The position belongs to another database, or lies behind the feed's end.
    """
    cursor = get_subscriber(tx, command.name)
    feed_cursor = _restart_position(tx, command)
    fence = _cancel_task(tx, cursor)
    locked = tx.subscribers.find_locked(command.name)
    if locked is None:
        raise SubscriberNotFound(command.name)

    now = tx.clock.now()
    restarted = evolve(
        locked,
        feed_cursor=feed_cursor,
        changed_at=None,
        fence=fence,
        updated_at=now,
        restarts=locked.restarts + 1,
        restarted_at=now,
        restarted_by=tx.actor,
        restart_reason=tx.reason,
    )
    tx.subscribers.save(restarted)
    tx.tasks.requeue(cursor.stage, cursor.name)
    return Restart(before=locked, after=restarted)


def _cancel_task(tx: SubscribersWrite, cursor: SubscriberCursor) -> int:
    """Cancel the subscriber's task, whatever its state, and return its new fence."""
    tx.tasks.enqueue(cursor.stage, {cursor.name: tx.clock.now()})  # it may be completed
    if tx.tasks.get(cursor.stage, cursor.name).is_halted:
        tx.tasks.requeue(cursor.stage, cursor.name)
    tx.tasks.cancel(cursor.stage, cursor.name)

    return tx.tasks.get(cursor.stage, cursor.name).fence


def _restart_position(tx: SubscribersWrite, command: RestartSubscriber) -> str | None:
    """Return the cursor of the position, None for the beginning."""
    if command.since is not None:
        # The feed is not in the order of times: the clocks of processes differ. So what counts is
        # the first change of this time or later, and not the last one of an earlier time.
        first = tx.history.feed(after="", limit=1, matching=ChangeFilter(since=command.since))
        if not first.changes:
            return tx.history.newest(limit=1).cursor
        previous = tx.history.backwards(before=first.cursor, limit=1)
        return previous.cursor if previous.changes else None
    if command.position == FEED_BEGINNING or command.position is None:
        return None

    end = tx.history.newest(limit=1).cursor
    if command.position in (FEED_END, end):
        return end
    if not tx.history.feed(after=command.position, limit=1).changes:
        raise ForeignCursor(command.position)

    return command.position
