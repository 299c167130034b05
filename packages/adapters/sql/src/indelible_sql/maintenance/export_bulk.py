"""The bulk records of an export: lines with rows, behind the line of the change that adds them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from indelible.kernel import Change
from indelible.kernel.bulk import BulkDigest
from indelible.kernel.exports import InvalidExportLine
from indelible.kernel.json import encode_canonical
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.bulk import bulk_rows, row_text, whole_text
from indelible_sql.maintenance.export_values import from_json, to_json
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.catalog import Catalog

ROWS_PER_LINE: Final = 500


class BulkEntry(NamedTuple):
    """A line with rows of a table of bulk records, which the change before it adds."""

    number: int
    bulk: BulkTable
    rows: tuple[Row, ...]


class BulkRows(NamedTuple):
    """All rows of a type that one change adds, with their canonical texts."""

    bulk: BulkTable
    rows: tuple[Row, ...]
    texts: tuple[str, ...]


def added_bulk(change: Change, catalog: Catalog) -> tuple[BulkTable, ...]:
    """Return the tables to which the change adds rows."""
    tables: list[BulkTable] = []
    for bulk in catalog.bulk:
        if bulk.lifecycle == change.lifecycle and change.action in bulk.actions:
            tables.append(bulk)
    return tuple(tables)


def bulk_lines(session: Session, change: Change, catalog: Catalog) -> Iterator[object]:
    """Yield the JSON values of the lines with the rows that a change adds."""
    for bulk in added_bulk(change, catalog):
        after = 0
        while True:
            rows = bulk_rows(
                session, bulk, change.entity_id, seq=change.seq, after=after, limit=ROWS_PER_LINE
            )
            if not rows:
                break
            yield bulk_line(bulk, rows)
            after = rows[-1]["number"]


def bulk_line(bulk: BulkTable, rows: Sequence[Row]) -> object:
    """Return the JSON value of a line with rows."""
    values: list[dict[str, Any]] = []
    for row in rows:
        columns: dict[str, Any] = {}
        for column in bulk.own_columns:
            columns[column.name] = to_json(column.type, row[column.name])
        values.append(columns)

    return {"bulk": bulk.table.name, "rows": values}


def parse_bulk(number: int, value: Mapping[str, Any], catalog: Catalog) -> BulkEntry:
    """Return the entry of a line, or raise ValueError for a table that is not exported."""
    for bulk in catalog.bulk:
        if bulk.table.name == value["bulk"]:
            rows: list[Row] = []
            for columns in value["rows"]:
                rows.append(_row(bulk, columns))
            return BulkEntry(number, bulk, tuple(rows))

    raise ValueError(f"table {value['bulk']} has no bulk records")


def complete_bulk(
    number: int, change: Change, entries: Sequence[BulkEntry], catalog: Catalog
) -> tuple[BulkRows, ...]:
    """Return the rows of a change, from the lines behind it.

    Raises InvalidExportLine unless they are those that the change counts and hashes.
    """
    declared = added_bulk(change, catalog)
    completed: list[BulkRows] = []
    for bulk in declared:
        rows: list[Row] = []
        texts: list[str] = []
        content = BulkDigest()
        for entry in entries:
            if entry.bulk is not bulk:
                continue
            for row in entry.rows:
                content.add(row_text(bulk, row))
                rows.append(row)
                texts.append(whole_text(bulk, row))

        recorded = change.data.get(bulk.record.record_name)
        if recorded is None and not rows and bulk.may_lack_rows:
            continue  # its action appended nothing then; a guard of history knows since when
        if encode_canonical(recorded) != encode_canonical(content.summary()):
            problem = f"the rows of {bulk.table.name} are not those that the change counts"
            raise InvalidExportLine(number, problem)
        completed.append(BulkRows(bulk, tuple(rows), tuple(texts)))

    _check_order(entries, declared)
    return tuple(completed)


def _check_order(entries: Sequence[BulkEntry], declared: tuple[BulkTable, ...]) -> None:
    """Raise InvalidExportLine for rows of another table, or not in the tables' order."""
    previous = 0
    for entry in entries:
        if entry.bulk not in declared:
            problem = f"the change before it adds no rows to {entry.bulk.table.name}"
            raise InvalidExportLine(entry.number, problem)
        position = declared.index(entry.bulk)
        if position < previous or not entry.rows:
            raise InvalidExportLine(entry.number, "the line is not where an export has it")
        previous = position


def _row(bulk: BulkTable, columns: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in bulk.own_columns:
        row[column.name] = from_json(column.type, columns[column.name])
    return row
