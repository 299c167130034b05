"""Deletions of old attempts and rejections of webhooks, and the numbers of deleted rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Delete,
    Exists,
    Insert,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.sql.base import Executable

from indelible.kernel.retention import (
    MAX_DELETED_ROWS,
    RETENTIONS,
    OperationalTable,
    PrunedRows,
    RowPosition,
)
from indelible.kernel.tasks import AttemptOutcome
from indelible.kernel.values import EARLIEST
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES, TABLES_BY_AGE
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS, lock_seals
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.kernel.task_terms import ATTEMPTS, FENCE, Least, SecondsAgo
from indelible_sql.schema.columns import IDENTIFIER, INSTANT

DELETED_ROWS: Query = select(PRUNED_TABLES.c.table_name, PRUNED_TABLES.c.deleted_rows).order_by(
    PRUNED_TABLES.c.table_name
)
_NAME: Final = bindparam("pruned_table", type_=IDENTIFIER)
_NUMBER: Final = bindparam("number", type_=BigInteger())
_SEALED: Final = bindparam("sealed", type_=BigInteger())
_LIMIT: Final = bindparam("limit", type_=Integer())
_CUTOFF: Final = SecondsAgo(bindparam("seconds", type_=Integer()))
_OF_TABLE: Final = PRUNED_TABLES.c.table_name == _NAME
_COLUMNS: Final = ("table_name", "pruned_before", "deleted_rows", "deleted_sealed_rows")
# A cutoff before the first instant that a column can hold deletes nothing and needs no mark.
_FIRST_MARK: Final = select(_NAME, _CUTOFF, _NUMBER, _SEALED).where(
    literal(EARLIEST, INSTANT) <= _CUTOFF
)


def _risen(column: ColumnElement[Any], number: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a number of deleted rows after further ones; it stays at its maximum."""
    maximum = literal_column(str(MAX_DELETED_ROWS), BigInteger())
    return Least(type_coerce(column, BigInteger()) + number, maximum)


_RISEN_NUMBERS: Final = {
    "deleted_rows": _risen(PRUNED_TABLES.c.deleted_rows, _NUMBER),
    "deleted_sealed_rows": _risen(PRUNED_TABLES.c.deleted_sealed_rows, _SEALED),
}
_IS_RAISED: Final = PRUNED_TABLES.c.pruned_before < _CUTOFF
# A longer retention leaves the mark where it is.
RAISE_MARK = (
    update(PRUNED_TABLES)
    .where(_OF_TABLE)
    .values(
        pruned_before=case((_IS_RAISED, _CUTOFF), else_=PRUNED_TABLES.c.pruned_before),
        **_RISEN_NUMBERS,
    )
)
ADD_DELETED = update(PRUNED_TABLES).where(_OF_TABLE).values(**_RISEN_NUMBERS)
INSERT_MARK_ON_SQLITE = insert(PRUNED_TABLES).from_select(_COLUMNS, _FIRST_MARK)
# Another transaction may insert the first mark at the same moment.
INSERT_MARK_ON_POSTGRESQL = (
    postgresql_insert(PRUNED_TABLES).from_select(_COLUMNS, _FIRST_MARK).on_conflict_do_nothing()
)
# A longer retention than that of the mark deletes less than the mark allows.
READ_END: Query = select(
    case((_IS_RAISED, PRUNED_TABLES.c.pruned_before), else_=_CUTOFF).label("end")
).where(_OF_TABLE)


