"""The checks of `verify` on projects, beside those of all heads and records."""

from collections.abc import Iterator

from indelible_sql.engine.session import Session
from indelible_sql.kernel.row_checks import describe
from indelible_sql.projects import statements
from indelible_sql.projects.tables import JOBS, PROJECTS
from indelible_sql.schema.findings import Fault, Finding


def project_findings(session: Session) -> Iterator[Finding]:
    """Compare each project with its jobs, and each job with its prompt and specification."""
    detail = "latest_successful_job_id: not the newest successful job of the project"
    yield from describe(session, Fault.HEAD, PROJECTS, statements.NOT_LATEST, detail)

    detail = "prompt: differs from the project's prompt of the same number"
    yield from describe(session, Fault.HEAD, JOBS, statements.OTHER_PROMPT_THAN_PROJECT, detail)

    detail = "prompt or spec_digest: differs from the job's specification"
    yield from describe(session, Fault.HEAD, JOBS, statements.OTHER_PROMPT_THAN_SPEC, detail)
