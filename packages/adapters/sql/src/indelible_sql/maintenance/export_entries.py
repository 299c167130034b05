"""The entries of an export: changes with the records that they add, and rows outside history."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from io import BufferedIOBase
from itertools import groupby
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Table

from indelible.kernel import AuditContext, Change, Revision, verify_chain
from indelible.kernel.exports import InvalidExportLine, Line, line_of, read_export, read_lines
from indelible.kernel.history import NO_REVISION
from indelible.kernel.json_limits import DOCUMENT_LIMITS
from indelible.kernel.json_numbers import parse_json
from indelible.kernel.keys import KEY
from indelible.kernel.values import UNSTORABLE
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Row
from indelible_sql.maintenance.export_bulk import (
    BulkEntry,
    BulkRows,
    bulk_line,
    complete_bulk,
    parse_bulk,
)
from indelible_sql.maintenance.export_errors import at_line
from indelible_sql.maintenance.export_values import from_json, to_json
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.sql_context import RecordExport
from indelible_sql.schema.tables import HISTORY, RecordDigest, writable_columns

FORMAT: Final = "indelible export 3"
FIRST_LINE: Final = line_of({"format": FORMAT})
# Levels of a line around a document: the line, and a change, or the records and one of them.
LEVELS_AROUND: Final = 3
MAX_DEPTH: Final = LEVELS_AROUND + DOCUMENT_LIMITS.max_depth + 1  # the last level has no list


class HistoryEntry(NamedTuple):
    """A line with a change, and the rows of the records that it adds.

    `bulk` are the rows of bulk records, from the lines behind it.
    """

    number: int
    change: Change
    rows: Mapping[Table, Row]
    bulk: tuple[BulkRows, ...] = ()


class RowEntry(NamedTuple):
    """A line with a row of a table outside history."""

    number: int
    table: Table
    row: Row


Entry = HistoryEntry | RowEntry
Parsed = Entry | BulkEntry  # what one line holds


class HistorySection(NamedTuple):
    """The changes of an export, in the order in which they were made."""

    entries: Iterator[HistoryEntry]


class RowSection(NamedTuple):
    """The rows of one context outside history."""

    export: RecordExport
    entries: Iterator[RowEntry]


def read_entries(file: BufferedIOBase, catalog: Catalog) -> Iterator[Entry]:
    """Yield every entry of an export, as `read_sections` does."""
    for section in read_sections(file, catalog):
        yield from section.entries


def read_sections(file: BufferedIOBase, catalog: Catalog) -> Iterator[HistorySection | RowSection]:
    """Yield the sections of an export: first the changes, then the other rows, context by context.

    Each change follows from the change before it and each row from the rows before it, and a line
    is what an export writes for the same entry. Raises InvalidExportLine or ExportDamaged.
    """
    first = next(read_lines(file), Line(1, b""))
    if first.text != FIRST_LINE:
        raise InvalidExportLine(1, f"expected the first line {FIRST_LINE.decode().strip()}")

    exports = _record_exports(catalog)
    entries = (_parse(line, catalog) for line in read_export(file))
    previous = -1
    sections = groupby(entries, key=partial(_section_number, exports))
    for number, group in sections:
        if number <= previous:
            raise InvalidExportLine(next(group).number, "the line belongs to an earlier section")
        previous = number
        if number == 0:
            yield HistorySection(_checked_changes(group, catalog))
        else:
            export = exports[number - 1]
            yield RowSection(export, _checked_rows(group, export))


def history_line(change: Change, rows: Mapping[Table, Row], catalog: Catalog) -> object:
    """Return the JSON value of a change with its records, without what can be derived of them."""
    records: dict[str, Row] = {}
    for record in added_records(change, catalog):
        records[record.table.name] = _underived(record, rows[record.table])

    return {"change": change, "records": records}


def row_line(table: Table, row: Row) -> object:
    """Return the JSON value of a row outside history."""
    values: dict[str, Any] = {}
    for column in writable_columns(table):
        values[column.name] = to_json(column.type, row[column.name])

    return {"table": table.name, "row": values}


def added_records(change: Change, catalog: Catalog) -> tuple[RecordDigest, ...]:
    """Return the records that the change adds; raise KeyError for an unknown lifecycle."""
    head = catalog.heads_by_lifecycle[change.lifecycle]
    declared = catalog.digests.get(head, ())
    return tuple(record for record in declared if record.is_added_by(change))


def _record_exports(catalog: Catalog) -> tuple[RecordExport, ...]:
    exports: list[RecordExport] = []
    for context in catalog.contexts:
        if context.record_export is not None:
            exports.append(context.record_export)
    return tuple(exports)


def _section_number(exports: tuple[RecordExport, ...], entry: Parsed) -> int:
    """Return 0 for a change and its rows, and the number of the context's export for a row."""
    if isinstance(entry, RowEntry):
        for number, export in enumerate(exports, start=1):
            if entry.table in export.tables:
                return number
    return 0