@frozen
class Batch:
    """The statements that delete a part of a table's old rows.

    The part is behind one position, `after_…`, and not behind another, `last_…`.
    """

    name: OperationalTable
    table: Table

    @property
    def order(self) -> Sequence[ColumnElement[Any]]:
        """Return the columns of a row's position: its age and its key."""
        return self.table.c[RETENTIONS[self.name].age_column], *self.table.primary_key.columns

    def bounds(self, prefix: str, position: RowPosition | datetime) -> Row:
        """Return the parameters of a position, or of the one before all rows of a time."""
        if isinstance(position, RowPosition):
            values: Sequence[Any] = (position.at, *position.key)
        else:
            values = (position, *map(_before_all, self.table.primary_key.columns))
        names = [f"{prefix}_{column.key}" for column in self.order]
        return dict(zip(names, values, strict=True))

    def last_position(self) -> Select[*tuple[Any, ...]]:
        """Return the query for the position of the last row that is considered.

        It has no row if fewer rows than that are old.
        """
        return (
            select(*self.order)
            .where(self._is_behind("after"), ~self._is_behind("last"))
            .order_by(*self.order)
            .limit(1)
            .offset(bindparam("number_before", type_=Integer()))
        )

    def deletion(self) -> Executable:
        """Return the deletion; its rows say whether a seal lists the deleted row."""
        key: list[ColumnElement[Any]] = list(self.table.primary_key.columns)
        conditions = [self._is_behind("after"), ~self._is_behind("last"), ~self._is_listed_later()]
        if self.table is TASK_ATTEMPTS:
            conditions.append(_is_attempt_over())
        old = select(*key).where(*conditions).order_by(*self.order).limit(_LIMIT)
        deleting: Delete = delete(self.table).where(tuple_(*key).in_(old))

        return deleting.returning(self._listed().label("is_sealed"))

    def _is_behind(self, prefix: str) -> ColumnElement[bool]:
        bounds = [bindparam(f"{prefix}_{column.key}", type_=column.type) for column in self.order]
        return tuple_(*self.order) > tuple_(*bounds)

    def _listed(self, *conditions: ColumnElement[bool]) -> Exists:
        return (
            exists()
            .where(
                SEAL_RECORDS.c.record_table == literal_column(f"'{self.table.name}'"),
                SEAL_RECORDS.c.record_hash == self.table.c.hash,
                *conditions,
            )
            .correlate(self.table)
        )

    def _is_listed_later(self) -> ColumnElement[bool]:
        end = bindparam("end", type_=SEALS.c.at.type)
        return self._listed(SEALS.c.number == SEAL_RECORDS.c.seal_number, SEALS.c.at >= end)


def _before_all(column: ColumnElement[Any]) -> int | str:
    """Return a value before those that a column of a key can have."""
    return "" if column.type is IDENTIFIER else 0


def _is_attempt_over() -> ColumnElement[bool]:
    """Return the condition that nobody needs an attempt: `is_attempt_over` of the domain."""
    start = TASK_ATTEMPTS.alias("start")
    first_start = (
        select(func.min(start.c.fence))
        .where(
            start.c.stage == TASK_ATTEMPTS.c.stage,
            start.c.entity_id == TASK_ATTEMPTS.c.entity_id,
            start.c.outcome == AttemptOutcome.STARTED.value,
        )
        .correlate(TASK_ATTEMPTS)
        .scalar_subquery()
    )
    fence = type_coerce(TASK_ATTEMPTS.c.fence, BigInteger())
    is_needed = or_(
        TASKS.c.finished_at.is_(None),
        fence >= FENCE,
        fence > FENCE - ATTEMPTS,
        fence == first_start,
    )
    of_task = and_(
        TASKS.c.stage == TASK_ATTEMPTS.c.stage, TASKS.c.entity_id == TASK_ATTEMPTS.c.entity_id
    )
    return ~exists().where(of_task, is_needed).correlate(TASK_ATTEMPTS)


BATCHES: Final = {name: Batch(name, table) for name, table in TABLES_BY_AGE.items()}
LAST_POSITIONS: Final = {name: batch.last_position() for name, batch in BATCHES.items()}
DELETE_OLD: Final[Mapping[OperationalTable, Executable]] = {
    name: batch.deletion() for name, batch in BATCHES.items()
}


