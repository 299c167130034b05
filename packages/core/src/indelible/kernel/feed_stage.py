"""The stage that follows the feed: it handles changes and moves cursors in one transaction."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from traceback import format_tb
from typing import Any, Final, Generic, NoReturn, TypeVar

from attrs import define, evolve, field, frozen

from indelible.kernel.errors import ForeignCursor, IndelibleError, UsageError
from indelible.kernel.history import Change
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PermanentFailure, Postpone, RetryLater, Stage, TasksRead
from indelible.kernel.subscribers import (
    FOLLOW_FEED,
    Subscriber,
    SubscribersWrite,
    lock_cursor,
)
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import Lease
from indelible.kernel.transaction import Store
from indelible.kernel.values import COUNT, bounded_int

Tx = TypeVar("Tx", bound=SubscribersWrite)

REASON: Final = "reaction to a change"
CHANGES_PER_TRANSACTION: Final = 100
TRANSACTIONS_PER_RUN: Final = 100
# Between the end of a run that has found nothing more and the next. A dispatcher advances it when
# the feed has another change.
POLL_SECONDS: Final = 30
MAX_ATTEMPTS: Final = 12  # at the same change, about a quarter of an hour
UNKNOWN_SECONDS: Final = 60  # until a process that knows the subscriber may have started

# The stage itself raises these to say what becomes of the task.
DECISIONS: Final = (RetryLater, Postpone, PermanentFailure)

logger = logging.getLogger("indelible")


@frozen
class FeedRun:
    """The outcome of one run: how many changes were handled, and if none was left."""

    handled: int
    is_drained: bool


@define
class FeedPage(Generic[Tx]):
    """The changes of one transaction; `change` is the one that is being handled."""

    lease: Lease
    subscriber: Subscriber[Tx]
    limit: int
    change: Change | None = None


@frozen(kw_only=True)
class FeedFollower(Generic[Tx]):
    """Lets subscribers follow the feed of a store, as one stage with a task for each.

    A change is handled in the order of the feed, and the cursor moves behind it in the same
    transaction. After an error the changes are handled one at a time, so that those before the
    fault are not lost. The change at fault is never skipped: the task is retried with a backoff,
    and is dead in the end.
    """

    store: Store[TasksRead, Tx]
    subscribers: Sequence[Subscriber[Tx]]
    stage_name: str = FOLLOW_FEED
    changes_per_transaction: int = field(
        default=CHANGES_PER_TRANSACTION, validator=bounded_int, metadata=COUNT
    )
    poll_seconds: float = POLL_SECONDS
    max_attempts: int = MAX_ATTEMPTS

    def __attrs_post_init__(self) -> None:
        if self.changes_per_transaction < 1:
            problem = f"stage {self.stage_name} needs at least 1 change per transaction"
            raise UsageError(f"{problem}, got {self.changes_per_transaction}")
        if len(self._by_name) != len(self.subscribers):
            names = ", ".join(subscriber.name for subscriber in self.subscribers)
            raise UsageError(f"stage {self.stage_name} has two subscribers of a name: {names}")

    @property
    def _by_name(self) -> Mapping[str, Subscriber[Tx]]:
        return {subscriber.name: subscriber for subscriber in self.subscribers}

    def stage(self) -> Stage[Tx, str, FeedRun]:
        """Return the stage, with a standing task for each subscriber."""
        return Stage(
            name=self.stage_name,
            batch=1,
            lifecycle=None,
            acts_outside=False,
            perform=self.perform,
            finish=self.finish,
            max_attempts=self.max_attempts,
            follows_feed=True,
            standing_tasks=tuple(subscriber.standing_task for subscriber in self.subscribers),
        )

    def perform(self, name: str, handle: LeaseHandle) -> FeedRun:
        """Handle the changes behind the subscriber's cursor, many in each transaction.

        Raises:
            Postpone: This process does not know the subscriber.
            PermanentFailure: The cursor belongs to another database; only a restart helps.
            RetryLater: The first change behind the cursor cannot be handled.
            LeaseLost: Another worker has the task, or an operator has restarted the subscriber.
        """
        subscriber = self._by_name.get(name)
        if subscriber is None:
            raise Postpone(UNKNOWN_SECONDS, f"no subscriber {name} is configured here")

        handled = 0
        singles = 0  # how many changes are still handled one at a time
        for _ in range(TRANSACTIONS_PER_RUN):
            handle.check()
            limit = 1 if singles else self.changes_per_transaction
            page = FeedPage(handle.lease, subscriber, limit)
            try:
                number = self._handle_page(page)
            except LeaseLost:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, no change is skipped
                _log_failure(page, error)
                if limit > 1:
                    singles = self.changes_per_transaction
                    continue
                if not handled:
                    _raise_failure(page, error)
                # The attempts at this change begin with the next run.
                return FeedRun(handled, is_drained=False)

            handled += number
            singles = max(0, singles - 1)
            if number == 0:  # reactions to changes of reactions are handled as well
                return FeedRun(handled, is_drained=True)

        return FeedRun(handled, is_drained=False)

    def finish(self, tx: Tx, outcomes: Sequence[tuple[str, FeedRun]]) -> None:
        """Make the tasks due again: at once, or after a pause where no change was left."""
        for name, run in outcomes:
            due_at = tx.clock.now()
            if run.is_drained:
                due_at += timedelta(seconds=self.poll_seconds)
            tx.tasks.enqueue(self.stage_name, {name: due_at})

    def _handle_page(self, page: FeedPage[Tx]) -> int:
        actor = page.subscriber.actor
        return self.store.run(_handle_changes, page, actor=actor, reason=REASON)


def follow_feed(
    store: Store[TasksRead, Tx], subscribers: Sequence[Subscriber[Tx]]
) -> Stage[Tx, str, FeedRun]:
    """Return the usual stage of these subscribers; see `FeedFollower` for its options."""
    return FeedFollower(store=store, subscribers=subscribers).stage()


def _handle_changes(tx: Tx, page: FeedPage[Tx]) -> int:
    """Handle the next changes, move the cursor behind them, and return how many there were."""
    page.change = None
    cursor = lock_cursor(tx, page.lease)
    feed = tx.history.feed(after=cursor.after, limit=page.limit)
    for change in feed.changes:
        page.change = change
        page.subscriber.handle(tx, change)

    if feed.changes:
        moved = evolve(
            cursor,
            feed_cursor=feed.cursor,
            changed_at=feed.changes[-1].at,
            updated_at=tx.clock.now(),
        )
        tx.subscribers.save(moved)
    return len(feed.changes)


def _raise_failure(page: FeedPage[Any], error: Exception) -> NoReturn:
    """Raise the error that says what becomes of the task."""
    if isinstance(error, DECISIONS):
        raise error

    name = page.subscriber.name
    if isinstance(error, ForeignCursor):
        raise PermanentFailure(f"{error} Restart subscriber {name} with a reason") from error

    raise RetryLater(f"subscriber {name} at {_subject(page)}: {_text_of(error)}") from error


def _subject(page: FeedPage[Any]) -> str:
    change = page.change
    if change is None:
        return "its cursor"

    return f"{change.action} of {change.lifecycle} {change.entity_id}, seq {change.seq}"


def _text_of(error: Exception) -> str:
    if isinstance(error, IndelibleError):
        return str(error)

    return f"{type(error).__name__}: {error}"


def _log_failure(page: FeedPage[Any], error: Exception) -> None:
    """Log where a reaction failed, but none of the values there: they may be secrets."""
    trace = ""
    if not isinstance(error, IndelibleError):
        trace = "\n" + "".join(format_tb(error.__traceback__))

    logger.warning(
        "subscriber %s: %s failed with %s%s",
        page.subscriber.name,
        _subject(page),
        type(error).__name__,
        trace,
    )
