"""The rows that the actions on an aggregate have appended, as `indelible show` prints them."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from attrs import fields_dict, frozen

from indelible.kernel import Head, Invalid
from indelible.kernel.appends import (
    AppendedRecord,
    Position,
    StoredRecord,
    appended_types,
    position_text,
)
from indelible.kernel.values import field_values, value_text
from indelible_service.records import Records, hidden_secrets
from indelible_sql import SqlAggregateRepository, SqlReading
from indelible_sql.kernel.bulk import count_appended_rows

START: Final[Position] = (0, 0)


@frozen
class RecordUnknown(Invalid):
    """A command asks for the rows of a record that no action of the context appends."""

    message: ClassVar[str] = "{name} has no record {record}: expected one of {records}."
    name: str
    record: str
    records: str


@frozen(kw_only=True)
class RowsQuery:
    """Which rows are read: of all records or of one, at most `limit` of each, after a position."""

    record: str | None = None
    after: Position = START
    limit: int


@frozen(kw_only=True)
class RowPage:
    """Rows of a record. `left_out` counts those that follow, and `after` is the last position."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]
    left_out: int
    after: str | None


def read_rows(
    tx: SqlReading, records: Records, head: Head[Any], query: RowsQuery
) -> dict[str, RowPage]:
    """Map the name of each record to its next rows up to the seq of a head.

    Raises: RecordUnknown.
    """
    pages: dict[str, RowPage] = {}
    for record in _asked_records(records, query.record):
        pages[record.record_name] = _page(tx, records, record, head, query)
    return pages


def _asked_records(records: Records, name: str | None) -> Iterator[type[AppendedRecord]]:
    known = {record.record_name: record for record in appended_types(records.entity.bulk_records)}
    if name is None:
        yield from known.values()
    elif name in known:
        yield known[name]
    else:
        raise RecordUnknown(records.name, value_text(name), ", ".join(known) or "none")


def _page(
    tx: SqlReading,
    records: Records,
    record: type[AppendedRecord],
    head: Head[Any],
    query: RowsQuery,
) -> RowPage:
    repository = SqlAggregateRepository(tx.session, records.mapping)
    rows = repository.appended_rows(
        record, head.id, up_to=head.seq, after=query.after, limit=query.limit
    )
    left_out = 0
    if len(rows) == query.limit:
        table = records.mapping.bulk_table(record)
        last = rows[-1].position
        left_out = count_appended_rows(tx.session, table, head.id, up_to=head.seq, after=last)
    return RowPage(
        columns=("seq", *fields_dict(record)),
        rows=tuple(_values(record, row) for row in rows),
        left_out=left_out,
        after=position_text(rows[-1].position) if left_out else None,
    )


def _values(record: type[AppendedRecord], row: StoredRecord[Any]) -> dict[str, object]:
    """Return the seq and the fields of a row; a secret is hidden."""
    return {"seq": row.seq, **hidden_secrets(record, field_values(row.record))}
