"""The table of rate limits: one bucket of permits for each stage that has a rate."""

from collections.abc import Iterator

from sqlalchemy import PrimaryKeyConstraint

from indelible_sql.schema.columns import IDENTIFIER, INSTANT, required
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

    The time in a row is not guarded: a claim reads one that no bucket can have as an empty bucket.
    """
    yield from undeletable_guards(RATE_BUCKETS, dialect)
    yield fixed_columns_guard(RATE_BUCKETS, ["stage"])
    if dialect == "sqlite":
        yield from value_guards(RATE_BUCKETS, "INSERT", "UPDATE")
