"""Import an export: everything in one transaction, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import file_digest
from io import SEEK_END, BufferedIOBase
from typing import Final, TypeVar

from attrs import define, field, frozen
from sqlalchemy import Table, bindparam, func, select

from indelible.kernel import Actor, Change
from indelible.kernel.progress import Progress
from indelible.kernel.values import field_values
from indelible_sql.engine.session import Query, Row
from indelible_sql.kernel.bulk import bulk_parameters
from indelible_sql.kernel.operational_rows import was_pruned
from indelible_sql.kernel.record_export import HistoryDiffers
from indelible_sql.maintenance.export_bulk import BulkRows
from indelible_sql.maintenance.export_entries import (
    HistoryEntry,
    HistorySection,
    RowEntry,
    read_sections,
)
from indelible_sql.maintenance.export_errors import REFUSALS, at_line, line_error
from indelible_sql.maintenance.head_rows import head_row, shown_record_columns
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.sql_context import RecordExport
from indelible_sql.schema.tables import HISTORY, rows_by
from indelible_sql.schema.writes import change_write
from indelible_sql.store.database import Reading, Writing
from indelible_sql.store.kernel_store import KernelStore
from indelible_sql.store.transactions import KernelWriting

T = TypeVar("T")

# The session keeps changes to look them up where the reply to the COMMIT is lost: one is enough.
MAX_REMEMBERED_CHANGES: Final = 100
STORED_CHANGE: Query = rows_by(HISTORY, "lifecycle", "entity_id", "seq")
LAST_SEQ: Query = select(func.max(HISTORY.c.seq).label("seq")).where(
    HISTORY.c.lifecycle == bindparam("lifecycle"), HISTORY.c.entity_id == bindparam("entity_id")
)

Aggregate = tuple[str, str]  # the lifecycle and the id


@frozen(kw_only=True)
class Imported:
    """The numbers that an import wrote and found already there, and the digest of the file.

    `records_left_out` were deleted from the store after their retention.
    """

    entities: int
    changes: int
    records: int = 0
    records_left_out: int = 0
    entities_already_there: int
    file: str


def import_histories(
    store: KernelStore[Reading, Writing],
    stream: BufferedIOBase,
    *,
    by: Actor,
    progress: Progress | None = None,
) -> Imported:
    """Save everything in an export, in one transaction.

    An aggregate or record that is there already with the same history is left alone. A record that
    was deleted after its retention, and that a seal lists, is left out. `progress` counts the bytes
    of the stream. Raises InvalidExportLine, ExportDamaged or HistoryDiffers, and then nothing is
    written.
    """
    file = _digest(stream)
    progress = progress or Progress()
    progress.unit = "bytes"
    progress.total = stream.seek(0, SEEK_END)

    def save_all(tx: Writing, source: BufferedIOBase) -> Imported:
        saving = _Import(tx)
        for section in read_sections(source, tx.catalog):
            if isinstance(section, HistorySection):
                for entry in _watched(section.entries, source, progress):
                    saving.save_change(entry)
            else:
                entries = _watched(section.entries, source, progress)
                saving.save_rows(section.export, entries)
        saving.check_ends()
        return saving.result(file)

    imported = store.run(save_all, stream, actor=by, reason=_reason(file))
    # The session forgets most changes, so that the store cannot see whether settings are among
    # them.
    store.config.invalidate()
    return imported


def _watched(entries: Iterator[T], source: BufferedIOBase, progress: Progress) -> Iterator[T]:
    """Yield the entries; the progress is the place in the source that each was read from."""
    for entry in entries:
        progress.done = source.tell()
        yield entry


def _digest(stream: BufferedIOBase) -> str:
    stream.seek(0)
    return file_digest(stream, "sha256").hexdigest()


def _reason(file: str) -> str:
    return f"import of a file with the digest {file}"


@define
class _Import:
    """The state of one import: what it wrote, and what was there."""

    tx: KernelWriting
    already_there: dict[Aggregate, int] = field(factory=dict[Aggregate, int])
    entities: int = 0
    changes: int = 0
    records: int = 0
    records_left_out: int = 0

    def __attrs_post_init__(self) -> None:
        self.tx.session.lift_limits()

    @property
    def catalog(self) -> Catalog:
        """Return the store's contexts."""
        return self.tx.catalog

    def save_change(self, entry: HistoryEntry) -> None:
        """Write a change, or check that it is there."""
        change = entry.change
        aggregate = (change.lifecycle, change.entity_id)
        if change.seq == 1 and self._last_seq(aggregate) > 0:
            self.already_there[aggregate] = 0

        if aggregate in self.already_there:
            self._check_stored(change)
            self.already_there[aggregate] = change.seq
            return

        with at_line(entry.number):
            self._write(change, entry.rows, entry.bulk)
        self.changes += 1
        if change.seq == 1:
            self.entities += 1
        del self.tx.session.changes[MAX_REMEMBERED_CHANGES:]

    def save_rows(self, export: RecordExport, entries: Iterator[RowEntry]) -> None:
        """Write the rows of one context, or check that they are there."""
        number = 0

        def rows() -> Iterator[tuple[Table, Row]]:
            nonlocal number
            for entry in entries:
                number = entry.number
                if was_pruned(self.tx.session, entry.table, entry.row):
                    self.records_left_out += 1
                else:
                    yield entry.table, entry.row

        try:
            for was_written in export.save(self.tx.session, rows()):
                self.records += was_written
        except REFUSALS as error:
            raise line_error(number, error) from error

    def check_ends(self) -> None:
        """Raise HistoryDiffers for an aggregate that has changes after the last of the file."""
        for aggregate, seq in self.already_there.items():
            if self._last_seq(aggregate) != seq:
                raise HistoryDiffers(*aggregate)

    def result(self, file: str) -> Imported:
        """Return the numbers of the import."""
        return Imported(
            entities=self.entities,
            changes=self.changes,
            records=self.records,
            records_left_out=self.records_left_out,
            entities_already_there=len(self.already_there),
            file=file,
        )

    def _last_seq(self, aggregate: Aggregate) -> int:
        lifecycle, entity_id = aggregate
        row = self.tx.session.first(LAST_SEQ, {"lifecycle": lifecycle, "entity_id": entity_id})
        if row is None or row["seq"] is None:
            return 0
        return int(row["seq"])

    def _check_stored(self, change: Change) -> None:
        values = {
            "lifecycle": change.lifecycle,
            "entity_id": change.entity_id,
            "seq": change.seq,
        }
        stored = self.tx.session.first(STORED_CHANGE, values)
        if stored is None or stored["hash"] != change.hash:
            raise HistoryDiffers(change.lifecycle, change.entity_id)

    def _write(
        self, change: Change, records: Mapping[Table, Row], bulk: Sequence[BulkRows]
    ) -> None:
        """Write a change as a handler's repository does: the head, the records, and history."""
        head = self.catalog.heads_by_lifecycle[change.lifecycle]
        # Only a birth writes `created_at`, and its instant is the change's own.
        change_row = field_values(change)
        row = head_row(head, change.at, change_row, records)
        row.update(shown_record_columns(self.tx.session, head, row))

        tables = tuple(added.bulk.table for added in bulk)
        write = change_write(head, *records, HISTORY, is_birth=change.seq == 1, bulk=tables)
        rows = {head: row, **records, HISTORY: change_row}
        session = self.tx.session
        bulk_values: list[Row] = []
        for table, bulk_rows, texts in bulk:
            bulk_values.append(bulk_parameters(session, table, change, bulk_rows, texts))
        session.write(write, change, rows, bulk_values)
