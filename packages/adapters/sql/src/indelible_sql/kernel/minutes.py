"""Counts of rows per minute, from an index on the column of their times."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from indelible.kernel.minutes import MinuteCounts
from indelible_sql.engine.session import Session
from indelible_sql.schema.columns import INSTANT
from indelible_sql.schema.expressions import DialectExpression

Query = Select[*tuple[Any, ...]]


class MinuteOf(DialectExpression):
    """The beginning of the minute of an instant."""

    type = INSTANT
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "(substr({}, 1, 16) || ':00.000000+00:00')",
        "postgresql": "date_trunc('minute', {}, 'UTC')",
    }


def count_by_minute(column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Query:
    """Return the statement that counts the rows of each minute, of the newest `limit` rows.

    The conditions are those of a partial index on the column, or columns before it in the index.
    """
    newest = (
        select(column.label("time"))
        .where(column >= bindparam("since", type_=INSTANT), *conditions)
        .order_by(column.desc())
        .limit(bindparam("limit"))
        .subquery()
    )
    minutes = select(MinuteOf(newest.c.time).label("minute")).subquery()
    counts: Query = select(minutes.c.minute, func.count().label("count"))

    return counts.group_by(minutes.c.minute).order_by(minutes.c.minute)


def read_minutes(
    session: Session, statement: Query, *, since: datetime, limit: int, **values: object
) -> MinuteCounts:
    """Return the counts of a statement of `count_by_minute`."""
    counts: dict[datetime, int] = {}
    for row in session.rows(statement, {**values, "since": since, "limit": limit}):
        counts[row["minute"]] = int(row["count"])

    return MinuteCounts(since=since, counts=counts, limit=limit)
