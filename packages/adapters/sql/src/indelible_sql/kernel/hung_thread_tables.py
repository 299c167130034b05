"""The table of hung threads: what each worker process reports now, and no record."""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint

from indelible_sql.kernel.task_guards import DATABASE_NOW
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL, required
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.guards import fixed_columns_guard, undeletable_guards
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import table

HUNG_THREADS = table(
    "hung_threads",
    required("stage", IDENTIFIER),
    required("process", IDENTIFIER),
    required("threads", NATURAL),
    required("since", INSTANT),
    required("expires_at", INSTANT),
    PrimaryKeyConstraint("stage", "process", name="hung_threads_pkey"),
    CheckConstraint("threads >= 1", name="hung_threads_not_empty"),
    CheckConstraint("expires_at >= since", name="hung_threads_expire_after"),
    has_rowid=False,
    free_percent=50,  # a process renews its rows again and again
)


def hung_thread_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of hung threads: only an expired row is deleted, and none is renamed."""
    for guard in undeletable_guards(HUNG_THREADS, dialect):
        if guard.event != "DELETE":
            yield guard
    yield Guard(
        table=HUNG_THREADS,
        rule="expired",
        event="DELETE",
        condition=f"OLD.expires_at <= {DATABASE_NOW[dialect]}",
    )
    yield fixed_columns_guard(HUNG_THREADS, ["stage", "process"])
    if dialect == "sqlite":
        yield from value_guards(HUNG_THREADS, "INSERT", "UPDATE")
