"""Stages whose outside system is down: they pause themselves, probe, and limit retries by time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from attrs import define, evolve, field
from tests.workers.bakery import (
    MAYA,
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
    outcome_counts,
    wait_until,
)

from indelible.kernel import SystemClock
from indelible.kernel.breaker_commands import open_breakers
from indelible.kernel.breakers import BREAKER, CircuitBreaker
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import (
    STAGE,
    Outage,
    PauseStage,
    PermanentFailure,
    Postpone,
    RetryLater,
    Stage,
    TasksWrite,
    pause_stage,
)
from indelible_workers import ThreadClock, Worker, process_batch, run_workers

HOUR: Final = 3_600
SOON: Final = 0.01
TWO: Final = CircuitBreaker(outages=2, probe_seconds=1)
# No test takes as long as this pause.
SLOW: Final = CircuitBreaker(outages=2, probe_seconds=86_400)


@define
class Oven:
    """The system outside of a stage; `error` is raised as long as it is set."""

    bakery: Bakery
    error: BaseException | None = field(factory=lambda: Outage("the oven is cold", SOON))
    tried: list[str] = field(factory=list[str])

    def perform(self, name: str, handle: LeaseHandle) -> str:
        self.tried.append(name)
        if self.error is not None:
            raise self.error
        return self.bakery.perform(name, handle)

    def stage(self, **settings: Any) -> Stage[TasksWrite, str, str]:  # noqa: ANN401 - a stage's own
        defaults: dict[str, Any] = {"batch": 1, "breaker": TWO, "max_attempts": 99}
        return evolve(self.bakery.stage(**(defaults | settings)), perform=self.perform)


@define
class ShiftedClock:
    """The machine's clock, so many seconds ahead."""

    seconds: float = 0

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(seconds=self.seconds)


@pytest.fixture
def oven(bakery: Bakery) -> Oven:
    return Oven(bakery)


def process_all(store: TaskStore, stage: Stage[TasksWrite, str, str]) -> None:
    """Process batches until nothing is ready."""
    while process_batch(store, stage, actor=WORKER):
        pass


def switches(store: TaskStore) -> list[tuple[str, str]]:
    """Return the actions on the stage's switch and their actors, oldest first."""
    changes = store.read(lambda tx: tx.history.of(STAGE.name, "bake"))
    return [(change.action, change.actor.id) for change in changes]


def trip(store: TaskStore, oven: Oven, stage: Stage[TasksWrite, str, str]) -> None:
    """Let the stage be paused by its breaker."""
    wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)
    wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)
    assert switches(store) == [("pause", "breaker")], oven.tried


@pytest.mark.parametrize("batch", [1, 10])
def test_a_stage_pauses_itself_after_consecutive_outages(
    store: TaskStore, oven: Oven, batch: int
) -> None:
    stage = oven.stage(batch=batch, breaker=SLOW)
    enqueue(store, "a", "b")
    worker = Worker(store=store, actor=WORKER)
    for _ in range(2):
        process_batch(store, stage, actor=WORKER, worker=worker)

    assert switches(store) == [("pause", "breaker")]
    (change,) = store.read(lambda tx: tx.history.of(STAGE.name, "bake"))
    assert change.reason == "2 consecutive outages, the last one: the oven is cold"
    assert change.actor == BREAKER
    assert outcome_counts(worker)["outage"] >= 2
    assert process_batch(store, stage, actor=WORKER) == 0
    assert store.read(open_breakers) == {"bake": 1}


def test_a_probe_that_succeeds_resumes_the_stage(store: TaskStore, oven: Oven) -> None:
    enqueue(store, "a", "b", "c")
    stage = oven.stage()
    trip(store, oven, stage)
    oven.error = None

    wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)
    assert switches(store) == [("pause", "breaker"), ("resume", "breaker")]
    wait_until(lambda: process_batch(store, stage, actor=WORKER) == 0)
    wait_until(lambda: _process_and_check(store, stage, "a", "b", "c"))
    assert store.read(open_breakers) == {"bake": 0}


def _process_and_check(store: TaskStore, stage: Stage[TasksWrite, str, str], *ids: str) -> bool:
    process_all(store, stage)
    return are_completed(store, *ids)


def test_a_probe_that_fails_leaves_the_stage_paused_until_the_next_one(
    store: TaskStore, oven: Oven
) -> None:
    enqueue(store, "a", "b", "c")
    stage = oven.stage()
    trip(store, oven, stage)
    tried = len(oven.tried)
    wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)

    assert process_batch(store, stage, actor=WORKER) == 0
    assert len(oven.tried) == tried + 1
    wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)
    assert switches(store) == [("pause", "breaker")]


@pytest.mark.parametrize(
    "error",
    [
        RetryLater("the loaf is too large", SOON),
        Postpone(SOON, "no flour"),
        PermanentFailure("burnt"),
        None,
    ],
)
def test_any_answer_ends_a_sequence_of_outages(
    store: TaskStore, oven: Oven, error: BaseException | None
) -> None:
    stage = oven.stage(breaker=SLOW)
    for number in range(3):
        enqueue(store, f"outage-{number}")
        oven.error = Outage("the oven is cold", HOUR)
        assert process_batch(store, stage, actor=WORKER) == 1
        enqueue(store, f"other-{number}")
        oven.error = error and with_long_wait(error)
        assert process_batch(store, stage, actor=WORKER) == 1

    assert switches(store) == []
    assert len(oven.tried) == 6


