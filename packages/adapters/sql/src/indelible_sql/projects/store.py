"""The SQL repositories of projects and of their jobs."""

from attrs import frozen

from indelible.projects.entities import Job, JobOutput, JobSpec, Project, ProjectPrompt
from indelible.projects.errors import JobNotFound
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import fetch_all, fetch_one
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.projects import statements
from indelible_sql.projects.rows import JOB_HEADS, PROJECT_HEADS


class SqlProjectRepository(SqlAggregateRepository[Project]):
    """The repository of projects, which reads their prompts too."""

    def prompts(self, project_id: str, *, after: int, limit: int) -> tuple[ProjectPrompt, ...]:
        """Return the next `limit` prompts after a number, oldest first."""
        values = {"project_id": project_id, "after": after, "limit": limit}
        return fetch_all(self._session, ProjectPrompt, statements.PAGE_PROMPTS, values)


class SqlJobRepository(SqlAggregateRepository[Job]):
    """The repository of jobs, which reads their specifications and their output too."""

    def spec(self, job_id: str) -> JobSpec:
        """Return the specification of a stored job, or raise JobNotFound."""
        record = fetch_one(self._session, JobSpec, statements.GET_SPEC, {"job_id": job_id})
        if record is None:
            raise JobNotFound(job_id)

        return record

    def outputs(self, job_id: str, *, after: int, limit: int) -> tuple[JobOutput, ...]:
        """Return the next `limit` batches of logs and warnings after a number, oldest first."""
        values = {"job_id": job_id, "after": after, "limit": limit}
        return fetch_all(self._session, JobOutput, statements.PAGE_OUTPUTS, values)

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
