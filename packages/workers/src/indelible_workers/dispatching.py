"""Look which stages have tasks that are due, and send wake-ups for them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from logging import DEBUG, WARNING
from time import monotonic, sleep
from typing import Final

from attrs import define, field
from dramatiq import Broker

from indelible.kernel.demand import Demand
from indelible.kernel.stages import TasksRead
from indelible.kernel.transaction import single_statement
from indelible_workers.claims import MIN_RESTART_SECONDS
from indelible_workers.masking import failure_reason
from indelible_workers.messages import MAX_QUEUED, Stages, queue_name, send_wakeup
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


@define
class Look:
    """The result of one look: the ready tasks, and when more may be ready."""

    ready: int = 0
    next_at: datetime | None = None


def dispatch_ready(worker: Worker, stages: Stages, brokers: Sequence[Broker]) -> int:
    """Send wake-ups for stages with ready tasks and return how many ready tasks were counted.

    A stage whose rate has cut a claim short gets none until its bucket may have another permit.
    Each message goes to the first broker that works. One that fails is not asked again, because
    it may hang each time. A stage without a free thread is not counted.
    """
    return _dispatch(worker, stages, brokers, worker.clock.now()).ready


def _dispatch(worker: Worker, stages: Stages, brokers: Sequence[Broker], now: datetime) -> Look:
    look = Look()
    names = _open_stages(worker, stages)
    if not names:
        return look

    limit = MAX_QUEUED * max(stages[name].batch for name in names)
    demand = worker.store.read(_read_demand, names, now, limit=limit)
    working = list(brokers)
    for stage_demand in demand.stages:
        stage = stages[stage_demand.stage]
        claimable = stage_demand.claimable(now, has_breaker=stage.breaker is not None)
        count = min(claimable, MAX_QUEUED * stage.batch)
        for _ in range(0, count, stage.batch):
            while working and not send_wakeup(working[0], queue_name(stage.name)):
                del working[0]
        look.ready += count
        look.next_at = _earlier(look.next_at, stage_demand.next_at(now))

    return look


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
    """Look when a wake-up comes, when a task becomes due, and after the seconds at the latest."""
    pace = Pace()
    pause_seconds = 0.0
    level = WARNING  # only the first of several failures in a row is a warning
    while not worker.stopping.is_set():
        if worker.wakeup.wait(pause_seconds):
            sleep(pace.gather_seconds(monotonic()))
            worker.wakeup.clear()

        # Before the look, which leaves out delayed stages: a delay may end during its query.
        delays = [worker.claim_delay_seconds(name) for name in stages]
        now = worker.clock.now()
        try:
            look = _dispatch(worker, stages, brokers, now)
        except Exception as error:  # noqa: BLE001 - the database may be unavailable for a while
            logger.log(level, "dispatcher: ready tasks not counted: %s", failure_reason(error))
            level = DEBUG
            pause_seconds = dispatch_seconds
        else:
            level = WARNING
            pause_seconds = _pause_seconds(look, now, delays, dispatch_seconds)


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
