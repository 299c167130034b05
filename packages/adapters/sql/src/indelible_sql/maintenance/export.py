"""Whole histories as lines of JSON, out of the declarations: from any database, into any other with equal digests."""

import json
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import file_digest
from io import BufferedIOBase
from itertools import groupby
from typing import Any, BinaryIO, ClassVar, Final, NamedTuple, TypeVar, cast

from attrs import frozen
from sqlalchemy import Table, UniqueConstraint, and_, select

from indelible.kernel import (
    Actor,
    AuditContext,
    Change,
    Conflict,
    Invalid,
    UsageError,
    verify_chain,
)
from indelible.kernel.exports import (
    InvalidExportLine,
    Line,
    line_of,
    read_export,
    read_lines,
    write_export,
)
from indelible.kernel.history import NO_REVISION
from indelible.kernel.keys import KEY
from indelible.kernel.values import UNSTORABLE
from indelible_sql.contexts import CATALOG, SqlReading, SqlStore, SqlTransaction
from indelible_sql.engine.atomic_write import change_write, writable_columns
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.session import Query, Row
from indelible_sql.kernel.history import ROWS, change_row
from indelible_sql.maintenance.findings import UNREADABLE
from indelible_sql.maintenance.rebuild import from_json, head_row
from indelible_sql.schema.tables import HISTORY, RecordDigest

HEADS, RECORDED = CATALOG.heads, CATALOG.digests
FORMAT: Final = "indelible export 1"
FIRST_LINE: Final = line_of({"format": FORMAT})
MAX_LEVELS: Final = 32
PAGE: Final = 500
CARRIED: Final = {
    HEADS[head].name: head for head in RECORDED
}  # the heads whose entities an export carries
NOT_CARRIED: Final = {each.name for each in HEADS.values()} - CARRIED.keys() - {KEY.name}
KEPT: Query = select(HISTORY.c.lifecycle).distinct().order_by(HISTORY.c.lifecycle)

H = TypeVar("H")


@frozen
class HistoryDiffers(Conflict):
    """An entity of this id is kept already, with another history."""

    code: ClassVar[str] = "HISTORY_DIFFERS"
    message: ClassVar[str] = (
        "Entity {entity_id} of lifecycle {lifecycle} exists already, with another history."
    )
    lifecycle: str
    entity_id: str


@frozen
class ExportIncomplete(Conflict):
    """Captures are kept, which no export carries: copy the database, or say which lifecycles are to be left out."""

    code: ClassVar[str] = "EXPORT_INCOMPLETE"
    message: ClassVar[str] = (
        "The export cannot carry lifecycles {lifecycles}: copy the database, or name them to "
        "leave them out."
    )
    lifecycles: tuple[str, ...]


@frozen(kw_only=True)
class Exported:
    """What an export holds, and the digest of all its lines but the last."""

    entities: int
    changes: int
    digest: str


@frozen(kw_only=True)
class Imported:
    """What an import wrote, what was there already, and the digest of the file."""

    entities: int
    changes: int
    entities_already_there: int
    file: str


class Told(NamedTuple):
    """What a line tells: a change, and the rows of the records that it adds."""

    number: int
    change: Change
    rows: Mapping[Table, Row]


History = tuple[Told, ...]  # of one entity


class RehearsedError(Exception):
    """A history could be written, and was not."""


def export_histories(
    tx: SqlReading, out: BinaryIO, *, leaving_out: Collection[str] = ()
) -> Exported:
    """Write every change in order of lifecycle, id and seq, each with its records; the same store, the same bytes.

    ExportIncomplete where the store keeps what no export carries, unless its lifecycles are given in `leaving_out`.
    """
    missing = NOT_CARRIED.intersection(
        row["lifecycle"] for row in tx.session.rows(KEPT, {})
    ).difference(leaving_out)
    if missing:
        raise ExportIncomplete(tuple(sorted(missing)))
    seqs = list[int]()
    digest = write_export(out, FORMAT, _entries(tx, seqs))
    return Exported(entities=seqs.count(1), changes=len(seqs), digest=digest)


