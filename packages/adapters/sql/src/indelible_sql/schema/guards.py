"""What the databases refuse, written from the declarations."""

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
from indelible_sql.schema.tables import EDGES, HISTORY, PLACE, HeadHistoryKey

NEVER = "FALSE"
HOST_SCHEMA = "public"  # where a host's table lives when it does not say


@frozen(kw_only=True)
class Guard:
    """An event on a table that is refused unless a condition holds; unknown is refused too."""

    table: Table
    rule: str
    event: str
    holds: str = NEVER
    comes_first: bool = False
    only: str = (
        ""  # which rows it is about, where PostgreSQL is to ask that before it calls a function
    )

    @property
    def name(self) -> str:
        """The guard's name, which is also the code of its refusal."""
        return f"{self.table.name}_{self.rule}"

    def on_sqlite(self) -> tuple[str, ...]:
        """A BEFORE trigger, because a TEMP trigger can silence an AFTER one."""
        event = f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table.name}"
        return (
            f"{event}\nWHEN ({self.holds}) IS NOT TRUE\nBEGIN SELECT RAISE(ABORT, '{self.name}'); END",
        )

    def on_postgresql(self) -> tuple[str, ...]:
        """An insert is looked at AFTER, because a fused write moves the head in the same statement."""
        when = "AFTER" if self.event == "INSERT" and not self.comes_first else "BEFORE"
        each = "STATEMENT" if self.holds == NEVER else "ROW"
        on = qualified(self.table, "postgresql")
        event = f"CREATE TRIGGER {self.name} {when} {self.event} ON {on}"
        asked = [
            *filter(None, (self.only, f"({self.holds}) IS NOT TRUE" if self.is_of_row else ""))
        ]
        only = f" WHEN ({' AND '.join(asked)})" if asked else ""
        return (
            self.function(),
            f"{event}\nFOR EACH {each}{only} EXECUTE FUNCTION {SCHEMA}.{self.name}()",
            f"ALTER TABLE {on} ENABLE ALWAYS TRIGGER {self.name}",  # in replica mode too
        )

    @property
    def is_of_row(self) -> bool:
        """Whether PostgreSQL's trigger can ask by itself, before it calls its function: it sees a row and no table."""
        return self.holds != NEVER and "SELECT" not in self.holds and "currval" not in self.holds

    def function(self) -> str:
        """The body that PostgreSQL's trigger runs."""
        return (
            f"CREATE FUNCTION {SCHEMA}.{self.name}() RETURNS trigger LANGUAGE plpgsql\n"
            "SET search_path = pg_catalog AS $$ BEGIN\n"  # a session's own operators must not bend a guard
            f"  IF ({NEVER if self.is_of_row else self.holds}) IS NOT TRUE THEN\n"
            "    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n"
            "  END IF;\n  RETURN NEW;\nEND $$"
        )


@frozen(kw_only=True)
class RecordHeadRule:
    """A record table whose new row must be what its head shows: the head's columns beside the record's.

    A record may have two heads: `rule` tells their guards apart, and a row that is not about one says so by `unless`.
    """

    record: Table
    head: Table
    columns: Mapping[str, str]
    rule: str = "needs_head"
    unless: str = NEVER


def qualified(table: Table, dialect: str) -> str:
    """The table's full name: a TEMP table must not pose as it."""
    return (
        f"main.{table.name}"
        if dialect == "sqlite"
        else f"{table.schema or HOST_SCHEMA}.{table.name}"
    )


def statements(guards: Iterable[Guard], dialect: str) -> Iterator[str]:
    """The statements that put the guards up."""
    for guard in guards:
        yield from guard.on_sqlite() if dialect == "sqlite" else guard.on_postgresql()


