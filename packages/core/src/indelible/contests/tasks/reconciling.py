"""The stage that finds overdue contests and tasks that are missing, and enqueues them.

Queries never write: this recurring task is the only one that repairs.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from attrs import define, field, frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.lifecycle import ContestStatus, FeedStatus
from indelible.contests.repositories.reads import (
    configuration_of,
    folded_state,
    followed_contests,
)
from indelible.contests.repositories.transactions import ContestsRead, ContestsWrite
from indelible.contests.rules.alerts import PLAYED, AlertCode, AlertInput, alerts
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    RECONCILE_CONTESTS_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks.observers import (
    HOLDS,
    ContestObserver,
    ContestReport,
    SilentContestObserver,
)
from indelible.contests.tasks.settlement_inputs import settlement_state
from indelible.contests.tasks.states import ContestStore
from indelible.contests.tasks.transitions import COMPLETE, LOCK, START
from indelible.kernel import Clock, SystemClock
from indelible.kernel.history import Head
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.tasks import TaskKey
from indelible.kernel.waking import wake

PAGE_SIZE: Final = 500
MAX_WAKES: Final = 1_000  # in one transaction; the next slot continues
MAX_ATTEMPTS: Final = 3
LEASE_SECONDS: Final = 60
# The transition for which a contest waits in a state, and the stage that applies it.
WAITING: Final = {
    ContestStatus.SCHEDULED: (LOCK, LOCK_CONTEST_STAGE),
    ContestStatus.LOCKED: (START, START_CONTEST_STAGE),
    ContestStatus.LIVE: (COMPLETE, SETTLE_CONTEST_STAGE),
}

logger = logging.getLogger("indelible.contests")


@frozen(kw_only=True)
class Repairs:
    """The tasks that have to be due now, and the report about all contests."""

    tasks: tuple[TaskKey, ...]
    report: ContestReport


@define(kw_only=True)
class Reconciler:
    """Finds what waits although it could go on: transitions, fetches, and fetches not taken up."""

    store: ContestStore
    clock: Clock = field(factory=SystemClock)
    observer: ContestObserver = field(factory=SilentContestObserver)

    def stage(self) -> Stage[ContestsWrite, str, Repairs]:
        """Return the stage, whose only task is recurring."""
        return Stage(
            name=RECONCILE_CONTESTS_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=None,
            perform=self.perform,
            finish=self.finish,
            lease_seconds=LEASE_SECONDS,
            max_attempts=MAX_ATTEMPTS,
        )

    def perform(self, _: str, handle: LeaseHandle) -> Repairs:
        """Look for repairs, in one read."""
        handle.check()
        return self.store.read(find_repairs, self.clock.now())

    def finish(self, tx: ContestsWrite, performed: Sequence[tuple[str, Repairs]]) -> None:
        """Make the tasks due; one that is dead is requeued."""
        now = tx.clock.now()
        for _, repairs in performed:
            for task in repairs.tasks:
                was_dead = wake(tx.tasks, task.stage, task.entity_id, now)
                logger.info(
                    "[Lifecycle] task %s of stage %s is %s",
                    task.entity_id,
                    task.stage,
                    "requeued" if was_dead else "enqueued",
                )
            self.observer.reconciled(repairs.report)


def find_repairs(tx: ContestsRead, now: datetime) -> Repairs:
    """Return the tasks that are missing, and the report about all contests."""
    tasks: list[TaskKey] = []
    overdue_seconds: dict[str, float] = {}
    for contest in _overdue_contests(tx, now):
        action, stage = WAITING[contest.status]
        due_at = _due_at(tx, contest)
        if due_at is None or due_at > now:
            continue

        seconds = (now - due_at).total_seconds()
        overdue_seconds[action] = max(seconds, overdue_seconds.get(action, 0.0))
        tasks.append(TaskKey(stage, contest.id))

    lag_seconds = 0.0
    for feed, contest_ids in _needed_feeds(tx, now):
        if tx.contests.contests.joins.open_of_tournament(feed.id):
            lag_seconds = max(lag_seconds, _lag_seconds(feed, now))
        tasks.append(TaskKey(FETCH_TOURNAMENT_STAGE, feed.id))
        tasks.extend(_behind(tx, feed, contest_ids))

    missing = [task for task in tasks if not _is_pending(tx, task, now)]
    report = ContestReport(
        states=tx.contests.contests.count_by_status(),
        overdue_seconds=overdue_seconds,
        lag_seconds=lag_seconds,
        holds=_count_holds(tx, now),
    )
    return Repairs(tasks=tuple(missing[:MAX_WAKES]), report=report)


def _overdue_contests(tx: ContestsRead, now: datetime) -> Iterator[Contest]:
    """Yield the contests that wait for a transition whose time may have come."""
    after = ""
    while True:
        heads: Sequence[Head[Contest]] = tx.contests.contests.joins.due(
            now, after=after, limit=PAGE_SIZE
        )
        for head in heads:
            yield head.entity
        if len(heads) < PAGE_SIZE:
            return
        after = heads[-1].entity.id


def _count_holds(tx: ContestsRead, now: datetime) -> dict[AlertCode, int]:
    """Count what holds up the locked and live contests.

    The leaderboard is read of those only that are past their end or have a conflict.
    """
    holds: dict[AlertCode, int] = dict.fromkeys(HOLDS, 0)
    for contest in _played_contests(tx):
        log = tx.contests.logs.get(contest.id).entity
        if now < contest.end_time and log.marks.conflict_number is None:
            continue
        alert_input = AlertInput(
            status=contest.status,
            start_time=contest.start_time,
            end_time=contest.end_time,
            configuration=configuration_of(tx, contest),
            state=folded_state(tx, log),
            marks=log.marks,
        )
        for alert in alerts(alert_input, now=now):
            if alert.code in holds:
                holds[alert.code] += 1
    return holds


def _played_contests(tx: ContestsRead) -> Iterator[Contest]:
    """Yield the contests that are locked or live."""
    for status in sorted(PLAYED):
        offset = 0
        while True:
            where = {"status": status}
            heads = tx.contests.contests.find(where, limit=PAGE_SIZE, offset=offset)
            for head in heads:
                yield head.entity
            if len(heads) < PAGE_SIZE:
                break
            offset += PAGE_SIZE


def _due_at(tx: ContestsRead, contest: Contest) -> datetime | None:
    """Return the instant of the next transition of a contest, None if nothing decides it yet."""
    if contest.status is ContestStatus.SCHEDULED:
        return contest.lock_time
    if contest.status is ContestStatus.LOCKED:
        return contest.start_time

    return settlement_state(tx, contest).due_at


def _needed_feeds(
    tx: ContestsRead, now: datetime
) -> Iterator[tuple[ProviderFeed, tuple[str, ...]]]:
    """Yield the feeds that are polled and needed, with the contests that need them."""
    after = ""
    while True:
        heads = tx.contests.feeds.page(after=after, limit=PAGE_SIZE)
        for head in heads:
            feed = head.entity
            if feed.status is not FeedStatus.POLLING:
                continue
            contest_ids = followed_contests(tx, feed.id, now)
            if contest_ids:
                yield feed, contest_ids
        if len(heads) < PAGE_SIZE:
            return
        after = heads[-1].entity.id


def _behind(tx: ContestsRead, feed: ProviderFeed, contest_ids: Iterable[str]) -> Iterator[TaskKey]:
    """Yield the ingestion of each contest that has not taken up all fetches of its tournament."""
    for contest_id in contest_ids:
        log = tx.contests.logs.get(contest_id).entity
        if log.is_open and log.fetch_number < feed.fetch_number:
            yield TaskKey(INGEST_CONTEST_STAGE, contest_id)


def _lag_seconds(feed: ProviderFeed, now: datetime) -> float:
    """Return the time since the feed's last successful fetch, or since it was opened."""
    since = feed.last_success_at or feed.created_at
    return max(0.0, (now - since).total_seconds())


def _is_pending(tx: ContestsRead, key: TaskKey, now: datetime) -> bool:
    """Return True if the task needs no repair: it runs or is due by itself, or was canceled.

    A fetch that waits for its next time is pending. A transition is overdue, so that its task has
    to be due now.
    """
    try:
        task = tx.tasks.get(key.stage, key.entity_id)
    except TaskNotFound:
        return False

    if task.cancel_reason is not None:
        return True
    if task.due_at is None:
        return False
    if key.stage == FETCH_TOURNAMENT_STAGE:
        return True

    return task.due_at <= now or not task.is_free(now)