def import_histories(store: SqlStore, stream: BufferedIOBase, *, by: Actor) -> Imported:
    """Keep every history of an export of ours, as `import_each` does; BadLine, ExportDamaged or HistoryDiffers."""
    return import_each(store, stream, histories, _keep, by=by)


def import_each(
    store: SqlStore,
    stream: BufferedIOBase,
    read: Callable[[BufferedIOBase], Iterable[H]],
    keep: Callable[[SqlTransaction, tuple[str, H]], int],
    *,
    by: Actor,
) -> Imported:
    """Keep all that `read` finds in the stream, once all of it is rehearsed: else nothing is written.

    `keep` is given the file's digest and one history, and says how many changes it wrote: none where they were there.
    A history is one transaction, so that an import which was interrupted may be repeated.
    """
    stream.seek(0)
    file = file_digest(stream, "sha256").hexdigest()
    reason = f"import of a file with the digest {file}"

    def rehearse(tx: SqlTransaction, told: tuple[str, H]) -> None:
        keep(tx, told)
        raise RehearsedError

    for history in read(stream):
        with suppress(RehearsedError):
            store.run(rehearse, (file, history), actor=by, reason=reason)
    counts = [store.run(keep, (file, history), actor=by, reason=reason) for history in read(stream)]
    there = counts.count(0)
    return Imported(
        entities=len(counts) - there, changes=sum(counts), entities_already_there=there, file=file
    )


def exported_hashes(file: BufferedIOBase) -> frozenset[str]:
    """The hash of every change in an export of ours, once all of it is checked."""
    return frozenset(told.change.hash for history in histories(file) for told in history)


def histories(file: BufferedIOBase) -> Iterator[History]:
    """All that an export of ours tells, entity by entity; BadLine or ExportDamaged where it is not as we wrote it."""
    if next(read_lines(file), Line(1, b"")).text != FIRST_LINE:
        raise InvalidExportLine(1, "neither the first line of an export nor a step of a history")
    latest, taken = ("", ""), set[tuple[str, ...]]()
    for key, group in groupby(map(_told, read_export(file)), key=_entity):
        place, history = NO_REVISION, tuple(group)
        if key <= latest:
            raise InvalidExportLine(
                history[0].number, "entities are not in order of lifecycle and id"
            )
        for told in history:
            with on_line(told.number):
                place = verify_chain(HEADS[CARRIED[key[0]]], (told.change,), place)
            ids = set(_unique(told))
            if not taken.isdisjoint(ids):
                raise InvalidExportLine(told.number, "a record has the id of an earlier one")
            taken |= ids
        yield history
        latest = key


@contextmanager
def on_line(number: int) -> Generator[None]:
    """BadLine instead of what refuses a history, be it the domain or the database."""
    try:
        yield
    except GuardViolation as error:  # such as a record's id that another entity's record has
        raise InvalidExportLine(
            number, f"the database has a guard against it: {error.guard}"
        ) from error
    except (Invalid, Conflict, UsageError) as error:
        raise InvalidExportLine(number, str(error)) from error


def _entries(tx: SqlReading, seqs: list[int]) -> Iterator[object]:
    for name in sorted(CARRIED):
        for found in tx.session.stream(_question(name), PAGE):
            change = ROWS.structure(found, Change)
            added = [each.table for each in _added(change)]
            rows = {
                each: {column.name: found[_label(each, column.name)] for column in each.columns}
                for each in added
            }
            seqs.append(change.seq)
            yield _entry(change, rows)


def _question(lifecycle: str) -> Query:
    """Every change of the lifecycle, beside the records that it added."""
    tables = [each.table for each in RECORDED[CARRIED[lifecycle]]]
    beside = [column.label(_label(each, column.name)) for each in tables for column in each.columns]
    source: Any = HISTORY
    for table in tables:
        owner, number = table.primary_key.columns
        is_added = and_(
            HISTORY.c.adds_version == 1, HISTORY.c.entity_id == owner, HISTORY.c.version == number
        )
        source = source.join(table, is_added, isouter=True)
    of_lifecycle = (
        select(HISTORY, *beside).select_from(source).where(HISTORY.c.lifecycle == lifecycle)
    )
    return of_lifecycle.order_by(HISTORY.c.entity_id, HISTORY.c.seq)


