"""Look which stages have tasks that are due, and send wake-ups for them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from logging import DEBUG, WARNING
from typing import Any, Final

from attrs import define, field, frozen
from dramatiq import Broker

from indelible.kernel.demand import Demand
from indelible.kernel.stages import Stage, TasksRead
from indelible.kernel.task_commands import AdvanceTasks, advance_tasks
from indelible.kernel.transaction import single_statement
from indelible_workers.masking import failure_reason
from indelible_workers.processing.claims import MIN_RESTART_SECONDS
from indelible_workers.subjects import declare_subjects
from indelible_workers.wakeups.messages import MAX_QUEUED, Stages, queue_name, send_wakeup
from indelible_workers.worker import Worker, logger

# After a rest the first wake-up causes a look at once. In a burst of them the looks are at least so
# far apart: each time twice as far as the last time, up to the maximum.
FIRST_GAP_SECONDS: Final = 0.01
GATHER_SECONDS: Final = 0.1
MIN_PAUSE_SECONDS: Final = 0.01  # until the next due time: several tasks cause one look


@define
class Pace:
    """The gaps between looks that wake-ups cause."""

    _looked_at: float = field(default=float("-inf"), init=False)
    _gap_seconds: float = field(default=FIRST_GAP_SECONDS, init=False)

    def gather_seconds(self, now: float) -> float:
        """Return for how long to gather more wake-ups after one that has come now."""
        rest_seconds = now - self._looked_at
        gap_seconds = self._gap_seconds
        self._gap_seconds = min(2 * gap_seconds, GATHER_SECONDS)
        if rest_seconds >= GATHER_SECONDS:
            self._gap_seconds = FIRST_GAP_SECONDS
            gap_seconds = 0.0

        wait_seconds = max(0.0, gap_seconds - rest_seconds)
        self._looked_at = now + wait_seconds
        return wait_seconds


@frozen
class Look:
    """The result of one look: the ready tasks, and when more may be ready."""

    ready: int
    next_at: datetime | None
    last_change: str | None  # None where the database was not asked


NOTHING: Final = Look(ready=0, next_at=None, last_change=None)


def dispatch_ready(worker: Worker, stages: Stages, brokers: Sequence[Broker]) -> int:
    """Send wake-ups for stages with ready tasks and return how many ready tasks were counted.

    A stage whose rate has cut a claim short gets none until its bucket may have another permit.
    Each message goes to the first broker that works. One that fails is not asked again, because
    it may hang each time. A stage without a free thread is not counted.
    """
    return Dispatcher(worker, stages, brokers).dispatch(worker.clock.now()).ready


@define(eq=False)
class Dispatcher:
    """Sends wake-ups for the stages of a worker process."""

    _worker: Worker
    _stages: Stages
    _brokers: Sequence[Broker]
    _followed_change: str | None = field(default=None, init=False)

    def dispatch(self, now: datetime) -> Look:
        """Look once, and send wake-ups for the ready tasks."""
        names = _open_stages(self._worker, self._stages)
        if not names:
            return NOTHING

        limit = MAX_QUEUED * max(self._stages[name].batch for name in names)
        demand = self._worker.store.read(_read_demand, names, now, limit=limit)
        ready = 0
        next_at: datetime | None = None
        working = list(self._brokers)
        for stage_demand in demand.stages:
            stage = self._stages[stage_demand.stage]
            claimable = stage_demand.claimable(now, has_breaker=stage.breaker is not None)
            count = min(claimable, MAX_QUEUED * stage.batch)
            _send_wakeups(working, stage, count)
            ready += count
            next_at = _earlier(next_at, stage_demand.next_at(now))

        return Look(ready=ready, next_at=next_at, last_change=demand.last_change)

    def follow(self, last_change: str | None) -> None:
        """Make the tasks due that wait for a change, if the feed has another one.

        A run of this process may have missed the change. Its end causes the next look, and only
        then are the tasks made due.
        """
        if last_change in (None, self._followed_change):
            return

        followers = [stage for stage in self._stages.values() if stage.follows_feed]
        if any(self._worker.stage_threads.awaits_end(stage.name) for stage in followers):
            return

        self._followed_change = last_change
        for stage in followers:
            self._advance(stage)

    def _advance(self, stage: Stage[Any, Any, Any]) -> None:
        advanced = self._worker.store.run(
            advance_tasks,
            AdvanceTasks(stage=stage.name),
            actor=self._worker.actor,
            reason="change of the feed",
        )
        _send_wakeups(list(self._brokers), stage, advanced)


def _send_wakeups(working: list[Broker], stage: Stage[Any, Any, Any], count: int) -> None:
    """Send wake-ups for so many tasks, and remove from the brokers those that do not work."""
    for _ in range(0, count, stage.batch):
        while working and not send_wakeup(working[0], queue_name(stage.name)):
            del working[0]


def _open_stages(worker: Worker, stages: Stages) -> list[str]:
    """Return the stages with a free thread whose rate delays no claim; none after the stop."""
    if worker.stopping.is_set():
        return []

    names: list[str] = []
    for name in stages:
        if not worker.stage_threads.refuses(name) and worker.claim_delay_seconds(name) == 0:
            names.append(name)

    return names


@single_statement
def _read_demand(tx: TasksRead, stages: Collection[str], now: datetime, *, limit: int) -> Demand:
    return tx.tasks.demand(stages, now, limit=limit)


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first or second

    return min(first, second)


def dispatch_until_stopped(
    worker: Worker, stages: Stages, brokers: Sequence[Broker], dispatch_seconds: float
) -> None:
    """Look when a wake-up comes, when a task becomes due, and after the seconds at the latest.

    The subjects of the stages are declared after the first look that the database has answered.
    """
    clock = worker.clock
    dispatcher = Dispatcher(worker, stages, brokers)
    subjects = [subject for stage in stages.values() for subject in stage.subjects]
    is_declared = False
    pace = Pace()
    pause_seconds = 0.0
    level = WARNING  # only the first of several failures in a row is a warning
    while not worker.stopping.is_set():
        if clock.wait(worker.wakeup, pause_seconds):
            clock.sleep(pace.gather_seconds(clock.monotonic()))
            worker.wakeup.clear()

        # Before the look, which leaves out delayed stages: a delay may end during its query.
        delays = [worker.claim_delay_seconds(name) for name in stages]
        now = clock.now()
        try:
            look = dispatcher.dispatch(now)
            dispatcher.follow(look.last_change)
        except Exception as error:  # noqa: BLE001 - the database may be unavailable for a while
            logger.log(level, "dispatcher: ready tasks not counted: %s", failure_reason(error))
            level = DEBUG
            pause_seconds = dispatch_seconds
        else:
            level = WARNING
            pause_seconds = _pause_seconds(look, now, delays, dispatch_seconds)
            is_declared = is_declared or declare_subjects(worker.store, subjects, worker.actor)


def _pause_seconds(
    look: Look, now: datetime, delays: Sequence[float], dispatch_seconds: float
) -> float:
    """Return the seconds until the next look, unless a wake-up comes before."""
    pause_seconds = dispatch_seconds
    if look.ready:
        # A ready task may lie before a claim position, which returns to the front only after
        # this time.
        pause_seconds = min(MIN_RESTART_SECONDS, pause_seconds)
    if look.next_at is not None:
        until_due_seconds = (look.next_at - now).total_seconds()
        pause_seconds = min(pause_seconds, max(until_due_seconds, MIN_PAUSE_SECONDS))
    for delay_seconds in delays:
        if delay_seconds > 0:
            pause_seconds = min(pause_seconds, delay_seconds)

    return pause_seconds
