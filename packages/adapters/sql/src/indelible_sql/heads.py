"""Heads of one lifecycle in SQL: load one, record its next change."""

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from attrs import AttrsInstance, Factory, asdict, field, frozen
from sqlalchemy import Table, bindparam, select

from indelible.kernel import Change, Entity, Head, NotFound, Place
from indelible_sql.history import ROWS, change_row
from indelible_sql.session import Question, Row, Session
from indelible_sql.tables import HISTORY
from indelible_sql.together import Together, row, step, together


class Stored(Entity, AttrsInstance, Protocol):
    """An attrs entity, whose fields are its table's columns."""


E = TypeVar("E", bound=Stored)


def _selecting(table: Table) -> Question:
    return select(table).where(table.c.id == bindparam("entity_id"))


def _paging(table: Table) -> Question:
    following = select(table).where(table.c.id > bindparam("after")).order_by(table.c.id)
    return following.limit(bindparam("limit"))


def _bearing(table: Table) -> Together:
    return together(table, row(table), HISTORY)


def _moving(table: Table) -> Together:
    return together(table, step(table), HISTORY)


@frozen(kw_only=True)
class Heads(Generic[E]):
    """The statements of one head table whose rows hold their entity's fields whole."""

    table: Table
    entity: type[E]
    missing: Callable[[str], NotFound]
    _get: Question = field(init=False, default=Factory(lambda self: _selecting(self.table), takes_self=True))
    _load: Question = field(init=False, default=Factory(lambda self: self._get.with_for_update(), takes_self=True))
    _page: Question = field(init=False, default=Factory(lambda self: _paging(self.table), takes_self=True))
    _born: Together = field(init=False, default=Factory(lambda self: _bearing(self.table), takes_self=True))
    _moved: Together = field(init=False, default=Factory(lambda self: _moving(self.table), takes_self=True))

    def get(self, session: Session, entity_id: str) -> Head[E]:
        """The entity as it stands, or the error that says it is missing."""
        return self._head(session, self._get, entity_id)

    def load(self, session: Session, entity_id: str, *, expected_seq: int) -> Head[E]:
        """The entity, locked until the transaction ends; missing or Stale."""
        return self.hold(session, entity_id).expected(expected_seq)

    def hold(self, session: Session, entity_id: str) -> Head[E]:
        """The entity whichever its seq, locked until the transaction ends, or the error that says it is missing."""
        return self._head(session, self._load, entity_id)

    def page(self, session: Session, *, after: str, limit: int) -> tuple[Head[E], ...]:
        """The next `limit` entities after an id, in order of id."""
        return tuple(self.of_row(each) for each in session.rows(self._page, {"after": after, "limit": limit}))

    def record(self, session: Session, change: Change, entity: E) -> None:
        """Move the head to the entity and add the change that says so; Stale when another was first."""
        write = self._born if change.seq == 1 else self._moved
        columns = asdict(entity, recurse=False) | place_columns(change)
        session.write(write, change, {self.table: columns, HISTORY: change_row(change)})

    def of_row(self, found: Row) -> Head[E]:
        """The head that a row shows."""
        return Head(entity=ROWS.structure(found, self.entity), place=place_of(found, "version"))

    def _head(self, session: Session, statement: Question, entity_id: str) -> Head[E]:
        found = session.first(statement, {"entity_id": entity_id})
        if found is None:
            raise self.missing(entity_id)
        return self.of_row(found)


@frozen
class SqlHeads(Generic[E]):
    """Entities of one head table, to be looked at and to be changed."""

    _session: Session
    _heads: Heads[E]

    def get(self, entity_id: str) -> Head[E]:
        """The entity as it stands, or the error that says it is missing."""
        return self._heads.get(self._session, entity_id)

    def page(self, *, after: str, limit: int) -> tuple[Head[E], ...]:
        """The next `limit` entities after an id, in order of id."""
        return self._heads.page(self._session, after=after, limit=limit)

    def load(self, entity_id: str, *, expected_seq: int) -> Head[E]:
        """The entity, locked until the transaction ends; missing or Stale."""
        return self._heads.load(self._session, entity_id, expected_seq=expected_seq)

    def record(self, change: Change, entity: E) -> None:
        """Move the head to the entity and add the change that says so; Stale when another was first."""
        self._heads.record(self._session, change, entity)


def place_columns(change: Change) -> dict[str, Any]:
    """The columns that tie a head to its change."""
    return {"seq": change.seq, "hash": change.hash}


def place_of(found: Row, counter: str) -> Place:
    """The place that a head's row shows."""
    return Place(found["seq"], found["status"], found[counter], found["hash"])
