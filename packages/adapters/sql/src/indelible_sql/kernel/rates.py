"""Claims of stages that have a rate: each task takes a permit from the stage's bucket."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.sql.base import Executable

from indelible.kernel.rates import Bucket, RateLimit
from indelible_sql.engine.session import Session
from indelible_sql.kernel import rate_statements as statements
from indelible_sql.kernel.task_statements import WITHIN_RATE

MICROSECOND: Final = timedelta(microseconds=1)
Values = Mapping[str, Any]
Rows = list[Sequence[Any]]


def claim_within_rate(session: Session, claim: Executable, values: Values, rate: RateLimit) -> Rows:
    """Claim no more tasks than the bucket has permits, and return the rows of the claim."""
    if rate.is_paused:
        return []
    if session.is_sqlite:
        return _claim_in_order(session, claim, values, rate)

    rate_values = {
        **values,
        "permit_microseconds": rate.permit_time // MICROSECOND,
        "capacity": rate.capacity,
    }
    rows = session.tuples(WITHIN_RATE[claim], rate_values)
    if not rows:  # the first claim of the stage under a rate
        session.run(statements.INSERT_ON_POSTGRESQL, rate_values)
        rows = session.tuples(WITHIN_RATE[claim], rate_values)
    return [row for row in rows if row[0] is not None]


def _claim_in_order(session: Session, claim: Executable, values: Values, rate: RateLimit) -> Rows:
    """Read the bucket, claim and write the bucket: SQLite runs no other writer between these."""
    stage = {"task_stage": values["task_stage"]}
    row = session.first(statements.READ_ON_SQLITE, stage)
    if row is None:  # the first claim of the stage under a rate
        (row,) = session.rows(statements.NOW_ON_SQLITE, {})
        bucket = Bucket.full(rate, row["now"])
        session.run(statements.INSERT_ON_SQLITE, {**stage, "new_empty_at": bucket.empty_at})
    else:
        bucket = Bucket(row["empty_at"])

    now = row["now"]
    limit = min(values["limit"], bucket.permits(rate, now))
    rows: Rows = []
    if limit > 0:
        rows = session.tuples(claim, {**values, "limit": limit})

    taken = bucket.taking(len(rows), rate, now)
    if rows or taken.empty_at < bucket.empty_at:  # the clock was set back
        session.run(statements.WRITE_ON_SQLITE, {**stage, "new_empty_at": taken.empty_at})
    return rows
