"""Compare seals with each other, with the feed and with the records that they cover."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from sqlalchemy import Table, bindparam, func, select

from indelible.kernel.retention import MAX_CLOCK_DIFFERENCE
from indelible.kernel.seals import (
    FeedEntry,
    Seal,
    SealedRecord,
    SealReference,
    Stretch,
    records_digest,
)
from indelible.kernel.values import EARLIEST
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES
from indelible_sql.kernel.row_checks import (
    MAX_STATEMENTS,
    PAGE,
    decode_row,
    load,
    rows,
    undecoded,
)
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.maintenance.seals import Entries, sealed_entries
from indelible_sql.maintenance.verify_pruned import Deletions, deletion_findings, read_deletions
from indelible_sql.schema.columns import INSTANT
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.tables import HISTORY

ALL_RECORDS: Query = select(
    SEAL_RECORDS.c.seal_number, SEAL_RECORDS.c.record_table, SEAL_RECORDS.c.record_hash
).order_by(SEAL_RECORDS.c.seal_number, SEAL_RECORDS.c.record_table, SEAL_RECORDS.c.record_hash)

NEWEST_CHANGE: Query = select(undecoded(func.max(HISTORY.c.at), "at")).where(
    HISTORY.c.position > bindparam("starts_after", type_=HISTORY.c.position.type),
    HISTORY.c.position <= bindparam("ends_at", type_=HISTORY.c.position.type),
)


def seal_findings(
    session: Session, tables: Sequence[Table], against: SealReference | None = None
) -> Iterator[Finding]:
    """Yield every finding about seals.

    `tables` are those of the records outside of the feed. `against` refers to a seal that was
    noted outside of the database.
    """
    seals: list[Seal] = []
    for stored in rows(session, SEALS, ("number",)):
        try:
            seals.append(ROWS.structure(decode_row(session, SEALS, stored), Seal))
        except UNREADABLE as error:
            yield _finding(SEALS, stored["number"], f"unreadable: {error}")
            continue
        if stored["previous_number"] != (seals[-1].number - 1 or None):
            yield _finding(SEALS, stored["number"], "a generated column has a wrong value")

    yield from _chain_findings(seals)
    yield from _stretch_findings(session, seals)
    yield from _listed_findings(session, seals)
    deletions = read_deletions(session)
    yield from deletion_findings(deletions)
    times: Mapping[int, datetime] = {}
    if deletions:
        times = _seal_times(session, seals)
    for table in tables:
        yield from _missing_findings(session, table, deletions.get(table.name), times)
    if against is not None:
        yield from _reference_findings(seals, against)


def _chain_findings(seals: Iterable[Seal]) -> Iterator[Finding]:
    """Check that each seal follows from the one before it."""
    previous: Seal | None = None
    for sealed in seals:
        if not sealed.follows(previous):
            yield _finding(SEALS, sealed.number, "does not follow from the seal before it")
        if sealed.hash != sealed.digest():
            yield _finding(SEALS, sealed.number, "its hash does not match its content")
        previous = sealed


def _stretch_findings(session: Session, seals: Sequence[Seal]) -> Iterator[Finding]:
    """Read all sealed changes once, and compare each stretch with its seal."""
    if not seals:
        return

    end = max(sealed.ends_at for sealed in seals)
    entries = _Entries(sealed_entries(session, end))
    for sealed in seals:
        stretch = Stretch.read(sealed.starts_after, entries.until(sealed.ends_at))
        if stretch.changes != sealed.changes:
            detail = f"covers {sealed.changes} changes, of which {stretch.changes} are stored"
            yield _finding(SEALS, sealed.number, detail)
        elif stretch != sealed.stretch:
            detail = "a change that it covers is not the one that was sealed"
            yield _finding(SEALS, sealed.number, detail)


class _Entries:
    """The entries of all sealed changes, of which each stretch takes the next ones."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._next: FeedEntry | None = next(entries, None)

    def until(self, ends_at: int) -> Entries:
        """Yield the entries up to a point."""
        while self._next is not None and self._next[0] <= ends_at:
            yield self._next
            self._next = next(self._entries, None)


