"""Compare seals with each other, with the feed and with the records that they cover."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from sqlalchemy import Table, select

from indelible.kernel.seals import (
    FeedEntry,
    Seal,
    SealedRecord,
    SealReference,
    Stretch,
    records_digest,
)
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.row_checks import MAX_STATEMENTS, PAGE, decode_row, rows
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.maintenance.seals import Entries, sealed_entries
from indelible_sql.schema.findings import Fault, Finding

ALL_RECORDS: Query = select(
    SEAL_RECORDS.c.seal_number, SEAL_RECORDS.c.record_table, SEAL_RECORDS.c.record_hash
).order_by(SEAL_RECORDS.c.seal_number, SEAL_RECORDS.c.record_table, SEAL_RECORDS.c.record_hash)


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
    for table in tables:
        yield from _missing_findings(session, table)
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


def _missing_findings(session: Session, table: Table) -> Iterator[Finding]:
    """Find the listed records that are not stored with their hash."""
    for row in session.stream(_missing_records(table), PAGE):
        detail = f"no row has the sealed hash {row['record_hash']}"
        yield _finding(SEAL_RECORDS, row["seal_number"], f"{table.name}: {detail}")


@lru_cache(maxsize=MAX_STATEMENTS)
def _missing_records(table: Table) -> Query:
    return (
        select(SEAL_RECORDS.c.seal_number, SEAL_RECORDS.c.record_hash)
        .join(table, table.c.hash == SEAL_RECORDS.c.record_hash, isouter=True)
        .where(SEAL_RECORDS.c.record_table == table.name, table.c.hash.is_(None))
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
