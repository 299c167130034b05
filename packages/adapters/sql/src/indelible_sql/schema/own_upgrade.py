"""Create the tables of a host's contexts, and let them follow their declarations: only by adding.

All of it happens in the transaction of the caller: a table is as before, or as declared.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Final

from attrs import frozen
from sqlalchemy import Column, Connection, Index, Table
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from indelible.kernel import Conflict
from indelible.kernel.aggregates import Aggregate
from indelible_sql.schema.admission import stored_edges
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import Domain, in_schema, quoted
from indelible_sql.schema.ddl import compiled
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.guard import (
    HOST_SCHEMA,
    Guard,
    qualified_name,
    statements,
)
from indelible_sql.schema.hosts import declare_lifecycle
from indelible_sql.schema.inline_domains import InlineDomain
from indelible_sql.schema.own_declarations import OwnDeclarations
from indelible_sql.schema.privileges import privileges
from indelible_sql.schema.references import key_of, target_table, unknown_targets
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.schema.stored_tables import StoredTable

MAX_NAMED_DIFFERENCES: Final = 20
logger = logging.getLogger("indelible.sql")

COMMENT: Final = "indelible: declared as {digest}"


@frozen
class OwnTableDiffers(Conflict):
    """A host's table cannot become what its declaration says by additions alone.

    Change the declaration, or bring the table there with a migration of your own.
    """

    message: ClassVar[str] = (
        "Table {table} cannot follow its declaration by additions alone: {differences}; change the"
        " declaration, or migrate the table yourself."
    )
    table: str
    differences: str


def upgrade_own_tables(
    connection: Connection,
    schema: str,
    contexts: Sequence[SqlContext],
    *,
    role: str | None,
    now: datetime,
) -> None:
    """Create and change the tables of contexts until they are as declared, and store how they are.

    `role` is that of the application where another one owns the tables.

    Raises:
        OwnTableDiffers: A table would lose something, or has rows that a new condition refuses.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SET LOCAL search_path = {HOST_SCHEMA}")
    for context in contexts:
        for mapping in context.mappings:
            own = OwnTable(connection, schema, context, mapping.table, mapping.entity, now)
            own.upgrade()
            if role is not None:
                own.grant(role)