def _listed_findings(session: Session, seals: Iterable[Seal]) -> Iterator[Finding]:
    """Compare the list of the records of each seal with its number and digest."""
    listed: dict[int, tuple[int, str]] = {}
    for number, group in groupby(session.stream(ALL_RECORDS, PAGE), key=_seal_number):
        records = [SealedRecord(row["record_table"], row["record_hash"]) for row in group]
        listed[number] = len(records), records_digest(records)

    nothing = 0, records_digest(())
    for sealed in seals:
        if listed.pop(sealed.number, nothing) != (sealed.records, sealed.records_digest):
            detail = "the listed records are not those that were sealed"
            yield _finding(SEAL_RECORDS, sealed.number, detail)
    for number in listed:
        yield _finding(SEAL_RECORDS, number, "records are listed for a seal that does not exist")


def _seal_number(row: Row) -> int:
    number: int = row["seal_number"]
    return number


def _seal_times(session: Session, seals: Iterable[Seal]) -> Mapping[int, datetime]:
    """Return the times of the seals by their numbers.

    The clock of a process that saved a seal may have been behind. The seal is then no older than
    the changes that it covers and the seals before it, as far as the clocks of processes agree.
    """
    latest = EARLIEST
    times: dict[int, datetime] = {}
    for sealed in seals:
        latest = max(latest, sealed.at, _newest_change(session, sealed))
        times[sealed.number] = max(sealed.at, latest - MAX_CLOCK_DIFFERENCE)

    return times


def _newest_change(session: Session, sealed: Seal) -> datetime:
    """Return the time of the newest change that a seal covers."""
    bounds = {"starts_after": sealed.starts_after, "ends_at": sealed.ends_at}
    (row,) = session.rows(NEWEST_CHANGE, bounds)
    if row["at"] is None:
        return EARLIEST
    try:
        at: datetime = load(session, INSTANT, row["at"])
    except UNREADABLE:
        return EARLIEST  # the check of the history reports it
    return at


def _missing_findings(
    session: Session,
    table: Table,
    deletions: Deletions | None,
    seal_times: Mapping[int, datetime],
) -> Iterator[Finding]:
    """Find the listed records that are not stored with their hash.

    Those of an operational table may have been deleted if their seal is as old. As many must be
    missing then as were recorded.
    """
    missing_of_old_seals = 0
    cutoff = None if deletions is None else deletions.cutoff
    for row in session.stream(missing_records(table), PAGE):
        sealed_at = seal_times.get(row["seal_number"])
        if cutoff is not None and sealed_at is not None and sealed_at < cutoff:
            missing_of_old_seals += 1
            continue
        detail = f"no row has the sealed hash {row['record_hash']}"
        yield _finding(SEAL_RECORDS, row["seal_number"], f"{table.name}: {detail}")

    recorded = 0 if deletions is None else deletions.sealed_rows
    if missing_of_old_seals != recorded:
        detail = (
            f"{missing_of_old_seals} rows that seals list are missing, and the deletion of"
            f" {recorded} is recorded"
        )
        yield _finding(PRUNED_TABLES, table.name, detail)


@lru_cache(maxsize=MAX_STATEMENTS)
def missing_records(table: Table) -> Query:
    """Return the query for the listed records of a table that are not stored with their hash.

    Both sets of hashes are read once: no index has the hashes of the table, so that SQLite would
    read it for each record of a join.
    """
    is_listed = SEAL_RECORDS.c.record_table == table.name
    missing = select(SEAL_RECORDS.c.record_hash).where(is_listed).except_(select(table.c.hash))
    return (
        select(SEAL_RECORDS.c.seal_number, SEAL_RECORDS.c.record_hash)
        .where(is_listed, SEAL_RECORDS.c.record_hash.in_(missing))
        .order_by(SEAL_RECORDS.c.seal_number, SEAL_RECORDS.c.record_hash)
    )


def _reference_findings(seals: Iterable[Seal], against: SealReference) -> Iterator[Finding]:
    by_number = {sealed.number: sealed for sealed in seals}
    stored = by_number.get(against.number)
    if stored is None:
        yield _finding(SEALS, against.number, "the seal that was noted outside is missing")
    elif stored.hash != against.hash:
        detail = f"its hash is {stored.hash}, but {against.hash} was noted outside"
        yield _finding(SEALS, against.number, detail)


def _finding(table: Table, number: object, detail: str) -> Finding:
    return Finding(fault=Fault.SEAL, table=table.name, entity_id=str(number), detail=detail)
