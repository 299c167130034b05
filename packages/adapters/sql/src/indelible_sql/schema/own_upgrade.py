"""Create the tables of a host's contexts, and let them follow their declarations: only by adding.

All of it happens in the transaction of the caller: a table is as before, or as declared.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import ClassVar, Final

from attrs import frozen
from sqlalchemy import Connection

from indelible.kernel import Conflict
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.references import references_of_record
from indelible_sql.schema.admission import stored_edges
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import quoted
from indelible_sql.schema.guard import (
    HOST_SCHEMA,
    Guard,
    statements,
)
from indelible_sql.schema.hosts import declare_lifecycle
from indelible_sql.schema.own_declarations import OwnDeclarations
from indelible_sql.schema.own_table import OwnTable
from indelible_sql.schema.privileges import privileges
from indelible_sql.schema.sql_context import MappedHead, SqlContext
from indelible_sql.schema.tables import HISTORY

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


@frozen
class OwnTableOfAnotherStore(Conflict):
    """A host's table belongs to a store of the same database, whose schema is another one.

    The tables of hosts are in one schema: give the context of one store another name.
    """

    message: ClassVar[str] = (
        "Table {table} belongs to the store with the schema {other_schema}, and this one has"
        " {schema}: pass another `name` to its context."
    )
    table: str
    other_schema: str
    schema: str


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
            own = AggregateUpgrade(connection, schema, context, mapping, now)
            own.upgrade()
            if role is not None:
                own.grant(role)


@frozen(slots=False)
class AggregateUpgrade:
    """The tables of an aggregate and of its records in a database, with its declaration."""

    connection: Connection
    schema: str
    context: SqlContext
    mapping: MappedHead
    now: datetime

    def upgrade(self) -> None:
        """Create the tables, or add what they lack, and store the declaration if it is another one.

        The tables of a later release stay as they are: this one works beside it.

        Raises:
            OwnTableDiffers: Additions alone cannot make a table what is declared.
            OwnTableOfAnotherStore: A table of the name belongs to a store with another schema.
        """
        for own in self.tables:
            other_schema = own.stored.history_schema()
            if other_schema not in ("", self.schema):
                raise OwnTableOfAnotherStore(own.table.name, other_schema, self.schema)
        if not self.head.stored.exists:
            self._refuse(tuple(self.declared.table_differences()))
            self._create()
        elif self._is_changed():
            differences = tuple(self._differences())
            if differences and self.declared.is_of_earlier_release:
                logger.info("%s: a later release has changed the table", self.head.table.name)
                return
            self._refuse(differences)
            self._change()
        self.declared.store_if_new(self.now)

    def grant(self, role: str) -> None:
        """Let the application's role read the tables, and write the columns that may change."""
        role_name = quoted(self.connection, role)
        for own in self.tables:
            # Default privileges of the host's schema may be wider.
            self.head.run(f"REVOKE ALL ON {own.name} FROM {role_name}")
            self.head.run(f"GRANT SELECT ON {own.name} TO {role_name}")
            for privilege, columns in privileges(own.table, self.catalog).items():
                names = ", ".join(columns)
                self.head.run(f"GRANT {privilege} ({names}) ON {own.name} TO {role_name}")

    @cached_property
    def entity(self) -> type[Aggregate]:
        """Return the class of the aggregate."""
        return self.mapping.entity

    @cached_property
    def declared(self) -> OwnDeclarations:
        """Return the stored declarations, and the one of today."""
        return OwnDeclarations.of(self.connection, self.schema, self.mapping)

    @cached_property
    def head(self) -> OwnTable:
        """Return the table of the aggregates."""
        entity = self.entity
        references = entity.references
        return OwnTable(self.connection, self.schema, self.mapping.table, entity, references)

    @cached_property
    def records(self) -> tuple[OwnTable, ...]:
        """Return the tables of the records that the actions append."""
        return tuple(
            OwnTable(
                self.connection,
                self.schema,
                bulk.table,
                bulk.record,
                references_of_record(bulk.record),
                "entity_id",
            )
            for bulk in self.mapping.bulk_tables
        )

    @property
    def tables(self) -> tuple[OwnTable, ...]:
        """Return all tables, each after those at which its keys point."""
        return (self.head, *self.records)

    @cached_property
    def catalog(self) -> Catalog:
        """Return the catalog of the context alone."""
        return Catalog((self.context,))

    @cached_property
    def guards(self) -> Sequence[Guard]:
        """Return the declared guards."""
        return tuple(self.catalog.context_guards(self.context, self.head.dialect))

    @cached_property
    def digest(self) -> str:
        """Return the digest of all statements that make the tables."""
        texts = list(statements(self.guards, self.head.dialect))
        for own in self.tables:
            texts.extend(own.texts())
        return sha256("\n".join(texts).encode()).hexdigest()

    def _create(self) -> None:
        declare_lifecycle(self.connection, self.entity.lifecycle, schema=self.schema)
        for own in self.tables:
            own.create()
        self._finish()

    def _change(self) -> None:
        """Add what is missing; without its guards no other connection sees a table."""
        self._drop_guards()
        for own in self.tables:
            if own.stored.exists:
                own.add_columns()
                self._refuse(tuple(own.row_differences()))
        declare_lifecycle(self.connection, self.entity.lifecycle, schema=self.schema)
        for own in self.tables:
            if own.stored.exists:
                own.replace_rules(self.declared.earlier_conditions)
            else:
                own.create()
        self._finish()

    def _finish(self) -> None:
        for statement in statements(self.guards, self.head.dialect):
            self.head.run(statement)
        if not self.head.stored.is_sqlite:
            comment = COMMENT.format(digest=self.digest)
            self.head.run(f"COMMENT ON TABLE {self.head.name} IS '{comment}'")

    def _is_changed(self) -> bool:
        """Return whether a table or one of its guards is not as declared."""
        if self.declared.is_new:
            return True
        for own in self.tables:
            if not own.stored.exists or own.lacks(self._guards_of(own)):
                return True
        if not self.head.stored.is_sqlite:
            return self.head.stored.comment() != COMMENT.format(digest=self.digest)
        return self._stored_edges() != self._declared_edges()

    def _guards_of(self, own: OwnTable) -> Sequence[Guard]:
        """Return the guards of a table; those of history are with the aggregates."""
        is_head = own is self.head
        return [
            guard
            for guard in self.guards
            if guard.table is own.table or (is_head and guard.table is HISTORY)
        ]

    def _differences(self) -> Iterator[str]:
        """Yield what additions alone cannot change."""
        yield from self.head.column_differences()
        yield from self._edge_differences()
        yield from self.declared.record_differences()
        for own in self.records:
            if own.stored.exists:
                for difference in own.column_differences():
                    yield f"{own.table.name}: {difference}"

    def _edge_differences(self) -> Iterator[str]:
        for from_state, action, to_state in sorted(self._stored_edges() - self._declared_edges()):
            yield (
                f"action {action} from {from_state or 'nothing'} to {to_state} is not declared, not"
                " even as retired"
            )

    def _refuse(self, differences: Sequence[str]) -> None:
        if differences:
            named = "; ".join(differences[:MAX_NAMED_DIFFERENCES])
            raise OwnTableDiffers(self.head.table.name, named)

    def _drop_guards(self) -> None:
        """Drop the guards of the tables, and those of history that are about them."""
        for own in self.tables:
            of_history = (f"_{own.table.name}", f"_of_{own.table.name}")
            for name, definition in own.stored.guards().items():
                is_own = name.startswith(f"{own.table.name}_")
                is_of_history = name.startswith("history_") and name.endswith(of_history)
                # The name of another table may end with that of this one.
                is_of_history = is_of_history and f"'{self.entity.lifecycle.name}'" in definition
                if is_own or is_of_history:
                    self._drop_guard(name)
        if not self.head.stored.is_sqlite:
            for guard in self.guards:
                self._drop_guard(guard.name)  # one that is disabled, or was dropped alone

    def _drop_guard(self, name: str) -> None:
        """Drop a guard; on PostgreSQL with its function."""
        if self.head.stored.is_sqlite:
            self.head.run(f"DROP TRIGGER {name}")
        else:
            self.head.run(f"DROP FUNCTION IF EXISTS indelible.{name}() CASCADE")

    def _stored_edges(self) -> set[tuple[str, str, str]]:
        edges = stored_edges(self.connection, self.schema)
        rows = edges.get(self.entity.lifecycle.name, set())
        return {(str(row[0]), str(row[1]), str(row[2])) for row in rows}

    def _declared_edges(self) -> set[tuple[str, str, str]]:
        return {
            (edge.from_state, edge.action, str(edge.to_state))
            for edge in self.entity.lifecycle.known_edges
        }
