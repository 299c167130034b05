"""Show 6 of issue 35: whatever falls silent is missed within its time, wherever somebody looks.

Time is that of the store and of its database, which the test moves.
"""

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from typing import Final

import pytest
from attrs import define, evolve, field
from tests.service.test_deadman import Monitor, monitor
from tests.sql.set_time import SetTime
from tests.web.console.visitor import Site

from indelible.app import WriteTx
from indelible.kernel import Change, instant_text
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.silence import StandingTask, Subject, SubjectKind, silent_subjects
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import FOLLOW_FEED, Subscriber
from indelible.kernel.task_retention import SetTaskRetention, set_task_retention
from indelible.money.entities.values import ReconciliationScope
from indelible.money.tasks.reconciling import EVERY_SECONDS, STAGES
from indelible.testing.stores import within
from indelible_service.monitoring.deadman import DeadMansSwitch
from indelible_sql import SqlStore
from indelible_sql.maintenance.verify import verify_rows
from indelible_workers import RecurringTask

pytestmark = pytest.mark.slow

MINUTE: Final = timedelta(minutes=1)
HALF_HOUR: Final = timedelta(minutes=30)


def _perform(_: str, __: LeaseHandle) -> None:
    """Do nothing."""


def _handle(_: WriteTx, __: Change) -> None:
    """React to nothing."""


BAKE: Final[Stage[WriteTx, str, None]] = Stage(
    name="bake",
    batch=1,
    lifecycle=None,
    acts_outside=False,
    perform=_perform,
    longest_silence_seconds=7_200,
)
OVEN: Final = evolve(BAKE, name="oven", standing_tasks=(StandingTask(entity_id="heat"),))
NIGHTLY: Final = RecurringTask(
    name="nightly", stage="tidy", cron="30 2 * * *", time_zone="Europe/Berlin"
)
MIRROR: Final[Subscriber[WriteTx]] = Subscriber(name="mirror", handle=_handle)
CHEAP: Final = ReconciliationScope.CHEAP
RECONCILIATION: Final = RecurringTask(
    name="reconciliation", stage=STAGES[CHEAP], every_seconds=EVERY_SECONDS[CHEAP]
)
SUBJECTS: Final[Mapping[str, Subject]] = {
    "stage": BAKE.subjects[0],
    "standing task": OVEN.subjects[1],
    "recurring task": NIGHTLY.subject,
    "subscriber": MIRROR.standing_task.subject(FOLLOW_FEED),
    "reconciliation": RECONCILIATION.subject,
    "backup": Subject.of_backup(26 * 3_600),
}


@define
class Watch:
    """The subjects of a store, and every place where a silent one is shown."""

    store: SqlStore
    clock: SetTime
    site: Site
    address: str
    loaves: int = field(default=0, init=False)

    @classmethod
    def over(cls, store: SqlStore, clock: SetTime, address: str) -> "Watch":
        site = Site(store)
        site.clock.time = clock.time
        return cls(store, clock, site, address)

    def advance(self, span: timedelta) -> None:
        self.clock.advance(span)
        self.site.clock.time = self.clock.time

    def succeed(self, subject: Subject) -> None:
        """Let a subject succeed now."""
        if subject.kind is SubjectKind.BACKUP:
            within(self.store, lambda tx: tx.subjects.record_success(subject))
            return

        entity_id = subject.entity_id
        if subject.kind is SubjectKind.STAGE:
            self.loaves += 1
            entity_id = f"loaf-{self.loaves}"
        self._complete(subject.stage, entity_id)

    def _complete(self, stage: str, entity_id: str) -> None:
        now = self.clock.time
        within(self.store, lambda tx: tx.tasks.enqueue(stage, {entity_id: now}))
        until = now + MINUTE
        leases = within(self.store, lambda tx: tx.tasks.claim(stage, limit=100, until=until))
        done = [lease for lease in leases if lease.entity_id == entity_id]
        others = [lease for lease in leases if lease.entity_id != entity_id]
        within(self.store, lambda tx: tx.tasks.release(others))
        within(self.store, lambda tx: tx.tasks.complete(done))

    def problems(self) -> list[str]:
        """Return the silent subjects as the probe, the metrics and the monitor show them alike."""
        client = self.site.app.test_client()
        answer = client.get("/health/ready").json
        assert answer
        problems: list[str] = answer.get("problems", [])
        self._check_metrics(client.get("/metrics").text)
        requests = len(Monitor.paths)
        DeadMansSwitch(url=self.address, store=self.store, clock=self.clock).look()
        assert (len(Monitor.paths) > requests) is (not problems)
        return problems

    def check_home(self, problems: list[str]) -> None:
        """Check that the console's home page shows these silent subjects, and no others."""
        member = self.site.member("console", "admin")
        member.get("/console/")
        words = member.page.words
        for problem in problems:
            assert f"Urgent The {problem}." in words
        assert words.count("longest silence") == len(problems)

    def _check_metrics(self, text: str) -> None:
        silent = {
            (found.state.kind.value, found.state.subject.name)
            for found in self.store.read(silent_subjects, self.clock.time)
        }
        for subject in SUBJECTS.values():
            labels = f'{{kind="{subject.kind.value}",subject="{subject.name}"}}'
            value = float((subject.kind.value, subject.name) in silent)
            assert f"indelible_subject_silent{labels} {value}" in text.splitlines()


