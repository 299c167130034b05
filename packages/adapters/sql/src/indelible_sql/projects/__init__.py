"""Projects in SQL: projects and jobs, with their prompts, specifications and output."""

from typing import Any

from indelible.projects.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.projects.guards import project_guards
from indelible_sql.projects.rows import (
    JOB_HEADS,
    PROJECT_HEADS,
)
from indelible_sql.projects.store import SqlProjects
from indelible_sql.projects.verify import project_findings
from indelible_sql.schema.sql_context import SqlContext


def _open(tx: Any) -> SqlProjects:
    return SqlProjects(tx.session)


CONTEXT = SqlContext(
    name="projects",
    mappings=(PROJECT_HEADS, JOB_HEADS),
    stages=STAGE_LIFECYCLES,
    guards=project_guards,
    verify=project_findings,
    open_reader=_open,
    open_writer=_open,
)
