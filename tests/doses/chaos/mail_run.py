"""Send mail from a host's package while its programs are killed and its tasks are canceled."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from attrs import define, field, frozen
from tests.doses.chaos import mail_oracle
from tests.doses.chaos.mail_ends import Ends, read_ends, wrong_ends, wrong_mails
from tests.doses.chaos.mail_journal import JournalReader, Session
from tests.doses.chaos.mail_oracle import Cancellation, Limits
from tests.doses.chaos.mail_plan import WAVES, PlannedTask, TaskKey, plan_tasks
from tests.doses.chaos.mail_programs import Programs, Servers, run_programs
from tests.doses.chaos.mailroom import CAMPAIGN, DIGEST, FAULTY, LEAFLET, LETTER, NOTICE, stages

from indelible.kernel import Actor, OutcomeUnknown, Unavailable
from indelible.kernel.rates import RateLimit
from indelible.kernel.task_commands import CancelTask, EnqueueTask, cancel_task, enqueue_task
from indelible.kernel.task_errors import TaskEnded
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import Task, TaskState
from indelible_sql import SqlReading, SqlStore, SqlTransaction, open_store, verify

# What is killed, as often as it appears here, in addition to the servers.
VICTIMS: Final = ("worker",) * 12 + ("child",) * 3 + ("scheduler",) * 2
SERVER_VICTIMS: Final = 2  # of each kind of server
CANCELABLE: Final = (LETTER, NOTICE, CAMPAIGN, LEAFLET)
RUNNING_STAGES: Final = (CAMPAIGN, LETTER, LEAFLET, NOTICE)
LAST_KILL: Final = 0.85  # of the mails are sent then
LAST_CANCELLATION: Final = 0.5
BATCH: Final = 250  # tasks that are enqueued in a transaction
POLL_SECONDS: Final = 0.2
STUCK_SECONDS: Final = 300.0  # without any progress
RETRY_SECONDS: Final = 0.5
MAX_TRIES: Final = 120  # while a server is away
LISTED: Final = 50
CUSTOMER: Final = Actor.user("customer")


@frozen(kw_only=True)
class MailDose:
    """The numbers of tasks, kills and cancellations, and the limits of the stages."""

    tasks: int
    kills: int
    cancellations: int
    processes: int
    rate: RateLimit
    lease_seconds: int
    timeout_seconds: int
    max_attempts: int

    @property
    def limits(self) -> Limits:
        """Return what the oracle compares with."""
        return Limits(
            rate=self.rate, processes=self.processes, timeout_seconds=self.timeout_seconds
        )

    @property
    def settings(self) -> Mapping[str, str]:
        """Return the environment variables of the host's programs."""
        return {
            "INDELIBLE_WORKER_THREADS": "8",
            "INDELIBLE_DISPATCH_SECONDS": "1",
            "MAILROOM_RATE": str(self.rate.tasks),
            "MAILROOM_BURST": str(self.rate.capacity),
            "MAILROOM_LEASE_SECONDS": str(self.lease_seconds),
            "MAILROOM_TIMEOUT_SECONDS": str(self.timeout_seconds),
            "MAILROOM_MAX_ATTEMPTS": str(self.max_attempts),
        }


@define
class MailReport:
    """The result of a run."""

    kills: Counter[str] = field(factory=Counter[str])
    states: Counter[str] = field(factory=Counter[str])
    canceled_running: int = 0
    canceled: int = 0
    mails: int = 0
    sessions: int = 0
    digests: int = 0
    repeated: int = 0
    letters_per_second: float = 0.0
    burst: str = ""
    at_once: Mapping[str, int] = field(factory=dict[str, int])
    seconds: float = 0.0
    settle_seconds: float = 0.0
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        kills = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        at_once = ", ".join(f"{stage} {count}" for stage, count in sorted(self.at_once.items()))
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        return (
            f"{self.states.total()} tasks: {states}; {self.canceled} canceled by customers, of"
            f" which {self.canceled_running} had been claimed; killed: {kills};"
            f" {self.mails} mails in {self.sessions} sessions, {self.digests} digests,"
            f" {self.repeated} mails repeated; {self.letters_per_second:.1f} letters a second in"
            f" bursts of {self.burst}; at once in a process: {at_once};"
            f" {self.seconds:.0f} s, all ended {self.settle_seconds:.1f} s after the last kill;"
            f" problems: {self.problems[:10] or 'none'}"
        )


