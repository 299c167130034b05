"""Each check of the mail dose refuses a journal that breaks what it checks."""

from typing import Any

from attrs import evolve
from tests.doses.chaos.mail_ends import Ends, TaskEnd, wrong_ends, wrong_mails
from tests.doses.chaos.mail_journal import Delivery, Session
from tests.doses.chaos.mail_oracle import (
    Cancellation,
    Kill,
    Limits,
    exceeded_concurrency,
    exceeded_rate,
    exceeded_time,
    ignored_priorities,
    mails_after_cancellations,
    missing_slots,
    repetitions,
    unexplained_repetitions,
)
from tests.doses.chaos.mail_plan import PlannedTask, TaskKey
from tests.doses.chaos.mailroom import CAMPAIGN, DIGEST, FAULTY, LETTER, NOTICE, PARTS

from indelible.kernel.rates import RateLimit
from indelible.kernel.tasks import Priority, Task, TaskState
from indelible.testing.stores import BEGINNING

LIMITS = Limits(rate=RateLimit(tasks=10, burst=5), processes=2, timeout_seconds=3)
ALLOWED = 5 + 2 * 3  # the burst, and a letter of each thread
START = 1_800_000_000.0  # a whole minute
WORKER, OTHER_WORKER, CHILD = 10, 20, 11


def session(stage: str, task: str, began_at: float, **values: Any) -> Session:  # noqa: ANN401 - a session's own
    """Return a session that began so many seconds after the start."""
    fields: dict[str, Any] = {"fence": 1, "attempt": 1, "worker": WORKER, "process": WORKER}
    fields.update(values)
    return Session(stage=stage, task=task, began_at=START + began_at, **fields)


def mail(stage: str, task: str, at: float, **values: Any) -> Session:  # noqa: ANN401 - a session's own
    """Return a session with a delivery, whose answer came a second later."""
    opened = session(stage, task, at, **values)
    opened.deliveries.append(Delivery(f"{stage}.{task}.1", START + at, START + at + 1))
    opened.answered_at = START + at + 1
    return opened


def letters(count: int, *, seconds: float) -> list[Session]:
    """Return letters that begin evenly within so many seconds."""
    return [session(LETTER, f"{n}", seconds * n / count) for n in range(count)]


# Limits


def test_letters_at_their_rate_are_accepted_and_a_burst_beyond_it_is_not() -> None:
    at_once = letters(ALLOWED, seconds=0)
    steady = letters(1_000, seconds=100)

    assert list(exceeded_rate([*at_once], LIMITS)) == []
    assert list(exceeded_rate(steady, LIMITS)) == []
    assert list(exceeded_rate(letters(ALLOWED + 1, seconds=0), LIMITS)) != []
    assert list(exceeded_rate(letters(1_000, seconds=90), LIMITS)) != []
    late_burst = [session(LETTER, "late", 100.0) for _ in range(ALLOWED + 1)]
    assert list(exceeded_rate([*letters(10, seconds=50), *late_burst], LIMITS)) != []


def test_a_process_that_works_on_too_many_tasks_of_a_stage_is_reported() -> None:
    three = [mail(LETTER, f"{n}", 0.1 * n) for n in range(3)]
    after = mail(LETTER, "after", 1.2)
    fourth = mail(LETTER, "fourth", 0.9)

    assert list(exceeded_concurrency([*three, after])) == []
    assert list(exceeded_concurrency([*three, fourth])) != []
    assert list(exceeded_concurrency([*three, evolve(fourth, worker=OTHER_WORKER)])) == []


def test_a_child_process_beyond_its_limit_is_reported() -> None:
    ended = session(FAULTY, "a", 0, closed_at=START + 3)

    assert list(exceeded_time([ended], LIMITS)) == []
    assert list(exceeded_time([evolve(ended, closed_at=START + 300)], LIMITS)) != []
    assert list(exceeded_time([session(FAULTY, "a", 0)], LIMITS)) != []


