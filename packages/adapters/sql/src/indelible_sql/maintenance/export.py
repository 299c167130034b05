"""Write all contexts as lines of JSON, which any other database imports with equal digests.

Changes come first, in the order in which they were made, so that an aggregate comes after those
that it refers to. Rows outside history follow as they are stored, context by context.

Some tables stay out. Keys: their digests need the secret of the installation that made them.
Receipts, tasks, attempts and rates: they describe work in progress in one installation.
"""

from collections.abc import Collection, Iterator, Mapping
from io import BufferedIOBase
from typing import Any, BinaryIO, Final

from attrs import define, frozen
from sqlalchemy import Select, Table, and_, select

from indelible.kernel import Change
from indelible.kernel.exports import write_export
from indelible.kernel.keys import KEY
from indelible.kernel.progress import Progress
from indelible_sql.engine.session import Query, Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.row_checks import count_rows
from indelible_sql.maintenance.export_bulk import bulk_lines
from indelible_sql.maintenance.export_entries import (
    FORMAT,
    HistoryEntry,
    added_records,
    history_line,
    read_entries,
    row_line,
)
from indelible_sql.maintenance.export_errors import ExportIncomplete
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.tables import HISTORY
from indelible_sql.store.transactions import KernelReading

PAGE: Final = 500
LIFECYCLES: Query = select(HISTORY.c.lifecycle).distinct().order_by(HISTORY.c.lifecycle)


@frozen(kw_only=True)
class Exported:
    """The numbers of an export, and the digest of all its lines but the last."""

    entities: int
    changes: int
    records: int
    digest: str


@define
class _Counts:
    entities: int = 0
    changes: int = 0
    records: int = 0


def export_histories(
    tx: KernelReading,
    out: BinaryIO,
    *,
    leaving_out: Collection[str] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write every change with its records, then every row outside history.

    The same store gives the same bytes. `progress` counts the rows. Raises ExportIncomplete where
    history has a lifecycle of no registered context, unless `leaving_out` names it.
    """
    tx.session.lift_limits()
    known = (KEY.name, *tx.catalog.heads_by_lifecycle)
    stored = [row["lifecycle"] for row in tx.session.rows(LIFECYCLES, {})]
    unknown = [name for name in stored if name not in known and name not in leaving_out]
    if unknown:
        raise ExportIncomplete(tuple(unknown))

    if progress is not None:
        progress.total = count_rows(tx.session, _read_tables(tx.catalog))
        tx.session.progress = progress
    counts = _Counts()
    digest = write_export(out, FORMAT, _entries(tx, counts))
    return Exported(
        entities=counts.entities,
        changes=counts.changes,
        records=counts.records,
        digest=digest,
    )


def exported_hashes(file: BufferedIOBase, catalog: Catalog) -> frozenset[str]:
    """Return the hash of every change and record in an export, once all of it is checked."""
    hashes: set[str] = set()
    for entry in read_entries(file, catalog):
        if isinstance(entry, HistoryEntry):
            hashes.add(entry.change.hash)
        else:
            hashes.add(entry.row["hash"])
    return frozenset(hashes)


def _entries(tx: KernelReading, counts: _Counts) -> Iterator[object]:
    for row in tx.session.stream(_changes_with_records(tx.catalog), PAGE):
        change = ROWS.structure(row, Change)
        rows: dict[Table, Row] = {}
        for record in added_records(change, tx.catalog):
            rows[record.table] = _columns_of(record.table, row)

        counts.changes += 1
        if change.seq == 1:
            counts.entities += 1
        yield history_line(change, rows, tx.catalog)
        yield from bulk_lines(tx.session, change, tx.catalog)

    for context in tx.catalog.contexts:
        if context.record_export is None:
            continue
        for table, values in context.record_export.rows(tx.session):
            counts.records += 1
            yield row_line(table, values)


def _read_tables(catalog: Catalog) -> Iterator[Table]:
    """Yield the tables of which every row is read."""
    yield HISTORY
    for context in catalog.contexts:
        if context.record_export is not None:
            yield from context.record_export.tables


def _changes_with_records(catalog: Catalog) -> Select[*tuple[Any, ...]]:
    """Return every exported change in the order of its making, joined with the records it adds."""
    columns: list[Any] = []
    source: Any = HISTORY
    for head, records in catalog.digests.items():
        lifecycle = catalog.heads[head]
        for record in records:
            is_added = and_(record.is_adding_change(lifecycle.name), record.is_of_change())
            source = source.join(record.table, is_added, isouter=True)
            for column in record.table.columns:
                columns.append(column.label(_label(record.table, column.name)))

    exported = [name for name in catalog.heads_by_lifecycle if name != KEY.name]
    return (
        select(HISTORY, *columns)
        .select_from(source)
        .where(HISTORY.c.lifecycle.in_(exported))
        .order_by(HISTORY.c.position)
    )


def _columns_of(table: Table, row: Mapping[str, Any]) -> Row:
    return {column.name: row[_label(table, column.name)] for column in table.columns}


def _label(table: Table, column: str) -> str:
    return f"{table.name}_{column}"