def _label(table: Table, column: str) -> str:
    return f"{table.name}_{column}"


def _entry(change: Change, rows: Mapping[Table, Row]) -> object:
    """What a line says: all but what can be derived of a record, and what the database makes."""
    return {
        "change": change,
        "records": {each.table.name: _underived(each, rows[each.table]) for each in _added(change)},
    }


def _added(change: Change) -> tuple[RecordDigest, ...]:
    """The records that the change adds; KeyError where no export carries its lifecycle."""
    records = RECORDED[CARRIED[change.lifecycle]]
    return records if change.adds_version else ()


def _underived(recorded: RecordDigest, found: Row) -> Row:
    derived = recorded.derived(found)
    return {
        each.name: found[each.name]
        for each in writable_columns(recorded.table)
        if each.name not in derived
    }


def _told(line: Line) -> Told:
    """What the line says, if an export of the same would say it in the same bytes."""
    try:
        said: dict[str, Any] = json.loads(line.text.decode())
        _check_storable(said)
        change = Change(**_taken(HISTORY, said["change"]))
        AuditContext(
            actor=change.actor, reason=change.reason, request_id=change.request_id
        )  # which checks them
        rows = {
            each.table: _row(each, change, said["records"][each.table.name])
            for each in _added(change)
        }
        if line_of(_entry(change, rows)) != line.text:
            raise ValueError("not written as an export writes it")
    except (*UNREADABLE, RecursionError) as error:
        raise InvalidExportLine(line.number, f"unreadable: {error}") from error
    return Told(line.number, change, rows)


def _check_storable(value: Any, levels: int = MAX_LEVELS) -> None:
    """Refuse what is too deep, and a text that no database keeps."""
    if not levels or (isinstance(value, str) and UNSTORABLE.search(value)):
        raise ValueError(
            f"deeper than {MAX_LEVELS} levels, or a text with NUL or half of a surrogate pair"
        )
    for each in _below(value):
        _check_storable(each, levels - 1)


def _below(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        said = cast("Mapping[str, Any]", value)
        return (*said, *said.values())
    return cast("Iterable[Any]", value) if isinstance(value, list) else ()


def _row(recorded: RecordDigest, change: Change, said: Row) -> Row:
    found = _taken(recorded.table, said)
    if recorded.digest(found) != change.data.get(recorded.kept):
        raise ValueError(f"the digest of {recorded.table.name} is not the one that its change kept")
    return found | recorded.derived(found)


def _taken(table: Table, said: Row) -> dict[str, Any]:
    return {
        each.name: from_json(each.type, said[each.name])
        for each in writable_columns(table)
        if each.name in said
    }


def _entity(told: Told) -> tuple[str, str]:
    return told.change.lifecycle, told.change.entity_id


def _unique(told: Told) -> Iterator[tuple[str, ...]]:
    """What no record of another entity may have too."""
    for table, found in told.rows.items():
        owner = table.primary_key.columns[0]
        for key in (each for each in table.constraints if isinstance(each, UniqueConstraint)):
            if owner not in set(key.columns):
                yield (str(key.name), *(found[column.name] for column in key.columns))


def _keep(tx: SqlTransaction, told: tuple[str, History]) -> int:
    """How many changes were written: all of the entity's, or none when they were there."""
    _, history = told
    lifecycle, entity_id = _entity(history[0])
    kept = [each.hash for each in tx.history.of(lifecycle, entity_id)]
    if kept:
        if kept != [each.change.hash for each in history]:
            raise HistoryDiffers(lifecycle, entity_id)
        return 0
    head, latest, born = CARRIED[lifecycle], dict[Table, Row](), history[0].change.at
    for number, change, rows in history:
        latest |= rows
        moved = head_row(head, born, change_row(change), latest)
        with on_line(number):
            write = change_write(head, *rows, HISTORY, is_birth=change.seq == 1)
            tx.session.write(write, change, {head: moved, **rows, HISTORY: change_row(change)})
    return len(history)