def test_less_urgent_letters_that_begin_before_urgent_ones_are_reported() -> None:
    planned = [PlannedTask(stage=LETTER, id="urgent", behavior="ok", priority=Priority.HIGH)]
    planned += [PlannedTask(stage=LETTER, id=f"{n}", behavior="ok") for n in range(50)]
    late = session(LETTER, "urgent", 60)
    others = [session(LETTER, f"{n}", n) for n in range(50)]

    def problems(urgent: Session, wave: float) -> list[str]:
        sessions = [*others, urgent]
        return list(ignored_priorities(sessions, planned, {0: START + wave}, LIMITS))

    assert problems(late, wave=-1) != []
    assert problems(late, wave=45) == []  # it was enqueued after most of the others
    assert problems(session(LETTER, "urgent", 3), wave=-1) == []
    assert problems(evolve(late, attempt=2), wave=-1) == []  # it waited for its server


# Repetitions


def test_a_repetition_needs_a_kill_of_its_own() -> None:
    first = mail(LETTER, "a", 0, process=CHILD)
    second = mail(LETTER, "a", 30, worker=OTHER_WORKER, fence=2)
    third = mail(LETTER, "a", 60, worker=OTHER_WORKER, fence=3)
    killed = Kill(kind="worker", at=START + 1, until=START + 1, process=WORKER)
    killed_child = evolve(killed, kind="child", process=CHILD)
    stopped = Kill(kind="postgresql", at=START + 1, until=START + 5)

    def problems(*sessions: Session, kills: list[Kill]) -> list[str]:
        return list(unexplained_repetitions(repetitions(sessions), kills))

    assert problems(first, kills=[]) == []
    for kill in (killed, killed_child, stopped):
        assert problems(first, second, kills=[kill]) == []
        assert problems(first, second, third, kills=[kill]) != []
    assert problems(first, second, kills=[]) != []
    assert problems(first, second, kills=[evolve(killed, process=OTHER_WORKER)]) != []
    assert problems(first, second, kills=[evolve(stopped, at=START + 200, until=START + 210)]) != []
    assert problems(first, second, kills=[evolve(stopped, kind="redis")]) != []


# Ends


def test_mails_after_a_cancellation_are_reported() -> None:
    key = (CAMPAIGN, "a")
    cancellation = Cancellation(key=key, fence=2, at=START + 10, reason="gone")
    before = mail(CAMPAIGN, "a", 9)
    last = mail(CAMPAIGN, "a", 11)

    def problems(*sessions: Session) -> list[str]:
        return list(mails_after_cancellations(sessions, {key: cancellation}))

    assert problems(before, last) == []
    assert problems(before, last, mail(CAMPAIGN, "a", 12)) != []
    assert problems(before, session(CAMPAIGN, "a", 11, fence=2)) != []


def test_a_missing_minute_is_reported() -> None:
    def digest(name: str, at: float) -> Session:
        opened = session(DIGEST, name, at)
        opened.deliveries.append(Delivery(name, START + at, START + at))
        return opened

    frequent = digest("digest.frequent.x", 5)
    first = digest("digest.minutely.20270115T080100Z", 61)
    second = digest("digest.minutely.20270115T080200Z", 121)
    stopped_at = START + 170

    assert list(missing_slots([frequent, first, second], stopped_at)) == []
    assert list(missing_slots([frequent, first], stopped_at)) != []
    assert list(missing_slots([frequent], START + 50)) == []
    assert list(missing_slots([], stopped_at)) != []


def end(stage: str, state: TaskState, **values: Any) -> TaskEnd:  # noqa: ANN401 - a task's own
    """Return the end of a task whose only attempt was recorded."""
    fields = {"attempts": 1, **values}
    task = evolve(Task.new(stage, "a", BEGINNING), **fields)
    return TaskEnd(task, state, frozenset({1}))