@pytest.fixture
def watch(simulated: tuple[SqlStore, SetTime]) -> Generator[Watch]:
    store, clock = simulated
    with monitor() as address:
        watch = Watch.over(store, clock, address)
        within(store, lambda tx: tx.subjects.declare(tuple(SUBJECTS.values())))
        yield watch


def longest_of(subject: Subject) -> timedelta:
    assert subject.longest_silence_seconds is not None
    return timedelta(seconds=subject.longest_silence_seconds)


def succeed_except(watch: Watch, silenced: Subject) -> None:
    for subject in SUBJECTS.values():
        if subject != silenced:
            watch.succeed(subject)


def let_others_succeed(watch: Watch, silenced: Subject, span: timedelta) -> None:
    """Let time pass, and everything but one subject succeed so often that it is never silent."""
    step = 0.9 * min(longest_of(subject) for subject in SUBJECTS.values())
    while span > step:
        watch.advance(step)
        span -= step
        succeed_except(watch, silenced)
    watch.advance(span)


def test_what_falls_silent_is_missed_within_its_time_in_all_places(watch: Watch) -> None:
    """Silence each subject in turn, in one store: databases and applications cost more."""
    for silenced in SUBJECTS.values():
        miss(watch, silenced)

    assert verify_rows(watch.store) == ()  # its schema has another function of time


def miss(watch: Watch, silenced: Subject) -> None:
    """Silence a subject, check that it is missed in time, and let it succeed again."""
    for subject in SUBJECTS.values():
        watch.succeed(subject)
    last_success = watch.clock.time
    if silenced.kind is SubjectKind.STAGE:  # it has work, and nobody does it
        within(watch.store, lambda tx: tx.tasks.enqueue("bake", {"forgotten": last_success}))
    assert watch.problems() == []

    let_others_succeed(watch, silenced, longest_of(silenced))
    succeed_except(watch, silenced)
    assert watch.problems() == []

    watch.advance(MINUTE)
    (problem,) = watch.problems()
    assert "is silent" in problem
    assert f"last success {instant_text(last_success)}" in problem
    assert f"longest silence {silenced.longest_silence_seconds} s" in problem
    watch.check_home([problem])

    within(watch.store, _retain_nothing)
    for subject in SUBJECTS.values():
        within(watch.store, _prune(subject.stage))
    assert watch.problems() == [problem]  # no success is lost with its task

    watch.succeed(silenced)
    assert watch.problems() == []
    watch.check_home([])


def test_a_stage_whose_attempts_all_fail_is_missed_until_one_succeeds(watch: Watch) -> None:
    """Retries move the due time of a task, and its stage is silent nevertheless."""
    bake = SUBJECTS["stage"]
    for subject in SUBJECTS.values():
        watch.succeed(subject)
    within(watch.store, lambda tx: tx.tasks.enqueue("bake", {"burnt": watch.clock.time}))
    within(watch.store, _burn)

    for _ in range(longest_of(bake) // HALF_HOUR):
        assert watch.problems() == []
        watch.advance(HALF_HOUR)
        succeed_except(watch, bake)
        within(watch.store, _burn)

    assert watch.problems() == []
    watch.advance(HALF_HOUR)
    succeed_except(watch, bake)
    (problem,) = watch.problems()
    assert problem.startswith("stage bake is silent")
    watch.check_home([problem])

    for _ in range(2):
        within(watch.store, _burn)
        assert watch.problems() == [problem]
        watch.advance(HALF_HOUR)
        succeed_except(watch, bake)
        assert watch.problems() == [problem]

    watch.succeed(bake)
    assert watch.problems() == []


def _burn(tx: WriteTx) -> None:
    """Let the attempt at the stage's task fail, and be retried in half an hour."""
    now = tx.clock.now()
    (lease,) = tx.tasks.claim("bake", limit=1, until=now + MINUTE)
    tx.tasks.retry_later(lease, due_at=now + HALF_HOUR, reason="too hot")


def _retain_nothing(tx: WriteTx) -> None:
    set_task_retention(tx, SetTaskRetention(seconds=0))


def _prune(stage: str) -> Callable[[WriteTx], int]:
    return lambda tx: tx.tasks.prune(stage, limit=1_000)


def test_what_never_succeeded_is_missed_since_it_was_known(watch: Watch) -> None:
    known_since = instant_text(watch.clock.time)
    watch.advance(longest_of(OVEN.subjects[1]))
    assert watch.problems() == []

    watch.advance(MINUTE)
    problems = watch.problems()
    assert [problem.partition(" is silent")[0] for problem in problems] == [
        "task heat of stage oven",
        "subscriber mirror",
    ]
    for problem in problems:
        assert f"never succeeded, known since {known_since}" in problem
    watch.check_home(problems)