def with_long_wait(error: BaseException) -> BaseException:
    """Return the error with a wait that lasts longer than the test."""
    if isinstance(error, RetryLater | Postpone):
        return evolve(error, after_seconds=HOUR)
    return error


def test_an_error_that_nobody_expected_says_nothing_about_outages(
    store: TaskStore, oven: Oven
) -> None:
    stage = oven.stage(breaker=SLOW)
    errors: tuple[BaseException, ...] = (
        Outage("the oven is cold", HOUR),
        ValueError("a defect"),
        Outage("the oven is cold", HOUR),
    )
    for number, error in enumerate(errors):
        enqueue(store, f"loaf-{number}")
        oven.error = error
        assert process_batch(store, stage, actor=WORKER) == 1

    assert switches(store) == [("pause", "breaker")]


def test_a_breaker_does_not_resume_a_stage_that_an_operator_has_paused_meanwhile(
    store: TaskStore, oven: Oven
) -> None:
    enqueue(store, "a", "b")
    stage = oven.stage()
    trip(store, oven, stage)
    oven.error = None

    def perform(name: str, handle: LeaseHandle) -> str:
        command = PauseStage(stage="bake")
        store.run(pause_stage, command, actor=MAYA, reason="the baker is ill")
        return oven.perform(name, handle)

    probing = evolve(stage, perform=perform)
    wait_until(lambda: process_batch(store, probing, actor=WORKER) == 1)
    expected = [("pause", "breaker"), ("resume", "maya"), ("pause", "maya")]
    assert switches(store) == expected
    assert process_batch(store, stage, actor=WORKER) == 0


def test_an_outage_of_a_stage_without_a_breaker_is_a_failed_attempt(
    store: TaskStore, oven: Oven
) -> None:
    stage = oven.stage(breaker=None, max_attempts=3)
    enqueue(store, "a")
    for _ in range(3):
        wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)

    assert get_task(store, "a").dead_reason == "the oven is cold"
    assert switches(store) == []


@pytest.mark.slow
def test_running_workers_probe_a_paused_stage_and_go_on(store: TaskStore, oven: Oven) -> None:
    names = [f"loaf-{number}" for number in range(6)]
    enqueue(store, *names)
    stage = oven.stage()
    worker = Worker(store=store, actor=WORKER)
    with run_workers(worker, {stage.name: stage}, threads=2, dispatch_seconds=0.1):
        wait_until(lambda: switches(store) == [("pause", "breaker")])
        oven.error = None
        wait_until(lambda: are_completed(store, *names))

    assert ("resume", "breaker") in switches(store)


def test_retries_are_limited_by_the_time_since_the_first_attempt(
    store: TaskStore, oven: Oven, bakery: Bakery
) -> None:
    clock = ShiftedClock()
    worker = Worker(store=store, actor=WORKER, clock=ThreadClock(clock))
    stage = oven.stage(breaker=None, retry_seconds=72 * HOUR, max_attempts=1)
    process = partial(process_batch, store, stage, actor=WORKER, worker=worker)
    enqueue(store, "a")
    for seconds in (0, 1 * HOUR, 71 * HOUR):
        clock.seconds = seconds
        wait_until(lambda: process() == 1)
        assert get_task(store, "a").dead_reason is None, seconds

    clock.seconds = 72 * HOUR
    wait_until(lambda: process() == 1)
    assert get_task(store, "a").dead_reason == "the oven is cold"
    assert bakery.dead_tasks == [("a", "the oven is cold")]
    assert get_task(store, "a").attempts == 4


def test_waits_follow_the_schedule_of_the_stage(store: TaskStore, oven: Oven) -> None:
    oven.error = Outage("the oven is cold")
    waits = (HOUR, 2 * HOUR)
    stage = oven.stage(breaker=None, retry_waits=waits)
    enqueue(store, "a")
    process_batch(store, stage, actor=WORKER)

    wait = _wait_of(store)
    assert 0.8 * HOUR <= wait <= 1.2 * HOUR
    expected: tuple[tuple[float | None, Callable[[float], bool]], ...] = (
        (5 * HOUR, lambda seconds: 4.9 * HOUR < seconds <= 5 * HOUR),
        (None, lambda seconds: 0.8 * HOUR <= seconds <= 1.2 * HOUR),
    )
    for number, (after_seconds, is_expected) in enumerate(expected):
        oven.error = Outage("the oven is cold", after_seconds)
        name = f"other-{number}"
        enqueue(store, name)
        process_batch(store, stage, actor=WORKER)
        assert is_expected(_wait_of(store, name)), after_seconds


def _wait_of(store: TaskStore, name: str = "a") -> float:
    """Return the seconds from the failure of a task to its next attempt."""
    task = get_task(store, name)
    (failed_at,) = (attempt.at for attempt in attempts(store, name) if attempt.outcome == "FAILED")
    assert task.due_at is not None
    return (task.due_at - failed_at).total_seconds()