@define(eq=False)
class MailRun:
    """One run: what is enqueued, killed and canceled, as the mails are sent."""

    dose: MailDose
    store: SqlStore
    programs: Programs
    journal: JournalReader
    plan: Sequence[PlannedTask]
    chance: Random
    report: MailReport = field(factory=MailReport)
    waves: dict[int, float] = field(factory=dict[int, float])  # when each was enqueued
    cancellations: dict[TaskKey, Cancellation] = field(factory=dict[TaskKey, Cancellation])
    stopped_at: float = 0.0
    _candidates: list[TaskKey] = field(factory=list[TaskKey])

    def run(self) -> None:
        """Enqueue, start, disturb, wait until all tasks have ended, and compare."""
        started_at = time.monotonic()
        self._candidates = [task.key for task in self.plan if task.stage in CANCELABLE]
        self.chance.shuffle(self._candidates)
        self._enqueue(0)
        self.programs.start("work")
        self.programs.start("schedule")

        self._disturb()
        disturbed_at = time.monotonic()
        self._wait_until_settled()
        self.report.settle_seconds = time.monotonic() - disturbed_at
        self.report.problems.extend(f"{name} ended" for name in self.programs.ended())
        self.stopped_at = time.time()
        self.report.problems.extend(self.programs.stop())

        self.report.seconds = time.monotonic() - started_at
        self._compare()

    # Tasks

    def _enqueue(self, wave: int) -> None:
        """Enqueue the tasks of a wave, many in a transaction."""
        tasks = [task for task in self.plan if task.wave == wave]
        for first in range(0, len(tasks), BATCH):
            self._do(_enqueue_tasks, tasks[first : first + BATCH], "orders")
        self.waves[wave] = time.time()

    def _cancel_one(self) -> None:
        """Cancel a task that has not ended, often one that runs."""
        if self.chance.random() < 0.5:
            stage = self.chance.choice(RUNNING_STAGES)
            running = self._running(stage)
            self.chance.shuffle(running)
            for task in running:
                if self._cancel((stage, task.entity_id)):
                    return

        while self._candidates:
            if self._cancel(self._candidates.pop()):
                return
        self.report.problems.append("no task is left that could be canceled")

    def _cancel(self, key: TaskKey) -> bool:
        """Cancel a task and return True, or return False if it has ended."""
        if key in self.cancellations:
            return False

        stage, task_id = key
        reason = f"customer {len(self.cancellations)} has left"
        try:
            self._do(cancel_task, CancelTask(stage=stage, entity_id=task_id), reason)
        except TaskEnded:
            return False
        at = time.time()
        fence = self._get(key).fence
        if fence > 1:
            self.report.canceled_running += 1
        self.cancellations[key] = Cancellation(key=key, fence=fence, at=at, reason=reason)
        return True

    def _cancel_ignorant(self) -> None:
        """Cancel each running task that ignores it."""
        behaviors = {task.key: task.behavior for task in self.plan}
        for task in self._running(FAULTY):
            key = (FAULTY, task.entity_id)
            if behaviors[key] == "ignore":
                self._cancel(key)

    # The course of a run

    def _disturb(self) -> None:
        """Kill, cancel and enqueue more, each when a certain number of mails was sent."""
        for threshold, action in self._agenda():
            self._wait_for_mails(threshold)
            match action:
                case "kill":
                    self._kill()
                case "cancel":
                    self._cancel_one()
                case _:
                    self._enqueue(int(action))

    def _agenda(self) -> list[tuple[int, str]]:
        """Return the actions, each with the number of mails before it."""
        total = sum(not task.dead_classes for task in self.plan)
        agenda: list[tuple[int, str]] = []
        for _ in range(self.dose.kills):
            agenda.append((int(total * self.chance.uniform(0.03, LAST_KILL)), "kill"))
        for _ in range(self.dose.cancellations):
            agenda.append((int(total * self.chance.uniform(0, LAST_CANCELLATION)), "cancel"))
        for wave in range(1, WAVES + 1):
            agenda.append((total * wave // (2 * WAVES), str(wave)))

        return sorted(agenda)

    def _kill(self) -> None:
        kinds = list(VICTIMS)
        for kind in self.programs.servers.kinds:
            kinds += [kind] * SERVER_VICTIMS
        self.programs.kill(self.chance.choice(kinds), self.chance)

    def _wait_for_mails(self, number: int) -> None:
        """Wait until so many mails were sent, or until all tasks have ended before."""
        progress = Progress()
        self.journal.read()
        while self.journal.accepted < number and not self._is_settled():
            self._check_progress(progress)

    def _wait_until_settled(self) -> None:
        progress = Progress()
        while not self._is_settled():
            self._check_progress(progress)

    def _check_progress(self, progress: "Progress") -> None:
        self._cancel_ignorant()
        self.journal.read()
        if progress.is_stuck(len(self.journal.sessions)):
            left = self._retry(lambda: self.store.read(_unfinished, self._stages))
            raise AssertionError(f"nothing was sent for {STUCK_SECONDS} s; left: {left}")
        time.sleep(POLL_SECONDS)

    def _is_settled(self) -> bool:
        """Return True if all planned tasks that were enqueued have ended."""
        return not self._retry(lambda: self.store.read(_unfinished, self._stages))

    @property
    def _stages(self) -> list[str]:
        return sorted({task.stage for task in self.plan})

    # The database, which may be away for a while

    def _running(self, stage: str) -> list[Task]:
        matching = TaskFilter(stage=stage, state=TaskState.RUNNING)
        return list(self._retry(lambda: self.store.read(_list_tasks, matching)))

    def _get(self, key: TaskKey) -> Task:
        task: Task = self._retry(lambda: self.store.read(lambda tx: tx.tasks.get(*key)))
        return task

    def _do(self, handler: Any, command: object, reason: str) -> None:  # noqa: ANN401 - any handler
        self._retry(lambda: self.store.run(handler, command, actor=CUSTOMER, reason=reason))

    def _retry(self, call: Any) -> Any:  # noqa: ANN401 - any call
        for _ in range(MAX_TRIES):
            try:
                return call()
            except (Unavailable, OutcomeUnknown):
                time.sleep(RETRY_SECONDS)
        return call()

    # The comparison

    def _compare(self) -> None:
        report = self.report
        self.journal.read()
        sessions = self.journal.sessions
        kills = self.programs.kills
        ends = read_ends(self.store, self.plan)
        repeated = mail_oracle.repetitions(sessions)

        report.kills.update(kill.kind for kill in kills)
        report.states = ends.count_states()
        report.canceled = len(self.cancellations)
        report.mails = self.journal.accepted
        report.sessions = len(sessions)
        report.digests = sum(session.stage == DIGEST for session in sessions)
        report.repeated = len(repeated)
        report.letters_per_second = _letters_per_second(sessions)
        limits = self.dose.limits
        burst = mail_oracle.largest_burst(sessions, limits)
        report.burst = f"{burst:.1f}, {limits.allowed_burst} allowed"
        report.at_once = _most_at_once(sessions)
        report.problems.extend(self._problems(ends))
        report.problems.extend(mail_oracle.unexplained_repetitions(repeated, kills))
        report.problems.extend(str(finding) for finding in verify(self.store))

    def _problems(self, ends: Ends) -> Iterator[str]:
        sessions = self.journal.sessions
        limits = self.dose.limits
        yield from mail_oracle.exceeded_rate(sessions, limits)
        yield from mail_oracle.exceeded_concurrency(sessions)
        yield from mail_oracle.exceeded_time(sessions, limits)
        yield from mail_oracle.ignored_priorities(sessions, self.plan, self.waves, limits)
        yield from mail_oracle.mails_after_cancellations(sessions, self.cancellations)
        yield from mail_oracle.missing_slots(sessions, self.stopped_at)
        yield from wrong_ends(self.plan, ends, self.cancellations, self.programs.kills)
        yield from wrong_mails(self.plan, ends, sessions)


@define
class Progress:
    """The number of sessions, and since when it has not grown."""

    sessions: int = -1
    since: float = field(factory=time.monotonic)

    def is_stuck(self, sessions: int) -> bool:
        """Return True if no session was added for a long time."""
        if sessions != self.sessions:
            self.sessions = sessions
            self.since = time.monotonic()
        return time.monotonic() - self.since > STUCK_SECONDS


def send_mails(servers: Servers, dose: MailDose, chance: Random) -> MailReport:
    """Send the mails of a dose on these servers and return what was found."""
    with run_programs(servers, processes=dose.processes, settings=dose.settings) as programs:
        store = open_store(servers.url)
        journal = JournalReader(programs.journal)
        run = MailRun(dose, store, programs, journal, plan_tasks(dose.tasks, chance), chance)
        try:
            run.run()
        finally:
            store.dispose()
        return run.report


def _enqueue_tasks(tx: SqlTransaction, tasks: Sequence[PlannedTask]) -> None:
    by_name = {stage.name: stage for stage in stages(NO_STORE)}
    for task in tasks:
        command = EnqueueTask(
            stage=by_name[task.stage],
            entity_id=task.id,
            arguments=task.arguments,
            priority=task.priority,
        )
        enqueue_task(tx, command)


NO_STORE: Final[Any] = None  # a stage's declaration is enough to enqueue its tasks


def _unfinished(tx: SqlReading, stage_names: Sequence[str]) -> dict[str, int]:
    """Return how many tasks of each stage have not ended; stages without any are absent."""
    now = datetime.now(UTC)
    numbers: Counter[str] = Counter()
    for stage in stage_names:
        for state in (TaskState.WAITING, TaskState.RUNNING):
            matching = TaskFilter(stage=stage, state=state)
            numbers[stage] += tx.tasks.count_tasks(matching, now=now, limit=LISTED)

    return dict(+numbers)


def _list_tasks(tx: SqlReading, matching: TaskFilter) -> Sequence[Task]:
    return tx.tasks.list_tasks(matching, now=datetime.now(UTC), after="", limit=LISTED)


def _most_at_once(sessions: Sequence[Session]) -> Mapping[str, int]:
    most: Counter[str] = Counter()
    for (_, stage), number in mail_oracle.most_at_once(sessions).items():
        most[stage] = max(most[stage], number)

    return most


def _letters_per_second(sessions: Sequence[Session]) -> float:
    begins = [session.began_at for session in sessions if session.stage == LETTER]
    if len(begins) < 2:
        return 0.0
    return len(begins) / (max(begins) - min(begins))
