"""The tasks of a memory store, and the queries on them."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial

from attrs import field, frozen

from indelible.kernel import Actor, Lifecycle
from indelible.kernel.demand import Demand, StageDemand
from indelible.kernel.hung_threads import MAX_HUNG_REPORTS, HungThreads, threads_by_stage
from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.retention import OperationalTable
from indelible.kernel.silence import MAX_RETRIES_SEARCHED
from indelible.kernel.stages import STAGE, StageControl, StageNotFound, StageStatus
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import (
    MAX_COUNTED,
    Attempt,
    AttemptOutcome,
    ErrorCount,
    Lease,
    StageStats,
    Task,
)
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.breakers import MemoryBreakers
from indelible.memory.history import MemoryHistory
from indelible.memory.task_lists import TaskList, finished_by_minute, first_in_claim_order

TaskRows = dict[tuple[str, str], Task]
AttemptKey = tuple[str, str, int, AttemptOutcome]
AttemptRows = dict[AttemptKey, Attempt]
HungReports = dict[tuple[str, str], HungThreads]  # by stage and process
KeptSuccesses = dict[tuple[str, str | None], datetime]  # by stage and task; None for the stage
PrunedFences = dict[str, int]  # the highest fence of a pruned task, by stage
DeletedRows = Counter[OperationalTable]


@frozen
class MemoryTaskReader:
    """The tasks of a store, and the queries on them."""

    _stages: MemoryAggregateRepository[StageControl]
    _history: MemoryHistory
    _breakers: MemoryBreakers
    _lifecycles: Mapping[str, Lifecycle[StrEnum]]  # by the stages whose tasks belong to aggregates
    _rows: TaskRows = field(factory=TaskRows)
    _attempts: AttemptRows = field(factory=AttemptRows)
    _pruned: PrunedFences = field(factory=PrunedFences)
    _hung_reports: HungReports = field(factory=HungReports)
    _kept_successes: KeptSuccesses = field(factory=KeptSuccesses)
    deleted_rows: DeletedRows = field(factory=DeletedRows)

    @property
    def attempt_rows(self) -> AttemptRows:
        """Return the stored attempts, from which old ones are deleted."""
        return self._attempts

    def get(self, stage: str, entity_id: str) -> Task:
        """Return the task, or raise TaskNotFound."""
        if (stage, entity_id) not in self._rows:
            raise TaskNotFound(stage, entity_id)

        return self._rows[stage, entity_id]

    def find(self, stage: str, entity_id: str) -> Task | None:
        """Return the task, or None."""
        return self._rows.get((stage, entity_id))

    def last_success(self, stage: str, entity_id: str | None = None) -> datetime | None:
        """Return the last success of a task, or of all tasks of a stage, also of pruned ones."""
        times: list[datetime | None] = [self._kept_successes.get((stage, entity_id))]
        for task in self._tasks_of(stage):
            if entity_id in (None, task.entity_id):
                times.append(task.succeeded_at)

        return max((at for at in times if at is not None), default=None)

    def due_since(self, stage: str) -> datetime | None:
        """Return since when the first task of a stage is due, although a retry may follow."""
        tasks = first_in_claim_order(self._tasks_of(stage), MAX_RETRIES_SEARCHED)
        return min((self._due_since(task) for task in tasks), default=None)

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """Return the last `limit` recorded attempts, newest first."""
        attempts: list[Attempt] = []
        for attempt in reversed(self._attempts.values()):
            if (attempt.stage, attempt.entity_id) == (stage, entity_id):
                attempts.append(attempt)

        return tuple(attempts[:limit])

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Return the statistics of every stage that ever had a task, in order of name."""
        stages = set[str]()
        for stage, _ in self._rows:
            stages.add(stage)

        hung_threads = threads_by_stage(self.hung_threads(now))
        return tuple(self._stats(stage, now, hung_threads[stage]) for stage in sorted(stages))

    def hung_threads(self, now: datetime, *, stage: str | None = None) -> tuple[HungThreads, ...]:
        """Return the reports that have not expired, in order of stage and process."""
        reports: list[HungThreads] = []
        for _, report in sorted(self._hung_reports.items()):
            if report.is_live(now) and stage in (None, report.stage):
                reports.append(report)

        return tuple(reports[:MAX_HUNG_REPORTS])

    def dead(
        self, stage: str, *, after: str, limit: int, error_class: str | None = None
    ) -> tuple[Task, ...]:
        """Return the stage's next `limit` dead tasks after an id, in order of id."""
        dead_tasks: list[Task] = []
        for task in self._dead_of(stage):
            if task.entity_id > after and error_class in (None, task.error_class):
                dead_tasks.append(task)

        return tuple(dead_tasks[:limit])

    def error_counts(self, stage: str) -> tuple[ErrorCount, ...]:
        """Count the first `MAX_COUNTED` dead tasks of the stage by class, most frequent first."""
        numbers = Counter(task.error_class for task in self._dead_of(stage)[:MAX_COUNTED])
        counts = [ErrorCount(error_class=name, tasks=number) for name, number in numbers.items()]
        counts.sort(key=lambda count: (-count.tasks, count.error_class or ""))
        return tuple(counts)

    def count_ready(self, stage: str, now: datetime, *, limit: int) -> int:
        """Return how many tasks could be claimed now, at most `limit`."""
        return min(len(self._claimable(stage, now)), limit)

    def demand(self, stages: Collection[str], now: datetime, *, limit: int) -> Demand:
        """Return the demand of these stages."""
        demands = [self._demand_of(stage, now, limit) for stage in sorted(set(stages))]
        last_change = self._history.newest(limit=1).cursor
        return Demand(stages=tuple(demands), last_change=last_change)

    def first_attempt_at(self, lease: Lease) -> datetime | None:
        """Return the time of the first record of the attempts that the lease counts."""
        times: list[datetime] = []
        for fence in range(lease.fence - lease.attempt + 1, lease.fence + 1):
            for record in self._records(lease.stage, lease.entity_id, fence):
                times.append(record.at)

        return min(times, default=None)

    def list_tasks(
        self, matching: TaskFilter, *, now: datetime, after: str, limit: int
    ) -> tuple[Task, ...]:
        """Return the next `limit` tasks after a position, in the filter's order."""
        tasks = TaskList(self._tasks_of(matching.stage), partial(self._records, matching.stage))
        return tasks.page(matching, now=now, after=after, limit=limit)

    def count_tasks(self, matching: TaskFilter, *, now: datetime, limit: int) -> int:
        """Return the number of tasks in the list, at most `limit`."""
        return len(self.list_tasks(matching, now=now, after="", limit=limit))

    def finished_by_minute(self, stage: str, *, since: datetime, limit: int) -> MinuteCounts:
        """Return how many tasks finished in each minute since a time, of the last `limit`."""
        return finished_by_minute(self._tasks_of(stage), since=since, limit=limit)

    def has_unfinished(self, stage: str, entity_id: str) -> bool:
        """Return True if there is a task that is neither completed nor canceled."""
        task = self._rows.get((stage, entity_id))
        return task is not None and not task.is_finished

    def _due_since(self, task: Task) -> datetime:
        """Return the due time of a task, or the first record of its attempts if the last failed."""
        due_at = task.lease.due_at
        last_fence = task.fence if task.lease_owner is None else task.fence - 1
        last_key = (task.stage, task.entity_id, last_fence, AttemptOutcome.FAILED)
        if last_key not in self._attempts:
            return due_at

        return min(due_at, self.first_attempt_at(task.lease) or due_at)

    def _records(self, stage: str, entity_id: str, fence: int) -> list[Attempt]:
        """Return the records of a task under a fence."""
        records: list[Attempt] = []
        for outcome in AttemptOutcome:
            record = self._attempts.get((stage, entity_id, fence, outcome))
            if record is not None:
                records.append(record)

        return records

    def _tasks_of(self, stage: str) -> list[Task]:
        return [task for task in self._rows.values() if task.stage == stage]

    def _dead_of(self, stage: str) -> list[Task]:
        dead_tasks = [task for task in self._tasks_of(stage) if task.dead_reason is not None]
        dead_tasks.sort(key=lambda task: task.entity_id)
        return dead_tasks

    def _stats(self, stage: str, now: datetime, hung_threads: int) -> StageStats:
        due_times: list[datetime] = []
        running = 0
        dead = 0
        for task in self._tasks_of(stage):
            if not task.is_free(now):
                running += 1
            elif task.is_due(now):
                due_times.append(task.lease.due_at)
            if task.dead_reason is not None:
                dead += 1

        return StageStats(
            stage=stage,
            due=min(len(due_times), MAX_COUNTED),
            running=min(running, MAX_COUNTED),
            dead=min(dead, MAX_COUNTED),
            oldest=min(due_times, default=None),
            hung_threads=hung_threads,
        )

    def _demand_of(self, stage: str, now: datetime, limit: int) -> StageDemand:
        later: list[datetime] = []
        for task in self._tasks_of(stage):
            if task.due_at is not None and task.due_at > now:
                later.append(task.due_at)

        return StageDemand(
            stage=stage,
            due=min(len(self._claimable(stage, now, is_probe=True)), limit),
            next_due=min(later, default=None),
            paused_by=self._paused_by(stage),
            probe_at=self._breakers.get(stage).probe_at,
        )

    def _claimable(self, stage: str, now: datetime, *, is_probe: bool = False) -> list[Task]:
        """Return the due and free tasks of a stage that is not paused, in the order of claims."""
        if not is_probe and self._is_paused(stage):
            return []

        tasks: list[Task] = []
        for task in self._tasks_of(stage):
            if task.is_due(now) and task.is_free(now):
                tasks.append(task)

        tasks.sort(key=lambda task: task.sort_key)
        return tasks

    def _is_paused(self, stage: str) -> bool:
        return self._paused_by(stage) is not None

    def _paused_by(self, stage: str) -> Actor | None:
        """Return the actor who has paused the stage, None if it runs."""
        try:
            head = self._stages.get(stage)
        except StageNotFound:
            return None
        if head.entity.status is not StageStatus.PAUSED:
            return None

        return self._history.of(STAGE.name, stage)[-1].actor


def tasks_after(tasks: list[Task], lease: Lease) -> list[Task]:
    """Return the tasks of other priorities, and those that come after the leased one in its own."""
    lease_key = (lease.priority, lease.due_at, lease.entity_id)
    after: list[Task] = []
    for task in tasks:
        if task.priority is not lease.priority or task.sort_key > lease_key:
            after.append(task)

    return after
