"""The statements of projects, beside those that every aggregate has."""

from typing import Final

from sqlalchemy import Boolean, bindparam, func, literal_column, or_, select

from indelible.projects.lifecycle import SUCCESSFUL
from indelible_sql.engine.session import Query
from indelible_sql.projects.expressions import prompt_of_spec
from indelible_sql.projects.tables import (
    JOBS,
    OUTPUTS,
    PROJECTS,
    PROMPTS,
    SPECS,
)
from indelible_sql.schema.columns import IDENTIFIER

_SUCCESSFUL_STATES: Final = sorted(str(status) for status in SUCCESSFUL)
_IS_SUCCESSFUL: Final = or_(*(JOBS.c.status == state for state in _SUCCESSFUL_STATES))

# What are the warnings of a job?
WARNINGS: Final[Query] = (
    select(OUTPUTS.c.warnings)
    .where(OUTPUTS.c.job_id == bindparam("job_id", type_=IDENTIFIER))
    .where(literal_column("warnings <> '[]'", Boolean()))
    .order_by(OUTPUTS.c.number)
)

# Which projects name another job than the successful one that was created last?
_newest_number = (
    select(func.max(JOBS.c.number))
    .where(JOBS.c.project_id == PROJECTS.c.id)
    .where(_IS_SUCCESSFUL)
    .scalar_subquery()
)
_newest_id = (
    select(JOBS.c.id)
    .where(JOBS.c.project_id == PROJECTS.c.id)
    .where(JOBS.c.number == PROJECTS.c.latest_successful_job_number)
    .scalar_subquery()
)
NOT_LATEST: Final[Query] = (
    select(PROJECTS.c.id, PROJECTS.c.seq)
    .where(
        or_(
            PROJECTS.c.latest_successful_job_number.is_distinct_from(_newest_number),
            PROJECTS.c.latest_successful_job_id.is_distinct_from(_newest_id),
        )
    )
    .order_by(PROJECTS.c.id)
)

# Which jobs have another prompt than the project had, or than their own specification has?
OTHER_PROMPT_THAN_PROJECT: Final[Query] = (
    select(JOBS.c.id, JOBS.c.seq)
    .join(
        PROMPTS,
        (PROMPTS.c.project_id == JOBS.c.project_id) & (PROMPTS.c.number == JOBS.c.number),
        isouter=True,
    )
    .where(PROMPTS.c.prompt.is_distinct_from(JOBS.c.prompt))
    .order_by(JOBS.c.id)
)
OTHER_PROMPT_THAN_SPEC: Final[Query] = (
    select(JOBS.c.id, JOBS.c.seq)
    .join(SPECS, SPECS.c.job_id == JOBS.c.id)
    .where(
        or_(
            prompt_of_spec(SPECS.c.architecture_spec).is_distinct_from(JOBS.c.prompt),
            SPECS.c.spec_digest != JOBS.c.spec_digest,
        )
    )
    .order_by(JOBS.c.id)
)
