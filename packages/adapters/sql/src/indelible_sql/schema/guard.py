"""A guard: the trigger that refuses a write, as each database is told to make it."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager

from attrs import frozen
from sqlalchemy import Connection, Table

from indelible_sql.engine.connections import begin_on_host
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.columns import in_schema

NEVER = "FALSE"
HOST_SCHEMA = "public"  # the schema of a host's table that names none


@frozen(kw_only=True)
class Guard:
    """A trigger that refuses an event on a table unless a condition is true; NULL is refused too.

    PostgreSQL asks `row_filter` before it calls the guard's function: rows for which it is false
    are not checked. `fires_before` makes an INSERT's guard a BEFORE trigger on PostgreSQL, for what
    must be known row by row. `is_long` moves a condition into the guard's function, which a session
    parses once: PostgreSQL parses a trigger's WHEN for each statement. `raises` is the condition
    name of PostgreSQL's error: the store runs a command again after a `serialization_failure`.
    With `inserted_rows`, PostgreSQL checks an INSERT once for all rows of its statement, which the
    condition reads from the table of that name.
    """

    table: Table
    rule: str
    event: str
    condition: str = NEVER
    fires_before: bool = False
    row_filter: str = ""
    is_long: bool = False
    raises: str = "check_violation"
    inserted_rows: str = ""

    @property
    def name(self) -> str:
        """Return the guard's name, which is also the code of its refusal."""
        return f"{self.table.name}_{self.rule}"

    def sqlite_statements(self) -> tuple[str, ...]:
        """Return a BEFORE trigger, because a TEMP trigger can silence an AFTER trigger."""
        trigger = (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table.name}\n"
            f"WHEN ({self.condition}) IS NOT TRUE\n"
            f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        )
        return (trigger,)

    def postgresql_statements(self) -> tuple[str, ...]:
        """Return the trigger's function, the trigger, and what makes it fire in replica mode too.

        An INSERT is checked AFTER: an atomic write moves the head in the same statement as it adds
        the record.
        """
        table = qualified_name(self.table, "postgresql")
        timing = "BEFORE"
        if self.event == "INSERT" and not self.fires_before:
            timing = "AFTER"
        level = "ROW"
        if self.condition == NEVER or self.inserted_rows:
            level = "STATEMENT"
        referencing = (
            f"REFERENCING NEW TABLE AS {self.inserted_rows} " if self.inserted_rows else ""
        )

        filters: list[str] = []
        if self.row_filter:
            filters.append(self.row_filter)
        if self.is_row_condition:
            filters.append(f"({self.condition}) IS NOT TRUE")
        when = f" WHEN ({' AND '.join(filters)})" if filters else ""

        trigger = (
            f"CREATE TRIGGER {self.name} {timing} {self.event} ON {table}\n"
            f"{referencing}FOR EACH {level}{when} EXECUTE FUNCTION {SCHEMA}.{self.name}()"
        )
        enable = f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {self.name}"
        return (self.postgresql_function(), trigger, enable)

    @property
    def is_row_condition(self) -> bool:
        """Return whether the condition is in PostgreSQL's WHEN, which sees a row and no table."""
        if self.condition == NEVER or self.is_long:
            return False
        return "SELECT" not in self.condition and "currval" not in self.condition

    def postgresql_function(self) -> str:
        """Return the function that PostgreSQL's trigger runs.

        Its search path is fixed: a session's own operators must not change what a guard means.
        """
        condition = NEVER if self.is_row_condition else self.condition
        # A DELETE has no new row, and a trigger that returns none would cancel it in silence.
        row = "OLD" if self.event == "DELETE" and self.condition != NEVER else "NEW"
        return (
            f"CREATE FUNCTION {SCHEMA}.{self.name}() RETURNS trigger LANGUAGE plpgsql\n"
            "SET search_path = pg_catalog AS $$ BEGIN\n"
            f"  IF ({condition}) IS NOT TRUE THEN\n"
            f"    RAISE {self.raises} USING"
            " MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n"
            f"  END IF;\n  RETURN {row};\nEND $$"
        )


def qualified_name(table: Table, dialect: str) -> str:
    """Return the table's name with its schema: a TEMP table must not pose as the table."""
    if dialect == "sqlite":
        return f"main.{table.name}"
    return f"{table.schema or HOST_SCHEMA}.{table.name}"


def guard_statements(guard: Guard, dialect: str) -> tuple[str, ...]:
    """Return the statements that create the guard."""
    if dialect == "sqlite":
        return guard.sqlite_statements()
    return guard.postgresql_statements()


def statements(guards: Iterable[Guard], dialect: str) -> Iterator[str]:
    """Yield the statements that create the guards."""
    for guard in guards:
        yield from guard_statements(guard, dialect)


@contextmanager
def guards_disabled(
    connection: Connection, schema: str, guards: Sequence[Guard]
) -> Generator[None]:
    """Disable guards for the length of a block, in a savepoint.

    No other connection sees a table without them.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        begin_on_host(connection, "BEGIN IMMEDIATE")

    with connection.begin_nested():
        for guard in guards:
            statement = f"DROP TRIGGER {guard.name}"
            if not is_sqlite:
                table = qualified_name(guard.table, "postgresql")
                statement = f"ALTER TABLE {table} DISABLE TRIGGER {guard.name}"
            connection.exec_driver_sql(in_schema(connection, schema, statement))

        yield

        for guard in guards:
            *_, enable = guard_statements(guard, connection.dialect.name)
            connection.exec_driver_sql(in_schema(connection, schema, enable))
