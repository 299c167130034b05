"""Test when something that should succeed again and again is silent."""

from datetime import timedelta

import pytest
from tests.contest_runs import TestClock

from indelible.app import WriteTx
from indelible.kernel import IndelibleError, instant_text
from indelible.kernel.silence import (
    ForgetSubject,
    StandingTask,
    Subject,
    SubjectKind,
    SubjectNotFound,
    SubjectState,
    forget_subject,
    silent_of,
    silent_subjects,
    subject_states,
)
from indelible.memory import MemoryStore
from indelible.testing.stores import BEGINNING, FAR, TickingClock, within

SILENCE = timedelta(hours=2)
MOMENT = timedelta(seconds=1)
RETRY = timedelta(minutes=30)
SCAN = StandingTask(entity_id="scan", longest_silence_seconds=7_200).subject("work")
STATE = SubjectState(
    kind=SCAN.kind,
    stage="work",
    entity_id="scan",
    longest_silence_seconds=7_200,
    known_since=BEGINNING,
)


def test_the_later_success_counts() -> None:
    for kept, of_task in ((BEGINNING, BEGINNING + MOMENT), (BEGINNING + MOMENT, BEGINNING)):
        state = SubjectState(
            kind=SCAN.kind,
            stage="work",
            entity_id="scan",
            longest_silence_seconds=7_200,
            known_since=BEGINNING,
            kept_at=kept,
            task_succeeded_at=of_task,
        )
        assert state.problem(BEGINNING + MOMENT + SILENCE) is None
        assert state.problem(BEGINNING + 2 * MOMENT + SILENCE) == "is silent"


def test_a_silent_subject_says_when_it_succeeded_and_when_it_should_have() -> None:
    (silent,) = silent_of((STATE,), FAR)
    assert str(silent) == (
        "task scan of stage work is silent (never succeeded,"
        f" known since {instant_text(BEGINNING)}, longest silence 7200 s)"
    )


def test_a_task_that_is_put_off_is_silent_at_once() -> None:
    store = MemoryStore(clock=TickingClock())
    within(store, lambda tx: tx.subjects.declare((SCAN, Subject.of_stage("work", 7_200))))
    within(store, lambda tx: tx.tasks.enqueue("work", {"scan": FAR}))

    silent = store.read(silent_subjects, BEGINNING)
    assert [found.problem for found in silent] == [f"is put off until {instant_text(FAR)}"]


def test_a_stage_is_silent_while_its_attempts_fail_and_are_retried() -> None:
    clock = TestClock()
    store = MemoryStore(clock=clock)
    within(store, lambda tx: tx.subjects.declare((Subject.of_stage("work", 7_200),)))
    within(store, lambda tx: tx.tasks.enqueue("work", {"a": clock.now()}))

    silent_after: list[timedelta] = []
    first_at = clock.now()
    for _ in range(2 * 48):  # two days, an attempt every 30 minutes
        within(store, _fail)
        clock.advance(RETRY.total_seconds())
        if store.read(silent_subjects, clock.now()):
            silent_after.append(clock.now() - first_at)

    assert silent_after == [retries * RETRY for retries in range(5, 97)]


def _fail(tx: WriteTx) -> None:
    now = tx.clock.now()
    (lease,) = tx.tasks.claim("work", limit=1, until=now + MOMENT)
    tx.tasks.retry_later(lease, due_at=now + RETRY, reason="no answer")


def test_a_canceled_task_is_silent_at_once() -> None:
    store = MemoryStore(clock=TickingClock())
    within(store, lambda tx: tx.subjects.declare((SCAN,)))
    within(store, lambda tx: tx.tasks.enqueue("work", {"scan": BEGINNING}))
    within(store, lambda tx: tx.tasks.cancel("work", "scan"))

    silent = store.read(silent_subjects, BEGINNING)
    assert [found.problem for found in silent] == ["is canceled: a test"]


def test_a_forgotten_subject_is_not_missed() -> None:
    store = MemoryStore(clock=TickingClock())
    within(store, lambda tx: tx.subjects.declare((SCAN,)))
    assert store.read(silent_subjects, FAR) != ()

    scan = ForgetSubject(kind=SubjectKind.STANDING, name="work/scan")
    within(store, lambda tx: forget_subject(tx, scan))
    assert store.read(silent_subjects, FAR) == ()
    assert [state.subject.key for state in store.read(subject_states)] == [SCAN.key]
    other = ForgetSubject(kind=SubjectKind.STANDING, name="work/other")
    with pytest.raises(SubjectNotFound):
        within(store, lambda tx: forget_subject(tx, other))


@pytest.mark.parametrize("seconds", [0, -1, 10**12])
def test_a_longest_silence_has_bounds(seconds: int) -> None:
    with pytest.raises(IndelibleError):
        StandingTask(entity_id="scan", longest_silence_seconds=seconds)
