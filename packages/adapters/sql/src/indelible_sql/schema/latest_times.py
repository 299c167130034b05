"""The guards of times that are too long after the change that stores them."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Table

from indelible.kernel import Lifecycle
from indelible_sql.schema.database_time import seconds_after
from indelible_sql.schema.guard import Guard


def latest_times_guards(
    head: Table, lifecycle: Lifecycle[StrEnum], dialect: str
) -> Iterator[Guard]:
    """Yield the guards of the times in `Lifecycle.latest`.

    They compare with the time of the change, which `verify` compares with its clock.
    """
    conditions: list[str] = []
    for name, ahead in lifecycle.latest.items():
        latest = seconds_after("NEW.updated_at", ahead // timedelta(seconds=1), dialect)
        is_in_time = f"NEW.{name} <= {latest}"
        if head.c[name].nullable:
            is_in_time = f"(NEW.{name} IS NULL OR {is_in_time})"
        conditions.append(is_in_time)

    if not conditions:
        return
    for event in ("INSERT", "UPDATE"):
        yield Guard(
            table=head,
            rule=f"latest_times_on_{event.lower()}",
            event=event,
            condition=" AND ".join(conditions),
            is_long=True,
        )
