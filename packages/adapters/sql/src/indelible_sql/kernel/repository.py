"""Heads of one lifecycle in SQL: load one, record its next change."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from attrs import AttrsInstance, Factory, field, frozen
from sqlalchemy import Table, bindparam

from indelible.kernel import Change, Head, NotFound, Revision
from indelible.kernel.history import Entity
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import ALIKE, OWN, bulk_change_write, change_write
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS, change_row
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.tables import HISTORY, page_by, rows_by


class Stored(Entity, AttrsInstance, Protocol):
    """An attrs entity, whose fields are its table's columns."""


E = TypeVar("E", bound=Stored)
FEW = 3  # below which a statement for each is quicker
MOVED = ("status", "updated_at")  # which the change says
OWN_OF = attrgetter(*OWN)


@frozen(kw_only=True)
class HeadMapping(Generic[E]):
    """The statements of one head table whose rows hold their entity's fields whole."""

    table: Table
    entity: type[E]
    missing: Callable[[str], NotFound]
    looking: Query = field(
        init=False, default=Factory(lambda self: rows_by(self.table, "id"), takes_self=True)
    )
    locking: Query = field(
        init=False, default=Factory(lambda self: self.looking.with_for_update(), takes_self=True)
    )
    paging: Query = field(
        init=False, default=Factory(lambda self: page_by(self.table, (), ("id",)), takes_self=True)
    )

    def of_row(self, found: Row) -> Head[E]:
        """The head that a row shows."""
        return Head(
            entity=ROWS.structure(found, self.entity), revision=revision_of(found, "version")
        )


@frozen
class SqlAggregateRepository(Generic[E]):
    """Entities of one head table, to be looked at and to be changed."""

    _session: Session
    _heads: HeadMapping[E]

    def get(self, entity_id: str) -> Head[E]:
        """The entity as it stands, or the error that says it is missing."""
        return self._head(self._heads.looking, entity_id)

    def page(self, *, after: str, limit: int) -> tuple[Head[E], ...]:
        """The next `limit` entities after an id, in order of id."""
        found = self._session.rows(self._heads.paging, {"after": after, "limit": limit})
        return tuple(map(self._heads.of_row, found))

    def find(
        self,
        where: Mapping[str, object],
        *,
        order: Sequence[str] = ("id",),
        limit: int,
        offset: int = 0,
    ) -> tuple[Head[E], ...]:
        """Those whose columns are so, in order of these columns; `-` before a name turns the order round."""
        statement = _finding(self._heads.table, tuple(where), tuple(order))
        found = self._session.rows(statement, {**where, "limit": limit, "offset": offset})
        return tuple(map(self._heads.of_row, found))

    def load(self, entity_id: str, *, expected_seq: int) -> Head[E]:
        """The entity, locked until the transaction ends; missing or Stale."""
        return self.lock(entity_id).expected(expected_seq)

    def lock(self, entity_id: str) -> Head[E]:
        """The entity whichever its seq, locked until the transaction ends, or the error that says it is missing."""
        return self._head(self._heads.locking, entity_id)

    def record(self, change: Change, entity: E) -> None:
        """Move the head to the entity and add the change that says so; Stale when another was first."""
        head = self._heads.table
        columns = field_values(entity) | revision_columns(change)
        write = change_write(head, HISTORY, is_birth=change.seq == 1)
        self._session.write(write, change, {head: columns, HISTORY: change_row(change)})

    def record_all(self, moves: Sequence[tuple[Head[E], Change, E]]) -> None:
        """Move many heads, each by its change; Stale when another was first for one of them."""
        if self._session.is_sqlite or len(moves) < FEW:
            for _, change, entity in moves:
                self.record(change, entity)
        else:
            for _, alike in groupby(moves, key=lambda move: move[1].edge):
                self._record_alike(tuple(alike))

    def _record_alike(self, moves: Sequence[tuple[Head[E], Change, E]]) -> None:
        """Move many heads by one step in one statement."""
        changes = [change for _, change, _ in moves]
        pairs = [(field_values(head.entity), field_values(entity)) for head, _, entity in moves]
        moving = sorted(
            {name for old, new in pairs for name in new if new[name] != old[name]} - set(MOVED)
        )
        rows = [
            dict(zip(OWN, OWN_OF(change), strict=True))
            | {f"head_{name}": new[name] for name in moving}
            for change, (_, new) in zip(changes, pairs, strict=True)
        ]
        place = prefix_of(self._session.connection, self._session.schema)
        alike = {name: getattr(changes[0], name) for name in ALIKE} | {
            "actor": str(changes[0].actor)
        }
        self._session.write_many(
            bulk_change_write(self._heads.table, tuple(moving), place), changes, alike, rows
        )

    def _head(self, statement: Query, entity_id: str) -> Head[E]:
        found = self._session.first(statement, {"id": entity_id})
        if found is None:
            raise self._heads.missing(entity_id)
        return self._heads.of_row(found)


@cache
def _finding(table: Table, names: tuple[str, ...], order: tuple[str, ...]) -> Query:
    by = (table.c[each.removeprefix("-")] for each in order)
    turned = (
        each.desc() if name.startswith("-") else each for each, name in zip(by, order, strict=True)
    )
    return (
        rows_by(table, *names)
        .order_by(*turned)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def revision_columns(change: Change) -> dict[str, Any]:
    """The columns that tie a head to its change."""
    return {"seq": change.seq, "hash": change.hash}


def revision_of(found: Row, counter: str) -> Revision:
    """The place that a head's row shows."""
    return Revision(found["seq"], found["status"], found[counter], found["hash"])
