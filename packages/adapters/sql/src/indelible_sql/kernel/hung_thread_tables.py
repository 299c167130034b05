"""The table of hung threads: what each worker process reports now, and no record."""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint

from indelible.kernel.hung_threads import HUNG_SECONDS, MAX_HUNG_THREADS
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL, required
from indelible_sql.schema.database_time import MAX_AHEAD_SECONDS, database_now, seconds_ahead
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
    """Yield the guards of hung threads: each expires soon, and only then is it deleted.

    None is renamed, and none is about more threads than a process has.
    """
    latest = seconds_ahead(HUNG_SECONDS + MAX_AHEAD_SECONDS, dialect)
    for guard in undeletable_guards(HUNG_THREADS, dialect):
        if guard.event != "DELETE":
            yield guard
    yield Guard(
        table=HUNG_THREADS,
        rule="expired",
        event="DELETE",
        condition=f"OLD.expires_at <= {database_now(dialect)}",
    )
    for event in ("INSERT", "UPDATE"):
        yield Guard(
            table=HUNG_THREADS,
            rule=f"expire_soon_on_{event.lower()}",
            event=event,
            condition=f"NEW.expires_at <= {latest}",
        )
        yield Guard(
            table=HUNG_THREADS,
            rule=f"of_one_process_on_{event.lower()}",
            event=event,
            condition=f"NEW.threads <= {MAX_HUNG_THREADS}",
        )
    yield fixed_columns_guard(HUNG_THREADS, ["stage", "process"])
    if dialect == "sqlite":
        yield from value_guards(HUNG_THREADS, "INSERT", "UPDATE")