def _pruned_row(table: Table) -> Query:
    """Return the query that has a row if a row was deleted as its retention allowed."""
    key: list[ColumnElement[bool]] = []
    for column in table.primary_key.columns:
        key.append(column == bindparam(column.key, type_=column.type))

    mark = PRUNED_TABLES.c.pruned_before
    return (
        select(SEALS.c.number)
        .join(SEAL_RECORDS, SEAL_RECORDS.c.seal_number == SEALS.c.number)
        .join(PRUNED_TABLES, PRUNED_TABLES.c.table_name == SEAL_RECORDS.c.record_table)
        .where(
            SEAL_RECORDS.c.record_table == literal_column(f"'{table.name}'"),
            SEAL_RECORDS.c.record_hash == bindparam("hash", type_=table.c.hash.type),
            bindparam("at", type_=table.c.at.type) < mark,
            SEALS.c.at < mark,
            ~exists().where(*key),
        )
    )


PRUNED_ROWS: Final[Mapping[Table, Query]] = {
    table: _pruned_row(table) for table in TABLES_BY_AGE.values()
}


def was_pruned(session: Session, table: Table, row: Row) -> bool:
    """Return whether a row that a seal lists was deleted; a guard refuses to insert it again."""
    query = PRUNED_ROWS.get(table)
    if query is None:
        return False

    names = ("hash", "at", *table.primary_key.columns.keys())
    return session.first(query, {name: row[name] for name in names}) is not None


@frozen
class SqlOperationalRowsReader:
    """The numbers of the rows that were deleted from operational tables."""

    _session: Session

    def deleted(self) -> Mapping[OperationalTable, int]:
        """Return how many rows were ever deleted, of each table that has lost any."""
        numbers: dict[OperationalTable, int] = {}
        for row in self._session.rows(DELETED_ROWS, {}):
            numbers[OperationalTable(row["table_name"])] = row["deleted_rows"]
        return numbers


@frozen
class SqlOperationalRows(SqlOperationalRowsReader):
    """The rows of a store that are deleted some time after they are over."""

    def prune(
        self,
        table: OperationalTable,
        *,
        seconds: int,
        limit: int,
        after: RowPosition | None = None,
    ) -> PrunedRows:
        """Consider the first `limit` rows after a position, and delete those that may be deleted.

        Only rows that are over for so many seconds are considered. A seal that is saved meanwhile
        would list rows that are gone, so both take one lock.
        """
        lock_seals(self._session)
        raise_mark(self._session, table, seconds=seconds, number=0)
        named = {"pruned_table": table.value, "seconds": seconds}
        row = self._session.first(READ_END, named)
        if row is None:
            return PrunedRows(number=0, last=None)

        batch = BATCHES[table]
        bounds = {
            **batch.bounds("after", after or EARLIEST),
            **batch.bounds("last", row["end"]),
        }
        last = self._last_position(table, bounds, limit)
        if last is not None:
            bounds.update(batch.bounds("last", last))
        values = {**bounds, "end": row["end"], "limit": limit}
        deleted = self._session.rows_at_once(DELETE_OLD[table], values)
        if deleted:
            sealed = sum(row["is_sealed"] for row in deleted)
            numbers = {"number": len(deleted), "sealed": sealed}
            self._session.run(ADD_DELETED, {"pruned_table": table.value, **numbers})

        return PrunedRows(number=len(deleted), last=last)

    def _last_position(
        self, table: OperationalTable, bounds: Row, limit: int
    ) -> RowPosition | None:
        """Return the position of the last of `limit` rows between two, None if there are fewer."""
        values = {**bounds, "number_before": limit - 1}
        row = self._session.first(LAST_POSITIONS[table], values)
        if row is None:
            return None

        at, *key = row.values()
        return RowPosition(at, tuple(key))


def raise_mark(session: Session, table: OperationalTable, *, seconds: int, number: int) -> None:
    """Store up to when rows are deleted, and that so many more were; the row stays locked."""
    values = {"pruned_table": table.value, "seconds": seconds, "number": number, "sealed": 0}
    if session.run(RAISE_MARK, values):
        return

    insert_mark: Insert = INSERT_MARK_ON_POSTGRESQL
    if session.is_sqlite:
        insert_mark = INSERT_MARK_ON_SQLITE
    if not session.run(insert_mark, values):
        session.run(RAISE_MARK, values)