def _checked_changes(entries: Iterator[Parsed], catalog: Catalog) -> Iterator[HistoryEntry]:
    """Pass changes on; raise InvalidExportLine at one that does not follow its predecessor."""
    revisions: dict[tuple[str, str], Revision] = {}
    for entry in _with_bulk(entries, catalog):
        change = entry.change
        aggregate = (change.lifecycle, change.entity_id)
        lifecycle = catalog.heads[catalog.heads_by_lifecycle[change.lifecycle]]
        previous = revisions.get(aggregate, NO_REVISION)
        with at_line(entry.number):
            revisions[aggregate] = verify_chain(lifecycle, (change,), previous)
        yield entry


def _with_bulk(entries: Iterator[Parsed], catalog: Catalog) -> Iterator[HistoryEntry]:
    """Join each change with the lines behind it that hold its rows.

    The rows of one change are in memory at a time.
    """
    last: HistoryEntry | None = None
    lines: list[BulkEntry] = []
    for entry in entries:
        if isinstance(entry, BulkEntry):
            if last is None:
                raise InvalidExportLine(entry.number, "no change is before the rows")
            lines.append(entry)
        elif isinstance(entry, HistoryEntry):
            if last is not None:
                yield _completed(last, lines, catalog)
            last = entry
            lines = []
    if last is not None:
        yield _completed(last, lines, catalog)


def _completed(entry: HistoryEntry, lines: list[BulkEntry], catalog: Catalog) -> HistoryEntry:
    bulk = complete_bulk(entry.number, entry.change, lines, catalog)
    return entry._replace(bulk=bulk)


def _checked_rows(entries: Iterator[Parsed], export: RecordExport) -> Iterator[RowEntry]:
    """Pass rows on; raise InvalidExportLine where the context's own check refuses one."""
    number = 0

    def rows() -> Iterator[tuple[Table, Row]]:
        nonlocal number
        for entry in entries:
            if isinstance(entry, RowEntry):
                number = entry.number
                yield entry.table, entry.row

    try:
        for table, row in export.check(rows()):
            yield RowEntry(number, table, row)
    except InvalidExportLine:
        raise
    except UNREADABLE as error:
        raise InvalidExportLine(number, str(error)) from error


def _parse(line: Line, catalog: Catalog) -> Parsed:
    """Return the entry of a line, if an export writes the entry in the same bytes."""
    try:
        value: dict[str, Any] = parse_json(line.text.decode(), LEVELS_AROUND)
        _check_storable(value)
        if "change" in value:
            change = _change(value["change"])
            rows = _record_rows(change, value["records"], catalog)
            entry: Parsed = HistoryEntry(line.number, change, rows)
            written = line_of(history_line(change, rows, catalog))
        elif "bulk" in value:
            entry = parse_bulk(line.number, value, catalog)
            written = line_of(bulk_line(entry.bulk, entry.rows))
        else:
            table = _exported_table(value["table"], catalog)
            row = _row(table, value["row"])
            entry = RowEntry(line.number, table, row)
            written = line_of(row_line(table, row))
    except UNREADABLE as error:
        raise InvalidExportLine(line.number, f"unreadable: {error}") from error

    if written != line.text:
        raise InvalidExportLine(line.number, "unreadable: not written as an export writes it")
    return entry


def _change(values: Mapping[str, Any]) -> Change:
    change = Change(**_row(HISTORY, values))
    if change.lifecycle == KEY.name:
        raise ValueError("API keys are not part of an export")
    # Constructed for its checks of actor, reason and request id.
    AuditContext(actor=change.actor, reason=change.reason, request_id=change.request_id)
    return change


def _exported_table(name: str, catalog: Catalog) -> Table:
    for export in _record_exports(catalog):
        for table in export.tables:
            if table.name == name:
                return table
    raise ValueError(f"table {name} is not part of an export")


def _check_storable(value: Any, levels: int = MAX_DEPTH) -> None:
    """Raise ValueError for a value that is too deep, and for a text that no database stores."""
    if levels == 0:
        raise ValueError(f"deeper than {MAX_DEPTH} levels")
    if isinstance(value, str) and UNSTORABLE.search(value):
        raise ValueError("a text with NUL or half of a surrogate pair")
    for part in _parts(value):
        _check_storable(part, levels - 1)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        fields = cast("Mapping[str, Any]", value)
        return (*fields, *fields.values())
    if isinstance(value, list):
        return cast("Iterable[Any]", value)
    return ()


def _record_rows(change: Change, records: Mapping[str, Any], catalog: Catalog) -> dict[Table, Row]:
    rows: dict[Table, Row] = {}
    for record in added_records(change, catalog):
        rows[record.table] = _record_row(record, change, records[record.table.name])

    return rows


def _record_row(record: RecordDigest, change: Change, values: Mapping[str, Any]) -> Row:
    row = _row(record.table, values)
    if record.digest(row, change.digest_scheme) != change.data.get(record.change_field):
        raise ValueError(f"the digest of {record.table.name} is not the one in its change")
    return {**row, **record.derived(row)}


def _underived(record: RecordDigest, row: Row) -> Row:
    derived = record.derived(row)
    values: dict[str, Any] = {}
    for column in writable_columns(record.table):
        if column.name not in derived:
            values[column.name] = row[column.name]

    return values


def _row(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in writable_columns(table):
        if column.name in values:
            row[column.name] = from_json(column.type, values[column.name])

    return row
