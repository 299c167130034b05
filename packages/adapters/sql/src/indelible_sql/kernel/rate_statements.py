"""The statements of rate limits; PostgreSQL computes permits as `indelible.kernel.rates` does."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    DateTime,
    Interval,
    Select,
    bindparam,
    cast,
    extract,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.sql.dml import ReturningUpdate

from indelible_sql.kernel.rate_tables import RATE_BUCKETS
from indelible_sql.schema.columns import IDENTIFIER, INSTANT
from indelible_sql.schema.database_time import NOW_AFTER_LOCK, STATEMENT_NOW

Claim = Callable[[CompoundSelect[Any]], ReturningUpdate[*tuple[Any, ...]]]

_STAGE: Final = bindparam("task_stage", type_=IDENTIFIER)
_OF_STAGE = RATE_BUCKETS.c.stage == _STAGE

# PostgreSQL. The time of the statement would be older than the claim that a lock was waited for.
_INSTANT: Final = DateTime(timezone=True)
_NOW = literal_column(NOW_AFTER_LOCK, _INSTANT)
_MICROSECOND = literal_column("interval '1 microsecond'", Interval())
_CAPACITY = cast(bindparam("capacity"), BigInteger)
_PERMIT_MICROSECONDS = cast(bindparam("permit_microseconds"), BigInteger)
_REFILL = _CAPACITY * _PERMIT_MICROSECONDS * _MICROSECOND
_STORED_EMPTY_AT = type_coerce(RATE_BUCKETS.c.empty_at, _INSTANT)
_EMPTY_AT = func.least(
    func.greatest(_STORED_EMPTY_AT, _NOW - _REFILL, type_=_INSTANT), _NOW, type_=_INSTANT
)
_SECONDS_OF_PERMITS = extract("epoch", _NOW - _STORED_EMPTY_AT)
_MICROSECONDS_OF_PERMITS = cast(_SECONDS_OF_PERMITS * literal_column("1000000"), BigInteger)
_WHOLE_PERMITS = _MICROSECONDS_OF_PERMITS // _PERMIT_MICROSECONDS
_PERMITS = func.greatest(
    func.least(_WHOLE_PERMITS, _CAPACITY, type_=BigInteger()), 0, type_=BigInteger()
)


def within_rate(claim: Claim, rows: CompoundSelect[Any]) -> Select[Any]:
    """Return PostgreSQL's statement that claims as many of these rows as the bucket permits.

    It returns no row if the stage has no bucket, and a row of NULLs if no task was claimed. The
    lock on the bucket lets one claim of the stage follow another.
    """
    bucket = select(_PERMITS.label("permits")).where(_OF_STAGE).with_for_update().cte("bucket")
    permits = select(bucket.c.permits).scalar_subquery()
    limit = func.least(cast(bindparam("limit"), BigInteger), func.coalesce(permits, 0))
    claimed = claim(rows.limit(limit)).cte("claimed")

    counted = select(func.count().label("number")).select_from(claimed).cte("counted")
    taken_microseconds = counted.c.number * _PERMIT_MICROSECONDS
    taken = (
        update(RATE_BUCKETS)
        .where(_OF_STAGE, or_(counted.c.number > 0, _STORED_EMPTY_AT > _NOW))
        .values(empty_at=_EMPTY_AT + taken_microseconds * _MICROSECOND)
        .cte("taken")
    )
    return select(*claimed.c).select_from(bucket.outerjoin(claimed, true())).add_cte(taken)


_NEW_COLUMNS = ["stage", "empty_at"]
INSERT_ON_POSTGRESQL = (
    postgresql_insert(RATE_BUCKETS)
    .from_select(_NEW_COLUMNS, select(_STAGE, _NOW - _REFILL), include_defaults=False)
    .on_conflict_do_nothing()
)

# SQLite: one transaction writes at a time.
_SQLITE_NOW = literal_column(STATEMENT_NOW["sqlite"], INSTANT)
INSERT_ON_SQLITE = insert(RATE_BUCKETS).values(
    stage=_STAGE, empty_at=bindparam("new_empty_at", type_=INSTANT)
)
NOW_ON_SQLITE = select(_SQLITE_NOW.label("now"))
READ_ON_SQLITE = select(RATE_BUCKETS.c.empty_at, _SQLITE_NOW.label("now")).where(_OF_STAGE)
WRITE_ON_SQLITE = (
    update(RATE_BUCKETS).where(_OF_STAGE).values(empty_at=bindparam("new_empty_at", type_=INSTANT))
)
