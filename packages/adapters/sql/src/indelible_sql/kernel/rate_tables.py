"""The table of rate limits: one bucket of permits for each stage that has a rate."""

from collections.abc import Iterator

from sqlalchemy import PrimaryKeyConstraint

from indelible_sql.schema.columns import IDENTIFIER, INSTANT, required
from indelible_sql.schema.database_time import MAX_AHEAD_SECONDS, seconds_ahead
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.guards import fixed_columns_guard, undeletable_guards
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import table

RATE_BUCKETS = table(
    "rate_buckets",
    required("stage", IDENTIFIER),
    required("empty_at", INSTANT),
    PrimaryKeyConstraint("stage", name="rate_buckets_pkey"),
    has_rowid=False,
    free_percent=90,  # every claim of a stage with a rate updates its row
)


def rate_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of buckets: no row is removed or renamed, which would fill a bucket.

    A bucket of the future is an empty one, so it is never far from now: the database's clock may
    have been ahead when it was written.
    """
    latest = seconds_ahead(MAX_AHEAD_SECONDS, dialect)
    for event in ("INSERT", "UPDATE"):
        yield Guard(
            table=RATE_BUCKETS,
            rule=f"empty_by_now_on_{event.lower()}",
            event=event,
            condition=f"NEW.empty_at <= {latest}",
        )
    yield from undeletable_guards(RATE_BUCKETS, dialect)
    yield fixed_columns_guard(RATE_BUCKETS, ["stage"])
    if dialect == "sqlite":
        yield from value_guards(RATE_BUCKETS, "INSERT", "UPDATE")
