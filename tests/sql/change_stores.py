"""Ask the domain, memory and both databases about changes of an aggregate."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

import psycopg
from attrs import frozen
from psycopg.sql import SQL, Identifier
from sqlalchemy import Table
from tests.sql.condition_rows import WIDER_GUARDS, table_of
from tests.sql.row_changes import AUDIT, RandomChange
from tests.sql.row_stores import (
    ACCEPTED,
    FOREIGN_KEYS,
    NOT_WRITTEN,
    json_value,
    memory_with,
    refusal,
    sqlite_value,
)
from tests.sql.row_values import Values

from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.history import Change, Head
from indelible.kernel.values import field_values
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.tables import EDGES, HISTORY, writable_columns

# Return for each change what refuses it; '' for a change that is accepted.
AskChanges = Callable[[type[Aggregate], Sequence[RandomChange]], list[str]]

# A guard reads a table as `main.charges` on SQLite, as `indelible.charges` on PostgreSQL.
TABLE_READ: Final = re.compile(rf"\b(?:main|{SCHEMA})\.(\w+)")
# This guard refuses more than its condition because of a row in another table, which is empty here.
WIDER: Final = tuple(WIDER_GUARDS)
# Guards that read only a head and history, and are about another aggregate than the changed one.
OF_OTHER_ROWS: Final = ("history_second_person_reverses", "accounts_left_movement")
# Guards of a head that read it and are about the changed row.
OF_OWN_ROW: Final = "no_nested_update"
GUARDS_ON: Final = "guards_on"

# Makes each change alone, after the rows that it changes, which no guard checks; and undoes it.
POSTGRESQL_FUNCTION: Final = """
    CREATE OR REPLACE FUNCTION pg_temp.refusals_of_changes(
      insert_head text, update_head text, insert_change text, texts text[]
    ) RETURNS text[]
    LANGUAGE plpgsql AS $$
    DECLARE
      refusals text[] := '{}';
      rows jsonb;
      change_text text;
      refusal text;
    BEGIN
      FOREACH change_text IN ARRAY texts LOOP
        BEGIN
          rows := change_text::jsonb;
          IF jsonb_typeof(rows -> 'before') = 'null' THEN
            EXECUTE insert_head USING rows -> 'after';
          ELSE
            PERFORM set_config('session_replication_role', 'replica', TRUE);
            EXECUTE insert_head USING rows -> 'before';
            EXECUTE insert_change USING rows -> 'predecessor';
            PERFORM set_config('session_replication_role', 'origin', TRUE);
            EXECUTE update_head USING rows -> 'after', rows -> 'before' ->> 'id';
          END IF;
          EXECUTE insert_change USING rows -> 'change';
          RAISE EXCEPTION SQLSTATE 'DR001';
        EXCEPTION
          WHEN SQLSTATE 'DR001' THEN
            refusals := refusals || ''::text;
          WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS refusal = CONSTRAINT_NAME;
            refusals := refusals || coalesce(nullif(refusal, ''), SQLERRM);
        END;
      END LOOP;
      RETURN refusals;
    END $$
