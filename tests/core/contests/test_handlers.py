"""Handlers of contests: what the conformance suite leaves out, on the memory store."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from attrs import evolve

from indelible import contests
from indelible.app import WriteTx
from indelible.contests import ContestStatus, SettlementRun
from indelible.contests.entities.runs import SettlementBasis
from indelible.contests.entities.values import ResolveAction
from indelible.contests.rules.configuration.parsing import document_instant
from indelible.contests.rules.tasks import (
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.kernel.aggregates import save_change
from indelible.kernel.tasks import TaskState
from indelible.memory import MemoryStore
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.scenarios import (
    complete_contest,
    contest_in,
    due_contest,
    live_contest,
    locked_contest,
    new_contest,
)
from indelible.testing.stores import BEGINNING, FAR, CountedIds, TickingClock, within


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=TickingClock(), ids=CountedIds())


def kill_task(store: MemoryStore, stage: str, contest_id: str) -> None:
    """Let a task of a contest end as dead."""

    def kill(tx: WriteTx) -> None:
        tx.tasks.enqueue(stage, {contest_id: tx.clock.now()})
        leases = tx.tasks.claim(stage, limit=9, until=tx.clock.now().replace(day=2))
        for lease in leases:
            if lease.entity_id == contest_id:
                tx.tasks.mark_dead(lease, reason="it failed 20 times")

    within(store, kill)


@pytest.mark.parametrize(
    ("status", "action", "stage"),
    [
        (ContestStatus.SCHEDULED, "lock", LOCK_CONTEST_STAGE),
        (ContestStatus.LOCKED, "start", START_CONTEST_STAGE),
        (ContestStatus.LIVE, "complete", SETTLE_CONTEST_STAGE),
    ],
)
def test_a_resumed_contest_has_its_dead_task_again(
    store: MemoryStore, status: ContestStatus, action: str, stage: str
) -> None:
    scenario = contest_in(store, status)
    scenario.advance(scenario.contest.start_time)
    kill_task(store, stage, scenario.contest_id)
    dead = store.read(lambda tx: tx.tasks.get(stage, scenario.contest_id))
    scenario.fail(action)
    scenario.resolve(ResolveAction.RESUME)
    task = store.read(lambda tx: tx.tasks.get(stage, scenario.contest_id))

    assert dead.dead_reason is not None
    assert task.state(FAR) is TaskState.WAITING


def test_a_resume_that_fails_leaves_the_dead_task(store: MemoryStore) -> None:
    scenario = locked_contest(store)
    kill_task(store, START_CONTEST_STAGE, scenario.contest_id)
    scenario.fail("start")

    assert code(partial(scenario.resolve, ResolveAction.RESUME)) == "RESUME_NOT_POSSIBLE"
    task = store.read(lambda tx: tx.tasks.get(START_CONTEST_STAGE, scenario.contest_id))
    assert task.dead_reason is not None


def test_no_run_settles_a_tournament_without_a_terminal_event(store: MemoryStore) -> None:
    ended = due_contest(MemoryStore(clock=TickingClock(), ids=CountedIds()))
    settlement = ended.settlement(ended.start_run())
    scenario = live_contest(store)
    log, contest = scenario.log, scenario.contest

    def start(tx: WriteTx) -> None:
        basis = SettlementBasis(
            engine_version=settlement.engine_version,
            configuration_version=contest.configuration_version,
            configuration_digest=contest.configuration_digest,
            event_number=log.event_number,
            events_digest=log.event_hash,
            entries=tx.contests.entries.joins.entries_revision(contest.id),
        )
        started = SettlementRun.started(
            run_id="too-early",
            contest_id=contest.id,
            number=1,
            basis=basis,
            currency=contest.currency,
            now=tx.clock.now(),
        )
        save_change(tx, tx.contests.runs, None, started, "start")

    within(store, start)
    (run,) = scenario.runs
    other = evolve(
        settlement,
        contest_id=contest.id,
        configuration_digest=contest.configuration_digest,
        event_number=log.event_number,
        events_digest=log.event_hash,
    )
    command = contests.FinishRun.of(run.id, other)

    assert code(partial(scenario.run, contests.finish_run, command)) == "SETTLEMENT_NOT_DUE"
    assert scenario.contest.status is ContestStatus.LIVE


def test_a_canceled_event_of_a_settled_contest_cancels_nothing(store: MemoryStore) -> None:
    scenario = complete_contest(store)
    before = scenario.saved
    number = scenario.log.terminal_number
    assert number is not None
    command = contests.CancelByProvider(contest_id=scenario.contest_id, event_number=number)

    assert code(partial(scenario.run, contests.cancel_by_provider, command)) == (
        "EVENT_NOT_APPLICABLE"
    )
    assert scenario.saved == before


class LateClock:
    """A clock that returns one instant once, and later ones after it: the lock was waited for."""

    def __init__(self) -> None:
        self.instant = BEGINNING
        self.next_instant = BEGINNING

    def now(self) -> datetime:
        """Return the instant, and advance."""
        instant = self.instant
        self.instant = self.next_instant
        return instant


def test_a_configuration_that_waits_past_the_lock_time_is_refused() -> None:
    clock = LateClock()
    store = MemoryStore(clock=clock, ids=CountedIds())
    scenario = new_contest(store)
    lock_time = scenario.contest.lock_time
    clock.instant = lock_time - timedelta(seconds=1)
    clock.next_instant = lock_time

    later = document_instant(lock_time + timedelta(seconds=60))
    assert code(partial(scenario.configure, lock_time=later)) == "CONFIG_IMMUTABLE"
    assert scenario.contest.lock_time == lock_time
