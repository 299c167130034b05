"""The SQL repositories of projects and of their jobs."""

from attrs import frozen

from indelible.projects.entities.jobs import Job
from indelible.projects.repositories import Jobs, Projects
from indelible_sql.engine.session import Session
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.projects import statements
from indelible_sql.projects.rows import JOB_HEADS, PROJECT_HEADS


class SqlJobRepository(SqlAggregateRepository[Job]):
    """The repository of jobs, which reads their warnings too."""

    def warnings(self, job_id: str) -> tuple[str, ...]:
        """Return all warnings of a job in their order."""
        warnings: list[str] = []
        for row in self._session.rows(statements.WARNINGS, {"job_id": job_id}):
            warnings.extend(row["warnings"])

        return tuple(warnings)


@frozen
class SqlProjects:
    """The repositories of projects, in SQL."""

    _session: Session

    @property
    def projects(self) -> Projects:
        return Projects(SqlAggregateRepository(self._session, PROJECT_HEADS))

    @property
    def jobs(self) -> Jobs:
        store = SqlJobRepository(self._session, JOB_HEADS)
        return Jobs(store, store)
