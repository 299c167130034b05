"""The journal of an adoption: every write to the older table since it began, and the progress.

Both are tables beside the context's own. The triggers that write the journal are on the older
table, so that whoever writes it need not know of the adoption. They stay until the cut-over, whose
triggers refuse every write.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    Connection,
    Dialect,
    Insert,
    Select,
    TableClause,
    Text,
    and_,
    column,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.types import NullType

from indelible_sql.adoption.sources import Key, SourceTable
from indelible_sql.schema.guard import HOST_SCHEMA

ID: Final = "adoption_id"
KIND: Final = "adoption_kind"
PROBLEM: Final = "adoption_problem"
SEEN: Final = "adoption_seen"  # the last write that a row which is read contains
SOURCE: Final = "adoption_source"
PHASE: Final = "adoption_phase"
OWN_PREFIX: Final = "adoption_"

SQLITE_TYPES: Final = text("SELECT name, type FROM pragma_table_xinfo(:table)")
POSTGRESQL_TYPES: Final = text(
    """
    SELECT attname, format_type(atttypid, atttypmod)
    FROM pg_attribute
    WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped
    """
)
POSTGRESQL_RECORD: Final = """
    CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog AS $$ BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO {writes} ({columns}) SELECT 'DELETED', {names} FROM {source};
        RETURN NULL;
      END IF;
      IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND ({moved}) THEN
        INSERT INTO {writes} ({columns}) VALUES ('DELETED', {old});
      END IF;
      IF TG_OP <> 'DELETE' THEN
        INSERT INTO {writes} ({columns}) VALUES ('SAVED', {new});
      END IF;
      RETURN NULL;
    END $$
"""
POSTGRESQL_REFUSE: Final = """
    CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog AS $$ BEGIN
      RAISE check_violation USING MESSAGE = '{message}', CONSTRAINT = TG_NAME,
        TABLE = TG_TABLE_NAME;
    END $$
