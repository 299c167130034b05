"""The table of circuit breakers: one row for each stage that ever had an outage."""

from collections.abc import Iterator

from sqlalchemy import Column, PrimaryKeyConstraint

from indelible.kernel.breakers import MAX_PROBE_SECONDS
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL, required
from indelible_sql.schema.database_time import MAX_AHEAD_SECONDS, seconds_ahead
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.guards import fixed_columns_guard, undeletable_guards
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import table

BREAKERS = table(
    "stage_breakers",
    required("stage", IDENTIFIER),
    required("outages", NATURAL),
    Column("probe_at", INSTANT),
    PrimaryKeyConstraint("stage", name="stage_breakers_pkey"),
    has_rowid=False,
)


def breaker_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of breakers: no row is removed or renamed.

    Each starts without outages, and counts them one at a time until an answer clears it. A probe is
    never far from now.
    """
    latest = seconds_ahead(MAX_PROBE_SECONDS + MAX_AHEAD_SECONDS, dialect)
    for event in ("INSERT", "UPDATE"):
        yield Guard(
            table=BREAKERS,
            rule=f"probe_soon_on_{event.lower()}",
            event=event,
            condition=f"NEW.probe_at IS NULL OR NEW.probe_at <= {latest}",
        )
    yield Guard(
        table=BREAKERS,
        rule="starts_clear",
        event="INSERT",
        condition="NEW.outages = 0 AND NEW.probe_at IS NULL",
    )
    yield Guard(
        table=BREAKERS,
        rule="counts_one",
        event="UPDATE",
        condition="NEW.outages = 0 OR NEW.outages - OLD.outages IN (0, 1)",
    )
    yield from undeletable_guards(BREAKERS, dialect)
    yield fixed_columns_guard(BREAKERS, ["stage"])
    if dialect == "sqlite":
        yield from value_guards(BREAKERS, "INSERT", "UPDATE")
