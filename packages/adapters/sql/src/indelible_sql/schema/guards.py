"""The writes that the databases refuse: triggers, written from the declarations."""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum

from attrs import frozen
from sqlalchemy import (
    Connection,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from indelible.kernel import Lifecycle
from indelible_sql.engine.connections import begin_on_host
from indelible_sql.schema.columns import SCHEMA, in_schema
from indelible_sql.schema.tables import EDGES, HISTORY, REVISION_COLUMNS, HeadHistoryKey

NEVER = "FALSE"
HOST_SCHEMA = "public"  # the schema of a host's table that names none


@frozen(kw_only=True)
class Guard:
    """A trigger that refuses an event on a table unless a condition is true; NULL is refused too.

    PostgreSQL asks `row_filter` before it calls the guard's function: rows for which it is false
    are not checked. `fires_before` makes an INSERT's guard a BEFORE trigger on PostgreSQL, for what
    must be known row by row. `raises` is the condition name of PostgreSQL's error: the store runs a
    command again after a `serialization_failure`.
    """

    table: Table
    rule: str
    event: str
    condition: str = NEVER
    fires_before: bool = False
    row_filter: str = ""
    raises: str = "check_violation"

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
        level = "STATEMENT" if self.condition == NEVER else "ROW"

        filters: list[str] = []
        if self.row_filter:
            filters.append(self.row_filter)
        if self.is_row_condition:
            filters.append(f"({self.condition}) IS NOT TRUE")
        when = f" WHEN ({' AND '.join(filters)})" if filters else ""

        trigger = (
            f"CREATE TRIGGER {self.name} {timing} {self.event} ON {table}\n"
            f"FOR EACH {level}{when} EXECUTE FUNCTION {SCHEMA}.{self.name}()"
        )
        enable = f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {self.name}"
        return (self.postgresql_function(), trigger, enable)

    @property
    def is_row_condition(self) -> bool:
        """Return whether the condition fits PostgreSQL's WHEN, which sees a row and no table."""
        if self.condition == NEVER:
            return False
        return "SELECT" not in self.condition and "currval" not in self.condition

    def postgresql_function(self) -> str:
        """Return the function that PostgreSQL's trigger runs.

        Its search path is fixed: a session's own operators must not change what a guard means.
        """
        condition = NEVER if self.is_row_condition else self.condition
        return (
            f"CREATE FUNCTION {SCHEMA}.{self.name}() RETURNS trigger LANGUAGE plpgsql\n"
            "SET search_path = pg_catalog AS $$ BEGIN\n"
            f"  IF ({condition}) IS NOT TRUE THEN\n"
            f"    RAISE {self.raises} USING"
            " MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n"
            "  END IF;\n  RETURN NEW;\nEND $$"
        )


@frozen(kw_only=True)
class RecordHeadRule:
    """A record table whose new row must be the one that its head shows.

    `columns` maps columns of the head to the record's columns that must be equal. A record may have
    two heads: `rule` tells their guards apart, and `unless` is true for a row that is not about
    this head.
    """

    record: Table
    head: Table
    columns: Mapping[str, str]
    rule: str = "needs_head"
    unless: str = NEVER


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


def record_guards(record: Table, dialect: str) -> Iterator[Guard]:
    """Yield the guards of an insert-only table: no row is updated or deleted."""
    yield from _closed(record, dialect, "UPDATE", "DELETE")
    if dialect == "sqlite":
        yield from _sqlite_guards(record)
    elif "position" in record.columns:
        # Checked before the next row takes a number.
        yield Guard(
            table=record,
            rule="no_position",
            event="INSERT",
            condition=f"NEW.position = currval('{SCHEMA}.{record.name}_position_seq')",
            fires_before=True,
        )


def record_head_guard(rule: RecordHeadRule, dialect: str) -> Guard:
    """Return the guard that refuses a record which its head does not show."""
    pairs = [f"head.{name} = NEW.{column}" for name, column in rule.columns.items()]
    head = qualified_name(rule.head, dialect)
    condition = f"EXISTS (SELECT 1 FROM {head} AS head WHERE {' AND '.join(pairs)})"
    if rule.unless != NEVER:
        condition = f"{rule.unless} OR {condition}"
    return Guard(table=rule.record, rule=rule.rule, event="INSERT", condition=condition)


def edge_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of the edges: only a migration adds or removes one."""
    yield from _closed(EDGES, dialect, "INSERT", "UPDATE", "DELETE")


def history_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guard of the feed's order: an aggregate's changes are read in the order of seq.

    PostgreSQL's feed is in the order of transaction numbers, and a transaction gets its number with
    its first write. A change of a transaction that is numbered before its predecessor's is refused:
    the transaction that runs instead gets a later number. SQLite has one writer at a time.
    """
    if dialect == "sqlite":
        return

    history = qualified_name(HISTORY, dialect)
    yield Guard(
        table=HISTORY,
        rule="in_order",
        event="INSERT",
        condition=(
            f"NOT EXISTS (SELECT 1 FROM {history} AS predecessor"
            " WHERE predecessor.lifecycle = NEW.lifecycle"
            " AND predecessor.entity_id = NEW.entity_id"
            " AND predecessor.seq = NEW.seq - 1 AND predecessor.txid > NEW.txid)"
        ),
        row_filter="NEW.seq > 1",
        raises="serialization_failure",
    )


def head_guards(head: Table, lifecycle: Lifecycle[StrEnum] | None, dialect: str) -> Iterator[Guard]:
    """Yield the guards of a head.

    It moves by one step at a time, is never removed, and history agrees with it.

    A head without a lifecycle is moved by its own records.
    """
    yield from undeletable_guards(head, dialect)
    yield Guard(
        table=head,
        rule="one_step",
        event="UPDATE",
        condition=(
            "NEW.id = OLD.id AND NEW.created_at = OLD.created_at"
            " AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at"
        ),
    )
    if lifecycle is not None:
        yield _history_guard(head, lifecycle, dialect)


def undeletable_guards(table: Table, dialect: str) -> Iterator[Guard]:
    """Yield the guards of a table that loses no row."""
    yield from _closed(table, dialect, "DELETE")
    if dialect == "sqlite":
        yield from _sqlite_guards(table)
        yield from _sqlite_update_guards(table)


def fixed_columns_guard(table: Table, names: Iterable[str]) -> Guard:
    """Return the guard that refuses an UPDATE of some columns."""
    conditions: list[str] = []
    for name in names:
        is_same = f"NEW.{name} = OLD.{name}"
        if table.c[name].nullable:
            is_same = f"({is_same} OR NEW.{name} IS NULL AND OLD.{name} IS NULL)"
        conditions.append(is_same)

    return Guard(table=table, rule="fixed", event="UPDATE", condition=" AND ".join(conditions))


def history_key(head: Table) -> HeadHistoryKey:
    """Return the key that ties a head to its change."""
    for constraint in head.constraints:
        if isinstance(constraint, HeadHistoryKey):
            return constraint
    raise LookupError(f"{head.name} has no key into history")


def duplicate_guards(table: Table, names: Sequence[str]) -> frozenset[str]:
    """Return the names by which the databases report a second row with the same key.

    SQLite has one guard for all keys of a table: use this where no other key can be taken.
    """
    columns = [f"{table.name}.{name}" for name in names]
    reports = {f"{table.name}_no_replace", f"UNIQUE constraint failed: {', '.join(columns)}"}
    for constraint in table.constraints:
        if not isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            continue
        if list(constraint.columns.keys()) == list(names):
            reports.add(str(constraint.name or f"{table.name}_pkey"))

    return frozenset(reports)


def _closed(table: Table, dialect: str, *events: str) -> Iterator[Guard]:
    for event in events:
        yield Guard(table=table, rule=f"no_{event.lower()}", event=event)
    if dialect != "sqlite":
        yield Guard(table=table, rule="no_truncate", event="TRUNCATE")


def _history_guard(head: Table, lifecycle: Lifecycle[StrEnum], dialect: str) -> Guard:
    """Return a guard on history for one head.

    There is one for each head, so that a host's guard touches only its own lifecycle.
    """
    own_txid = "" if dialect == "sqlite" else " AND NEW.txid = pg_current_xact_id()"
    condition = (
        f"NEW.lifecycle <> '{lifecycle.name}'"
        f" OR EXISTS (SELECT 1 FROM {qualified_name(head, dialect)} AS head"
        " WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state"
        f" AND head.{history_key(head).counter} = NEW.version AND head.hash = NEW.hash"
        f" AND head.updated_at = NEW.at){own_txid}"
    )
    return Guard(
        table=HISTORY,
        rule=f"needs_{head.name}",
        event="INSERT",
        condition=condition,
        row_filter=f"NEW.lifecycle = '{lifecycle.name}'",
    )


def _sqlite_guards(table: Table) -> Iterator[Guard]:
    """Yield the guards against what SQLite's keys let through.

    INSERT OR REPLACE, and foreign keys that are off.
    """
    if "position" in table.columns:
        condition = "coalesce(NEW.position, 0) < 1"
        yield Guard(table=table, rule="no_position", event="INSERT", condition=condition)
    elif table.dialect_options["sqlite"]["with_rowid"]:
        condition = "coalesce(NEW.rowid, 0) < 1"
        yield Guard(table=table, rule="no_rowid", event="INSERT", condition=condition)

    condition = " AND ".join(sorted(_new_key_conditions(table)))
    yield Guard(table=table, rule="no_replace", event="INSERT", condition=condition)
    for key in sorted(table.foreign_key_constraints, key=_constraint_name):
        yield _foreign_key_guard(table, key)

    for constraint in table.constraints:
        if isinstance(constraint, HeadHistoryKey):
            yield _left_revision_guard(table, constraint)


def _sqlite_update_guards(table: Table) -> Iterator[Guard]:
    """Yield the guards against what a statement can do to a row besides its own UPDATE.

    `UPDATE OR REPLACE` deletes the row whose unique key the changed row takes. A TEMP trigger can
    change the row after the guards' OLD was read; TEMP triggers run before those of the table.
    """
    conditions = sorted(_free_key_conditions(table))
    if conditions:
        yield Guard(
            table=table,
            rule="no_replace_on_update",
            event="UPDATE",
            condition=" AND ".join(conditions),
        )

    pairs = [f"stored.{column.name} IS OLD.{column.name}" for column in table.columns]
    is_unchanged = " AND ".join(pairs)
    yield Guard(
        table=table,
        rule="no_nested_update",
        event="UPDATE",
        condition=f"EXISTS (SELECT 1 FROM main.{table.name} AS stored WHERE {is_unchanged})",
    )


def _left_revision_guard(head: Table, key: HeadHistoryKey) -> Guard:
    """Return the guard that a head may only leave a revision that is in history."""
    pairs = zip(key.revision_columns, REVISION_COLUMNS, strict=True)
    is_same = " AND ".join(f"{recorded} = OLD.{name}" for name, recorded in pairs)
    condition = f"EXISTS (SELECT 1 FROM main.history WHERE {is_same})"
    rule = _target_exists_rule(head, str(key.name))
    return Guard(table=head, rule=rule, event="UPDATE", condition=condition)


def _new_key_conditions(table: Table) -> Iterator[str]:
    """Yield a condition for each unique key: no row has the new row's values."""
    for columns, predicate in _unique_keys(table):
        is_same = _equals_new(columns)
        yield _unless_outside(
            table, predicate, f"NOT EXISTS (SELECT 1 FROM main.{table.name} WHERE {is_same}"
        )


def _free_key_conditions(table: Table) -> Iterator[str]:
    """Yield a condition for each unique key that a row may change: no other row has it."""
    identity = [column.name for column in table.primary_key.columns]
    is_other = " OR ".join(f"{name} <> OLD.{name}" for name in identity)
    for columns, predicate in _unique_keys(table):
        if predicate or not set(columns) <= set(identity):
            is_same = f"{_equals_new(columns)} AND ({is_other})"
            yield _unless_outside(
                table, predicate, f"NOT EXISTS (SELECT 1 FROM main.{table.name} WHERE {is_same}"
            )


def _unique_keys(table: Table) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the columns of each unique key, and the predicate of a partial index or ''."""
    for unique in table.constraints:
        if isinstance(unique, PrimaryKeyConstraint | UniqueConstraint):
            yield tuple(column.name for column in unique.columns), ""
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            yield (
                tuple(column.name for column in index.columns),
                "" if where is None else str(where),
            )


def _equals_new(columns: Iterable[str]) -> str:
    return " AND ".join(f"{name} = NEW.{name}" for name in columns)


def _unless_outside(table: Table, predicate: str, search: str) -> str:
    """Close a search for a row; a new row outside of a partial index conflicts with none."""
    if not predicate:
        return f"{search})"

    names = "|".join(re.escape(column.name) for column in table.columns)
    of_new_row = re.sub(rf"\b({names})\b", r"NEW.\1", predicate)
    return f"(({of_new_row}) IS NOT TRUE OR {search} AND {predicate}))"


def _foreign_key_guard(table: Table, key: ForeignKeyConstraint) -> Guard:
    """Return the guard of a key.

    An immediate key holds for the new row, a deferred one for the row that is left.
    """
    row = "OLD" if key.deferrable else "NEW"
    is_unset = [f"{row}.{column.name} IS NULL" for column in key.columns if column.nullable]
    is_same: list[str] = []
    for element in key.elements:
        is_same.append(f"{element.column.name} = {row}.{element.parent.name}")
    condition = (
        f"{' OR '.join(is_unset) or NEVER}"
        f" OR EXISTS (SELECT 1 FROM main.{key.referred_table.name} WHERE {' AND '.join(is_same)})"
    )
    event = "UPDATE" if key.deferrable else "INSERT"
    rule = _target_exists_rule(table, str(key.name))
    return Guard(table=table, rule=rule, event=event, condition=condition)


def _target_exists_rule(table: Table, key_name: str) -> str:
    """Return the rule's name of the guard that repeats a foreign key of the table."""
    return f"{key_name.removeprefix(f'{table.name}_')}_exists"


def _constraint_name(key: ForeignKeyConstraint) -> str:
    return str(key.name)
