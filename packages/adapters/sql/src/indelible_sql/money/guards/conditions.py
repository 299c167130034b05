"""The guards that several heads of money have."""

from sqlalchemy import Table

from indelible_sql.schema.guard import Guard


def kept_guard(head: Table, column: str) -> Guard:
    """Return the guard that refuses another value of a column once it has one."""
    return Guard(
        table=head,
        rule=f"keeps_{column}",
        event="UPDATE",
        condition=f"OLD.{column} IS NULL OR NEW.{column} = OLD.{column}",
    )


def generation_guard(head: Table) -> Guard:
    """Return the guard that refuses an earlier generation of idempotency keys."""
    return Guard(
        table=head,
        rule="generation_forward",
        event="UPDATE",
        condition="NEW.generation >= OLD.generation",
    )