@frozen(slots=False)
class OwnTable:
    """The table of an aggregate in a database, with its declaration."""

    connection: Connection
    schema: str
    context: SqlContext
    table: Table
    entity: type[Aggregate]
    now: datetime

    def upgrade(self) -> None:
        """Create the table, or add what it lacks, and store the declaration if it is another one.

        The table of a later release stays as it is: this one works beside it.

        Raises:
            OwnTableDiffers: Additions alone cannot make the table what is declared.
        """
        if not self.stored.exists:
            self._create()
        elif self._is_changed():
            differences = (*self._column_differences(), *self._edge_differences())
            if differences and self.declared.is_of_earlier_release:
                logger.info("%s: a later release has changed the table", self.table.name)
                return
            self._refuse(differences)
            self._change()
        self.declared.store_if_new(self.now)

    def grant(self, role: str) -> None:
        """Let the application's role read the table, and write the columns that may change."""
        role_name = quoted(self.connection, role)
        name = f"{HOST_SCHEMA}.{self.table.name}"
        # Default privileges of the host's schema may be wider.
        self.run(f"REVOKE ALL ON {name} FROM {role_name}")
        self.run(f"GRANT SELECT ON {name} TO {role_name}")
        for privilege, columns in privileges(self.table, self.catalog).items():
            self.run(f"GRANT {privilege} ({', '.join(columns)}) ON {name} TO {role_name}")

    @cached_property
    def declared(self) -> OwnDeclarations:
        """Return the stored declarations, and the one of today."""
        return OwnDeclarations.of(self.connection, self.schema, self.table, self.entity)

    @cached_property
    def stored(self) -> StoredTable:
        """Return what the database says about the table."""
        return StoredTable(self.connection, self.schema, self.table)

    @cached_property
    def catalog(self) -> Catalog:
        """Return the catalog of the context alone."""
        return Catalog((self.context,))

    @cached_property
    def dialect(self) -> str:
        """Return the name of the database's dialect."""
        return self.connection.dialect.name

    @cached_property
    def guards(self) -> Sequence[Guard]:
        """Return the declared guards."""
        return tuple(self.catalog.context_guards(self.context, self.dialect))

    @cached_property
    def digest(self) -> str:
        """Return the digest of all statements that make the table."""
        texts = [self._text(CreateTable(self.table)), *statements(self.guards, self.dialect)]
        texts += [self._text(CreateIndex(index)) for index in self._indexes()]
        return sha256("\n".join(texts).encode()).hexdigest()

    def _create(self) -> None:
        declare_lifecycle(self.connection, self.entity.lifecycle, schema=self.schema)
        self.run(self._text(CreateTable(self.table)))
        for index in self._indexes():
            self.run(self._text(CreateIndex(index)))
        self._finish()

    def _change(self) -> None:
        """Add what is missing; without its guards the table is seen by no other connection."""
        self._drop_guards()
        stored = self.stored.columns()
        for column in self.table.columns:
            if column.name not in stored:
                self.run(f"ALTER TABLE {self._name} ADD COLUMN {self._column_text(column)}")
        self._refuse(tuple(self._row_differences()))
        declare_lifecycle(self.connection, self.entity.lifecycle, schema=self.schema)
        self._replace_checks()
        self._replace_keys()
        self._replace_indexes()
        self._finish()

    def _finish(self) -> None:
        for statement in statements(self.guards, self.dialect):
            self.run(statement)
        if not self.stored.is_sqlite:
            comment = COMMENT.format(digest=self.digest)
            self.run(f"COMMENT ON TABLE {self._name} IS '{comment}'")

    def _is_changed(self) -> bool:
        """Return whether the table or one of its guards is not as declared."""
        if self.declared.is_new:
            return True
        stored = self.stored.guards()
        for guard in self.guards:
            if guard.name not in stored:
                return True
        if not self.stored.is_sqlite:
            return self.stored.comment() != COMMENT.format(digest=self.digest)

        declared = {guard.name: guard.sqlite_statements()[0] for guard in self.guards}
        declared |= {str(index.name): self._text(CreateIndex(index)) for index in self._indexes()}
        stored = {**stored, **self.stored.indexes()}
        return (
            any(stored.get(name) != text for name, text in declared.items())
            or bool(tuple(self._column_differences()))
            or set(self.stored.columns()) != set(self.table.columns.keys())
            or self._stored_edges() != self._declared_edges()
        )

    def _column_differences(self) -> Iterator[str]:
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

    def _edge_differences(self) -> Iterator[str]:
        for from_state, action, to_state in sorted(self._stored_edges() - self._declared_edges()):
            yield (
                f"action {action} from {from_state or 'nothing'} to {to_state} is not declared, not"
                " even as retired"
            )

    def _row_differences(self) -> Iterator[str]:
        """Yield the conditions that stored rows do not fulfill."""
        for check in entity_checks(self.table.name, self.entity):
            refused = f"SELECT count(*) FROM {self._name} WHERE NOT ({check.sqltext})"
            count = self.connection.exec_driver_sql(refused).scalar_one()
            if count:
                yield f"{count} rows do not fulfill condition {check.name}"
        for reference in self.entity.references:
            rows = unknown_targets(self.table, self._name, reference)
            count = self.connection.exec_driver_sql(f"SELECT count(*) FROM ({rows})").scalar_one()
            if count:
                yield f"{count} rows have an unknown id in {reference.field}"

    def _refuse(self, differences: Sequence[str]) -> None:
        if differences:
            named = "; ".join(differences[:MAX_NAMED_DIFFERENCES])
            raise OwnTableDiffers(self.table.name, named)

    def _drop_guards(self) -> None:
        """Drop the guards of the table, and those of history that are about it."""
        of_history = (f"_{self.table.name}", f"_of_{self.table.name}")
        for name in self.stored.guards():
            is_own = name.startswith(f"{self.table.name}_")
            is_of_history = name.startswith("history_") and name.endswith(of_history)
            if not is_own and not is_of_history:
                continue
            if self.stored.is_sqlite:
                self.run(f"DROP TRIGGER {name}")
                continue
            self._drop_function(name)
        if not self.stored.is_sqlite:
            for guard in self.guards:
                self._drop_function(guard.name)  # of a guard that is disabled, or was dropped alone

    def _drop_function(self, name: str) -> None:
        """Drop the function of a guard on PostgreSQL, and with it the guard."""
        self.run(f"DROP FUNCTION IF EXISTS indelible.{name}() CASCADE")

    def _replace_checks(self) -> None:
        """Replace PostgreSQL's CHECKs of the conditions; on SQLite they are guards."""
        if self.stored.is_sqlite:
            return
        stored = self.stored.checks()
        checks = entity_checks(self.table.name, self.entity)
        names = {str(check.name) for check in checks}
        for name in sorted(stored & (names | self.declared.earlier_conditions)):
            self.run(f"ALTER TABLE {self._name} DROP CONSTRAINT {name}")
        for check in checks:
            self.run(
                f"ALTER TABLE {self._name} ADD CONSTRAINT {check.name} CHECK ({check.sqltext})"
            )

    def _replace_keys(self) -> None:
        """Add PostgreSQL's missing keys of references, and drop the others; SQLite has guards."""
        if self.stored.is_sqlite:
            return
        declared = {key_of(self.table.name, one): one for one in self.entity.references}
        stored = self.stored.reference_keys()
        for name in sorted(stored - declared.keys()):
            self.run(f"ALTER TABLE {self._name} DROP CONSTRAINT {name}")
        for name in sorted(declared.keys() - stored):
            target = target_table(self.table, declared[name])
            key = f"FOREIGN KEY ({declared[name].field}) REFERENCES {target.name} (id)"
            self.run(f"ALTER TABLE {self._name} ADD CONSTRAINT {name} {key}")

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
    def _name(self) -> str:
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

    def _stored_edges(self) -> set[tuple[str, str, str]]:
        edges = stored_edges(self.connection, self.schema)
        rows = edges.get(self.entity.lifecycle.name, set())
        return {(str(row[0]), str(row[1]), str(row[2])) for row in rows}

    def _declared_edges(self) -> set[tuple[str, str, str]]:
        return {
            (edge.from_state, edge.action, str(edge.to_state))
            for edge in self.entity.lifecycle.known_edges
        }

    def _text(self, element: Any) -> str:
        return compiled(element, self.dialect)

    def run(self, statement: str) -> None:
        """Run a statement of DDL in indelible's schema."""
        self.connection.exec_driver_sql(in_schema(self.connection, self.schema, statement))
