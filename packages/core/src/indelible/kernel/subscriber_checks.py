"""Check what the cursor of a subscriber may become, in every store before it writes one."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel.errors import Conflict, ForeignCursor
from indelible.kernel.feed_cursors import position_in_feed
from indelible.kernel.subscribers import Restart, SubscriberCursor, SubscribersRead
from indelible.kernel.tasks import Task


@frozen
class SubscriberFenced(Conflict):
    """A cursor is written by a program that does not hold the subscriber's task."""

    message: ClassVar[str] = (
        "The cursor of subscriber {name} is written only under the fence of its task in stage "
        "{stage}: fence {fence} {problem}."
    )
    name: str
    stage: str
    fence: int
    problem: str


@frozen
class CursorOutOfFeed(Conflict):
    """A cursor is written that lies behind the end of the feed, or before the stored one."""

    message: ClassVar[str] = (
        "The cursor of subscriber {name} cannot become {feed_cursor}: {problem}."
    )
    name: str
    feed_cursor: str
    problem: str


def check_cursor(
    stored: SubscriberCursor | None,
    cursor: SubscriberCursor,
    task: Task | None,
    last_position: int,
) -> None:
    """Check that a cursor may replace the stored one. Every store calls it before it writes.

    A worker moves it under the lease of the subscriber's task. A restart is written while the task
    is canceled, by the actor and for the reason of the cancellation. Only a restart moves it back,
    and nothing moves it behind the feed's last position.

    Raises:
        SubscriberFenced: The task has another fence, no lease, or no such cancellation.
        CursorOutOfFeed: It would pass the feed's end, or move back without a restart.
    """
    problem = _problem_of(stored, cursor, task)
    if problem:
        raise SubscriberFenced(cursor.name, cursor.stage, cursor.fence, problem)

    problem = _problem_of_position(stored, cursor, last_position)
    if problem:
        raise CursorOutOfFeed(cursor.name, cursor.after, problem)


def leaves_out_changes(tx: SubscribersRead, restart: Restart) -> bool:
    """Return True if changes before the new position were not handled, or nobody can tell."""
    position = position_in_feed(restart.after.feed_cursor)
    if not position:
        return False
    try:
        tx.history.feed(after=restart.before.after, limit=1)
    except ForeignCursor:  # of another database, which this one may have replaced
        return True

    return position > (position_in_feed(restart.before.feed_cursor) or 0)


def _problem_of_position(
    stored: SubscriberCursor | None, cursor: SubscriberCursor, last_position: int
) -> str:
    """Return why the cursor is no position for its subscriber, '' if it is one."""
    position = position_in_feed(cursor.feed_cursor)
    if position is None:
        return "it is no cursor of a feed"
    if position > last_position:
        return f"the feed ends at position {last_position}"
    if stored is None or cursor.restart != stored.restart:
        return ""

    earlier = position_in_feed(stored.feed_cursor)
    if earlier is not None and position < earlier:
        return f"only a restart moves it back from position {earlier}"

    return ""


def _problem_of(
    stored: SubscriberCursor | None, cursor: SubscriberCursor, task: Task | None
) -> str:
    """Return why the cursor may not be written, '' if it may."""
    if task is None:
        return "belongs to no task"
    if task.fence != cursor.fence:
        return f"is not that of the task, which is {task.fence}"
    if stored is None:
        return _problem_of_first(cursor, task)
    if stored.stage != cursor.stage:
        return f"is of another stage than {stored.stage}, in which the subscriber began"
    if cursor.restart != stored.restart:
        return _problem_of_restart(stored, cursor, task)

    is_moved = task.lease_owner is not None and cursor.feed_cursor is not None
    return "" if is_moved else "has no lease"


def _problem_of_first(cursor: SubscriberCursor, task: Task) -> str:
    is_first = cursor.feed_cursor is None and cursor.restarts == 0
    if not is_first or task.lease_owner is None:
        return "has no lease, or the first position is not the beginning"

    return ""


def _problem_of_restart(stored: SubscriberCursor, cursor: SubscriberCursor, task: Task) -> str:
    is_canceled = task.cancel_reason is not None and task.cancel_reason == cursor.restart_reason
    is_next = cursor.restarts == stored.restarts + 1
    has_cause = cursor.restarted_at is not None and cursor.restarted_by is not None
    if not is_canceled or not is_next or not has_cause:
        return "is not that of a cancellation for the reason of this restart"

    return ""
