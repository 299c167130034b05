"""One table of a host in a database, and what it lacks of its declaration."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen
from sqlalchemy import Column, Connection, Index, Table
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from indelible.kernel.conditions import WithConditions
from indelible.kernel.references import Reference
from indelible_sql.schema.columns import Domain, in_schema
from indelible_sql.schema.ddl import compiled
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.inline_domains import InlineDomain
from indelible_sql.schema.references import key_of, target_table, unknown_targets
from indelible_sql.schema.stored_tables import StoredTable


@frozen(slots=False)
class OwnTable:
    """A table of an aggregate, or of a record that its actions append.

    `declared` is the class of its rows, and `schema` that of indelible's tables. `id_column` names
    a row in what is reported.
    """

    connection: Connection
    schema: str
    table: Table
    declared: type[WithConditions]
    references: Sequence[Reference]
    id_column: str = "id"

    @cached_property
    def stored(self) -> StoredTable:
        """Return what the database says about the table."""
        return StoredTable(self.connection, self.schema, self.table)

    @cached_property
    def dialect(self) -> str:
        """Return the name of the database's dialect."""
        return self.connection.dialect.name

    def texts(self) -> Iterator[str]:
        """Yield the statements that make the table and its indexes."""
        yield self._text(CreateTable(self.table))
        for index in self._indexes():
            yield self._text(CreateIndex(index))

    def create(self) -> None:
        """Create the table with its indexes."""
        for statement in self.texts():
            self.run(statement)

    def add_columns(self) -> None:
        """Add the missing columns."""
        stored = self.stored.columns()
        for column in self.table.columns:
            if column.name not in stored:
                self.run(f"ALTER TABLE {self.name} ADD COLUMN {self._column_text(column)}")

    def replace_rules(self, earlier_conditions: Collection[str]) -> None:
        """Replace checks, keys and indexes; `earlier_conditions` are of former declarations."""
        self._replace_checks(earlier_conditions)
        self._replace_keys()
        self._replace_indexes()

    def lacks(self, guards: Sequence[Guard]) -> bool:
        """Return whether the table, or one of the guards, is not as declared on SQLite.

        On PostgreSQL only the names of the guards are compared.
        """
        stored = self.stored.guards()
        if any(guard.name not in stored for guard in guards):
            return True
        if not self.stored.is_sqlite:
            return False

        declared = {guard.name: guard.sqlite_statements()[0] for guard in guards}
        declared |= {str(index.name): self._text(CreateIndex(index)) for index in self._indexes()}
        stored = {**stored, **self.stored.indexes()}
        return (
            any(stored.get(name) != text for name, text in declared.items())
            or bool(tuple(self.column_differences()))
            or set(self.stored.columns()) != set(self.table.columns.keys())
        )

    def column_differences(self) -> Iterator[str]:
        """Yield the columns that differ from their fields, and new ones that old rows lack."""
        stored = self.stored.columns()
        for name in sorted(stored.keys() - set(self.table.columns.keys())):
            yield f"column {name} is no field any more"
        for column in self.table.columns:
            declared = self._column_type(column)
            if column.name not in stored:
                if not column.nullable and column.server_default is None:
                    yield (
                        f"new field {column.name} must accept None or have a default, as older"
                        " rows have no value"
                    )
            elif stored[column.name] != declared:
                yield f"column {column.name} is {stored[column.name]}, declared is {declared}"
            elif not self._has_rule(column):
                yield f"column {column.name} holds values of another kind"

    def _has_rule(self, column: Column[Any]) -> bool:
        """Return whether SQLite's table has the rule of a column's type."""
        if not self.stored.is_sqlite or not isinstance(column.type, Domain):
            return True
        return f"CHECK ({column.type.sqlite_rule.format(column.name)})" in self.stored.definition()

    def row_differences(self) -> Iterator[str]:
        """Yield the rules that stored rows break."""
        for index in self._indexes():
            if index.unique:
                yield from self._shared_values(index)
        for check in entity_checks(self.table.name, self.declared, dialect=self.dialect):
            refused = f"SELECT count(*) FROM {self.name} WHERE NOT ({check.sqltext})"
            count = self.connection.exec_driver_sql(refused).scalar_one()
            if count:
                yield f"{count} rows do not fulfill condition {check.name}"
        for reference in self.references:
            rows = unknown_targets(self.table, self.name, reference, self.id_column)
            count = self.connection.exec_driver_sql(f"SELECT count(*) FROM ({rows})").scalar_one()
            if count:
                yield f"{count} rows have an unknown id in {reference.field}"

    def _shared_values(self, index: Index) -> Iterator[str]:
        """Yield how many values two rows have that only one may have."""
        columns = ", ".join(column.name for column in index.columns)
        taken = [f"{column.name} IS NOT NULL" for column in index.columns]
        predicate = index.dialect_options[self.dialect]["where"]
        if predicate is not None:
            taken.append(f"({predicate})")
        shared = (
            f"SELECT count(*) FROM (SELECT 1 FROM {self.name} WHERE {' AND '.join(taken)}"
            f" GROUP BY {columns} HAVING count(*) > 1) AS shared"
        )
        count = self.connection.exec_driver_sql(shared).scalar_one()
        if count:
            yield f"{count} values of {columns} are in more rows than one"

    def _replace_checks(self, earlier_conditions: Collection[str]) -> None:
        """Replace PostgreSQL's CHECKs of the conditions; on SQLite they are guards."""
        if self.stored.is_sqlite:
            return
        stored = self.stored.checks()
        checks = entity_checks(self.table.name, self.declared)
        names = {str(check.name) for check in checks}
        for name in sorted(stored & (names | set(earlier_conditions))):
            self.run(f"ALTER TABLE {self.name} DROP CONSTRAINT {name}")
        for check in checks:
            self.run(f"ALTER TABLE {self.name} ADD CONSTRAINT {check.name} CHECK ({check.sqltext})")

    def _replace_keys(self) -> None:
        """Add PostgreSQL's missing keys of references, and drop the others; SQLite has guards."""
        if self.stored.is_sqlite:
            return
        declared = {key_of(self.table.name, one): one for one in self.references}
        stored = self.stored.reference_keys()
        for name in sorted(stored - declared.keys()):
            self.run(f"ALTER TABLE {self.name} DROP CONSTRAINT {name}")
        for name in sorted(declared.keys() - stored):
            target = target_table(self.table, declared[name])
            key = f"FOREIGN KEY ({declared[name].field}) REFERENCES {target.name} (id)"
            self.run(f"ALTER TABLE {self.name} ADD CONSTRAINT {name} {key}")

    def _replace_indexes(self) -> None:
        """Create the indexes that are missing, and again those whose text depends on the states."""
        stored = self.stored.indexes()
        for index in self._indexes():
            text = self._text(CreateIndex(index))
            name = str(index.name)
            is_partial = index.dialect_options["postgresql"].get("where") is not None
            is_same = not is_partial if not self.stored.is_sqlite else stored.get(name) == text
            if name in stored and is_same:
                continue
            if name in stored:
                self.run(f"DROP INDEX {name}")
            self.run(text)

    def _indexes(self) -> list[Index]:
        return sorted(self.table.indexes, key=lambda index: str(index.name))

    @property
    def name(self) -> str:
        """Return the qualified name of the table."""
        return qualified_name(self.table, self.dialect)

    def _column_type(self, column: Column[Any]) -> str:
        """Return the type of a declared column as `StoredTable.columns` has it."""
        type_text = column.type.compile(dialect=self.connection.dialect)
        type_text = in_schema(self.connection, self.schema, type_text)
        if not self.stored.is_sqlite:
            type_text = type_text.partition(" COLLATE ")[0].lower()
        return type_text if column.nullable else f"{type_text} required"

    def _column_text(self, column: Column[Any]) -> str:
        """Return a new column as a table is altered by it, with the rule of its type."""
        text = self._text(CreateColumn(column))
        name = f"{self.table.name}_{column.name}"
        if self.stored.is_sqlite and isinstance(column.type, Domain):
            rule = column.type.sqlite_rule.format(column.name)
            text = f"{text} CONSTRAINT {name}_rule CHECK ({rule})"
        elif isinstance(column.type, InlineDomain):
            rule = column.type.rule.format(column.name)
            text = f"{text} CONSTRAINT {name}_is_stored CHECK ({rule})"
        return text

    def _text(self, element: Any) -> str:
        return compiled(element, self.dialect)

    def run(self, statement: str) -> None:
        """Run a statement of DDL in indelible's schema."""
        self.connection.exec_driver_sql(in_schema(self.connection, self.schema, statement))
