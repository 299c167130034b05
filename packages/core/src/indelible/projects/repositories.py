"""The finders of projects and jobs, and the transactions that hold them."""

from typing import Protocol

from attrs import frozen

from indelible.kernel import Head, ReadTransaction, Transaction
from indelible.kernel.questions import above, one_of
from indelible.kernel.repository import Repository
from indelible.kernel.task_ports import TaskQueue, TaskReader
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.errors import JobNotFound
from indelible.projects.lifecycle import SUCCESSFUL
from indelible.projects.ports import JobJoins


class Projects(Repository[Project]):
    """The projects and their prompts."""

    def prompts(self, project_id: str, *, after: int, limit: int) -> tuple[ProjectPrompt, ...]:
        """Return the next `limit` prompts after a number, oldest first."""
        return self.records(
            ProjectPrompt,
            above("number", after),
            project_id=project_id,
            order=("number",),
            limit=limit,
        )


@frozen
class Jobs(Repository[Job]):
    """The jobs, their specifications and their output."""

    joins: JobJoins

    def spec(self, job_id: str) -> JobSpec:
        """Return the specification of a job, or raise JobNotFound."""
        specs = self.records(JobSpec, job_id=job_id, order=("job_id",))
        if not specs:
            raise JobNotFound(job_id)
        return specs[0]

    def outputs(self, job_id: str, *, after: int, limit: int) -> tuple[JobOutput, ...]:
        """Return the next `limit` batches of logs and warnings after a number, oldest first."""
        return self.records(
            JobOutput, above("number", after), job_id=job_id, order=("number",), limit=limit
        )

    def newest_successful(self, project_id: str) -> Head[Job] | None:
        """Return the successful job of the project that was created last."""
        return self.only(one_of("status", SUCCESSFUL), project_id=project_id, order=("-number",))


class ProjectRepositories(Protocol):
    """The repositories of projects in a transaction: `tx.projects`."""

    @property
    def projects(self) -> Projects: ...
    @property
    def jobs(self) -> Jobs: ...


class ProjectsRead(ReadTransaction, Protocol):
    """The transaction that queries on projects need."""

    @property
    def projects(self) -> ProjectRepositories: ...
    @property
    def tasks(self) -> TaskReader: ...


class ProjectsWrite(Transaction, Protocol):
    """The transaction that handlers of projects need."""

    @property
    def projects(self) -> ProjectRepositories: ...
    @property
    def tasks(self) -> TaskQueue: ...