def test_a_task_that_ends_otherwise_than_planned_is_reported() -> None:
    good = PlannedTask(stage=LETTER, id="a", behavior="ok")
    bad = PlannedTask(stage=LETTER, id="a", behavior="unknown")
    killed = Kill(kind="worker", at=START, until=START, process=WORKER)
    killed_child = evolve(killed, kind="child")
    canceled = Cancellation(key=good.key, fence=2, at=START, reason="gone")
    ended_by_kill = {"dead_reason": "ended with exit code -9", "error_class": "ChildEnded"}
    refused = {"dead_reason": "550 unknown", "error_class": "SMTPRecipientsRefused"}
    exhausted = {"dead_reason": "1 attempts started and the last one never ended", "attempts": 2}

    def problems(
        planned: PlannedTask,
        ended: TaskEnd,
        *kills: Kill,
        cancellation: Cancellation | None = None,
    ) -> list[str]:
        cancellations: dict[TaskKey, Cancellation] = {}
        if cancellation is not None:
            cancellations[planned.key] = cancellation
        return list(wrong_ends([planned], Ends({planned.key: ended}), cancellations, kills))

    assert problems(good, end(LETTER, TaskState.COMPLETED)) == []
    assert problems(good, end(LETTER, TaskState.WAITING)) != []
    assert problems(good, end(LETTER, TaskState.CANCELED)) != []
    assert problems(good, end(LETTER, TaskState.DEAD, **refused)) != []
    assert problems(bad, end(LETTER, TaskState.DEAD, **refused)) == []
    assert problems(bad, end(LETTER, TaskState.DEAD, dead_reason="")) != []
    assert problems(bad, end(LETTER, TaskState.COMPLETED)) != []
    assert problems(good, end(LETTER, TaskState.DEAD, **exhausted), killed) == []
    assert problems(good, end(LETTER, TaskState.DEAD, **exhausted)) != []
    assert problems(bad, end(LETTER, TaskState.DEAD, **ended_by_kill), killed_child) == []
    assert problems(bad, end(LETTER, TaskState.DEAD, **ended_by_kill), killed) != []
    assert problems(good, end(LETTER, TaskState.DEAD, **ended_by_kill), killed_child) != []

    left = end(LETTER, TaskState.CANCELED, cancel_reason="gone", fence=2)
    assert problems(good, left, cancellation=canceled) == []
    assert problems(good, left, cancellation=evolve(canceled, reason="other")) != []
    assert problems(good, end(LETTER, TaskState.COMPLETED), cancellation=canceled) != []


def test_mails_and_notes_that_do_not_fit_the_end_are_reported() -> None:
    notice = PlannedTask(stage=NOTICE, id="a", behavior="ok")
    completed = end(NOTICE, TaskState.COMPLETED)
    noted = frozenset({(NOTICE, "a", 1)})

    def problems(planned: PlannedTask, ends: Ends, *sessions: Session) -> list[str]:
        return list(wrong_mails([planned], ends, sessions))

    ends = Ends({notice.key: completed}, noted)
    assert problems(notice, ends, mail(NOTICE, "a", 0)) == []
    assert problems(notice, ends) != []
    assert problems(notice, ends, mail(NOTICE, "a", 0, fence=2)) != []  # not recorded
    assert problems(notice, Ends({notice.key: completed}), mail(NOTICE, "a", 0)) != []
    running = Ends({notice.key: end(NOTICE, TaskState.RUNNING)}, noted)
    assert problems(notice, running, mail(NOTICE, "a", 0)) != []
    unknown = evolve(notice, behavior="unknown")
    assert problems(unknown, Ends({notice.key: end(NOTICE, TaskState.DEAD)}), mail(NOTICE, "a", 0))

    letter = PlannedTask(stage=LETTER, id="a", behavior="ok")
    for result, is_expected in (({"message": "letter.a.1"}, True), (None, False)):
        ends = Ends({letter.key: end(LETTER, TaskState.COMPLETED, result=result)})
        assert (problems(letter, ends, mail(LETTER, "a", 0)) == []) is is_expected

    campaign = PlannedTask(stage=CAMPAIGN, id="a", behavior="ok")
    parts = frozenset((CAMPAIGN, "a", part) for part in range(1, PARTS))
    ends = Ends({campaign.key: end(CAMPAIGN, TaskState.COMPLETED)}, parts)
    assert len(problems(campaign, ends, mail(CAMPAIGN, "a", 0))) == 2