"""


class Phase(StrEnum):
    """The phases of an adoption."""

    COPYING = "COPYING"
    COPIED = "COPIED"
    FINISHED = "FINISHED"


class Kind(StrEnum):
    """The kinds of writes in the journal.

    GONE is the deletion of a row that was adopted before, SUPERSEDED a write that no action
    explains and that a later one has made good. Both stay in the journal.
    """

    SAVED = "SAVED"
    DELETED = "DELETED"
    GONE = "GONE"
    SUPERSEDED = "SUPERSEDED"


@frozen(slots=False)
class Journal:
    """The tables and triggers of an adoption; `context` is the name of the context."""

    context: str
    source: SourceTable
    dialect: Dialect

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is SQLite."""
        return self.dialect.name == "sqlite"

    @property
    def schema(self) -> str | None:
        """Return the schema of the tables, None on SQLite."""
        return None if self.is_sqlite else HOST_SCHEMA

    @cached_property
    def writes(self) -> TableClause:
        """Return the table of the writes: a kind, a problem or '', and the values of the row."""
        names = (ID, KIND, PROBLEM, *self.source.column_names)
        return self._table("adoption_writes", names)

    @cached_property
    def progress(self) -> TableClause:
        """Return the table of one row: the source, the phase, and the last key that was copied."""
        return self._table("adoption", (SOURCE, PHASE, *self.source.key_names))

    def rows_after(self, after: Key | None, limit: int) -> Select[Any]:
        """Return the query of the next rows, each with its last write that it contains."""
        last = select(func.max(self.writes.c[ID])).where(
            *(self.writes.c[name] == self.source.table.c[name] for name in self.source.key_names)
        )
        return self.source.page(after, limit).add_columns(last.scalar_subquery().label(SEEN))

    def is_row(self, key: Key) -> Any:
        """Return the condition that a write is about the row of a key."""
        pairs = zip(self.source.key_names, key, strict=True)
        return and_(*(self.writes.c[name] == value for name, value in pairs))

    def problem_of(self, key: Key, problem: str) -> Insert:
        """Return the statement that journals the present row of a key with its problem."""
        row = self.source.table
        names = self.source.column_names
        own = [literal(str(Kind.SAVED), Text()), literal(problem, Text())]
        pairs = zip(self.source.key_names, key, strict=True)
        present = select(*own, *(row.c[name] for name in names)).where(
            *(row.c[name] == value for name, value in pairs)
        )
        return self.writes.insert().from_select([KIND, PROBLEM, *names], present)

    def creation(self, connection: Connection) -> Iterator[str]:
        """Yield the statements that create the tables and the triggers of the journal."""
        types = self._types(connection)
        number = "INTEGER PRIMARY KEY"
        if not self.is_sqlite:
            number = "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        columns = [
            f"{ID} {number}",
            f"{KIND} text NOT NULL",
            f"{PROBLEM} text NOT NULL DEFAULT ''",
            *(self._column(name, types) for name in self.source.column_names),
        ]
        yield f"CREATE TABLE {self._name('adoption_writes')} ({', '.join(columns)})"
        keys = ", ".join(map(self.quoted, self.source.key_names))
        index = self.quoted(f"{self.context}_adoption_writes_by_key")
        yield f"CREATE INDEX {index} ON {self._name('adoption_writes')} ({keys})"

        own_keys = [self._column(name, types) for name in self.source.key_names]
        columns = [f"{SOURCE} text NOT NULL", f"{PHASE} text NOT NULL", *own_keys]
        yield f"CREATE TABLE {self._name('adoption')} ({', '.join(columns)})"
        yield from self._recording()

    def grants(self, role: str) -> Iterator[str]:
        """Yield the statements that let the application's role work on the journal."""
        for name in ("adoption", "adoption_writes"):
            yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self._name(name)} TO {role}"

    def cut_over(self) -> Iterator[str]:
        """Yield the statements that end the journal, and refuse every write from now on.

        On PostgreSQL only the body of the triggers' function is replaced: a trigger could not be
        dropped before all that have read the table have ended, and who then waits to write it
        would be in a deadlock with us.
        """
        message = f"{self.source.label} is adopted: change {self.context} through their context"
        if self.is_sqlite:
            for event in ("insert", "update", "delete"):
                yield f"DROP TRIGGER {self.quoted(f'{self.context}_journal_{event}')}"
                yield (
                    f"CREATE TRIGGER {self.quoted(f'{self.context}_adopted_{event}')}"
                    f" BEFORE {event.upper()} ON {self._source}\n"
                    f"BEGIN SELECT RAISE(ABORT, {self._literal(message)}); END"
                )
            return

        yield POSTGRESQL_REFUSE.format(
            function=self._name("journal"), message=message.replace("'", "''")
        )

    def lock(self) -> str:
        """Return PostgreSQL's statement that lets nobody else write the older table."""
        return f"LOCK TABLE {self._source} IN SHARE ROW EXCLUSIVE MODE"

    def quoted(self, name: str) -> str:
        """Return a name as statements have it."""
        return self.dialect.identifier_preparer.quote(name)

    def _recording(self) -> Iterator[str]:
        """Yield the statements that let the older table write the journal."""
        if self.is_sqlite:
            yield from self._sqlite_recording()
            return

        yield POSTGRESQL_RECORD.format(
            function=self._name("journal"),
            writes=self._name("adoption_writes"),
            source=self._source,
            columns=", ".join((KIND, *self._names())),
            names=", ".join(self._names()),
            moved=f"({self._keys('OLD')}) IS DISTINCT FROM ({self._keys('NEW')})",
            old=", ".join(self._names("OLD.")),
            new=", ".join(self._names("NEW.")),
        )
        yield from self._always("journal", "AFTER INSERT OR UPDATE OR DELETE", "ROW")
        yield from self._always("journal", "BEFORE TRUNCATE", "STATEMENT", suffix="_truncate")

    def _always(self, name: str, when: str, level: str, suffix: str = "") -> Iterator[str]:
        """Yield PostgreSQL's trigger, which fires in replica mode too."""
        trigger = self.quoted(f"{self.context}_{name}{suffix}")
        yield (
            f"CREATE TRIGGER {trigger} {when} ON {self._source}"
            f" FOR EACH {level} EXECUTE FUNCTION {self._name(name)}()"
        )
        yield f"ALTER TABLE {self._source} ENABLE ALWAYS TRIGGER {trigger}"

    def _sqlite_recording(self) -> Iterator[str]:
        """Yield SQLite's triggers of the journal."""
        into = f"INSERT INTO {self.quoted(self.writes.name)} ({KIND}, {', '.join(self._names())})"
        saved = f"{into} VALUES ('SAVED', {', '.join(self._names('NEW.'))});"
        deleted = f"{into} SELECT 'DELETED', {', '.join(self._names('OLD.'))}"
        is_same = " AND ".join(
            f"OLD.{self.quoted(name)} IS NEW.{self.quoted(name)}" for name in self.source.key_names
        )
        bodies = {
            "insert": saved,
            "update": f"{deleted} WHERE NOT ({is_same}); {saved}",
            "delete": f"{deleted};",
        }
        for event, body in bodies.items():
            trigger = self.quoted(f"{self.context}_journal_{event}")
            yield (
                f"CREATE TRIGGER {trigger} AFTER {event.upper()} ON {self._source} BEGIN {body} END"
            )

    def _names(self, prefix: str = "") -> list[str]:
        return [f"{prefix}{self.quoted(name)}" for name in self.source.column_names]

    def _keys(self, row: str) -> str:
        return ", ".join(f"{row}.{self.quoted(name)}" for name in self.source.key_names)

    def _column(self, name: str, types: dict[str, str]) -> str:
        return f"{self.quoted(name)} {types[name]}".strip()

    def _types(self, connection: Connection) -> dict[str, str]:
        """Return the types of the older table's columns, as its database writes them."""
        if self.is_sqlite:
            rows = connection.execute(SQLITE_TYPES, {"table": self.source.name})
        else:
            rows = connection.execute(POSTGRESQL_TYPES, {"table": self._source})
        return {str(row[0]): str(row[1]) for row in rows}

    def _table(self, name: str, columns: Sequence[str]) -> TableClause:
        own = [column(one, Text() if one in (KIND, PROBLEM) else NullType()) for one in columns]
        return table(f"{self.context}_{name}", *own, schema=self.schema)

    def _name(self, name: str) -> str:
        """Return the name of a table or a function of the adoption, with its schema."""
        own = self.quoted(f"{self.context}_{name}")
        return own if self.is_sqlite else f"{HOST_SCHEMA}.{own}"

    @property
    def _source(self) -> str:
        name = self.quoted(self.source.name)
        if self.source.schema is None:
            return name
        return f"{self.quoted(self.source.schema)}.{name}"

    def _literal(self, value: str) -> str:
        escaped = value.replace("'", "''")
        return f"'{escaped}'"
