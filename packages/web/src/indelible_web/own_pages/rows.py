"""The rows that the actions of a host have appended, as the pages of an aggregate show them."""

from typing import Any, Final

from attrs import fields, frozen

from indelible.app import ReadTx
from indelible.kernel import Head
from indelible.kernel.appends import (
    AppendedRecord,
    StoredRecord,
    appended_types,
    position_text,
)
from indelible.kernel.kinds import Identifier, OneLine, kinds
from indelible_web.console.layout import field_label
from indelible_web.own_pages.controls import FieldControl, control_of
from indelible_web.own_pages.subject import FieldText, Subject
from indelible_web.own_rows import START, start_of

ROWS_PER_PAGE: Final = 20


@frozen(kw_only=True, field_transformer=kinds)
class RowsQuery:
    """The record of which a later page is shown, and the position of the row before that page."""

    record: Identifier | None = None
    rows_after: OneLine | None = None


@frozen(kw_only=True)
class RowText:
    """A row: the seq of its change, and its fields as a page shows them."""

    seq: int
    texts: tuple[FieldText, ...]


@frozen(kw_only=True)
class RowTable:
    """A page of the rows of a record; `after` is the position of its last row if more follow."""

    name: str
    columns: tuple[FieldControl, ...]
    rows: tuple[RowText, ...]
    after: str = ""
    is_first_page: bool = True

    @property
    def title(self) -> str:
        """Return the name of the record for people, in the plural."""
        return field_label(f"{self.name}s")


def read_tables(
    tx: ReadTx, subject: Subject, head: Head[Any], query: RowsQuery
) -> tuple[RowTable, ...]:
    """Return a page of each record: the first, or of the record that is asked for a later one.

    A head of an earlier time has the rows of that time.

    Raises: InvalidCursor, for a position that no page has given out.
    """
    tables: list[RowTable] = []
    for record in appended_types(subject.entity.bulk_records):
        is_later_page = query.record == record.record_name and query.rows_after is not None
        after = start_of(query.rows_after or "") if is_later_page else START
        rows = subject.context.rows(tx, record, head, after=after, limit=ROWS_PER_PAGE + 1)
        tables.append(_table_of(subject, record, rows, is_first_page=not is_later_page))
    return tuple(tables)


def _table_of(
    subject: Subject,
    record: type[AppendedRecord],
    rows: tuple[StoredRecord[Any], ...],
    *,
    is_first_page: bool,
) -> RowTable:
    columns = tuple(control_of(one) for one in fields(record) if one.name != "number")
    page = rows[:ROWS_PER_PAGE]
    texts = [RowText(seq=row.seq, texts=subject.texts_of(row.record, columns, {})) for row in page]
    return RowTable(
        name=record.record_name,
        columns=columns,
        rows=tuple(texts),
        after=position_text(page[-1].position) if len(rows) > len(page) else "",
        is_first_page=is_first_page,
    )
