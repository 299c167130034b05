"""The memory store's repositories of projects and jobs."""

from typing import Self, TypeVar

from attrs import frozen

from indelible.kernel.history import Record
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.projects import errors
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.lifecycle import SUCCESSFUL

R = TypeVar("R", bound=Record)


class MemoryProjectRepository(MemoryAggregateRepository[Project]):
    """Projects and their prompts."""

    def prompts(self, project_id: str, *, after: int, limit: int) -> tuple[ProjectPrompt, ...]:
        """Return the next `limit` prompts after a number, oldest first."""
        return _records_after(self.records(ProjectPrompt, project_id), after, limit)


class MemoryJobRepository(MemoryAggregateRepository[Job]):
    """Jobs, their specifications and their output."""

    def spec(self, job_id: str) -> JobSpec:
        """Return the specification of a stored job."""
        return self.records(JobSpec, job_id)[0]

    def outputs(self, job_id: str, *, after: int, limit: int) -> tuple[JobOutput, ...]:
        """Return the next `limit` batches of logs and warnings after a number, oldest first."""
        return _records_after(self.records(JobOutput, job_id), after, limit)

    def warnings(self, job_id: str) -> tuple[str, ...]:
        """Return all warnings of a job in their order."""
        warnings: list[str] = []
        for output in self.records(JobOutput, job_id):
            warnings.extend(output.warnings)

        return tuple(warnings)

    def newest_successful(self, project_id: str) -> Job | None:
        """Return the successful job of the project that was created last."""
        heads = self.find({"project_id": project_id}, order=("-number",), limit=len(self._rows))
        for head in heads:
            if head.entity.status in SUCCESSFUL:
                return head.entity

        return None


def _records_after(records: tuple[R, ...], after: int, limit: int) -> tuple[R, ...]:
    """Return the next `limit` records after a number; the first record has number 1."""
    start = max(after, 0)
    return records[start : start + limit]


@frozen
class MemoryProjects:
    """The part of projects in a transaction of the memory store."""

    projects: MemoryProjectRepository
    jobs: MemoryJobRepository

    @classmethod
    def empty(cls, history: MemoryHistory) -> Self:
        """Return the repositories of an empty store."""
        return cls(
            MemoryProjectRepository(history, Project, errors.ProjectNotFound),
            MemoryJobRepository(history, Job, errors.JobNotFound),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history. It shares the rows, which are frozen."""
        return type(self)(self.projects.copy(history), self.jobs.copy(history))
