"""The stored declarations of a host's lifecycle, compared with the one of today."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

from attrs import frozen
from sqlalchemy import Connection, Table, bindparam, func, insert, select

from indelible.kernel import Actor
from indelible.kernel.clock import instant_after
from indelible.kernel.values import field_values
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.declarations import Document, StoredDeclaration
from indelible_sql.schema.own_documents import document_of
from indelible_sql.schema.sql_context import MappedHead

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
    def of(cls, connection: Connection, schema: str, mapping: MappedHead) -> Self:
        """Return the declarations that a database has; `schema` is that of indelible's tables."""
        translated = None if connection.dialect.name == "sqlite" else schema
        options = {"schema_translate_map": {SCHEMA: translated}}
        name = mapping.entity.lifecycle.name
        documents = connection.scalars(DOCUMENTS, {"lifecycle": name}, execution_options=options)
        today = document_of(mapping)
        return cls(connection, mapping.table, options, name, tuple(documents), today)

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
            for record in document.get("records", {}).values():
                names.update(record["conditions"])
        return frozenset(names)

    def table_differences(self) -> Iterator[str]:
        """Yield another table that holds the aggregates of the lifecycle."""
        for document in self.documents[-1:]:
            if document["table"] != self.today["table"]:
                yield (
                    f"lifecycle {self.lifecycle} is in table {document['table']}: name the context"
                    f' so, `name="{document["table"]}"`, or rename the table first'
                )

    def record_differences(self) -> Iterator[str]:
        """Yield the records that no action appends any more, and defaults that are others now.

        The digests of older rows leave a default out: with another one they would differ.
        """
        today: Document = self.today.get("records", {})
        last: Document = self.documents[-1] if self.documents else {}
        known: Document = last.get("records", {})
        for name in sorted(known):
            if name not in today:
                yield f"record {name} is appended by no action, not even by a retired one"
                continue
            before, now = known[name], today[name]
            if before["table"] != now["table"]:
                yield f"record {name} is in {before['table']}, declared is {now['table']}"
            for field in sorted(before["fields"].keys() & now["fields"].keys()):
                was = before["defaults"].get(field)
                declared = now["defaults"].get(field)
                if was != declared:
                    yield f"default of {field} of record {name} is {was}, declared is {declared}"

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
