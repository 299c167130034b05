"""Handlers of contests: what the conformance suite leaves out, on the memory store."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from attrs import evolve

from indelible import contests
from indelible.app import WriteTx
from indelible.contests import ContestStatus, SettlementRun
from indelible.contests.entities.records import SettlementLine
from indelible.contests.entities.runs import SettlementBasis, SettlementTotals
from indelible.contests.entities.values import ResolveAction
from indelible.contests.rules.configuration.parsing import document_instant
from indelible.contests.rules.tasks import (
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.kernel.aggregates import save_change
from indelible.kernel.bulk import Bulk
from indelible.kernel.tasks import TaskState
from indelible.memory import MemoryStore
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.payloads import FINAL_BOARD
from indelible.testing.contests.scenarios import (
    ContestScenario,
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
        (ContestStatus.LIVE, "complete", SETTLE_CONTEST_STAGE),
    ],
)
def test_a_resumed_contest_has_its_dead_task_again(
    store: MemoryStore, status: ContestStatus, action: str, stage: str
) -> None:
    scenario = contest_in(store, status)
    scenario.advance(scenario.contest.lock_time)
    kill_task(store, stage, scenario.contest_id)
    dead = store.read(lambda tx: tx.tasks.get(stage, scenario.contest_id))
    scenario.fail(action)
    scenario.resolve(ResolveAction.RESUME)
    task = store.read(lambda tx: tx.tasks.get(stage, scenario.contest_id))

    assert dead.dead_reason is not None
    assert task.state(FAR) is TaskState.WAITING


def test_a_resumed_start_is_enqueued_again(store: MemoryStore) -> None:
    scenario = locked_contest(store)
    scenario.advance(scenario.contest.start_time)
    kill_task(store, START_CONTEST_STAGE, scenario.contest_id)
    scenario.fail("start")
    scenario.resolve(ResolveAction.RESUME)
    task = store.read(lambda tx: tx.tasks.get(START_CONTEST_STAGE, scenario.contest_id))

    assert task.dead_reason is None


def test_a_resume_that_fails_leaves_the_dead_task(store: MemoryStore) -> None:
    scenario = locked_contest(store)
    kill_task(store, START_CONTEST_STAGE, scenario.contest_id)
    scenario.fail("start")

    assert code(partial(scenario.resolve, ResolveAction.RESUME)) == "RESUME_NOT_POSSIBLE"
    task = store.read(lambda tx: tx.tasks.get(START_CONTEST_STAGE, scenario.contest_id))
    assert task.dead_reason is not None


def test_a_settlement_is_saved_whole_or_not_at_all(store: MemoryStore) -> None:
    scenario = due_contest(store)
    run = scenario.start_run()
    command = contests.FinishRun.of(run.id, scenario.settlement(run))
    before = scenario.saved

    def finish_and_break(tx: WriteTx) -> None:
        contests.finish_run(tx, command)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        within(store, finish_and_break)

    assert scenario.saved == before
    assert scenario.runs == (run,)
    assert scenario.lines_of(run.id) == ()


def test_a_contest_has_one_complete_run(store: MemoryStore) -> None:
    scenario = complete_contest(store)
    assert code(partial(add_complete_run, scenario, scenario.runs[0])) == "CONTEST_SETTLED"


def add_complete_run(scenario: ContestScenario, complete: SettlementRun) -> None:
    """Save a second complete run of a contest, without its handler."""

    def save(tx: WriteTx) -> None:
        now = tx.clock.now()
        basis = basis_of(complete)
        started = SettlementRun.started(
            run_id="second",
            contest_id=complete.contest_id,
            number=2,
            basis=basis,
            currency=complete.currency,
            now=now,
        )
        save_change(tx, tx.contests.runs, None, started, "start")
        head = tx.contests.runs.lock("second")
        totals = SettlementTotals(
            eligibility_digest=complete.eligibility_digest or "",
            official_rounds=1,
            result_digest=complete.result_digest or "",
            pool_minor=0,
            rake_minor=0,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=0,
            line_count=0,
        )
        second = head.entity.completed(totals, now=tx.clock.now())
        rows = Bulk.of(SettlementLine)
        save_change(tx, tx.contests.runs, head, second, "complete", bulk=(rows,))

    within(scenario.store, save)


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


def basis_of(run: SettlementRun) -> SettlementBasis:
    """Return the input of a run."""
    return SettlementBasis(
        engine_version=run.engine_version,
        configuration_version=run.configuration_version,
        configuration_digest=run.configuration_digest,
        event_number=run.event_number,
        events_digest=run.events_digest,
        entries=run.entries_revision,
    )


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


def test_a_final_leaderboard_that_changes_starts_the_hold_again(store: MemoryStore) -> None:
    scenario = due_contest(store)
    reopened = evolve(FINAL_BOARD, status="STATUS_IN_PROGRESS")
    scenario.observe(reopened, 5)

    assert scenario.log.terminal_number is None
    assert code(scenario.start_run) == "SETTLEMENT_NOT_DUE"
    scenario.observe(FINAL_BOARD, 6)
    assert code(scenario.start_run) == "SETTLEMENT_NOT_DUE"
    scenario.observe(FINAL_BOARD, 8)
    assert scenario.log.terminal_number is not None


def test_a_command_of_a_configuration_holds_no_coerced_value() -> None:
    document = contests.sample_configuration("masters") | {"roster_size": 6.0}
    attempt = partial(
        contests.PublishContest,
        organizer_id="maya",
        contest_name="Open",
        configuration=document,
    )

    assert code(attempt) == "CONFIGURATION_INVALID"


def test_a_canceled_contest_refuses_a_lock_task_silently(store: MemoryStore) -> None:
    scenario = new_contest(store)
    scenario.cancel()
    scenario.advance(scenario.base.replace(hour=1))
    outcome = scenario.lock()

    assert (outcome.applied, outcome.waits_for) == (False, None)
    assert outcome.contest.status is ContestStatus.CANCELLED


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
