"""The table of a host's aggregate as a database has it: its columns, guards and indexes."""

from collections.abc import Mapping
from typing import Final

from attrs import frozen
from sqlalchemy import Connection, Table, TextClause, text

from indelible_sql.schema.columns import in_schema
from indelible_sql.schema.guard import HOST_SCHEMA

SQLITE_TABLE: Final = text(
    "SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = :table"
)
SQLITE_COLUMNS: Final = text(
    """
    SELECT name, type || CASE WHEN "notnull" THEN ' required' ELSE '' END
    FROM pragma_table_xinfo(:table)
    """
)
SQLITE_TEXTS: Final = text(
    """
    SELECT name, sql
    FROM sqlite_master
    WHERE sql IS NOT NULL AND type = :type AND (tbl_name = :table OR tbl_name = 'history')
    """
)
POSTGRESQL_TABLE: Final = text("SELECT to_regclass(:table) IS NOT NULL")
POSTGRESQL_COLUMNS: Final = text(
    """
    SELECT attname,
      format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' required' ELSE '' END
    FROM pg_attribute
    WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped
    """
)
# A guard that does not always fire is none.
POSTGRESQL_GUARDS: Final = text(
    """
    SELECT t.tgname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t
    JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid IN (to_regclass(:table), to_regclass(:history))
      AND NOT t.tgisinternal AND t.tgenabled = 'A' AND p.proname = t.tgname
    """
)
POSTGRESQL_INDEXES: Final = text(
    """
    SELECT c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = to_regclass(:table)
    """
)
POSTGRESQL_CHECKS: Final = text(
    "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(:table) AND contype = 'c'"
)
POSTGRESQL_REFERENCES: Final = text(
    """
    SELECT conname
    FROM pg_constraint
    WHERE conrelid = to_regclass(:table) AND contype = 'f' AND conname LIKE '%\\_reference'
    """
)
# A table of a store has a key to the history of that store.
POSTGRESQL_HISTORY_SCHEMA: Final = text(
    """
    SELECT min(n.nspname)
    FROM pg_constraint k
    JOIN pg_class history ON history.oid = k.confrelid
    JOIN pg_namespace n ON n.oid = history.relnamespace
    WHERE k.conrelid = to_regclass(:table) AND k.contype = 'f' AND history.relname = 'history'
    """
)
POSTGRESQL_COMMENT: Final = text("SELECT obj_description(to_regclass(:table), 'pg_class')")

Texts = Mapping[str, str]  # what the database says about each of the table's parts, by its name


@frozen
class StoredTable:
    """The facts that a database has about a table; `schema` is that of indelible's own tables."""

    connection: Connection
    schema: str
    table: Table

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is SQLite."""
        return self.connection.dialect.name == "sqlite"

    @property
    def exists(self) -> bool:
        """Return whether the database has a table of the name."""
        statement = SQLITE_TABLE if self.is_sqlite else POSTGRESQL_TABLE
        return bool(self.connection.scalar(statement, {"table": self._name}))

    def columns(self) -> Texts:
        """Return the columns, each with its type and whether it is required."""
        return self._texts(SQLITE_COLUMNS if self.is_sqlite else POSTGRESQL_COLUMNS)

    def guards(self) -> Texts:
        """Return the guards of the table and of history; on PostgreSQL those that always fire."""
        if self.is_sqlite:
            return self._texts(SQLITE_TEXTS, type="trigger")
        history = in_schema(self.connection, self.schema, "indelible.history")
        return self._texts(POSTGRESQL_GUARDS, history=history)

    def indexes(self) -> Texts:
        """Return the indexes."""
        if self.is_sqlite:
            return self._texts(SQLITE_TEXTS, type="index")
        return self._texts(POSTGRESQL_INDEXES)

    def checks(self) -> frozenset[str]:
        """Return the names of PostgreSQL's CHECKs."""
        return frozenset(self.connection.scalars(POSTGRESQL_CHECKS, {"table": self._name}))

    def reference_keys(self) -> frozenset[str]:
        """Return the names of PostgreSQL's keys of references."""
        return frozenset(self.connection.scalars(POSTGRESQL_REFERENCES, {"table": self._name}))

    def definition(self) -> str:
        """Return SQLite's statement that makes the table."""
        return self._texts(SQLITE_TEXTS, type="table")[self.table.name]

    def comment(self) -> str:
        """Return PostgreSQL's comment on the table, '' without one."""
        return self.connection.scalar(POSTGRESQL_COMMENT, {"table": self._name}) or ""

    def history_schema(self) -> str:
        """Return the schema of the history that the table belongs to, '' if that is unknown."""
        if self.is_sqlite:
            return ""
        return self.connection.scalar(POSTGRESQL_HISTORY_SCHEMA, {"table": self._name}) or ""

    @property
    def _name(self) -> str:
        return self.table.name if self.is_sqlite else f"{HOST_SCHEMA}.{self.table.name}"

    def _texts(self, statement: TextClause, **values: str) -> Texts:
        rows = self.connection.execute(statement, {"table": self._name, **values})
        return {row[0]: row[1] for row in rows}