"""


def ask_domain(entity: type[Aggregate], changes: Sequence[RandomChange]) -> list[str]:
    """Return what `change_for` answers to each change."""
    return [refusal(_change_of, entity, change) for change in changes]


def ask_memory(entity: type[Aggregate], changes: Sequence[RandomChange]) -> list[str]:
    """Return what memory answers to each change."""
    return [refusal(_save, entity, change) for change in changes]


def _change_of(entity: type[Aggregate], change: RandomChange) -> Change:
    return change_for(AUDIT, _bare_head(entity, change), _bare(entity, change.after), change.action)


def _save(entity: type[Aggregate], change: RandomChange) -> None:
    after = _bare(entity, change.after)
    saved = _change_of(entity, change)
    memory_with(after, _bare_head(entity, change)).save(saved, after)


def _bare_head(entity: type[Aggregate], change: RandomChange) -> Head[Aggregate] | None:
    if change.before is None:
        return None
    return Head(entity=_bare(entity, change.before), revision=change.revision)


def _bare(entity: type[Aggregate], value: Aggregate) -> Aggregate:
    """Return the aggregate as one without records, which are in other tables."""
    if entity not in BARE:
        BARE[entity] = type(
            entity.__name__,
            (entity,),
            {"__slots__": (), "version_records": (), "first_records": (), "bulk_records": {}},
        )
    return BARE[entity](**field_values(value))


BARE: Final[dict[type[Aggregate], type[Aggregate]]] = {}


@frozen
class SqliteChanges:
    """A migrated SQLite file, without the guards that read another table.

    The guards have a switch: the rows before a change are stored without them.
    """

    connection: sqlite3.Connection
    switch: dict[str, bool]

    @classmethod
    def open(cls, path: str) -> Self:
        """Open a file, whose guards are changed."""
        connection = sqlite3.connect(path, isolation_level=None)
        for guard in guards_of_others("sqlite"):
            connection.execute(f"DROP TRIGGER {guard.name}")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, char(10) || 'WHEN (', ?)"
            " WHERE type = 'trigger'",
            (f"\nWHEN {GUARDS_ON}() AND (",),
        )
        connection.close()

        switch = {GUARDS_ON: True}
        connection = sqlite3.connect(path, isolation_level=None)
        connection.create_function(GUARDS_ON, 0, lambda: switch[GUARDS_ON])
        return cls(connection, switch)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.connection.close()

    def __call__(self, entity: type[Aggregate], changes: Sequence[RandomChange]) -> list[str]:
        """Make each change in a savepoint, and return what refuses it."""
        self.connection.execute("BEGIN")
        refusals = [self._refusal(table_of(entity), change.rows()) for change in changes]
        self.connection.execute("ROLLBACK")
        return refusals

    def _refusal(self, head: Table, rows: Mapping[str, Values | None]) -> str:
        self.connection.execute("SAVEPOINT one_change")
        try:
            self._write(head, rows)
        except NOT_WRITTEN as error:
            return str(error).removeprefix("CHECK constraint failed: ")
        finally:
            self.switch[GUARDS_ON] = True
            self.connection.execute("ROLLBACK TO one_change")
            self.connection.execute("RELEASE one_change")
        return ACCEPTED

    def _write(self, head: Table, rows: Mapping[str, Values | None]) -> None:
        before, predecessor = rows["before"], rows["predecessor"]
        after, change = rows["after"], rows["change"]
        assert after is not None
        assert change is not None
        if before is None or predecessor is None:
            self._insert(head, after)
        else:
            self.switch[GUARDS_ON] = False
            self._insert(head, before)
            self._insert(HISTORY, predecessor)
            self.switch[GUARDS_ON] = True
            self._update(head, before["id"], after)
        self._insert(HISTORY, change)

    def _insert(self, table: Table, row: Values) -> None:
        columns = writable_columns(table)
        names = ", ".join(column.name for column in columns)
        marks = ", ".join("?" * len(columns))
        values = [sqlite_value(column, row[column.name]) for column in columns]
        self.connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)

    def _update(self, table: Table, entity_id: str, row: Values) -> None:
        columns = writable_columns(table)
        settings = ", ".join(f"{column.name} = ?" for column in columns)
        values = [sqlite_value(column, row[column.name]) for column in columns]
        statement = f"UPDATE {table.name} SET {settings} WHERE id = ?"
        self.connection.execute(statement, (*values, entity_id))


@frozen
class PostgresqlChanges:
    """A migrated PostgreSQL database, without the guards and keys that read another table."""

    connection: psycopg.Connection[Any]

    @classmethod
    def open(cls, admin_url: str) -> Self:
        """Open a database of its own, whose guards are changed, as a superuser.

        Guards fire in every session; here they do not fire in a replica's, so that the rows before
        a change are stored without them.
        """
        connection = psycopg.connect(admin_url, autocommit=True)
        lifted = {guard.name for guard in guards_of_others("postgresql")}
        for guard in CATALOG.guards("postgresql"):
            names = {"table": Identifier(guard.table.name), "guard": Identifier(guard.name)}
            change = SQL("ALTER TABLE indelible.{table} ENABLE TRIGGER {guard}")
            if guard.name in lifted:
                change = SQL("DROP TRIGGER {guard} ON indelible.{table}")
            connection.execute(change.format(**names))
        for table, name in connection.execute(FOREIGN_KEYS).fetchall():
            if table != HISTORY.name:
                drop = SQL("ALTER TABLE indelible.{} DROP CONSTRAINT {}")
                connection.execute(drop.format(Identifier(table), Identifier(name)))
        connection.execute(POSTGRESQL_FUNCTION)
        return cls(connection)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.connection.close()

    def __call__(self, entity: type[Aggregate], changes: Sequence[RandomChange]) -> list[str]:
        """Make each change in a savepoint of one statement, and return what refuses it."""
        head = table_of(entity)
        texts = [_json_text(head, change.rows()) for change in changes]
        statements = (_insert_text(head), _update_text(head), _insert_text(HISTORY))
        call = "SELECT pg_temp.refusals_of_changes(%s, %s, %s, %s)"
        (refusals,) = self.connection.execute(call, (*statements, texts)).fetchall()[0]
        return list(refusals)


def _insert_text(table: Table) -> str:
    names = ", ".join(column.name for column in writable_columns(table))
    populated = f"jsonb_populate_record(NULL::indelible.{table.name}, $1)"
    return f"INSERT INTO indelible.{table.name} ({names}) SELECT {names} FROM {populated}"


def _update_text(table: Table) -> str:
    names = ", ".join(column.name for column in writable_columns(table))
    populated = f"jsonb_populate_record(NULL::indelible.{table.name}, $1)"
    return (
        f"UPDATE indelible.{table.name} SET ({names}) = (SELECT {names} FROM {populated})"
        " WHERE id = $2"
    )


def _json_text(head: Table, rows: Mapping[str, Values | None]) -> str:
    """Return the rows of a change as JSON, from which PostgreSQL reads the columns."""
    result: dict[str, object] = {}
    for name, row in rows.items():
        table = head if name in ("before", "after") else HISTORY
        result[name] = None
        if row is not None:
            columns = writable_columns(table)
            result[name] = {column.name: json_value(column, row[column.name]) for column in columns}
    return json.dumps(result)


def guards_of_others(dialect: str) -> list[Guard]:
    """Return the guards of heads and of history that read another table or another aggregate.

    A guard that is left reads a head, its history and the edges. What a guard says about a record,
    a parent, a sum or a number is no matter of one aggregate: `tests.guards` attacks it.
    """
    heads = {table.name for table in CATALOG.heads}
    lifted: list[Guard] = []
    for guard in CATALOG.guards(dialect):
        own = {HISTORY.name, EDGES.name}
        if guard.table is HISTORY:
            own |= heads
        elif guard.table not in CATALOG.heads:
            continue
        elif guard.rule == OF_OWN_ROW:
            own.add(guard.table.name)
        is_of_others = not own.issuperset(_tables_read(guard)) or guard.name in OF_OTHER_ROWS
        if is_of_others and guard.name not in WIDER:
            lifted.append(guard)
    return lifted


def _tables_read(guard: Guard) -> set[str]:
    names = {table.name for table in CATALOG.tables}
    return names.intersection(TABLE_READ.findall(guard.condition))
