"""The queries on tasks in SQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from attrs import frozen

from indelible.kernel.demand import Demand, StageDemand
from indelible.kernel.hung_threads import HungThreads, threads_by_stage
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.tasks import (
    MAX_COUNTED,
    NEVER,
    Attempt,
    ErrorCount,
    Lease,
    Priority,
    StageStats,
    Task,
)
from indelible_sql.engine.session import Query
from indelible_sql.kernel import hung_thread_statements
from indelible_sql.kernel import task_queries as queries
from indelible_sql.kernel.feed_end import feed_end_of
from indelible_sql.kernel.history import fetch_all, fetch_one
from indelible_sql.kernel.task_demand import DEMAND_ON_POSTGRESQL, DEMAND_ON_SQLITE
from indelible_sql.kernel.task_lists import SqlTaskLists


@frozen
class SqlTaskReader(SqlTaskLists):
    """Read access to tasks."""

    def get(self, stage: str, entity_id: str) -> Task:
        """Return the task, or raise TaskNotFound."""
        key = {"stage": stage, "entity_id": entity_id}
        task = fetch_one(self._session, Task, queries.GET_TASK, key)
        if task is None:
            raise TaskNotFound(stage, entity_id)

        return task

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """Return the last `limit` recorded attempts, newest first."""
        values = {"stage": stage, "entity_id": entity_id, "limit": limit}
        return fetch_all(self._session, Attempt, queries.ATTEMPTS_OF_TASK, values)

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Return the statistics of every stage that ever had a task, in order of name."""
        hung_threads = threads_by_stage(self.hung_threads(now))
        stats: list[StageStats] = []
        stage = self._next_stage("")
        while stage is not None:
            stats.append(self._stats(stage, now, hung_threads[stage]))
            stage = self._next_stage(stage)

        return tuple(stats)

    def hung_threads(self, now: datetime, *, stage: str | None = None) -> tuple[HungThreads, ...]:
        """Return the reports that have not expired, in order of stage and process."""
        values: dict[str, object] = {"now": now}
        statement = hung_thread_statements.LIVE_REPORTS
        if stage is not None:
            statement = hung_thread_statements.LIVE_REPORTS_OF_STAGE
            values["report_stage"] = stage
        return fetch_all(self._session, HungThreads, statement, values)

    def _stats(self, stage: str, now: datetime, hung_threads: int) -> StageStats:
        """Return the statistics of a stage, added over its priorities."""
        due = running = 0
        oldest: datetime | None = None
        for priority in Priority:
            values = {"task_stage": stage, "priority": priority.value, "now": now}
            counts = self._session.rows(queries.STATS_OF_PRIORITY, values)[0]
            due += counts["due"]
            running += counts["running"]
            if counts["oldest"] is not None:
                oldest = min(oldest or NEVER, counts["oldest"])

        dead = self._session.rows(queries.COUNT_DEAD, {"task_stage": stage})[0]["dead"]
        return StageStats(
            stage=stage,
            due=min(due, MAX_COUNTED),
            running=min(running, MAX_COUNTED),
            dead=dead,
            oldest=oldest,
            hung_threads=hung_threads,
        )

    def dead(
        self, stage: str, *, after: str, limit: int, error_class: str | None = None
    ) -> tuple[Task, ...]:
        """Return the stage's next `limit` dead tasks after an id, in order of id."""
        values: dict[str, object] = {"stage": stage, "after": after, "limit": limit}
        statement = queries.DEAD_TASKS
        if error_class is not None:
            statement = queries.DEAD_TASKS_OF_CLASS
            values["error_class"] = error_class
        return fetch_all(self._session, Task, statement, values)

    def error_counts(self, stage: str) -> tuple[ErrorCount, ...]:
        """Count the first `MAX_COUNTED` dead tasks of the stage by class, most frequent first."""
        rows = self._session.rows(queries.ERROR_COUNTS, {"task_stage": stage})
        return tuple(ErrorCount(**row) for row in rows)

    def count_ready(self, stage: str, now: datetime, *, limit: int) -> int:
        """Return how many tasks could be claimed now, at most `limit`."""
        values = {"task_stage": stage, "now": now, "limit": limit}
        return int(self._session.rows(queries.COUNT_READY, values)[0]["ready"])

    def demand(self, stages: Collection[str], now: datetime, *, limit: int) -> Demand:
        """Return the demand of these stages."""
        statement: Query = DEMAND_ON_SQLITE
        values: dict[str, Any] = {"stages": sorted(set(stages)), "now": now, "limit": limit}
        if not self._session.is_sqlite:
            statement = DEMAND_ON_POSTGRESQL
            # Without a snapshot the statement itself reads the feed's end.
            has_snapshot = self._session.has_snapshot
            values["end"] = feed_end_of(self._session) if has_snapshot else None
        demands: list[StageDemand] = []
        last_change = ""
        for row in self._session.rows(statement, values):
            last_change = row.pop("last_change") or ""
            demands.append(StageDemand(**row))

        return Demand(stages=tuple(demands), last_change=last_change)

    def first_attempt_at(self, lease: Lease) -> datetime | None:
        """Return the time of the first record of the attempts that the lease counts."""
        values = {
            "stage": lease.stage,
            "entity_id": lease.entity_id,
            "first_fence": lease.fence - lease.attempt + 1,
        }
        row = self._session.first(queries.FIRST_RECORD, values)
        return None if row is None else row["at"]

    def _next_stage(self, after: str) -> str | None:
        name: str | None = self._session.rows(queries.NEXT_STAGE, {"after": after})[0]["name"]
        return name
