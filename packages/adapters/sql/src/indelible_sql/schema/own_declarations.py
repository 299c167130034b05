"""The stored declarations of a host's lifecycle, compared with the one of today."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

from attrs import frozen
from sqlalchemy import Connection, Table, bindparam, func, insert, select

from indelible.kernel import Actor
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.clock import instant_after
from indelible.kernel.values import field_values
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.declarations import Document, StoredDeclaration
from indelible_sql.schema.own_documents import document_of

ACTOR: Final = Actor.system("upgrade")
REASON: Final = "upgrade of the database"
DOCUMENTS: Final = (
    select(DECLARATIONS.c.document)
    .where(DECLARATIONS.c.lifecycle == bindparam("lifecycle"))
    .order_by(DECLARATIONS.c.declared_at)
)
LAST_DECLARED: Final = select(func.max(DECLARATIONS.c.declared_at)).where(
    DECLARATIONS.c.lifecycle == bindparam("lifecycle")
)


@frozen(slots=False)
class OwnDeclarations:
    """The documents of a lifecycle, oldest first, and the one of today."""

    connection: Connection
    table: Table
    options: Mapping[str, Any]  # of each statement: a host's own connection keeps its own
    lifecycle: str
    documents: Sequence[Document]
    today: Document

    @classmethod
    def of(cls, connection: Connection, schema: str, table: Table, entity: type[Aggregate]) -> Self:
        """Return the declarations that a database has; `schema` is that of indelible's tables."""
        translated = None if connection.dialect.name == "sqlite" else schema
        options = {"schema_translate_map": {SCHEMA: translated}}
        name = entity.lifecycle.name
        documents = connection.scalars(DOCUMENTS, {"lifecycle": name}, execution_options=options)
        today = document_of(table, entity)
        return cls(connection, table, options, name, tuple(documents), today)

    @cached_property
    def is_new(self) -> bool:
        """Return whether the declaration of today is another one than the last."""
        return not self.documents or self.documents[-1] != self.today

    @property
    def is_of_earlier_release(self) -> bool:
        """Return whether the declaration of today was followed by another one."""
        return self.today in self.documents[:-1]

    @property
    def earlier_conditions(self) -> frozenset[str]:
        """Return the names of all conditions that the lifecycle has ever had."""
        names: set[str] = set()
        for document in self.documents:
            names.update(document["conditions"])
        return frozenset(names)

    def store_if_new(self, now: datetime) -> None:
        """Store the declaration of today, later than all that was declared and changed before."""
        if not self.is_new:
            return

        values = {"lifecycle": self.lifecycle}
        times = (
            self.connection.scalar(LAST_DECLARED, values, execution_options=self.options),
            self.connection.scalar(select(func.max(self.table.c.updated_at))),
        )
        declared_at = now
        for time in times:
            if time is not None:
                declared_at = instant_after(time, declared_at)
        declaration = StoredDeclaration(
            lifecycle=self.lifecycle,
            declared_at=declared_at,
            document=self.today,
            actor=ACTOR,
            reason=REASON,
        )
        row = field_values(declaration.hashed())
        statement = insert(DECLARATIONS).values(row)
        self.connection.execute(statement, execution_options=self.options)
