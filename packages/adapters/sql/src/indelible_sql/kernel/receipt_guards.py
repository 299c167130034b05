"""The guards of receipts: each has a result, and a time that a clock could tell."""

from collections.abc import Iterator

from indelible.kernel.due_times import MAX_DUE
from indelible_sql.schema.database_time import MAX_AHEAD_SECONDS, seconds_ahead
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import RECEIPTS

# An object whose only key is "answer".
HAS_ANSWER = {
    "postgresql": (
        "CASE WHEN jsonb_typeof(NEW.result) = 'object'"
        " THEN NEW.result <> '{}' AND NEW.result - 'answer' = '{}' END"
    ),
    "sqlite": (
        "CASE WHEN json_valid(NEW.result)"
        " THEN (SELECT group_concat(key, ',') FROM json_each(NEW.result)) = 'answer' END"
    ),
}


def receipt_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of receipts, beside those of every record.

    The bound of the time is wide, because an application may have a clock of its own: `verify`
    names a receipt that is ahead of the store's clock.
    """
    latest = seconds_ahead(int(MAX_DUE.total_seconds()) + MAX_AHEAD_SECONDS, dialect)
    yield Guard(table=RECEIPTS, rule="has_answer", event="INSERT", condition=HAS_ANSWER[dialect])
    yield Guard(
        table=RECEIPTS, rule="not_far_ahead", event="INSERT", condition=f"NEW.at <= {latest}"
    )
    if dialect == "sqlite":
        yield from value_guards(RECEIPTS, "INSERT")
