"""Store many new aggregates of one table in few statements, on SQLite."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from attrs import frozen
from sqlalchemy import Table

from indelible.kernel import Stale
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.births import Birth
from indelible.kernel.bulk import AnyBulk, BulkRecord, check_bulk, check_summaries
from indelible.kernel.references import references_of_record
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import AtomicWrite, is_taken, parameters
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.bulk import bulk_parameters
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.tables import HISTORY
from indelible_sql.schema.writes import change_write

Births = Sequence[Birth[Any]]


def can_be_refused(entity: Aggregate, bulk: Sequence[AnyBulk] = ()) -> bool:
    """Return True for an aggregate that can break a rule of one per parent or a reference.

    The refusal of one statement for many aggregates does not name the one that it is about.
    """
    if entity.references or any(references_of_record(item.record_type) for item in bulk):
        return True
    return any(rule.parent_of(entity) is not None for rule in entity.one_per_parent)


@frozen
class BirthWriter:
    """Writes the new aggregates of a head table."""

    _session: Session
    _head: Table
    _bulk_table: Callable[[type[BulkRecord]], BulkTable]
    _by_id: Query

    def write(self, births: Births) -> None:
        """Store the aggregates in order, those with the same action in few statements."""
        for _, group in groupby(births, key=lambda birth: birth.change.action):
            self._write_group(tuple(group))

    def _write_group(self, births: Births) -> None:
        rows: list[Row] = []
        for change, entity, bulk in births:
            check_bulk(entity.bulk_records, change.action, entity.id, bulk)
            check_summaries(entity.id, change.seq, change.data, bulk)
            head_row = field_values(entity) | {"seq": change.seq, "hash": change.hash}
            rows.append(parameters({self._head: head_row, HISTORY: field_values(change)}))

        tables = [self._bulk_table(item.record_type) for item in births[0].bulk]
        bulk_rows: dict[str, Iterable[Row]] = {}
        for number, table in enumerate(tables):
            bulk_rows[table.table.name] = self._rows_of(table, births, number)
        bulk_tables = tuple(table.table for table in tables)
        write = change_write(self._head, HISTORY, is_birth=True, bulk=bulk_tables)
        try:
            self._send(write, rows, bulk_rows)
        except GuardViolation as refusal:
            if not is_taken(refusal, write):
                raise
            self._raise_stale(births)
            raise self._session.refused(Stale(births[0].entity.id, 0)) from refusal
        self._session.changes.extend(birth.change for birth in births)

    def _send(
        self, write: AtomicWrite, rows: Sequence[Row], bulk: Mapping[str, Iterable[Row]]
    ) -> None:
        """Add the heads, then the bulk records of each table, and last the changes.

        `rows` are the values of each change with its head.
        """
        *steps, last = write.ordered
        for statement in steps:
            self._session.send_many(statement, rows)
        for statement in write.bulk:
            self._session.send_many(statement, bulk[statement.table.name])
        self._session.send_many(last, rows)

    def _rows_of(self, table: BulkTable, births: Births, number: int) -> Iterator[Row]:
        """Yield the parameters of the bulk records of all births, of the type with this number."""
        for birth in births:
            item = birth.bulk[number]
            rows = (field_values(row) for row in item.rows)
            values = bulk_parameters(self._session, table, birth.change, rows, item.texts)
            yield from values[table.table.name]

    def _raise_stale(self, births: Births) -> None:
        """Raise Stale for the first aggregate that another change has created."""
        for birth in births:
            row = self._session.first(self._by_id, {"id": birth.entity.id})
            if row is not None and row["hash"] != birth.change.hash:
                raise Stale(birth.entity.id, 0, None)
