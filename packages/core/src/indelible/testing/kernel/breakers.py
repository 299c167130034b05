"""Requirements on circuit breakers: outages pause a stage, probes resume it, operators decide."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from indelible.app import WriteTx
from indelible.kernel import Actor, UsageError
from indelible.kernel.breaker_commands import (
    RecordAnswer,
    RecordOutage,
    claim_probe,
    open_breakers,
    record_answer,
    record_outage,
)
from indelible.kernel.breakers import BREAKER, BreakerState, CircuitBreaker
from indelible.kernel.stages import (
    STAGE,
    PauseStage,
    ResumeStage,
    pause_stage,
    resume_stage,
)
from indelible.kernel.tasks import Lease
from indelible.testing.stores import (
    FAR,
    LEASE_END,
    MAYA,
    AnyStore,
    claim,
    do,
    enqueue,
    ids,
    refusal,
    within,
)
from indelible.testing.suite import Suite

# The clock of the suite ticks by a second, so that the next probe is due at once.
TWO: Final = CircuitBreaker(outages=2, probe_seconds=1)
# No suite takes as long as this pause.
SLOW: Final = CircuitBreaker(outages=2, probe_seconds=86_400)


def outage(
    store: AnyStore, *, breaker: CircuitBreaker = TWO, stage: str = "work", actor: Actor = BREAKER
) -> bool:
    """Count an outage and return True if the stage was paused."""
    command = RecordOutage(stage=stage, breaker=breaker)
    return store.run(record_outage, command, actor=actor, reason="two outages")


def answer(store: AnyStore, claimed_at: datetime | None = None) -> bool:
    """Record an answer of the outside system and return True if the stage was resumed."""
    command = RecordAnswer(stage="work", claimed_at=claimed_at)
    return store.run(record_answer, command, actor=BREAKER, reason="success of a probe")


def trip(store: AnyStore, breaker: CircuitBreaker = TWO) -> None:
    """Let the stage be paused by its breaker."""
    assert [outage(store, breaker=breaker) for _ in range(2)] == [False, True]


def probe(store: AnyStore, breaker: CircuitBreaker = TWO) -> tuple[Lease, ...]:
    """Claim a probe."""

    def claim_in(tx: WriteTx) -> tuple[Lease, ...]:
        return claim_probe(tx, "work", breaker, until=LEASE_END)

    return within(store, claim_in)


def now(store: AnyStore) -> datetime:
    """Return the time of the store's clock."""
    return within(store, lambda tx: tx.clock.now())


def pause(store: AnyStore, actor: Actor = MAYA) -> None:
    """Pause the stage."""
    do(store, pause_stage, PauseStage(stage="work"), actor=actor)


def resume(store: AnyStore) -> None:
    """Resume the stage as an operator."""
    do(store, resume_stage, ResumeStage(stage="work"))


def switches(store: AnyStore) -> list[tuple[str, Actor]]:
    """Return the actions on the stage's switch and their actors, oldest first."""
    changes = store.read(lambda tx: tx.history.of(STAGE.name, "work"))
    return [(change.action, change.actor) for change in changes]


def gauges(store: AnyStore) -> Mapping[str, float]:
    """Return the gauge of each stage."""
    return store.read(open_breakers)


def state(store: AnyStore) -> BreakerState:
    """Return the state of the stage's breaker."""
    return store.read(lambda tx: tx.breakers.get("work"))


def probes_at(store: AnyStore, now: datetime) -> int:
    """Return how many tasks of the stage, which its breaker has paused, are claimable then."""
    demand = store.read(lambda tx: tx.tasks.demand(["work"], now, limit=9))
    return demand.stages[0].claimable(now, has_breaker=True)


def plan_probe_now(tx: WriteTx) -> None:
    """Let the next probe of the stage be due now."""
    locked = tx.breakers.lock("work")
    tx.breakers.save(BreakerState(stage="work", outages=locked.outages, probe_at=tx.clock.now()))


class BreakersConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_consecutive_outages_pause_the_stage(self, store: AnyStore) -> None:
        enqueue(store, "a")
        trip(store)

        assert claim(store) == ()
        assert switches(store) == [("pause", BREAKER)]
        (change,) = store.read(lambda tx: tx.history.of(STAGE.name, "work"))
        assert change.reason == "two outages"
        assert gauges(store) == {"work": 1}

    def test_an_answer_ends_the_sequence_of_outages(self, store: AnyStore) -> None:
        for _ in range(3):
            assert not outage(store)
            assert not answer(store)

        assert switches(store) == []
        assert gauges(store) == {"work": 0}
        assert state(store).is_clear

    def test_outages_are_counted_for_each_stage(self, store: AnyStore) -> None:
        paused = [outage(store), outage(store, stage="other"), outage(store, stage="third")]

        assert paused == [False, False, False]
        assert gauges(store) == {"other": 0, "third": 0, "work": 0}

    def test_only_one_probe_is_claimed_in_the_time_of_a_probe(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        trip(store, SLOW)
        assert probe(store, SLOW) == ()

        within(store, plan_probe_now)
        assert ids(probe(store, SLOW)) == ["a"]
        assert probe(store, SLOW) == ()
        assert probes_at(store, FAR) == 1

    def test_a_probe_without_a_task_is_not_used_up(self, store: AnyStore) -> None:
        trip(store, SLOW)
        within(store, plan_probe_now)
        assert probe(store, SLOW) == ()

        enqueue(store, "a")
        assert ids(probe(store, SLOW)) == ["a"]

    def test_the_success_of_a_probe_resumes_the_stage(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        trip(store)
        claimed_at = now(store)
        assert ids(probe(store)) == ["a"]

        assert answer(store, claimed_at)
        assert switches(store) == [("pause", BREAKER), ("resume", BREAKER)]
        assert (gauges(store), state(store).is_clear) == ({"work": 0}, True)
        assert ids(claim(store)) == ["b"]

    def test_a_failed_probe_leaves_the_stage_paused(self, store: AnyStore) -> None:
        enqueue(store, "a")
        trip(store)
        probe(store)

        assert not outage(store)
        assert not answer(store)
        assert switches(store) == [("pause", BREAKER)]
        assert gauges(store) == {"work": 1}

    def test_a_task_that_was_claimed_before_the_pause_does_not_resume_the_stage(
        self, store: AnyStore
    ) -> None:
        claimed_at = now(store)
        trip(store)

        assert not answer(store, claimed_at)
        assert gauges(store) == {"work": 1}

    def test_a_breaker_never_resumes_the_pause_of_an_operator(self, store: AnyStore) -> None:
        enqueue(store, "a")
        pause(store)

        assert [outage(store) for _ in range(3)] == [False, False, False]
        assert probe(store) == ()
        assert not answer(store, now(store))
        assert switches(store) == [("pause", MAYA)]
        assert gauges(store) == {"work": 0}

    def test_an_operator_takes_over_the_pause_of_a_breaker(self, store: AnyStore) -> None:
        enqueue(store, "a")
        trip(store)
        claimed_at = now(store)
        probe(store)
        pause(store)

        assert not answer(store, claimed_at)
        assert probe(store) == ()
        expected = [("pause", BREAKER), ("resume", MAYA), ("pause", MAYA)]
        assert switches(store) == expected
        assert gauges(store) == {"work": 0}

    def test_an_operator_who_resumes_begins_a_new_sequence(self, store: AnyStore) -> None:
        trip(store)
        resume(store)
        assert (gauges(store), state(store).is_clear) == ({"work": 0}, True)

        trip(store)
        expected = [("pause", BREAKER), ("resume", MAYA), ("pause", BREAKER)]
        assert switches(store) == expected

    def test_a_resumption_forgets_the_outages_that_were_counted_before(
        self, store: AnyStore
    ) -> None:
        outage(store)
        pause(store)
        outage(store)
        resume(store)

        assert not outage(store)
        assert switches(store) == [("pause", MAYA), ("resume", MAYA)]

    def test_a_paused_stage_whose_breaker_has_no_count_is_probed_at_once(
        self, store: AnyStore
    ) -> None:
        """An import of histories restores the pause, but no count."""
        enqueue(store, "a")
        pause(store, BREAKER)

        assert probes_at(store, FAR) == 1
        assert ids(probe(store)) == ["a"]

    def test_only_the_breaker_records_outages_and_answers(self, store: AnyStore) -> None:
        command = RecordAnswer(stage="work")
        attempts: tuple[Callable[[], Any], ...] = (
            lambda: outage(store, actor=MAYA),
            lambda: do(store, record_answer, command),
        )

        for attempt in attempts:
            assert isinstance(refusal(attempt), UsageError)
        assert gauges(store) == {}
