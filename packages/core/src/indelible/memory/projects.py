"""The memory store's repositories of projects and jobs."""

from typing import Self

from attrs import frozen

from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput
from indelible.projects.repositories import Jobs, Projects


class MemoryJobRepository(MemoryAggregateRepository[Job]):
    """Jobs, their specifications and their output."""

    def warnings(self, job_id: str) -> tuple[str, ...]:
        """Return all warnings of a job in their order."""
        warnings: list[str] = []
        for output in self.records(JobOutput, job_id):
            warnings.extend(output.warnings)

        return tuple(warnings)


@frozen
class MemoryProjects:
    """The part of projects in a transaction of the memory store."""

    project_rows: MemoryAggregateRepository[Project]
    job_rows: MemoryJobRepository

    @property
    def projects(self) -> Projects:
        return Projects(self.project_rows)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.job_rows, self.job_rows)

    @classmethod
    def empty(cls, history: MemoryHistory) -> Self:
        """Return the repositories of an empty store."""
        return cls(
            MemoryAggregateRepository(history, Project),
            MemoryJobRepository(history, Job),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history. It shares the rows, which are frozen."""
        return type(self)(self.project_rows.copy(history), self.job_rows.copy(history))