@contextmanager
def guards_disabled(
    connection: Connection, schema: str, guards: Sequence[Guard]
) -> Generator[None]:
    """Nobody else sees a table without these guards, and whatever ends the block, they are there after it."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        begin_on_host(connection, "BEGIN IMMEDIATE")
    with connection.begin_nested():
        for guard in guards:
            disable = (
                f"ALTER TABLE {qualified(guard.table, 'postgresql')} DISABLE TRIGGER {guard.name}"
            )
            lift = f"DROP TRIGGER {guard.name}" if is_sqlite else disable
            connection.exec_driver_sql(in_schema(connection, schema, lift))
        yield
        for guard in guards:
            *_, restore = guard.on_sqlite() if is_sqlite else guard.on_postgresql()
            connection.exec_driver_sql(in_schema(connection, schema, restore))


def record_guards(record: Table, dialect: str) -> Iterator[Guard]:
    """No row of a record table changes or goes."""
    yield from _closed(record, dialect, "UPDATE", "DELETE")
    if dialect == "sqlite":
        yield from _only_on_sqlite(record)
    elif "position" in record.columns:  # asked of each row before the next one takes a number
        holds = f"NEW.position = currval('{SCHEMA}.{record.name}_position_seq')"
        yield Guard(table=record, rule="no_position", event="INSERT", holds=holds, comes_first=True)


def shown_guard(shows: RecordHeadRule, dialect: str) -> Guard:
    """A record is refused unless its head shows it."""
    same = " AND ".join(f"head.{ours} = NEW.{theirs}" for ours, theirs in shows.columns.items())
    holds = f"EXISTS (SELECT 1 FROM {qualified(shows.head, dialect)} AS head WHERE {same})"
    if shows.unless != NEVER:
        holds = f"{shows.unless} OR {holds}"
    return Guard(table=shows.record, rule=shows.rule, event="INSERT", holds=holds)


def edge_guards(dialect: str) -> Iterator[Guard]:
    """The edges are closed: only a migration opens them."""
    yield from _closed(EDGES, dialect, "INSERT", "UPDATE", "DELETE")


def head_guards(head: Table, lifecycle: Lifecycle[StrEnum] | None, dialect: str) -> Iterator[Guard]:
    """A head moves by one step at a time, stays for ever, and history says nothing that it does not show.

    A head that has no lifecycle is moved by its own records.
    """
    yield from staying_guards(head, dialect)
    one_step = (
        "NEW.id = OLD.id AND NEW.created_at = OLD.created_at"
        " AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at"
    )
    yield Guard(table=head, rule="one_step", event="UPDATE", holds=one_step)
    if lifecycle is not None:
        yield _needs_head(head, lifecycle, dialect)


def staying_guards(table: Table, dialect: str) -> Iterator[Guard]:
    """No row of the table goes, whatever becomes of it."""
    yield from _closed(table, dialect, "DELETE")
    if dialect == "sqlite":
        yield from _only_on_sqlite(table)


def _closed(table: Table, dialect: str, *events: str) -> Iterator[Guard]:
    truncate = () if dialect == "sqlite" else ("TRUNCATE",)
    return (
        Guard(table=table, rule=f"no_{event.lower()}", event=event)
        for event in (*events, *truncate)
    )


def _needs_head(head: Table, lifecycle: Lifecycle[StrEnum], dialect: str) -> Guard:
    """One guard a head table, so that a host's guard touches only its own lifecycle."""
    counter = shown_key(head).columns_shown[4]
    own_txid = "" if dialect == "sqlite" else " AND NEW.txid = pg_current_xact_id()"
    holds = (
        f"NEW.lifecycle <> '{lifecycle.name}' OR EXISTS (SELECT 1 FROM {qualified(head, dialect)} AS head"
        " WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state"
        f" AND head.{counter} = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at){own_txid}"
    )
    only = f"NEW.lifecycle = '{lifecycle.name}'"
    return Guard(table=HISTORY, rule=f"needs_{head.name}", event="INSERT", holds=holds, only=only)


def shown_key(head: Table) -> HeadHistoryKey:
    """The key that ties a head to its change."""
    return next(each for each in head.constraints if isinstance(each, HeadHistoryKey))


def _only_on_sqlite(table: Table) -> Iterator[Guard]:
    """What SQLite's own keys do not hold: INSERT OR REPLACE, and foreign keys that are switched off."""
    if "position" in table.columns:
        yield Guard(
            table=table, rule="no_position", event="INSERT", holds="coalesce(NEW.position, 0) < 1"
        )
    elif table.dialect_options["sqlite"]["with_rowid"]:
        yield Guard(
            table=table, rule="no_rowid", event="INSERT", holds="coalesce(NEW.rowid, 0) < 1"
        )
    yield Guard(
        table=table, rule="no_replace", event="INSERT", holds=" AND ".join(sorted(_is_new(table)))
    )
    for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
        yield _key_guard(table, key)
    for shown in (each for each in table.constraints if isinstance(each, HeadHistoryKey)):
        pairs = zip(shown.columns_shown, PLACE, strict=True)
        same = " AND ".join(f"{theirs} = OLD.{ours}" for ours, theirs in pairs)
        holds = f"EXISTS (SELECT 1 FROM main.history WHERE {same})"
        yield Guard(table=table, rule=f"keeps_{shown.name}", event="UPDATE", holds=holds)


def _is_new(table: Table) -> Iterator[str]:
    for unique in table.constraints:
        if isinstance(unique, PrimaryKeyConstraint | UniqueConstraint):
            same = " AND ".join(f"{column.name} = NEW.{column.name}" for column in unique.columns)
            yield f"NOT EXISTS (SELECT 1 FROM main.{table.name} WHERE {same})"


def _key_guard(table: Table, key: ForeignKeyConstraint) -> Guard:
    """An immediate key must hold for the new row; a deferred one for the row that is left behind."""
    row = "OLD" if key.deferrable else "NEW"
    unset = " OR ".join(f"{row}.{column.name} IS NULL" for column in key.columns if column.nullable)
    same = " AND ".join(f"{each.column.name} = {row}.{each.parent.name}" for each in key.elements)
    holds = (
        f"{unset or NEVER} OR EXISTS (SELECT 1 FROM main.{key.referred_table.name} WHERE {same})"
    )
    event = "UPDATE" if key.deferrable else "INSERT"
    return Guard(table=table, rule=f"keeps_{key.name}", event=event, holds=holds)
