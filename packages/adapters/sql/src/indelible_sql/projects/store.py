"""The SQL repositories of projects and of their jobs."""

from attrs import frozen

from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.errors import JobNotFound
from indelible_sql.engine.session import Session
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.projects import statements
from indelible_sql.projects.rows import (
    JOB_HEADS,
    PROJECT_HEADS,
    output_of_row,
    prompt_of_row,
    spec_of_row,
)


class SqlProjectRepository(SqlAggregateRepository[Project]):
    """The repository of projects, which reads their prompts too."""

    def prompts(self, project_id: str, *, after: int, limit: int) -> tuple[ProjectPrompt, ...]:
        """Return the next `limit` prompts after a number, oldest first."""
        values = {"project_id": project_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_PROMPTS, values)
        return tuple(prompt_of_row(row) for row in rows)


class SqlJobRepository(SqlAggregateRepository[Job]):
    """The repository of jobs, which reads their specifications and their output too."""

    def spec(self, job_id: str) -> JobSpec:
        """Return the specification of a stored job, or raise JobNotFound."""
        row = self._session.first(statements.GET_SPEC, {"job_id": job_id})
        if row is None:
            raise JobNotFound(job_id)

        return spec_of_row(row)

    def outputs(self, job_id: str, *, after: int, limit: int) -> tuple[JobOutput, ...]:
        """Return the next `limit` batches of logs and warnings after a number, oldest first."""
        values = {"job_id": job_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_OUTPUTS, values)
        return tuple(output_of_row(row) for row in rows)

    def warnings(self, job_id: str) -> tuple[str, ...]:
        """Return all warnings of a job in their order."""
        warnings: list[str] = []
        for row in self._session.rows(statements.WARNINGS, {"job_id": job_id}):
            warnings.extend(row["warnings"])

        return tuple(warnings)

    def newest_successful(self, project_id: str) -> Job | None:
        """Return the successful job of the project that was created last."""
        row = self._session.first(statements.NEWEST_SUCCESSFUL, {"project_id": project_id})
        return None if row is None else JOB_HEADS.of_row(row).entity


@frozen
class SqlProjects:
    """The repositories of projects, in SQL."""

    _session: Session

    @property
    def projects(self) -> SqlProjectRepository:
        return SqlProjectRepository(self._session, PROJECT_HEADS)

    @property
    def jobs(self) -> SqlJobRepository:
        return SqlJobRepository(self._session, JOB_HEADS)
