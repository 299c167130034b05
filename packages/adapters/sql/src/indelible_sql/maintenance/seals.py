"""Seal the finished part of the feed, and check seals against the feed."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import BigInteger, Text, cast, literal_column, select, text

from indelible.kernel import Actor
from indelible.kernel.seals import FeedEntry, Seal, SealReference, Stretch, next_seal
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.atomic_write import row as insert_row
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import ROWS, fetch_one
from indelible_sql.kernel.seal_tables import SEALS
from indelible_sql.maintenance.findings import UNREADABLE, Fault, Finding, decode_row, rows
from indelible_sql.schema.tables import HISTORY, rows_by
from indelible_sql.store import AnySqlStore
from indelible_sql.transactions import KernelTransaction, KernelWriting

PAGE = 5_000
NEWEST_SEAL = select(SEALS).order_by(SEALS.c.number.desc()).limit(1)
SEAL = rows_by(SEALS, "number")
INSERT_SEAL = insert_row(SEALS)
# One at a time, so that no seal is refused as a second one of its number.
LOCK_SEALS = text("SELECT pg_advisory_xact_lock(hashtextextended('indelible seals', 0))")
ENTRIES_ON_SQLITE: Query = select(
    HISTORY.c.position.label("point"),
    cast(HISTORY.c.position, Text).label("cursor"),
    HISTORY.c.hash,
).order_by(HISTORY.c.position)
ENTRIES_ON_POSTGRESQL: Query = select(
    literal_column("CAST(CAST(history.txid AS text) AS bigint)", BigInteger()).label("point"),
    literal_column("concat(history.txid, '.', history.position)", Text()).label("cursor"),
    HISTORY.c.hash,
).order_by(text("history.txid, history.position"))
# Transactions below xmin have ended, so that no row can appear in a stretch any more.
IS_FINISHED = text("history.txid < pg_snapshot_xmin(pg_current_snapshot())")

Entries = Iterator[FeedEntry]


def seal(store: AnySqlStore, *, actor: Actor, reason: str) -> Seal | None:
    """Seal all finished changes that no seal covers, and return the newest seal.

    Nothing is written where every finished change is covered. Returns None where nothing was
    ever sealed. The changes are read before the transaction that writes: other writers do not wait.
    """
    previous, stretch = store.read(unsealed_stretch)
    if not stretch.changes:
        return previous

    return store.run(partial(_save_next, previous), stretch, actor=actor, reason=reason)


def newest_seal(store: AnySqlStore) -> Seal | None:
    """Return the newest seal, or None where nothing was ever sealed."""
    return store.read(_newest_seal)


def unsealed_stretch(tx: KernelTransaction) -> tuple[Seal | None, Stretch]:
    """Return the newest seal, and the finished changes that no seal covers."""
    previous = _newest_seal(tx)
    starts_after = 0 if previous is None else previous.ends_at
    entries = _unsealed_entries(tx.session, starts_after)
    return previous, Stretch.read(starts_after, entries)


def seal_findings(session: Session, against: SealReference | None = None) -> Iterator[Finding]:
    """Compare every seal with the seal before it and with the changes that it covers.

    `against` refers to a seal that was noted outside of the database.
    """
    seals: list[Seal] = []
    for stored in rows(session, SEALS, ("number",)):
        try:
            seals.append(ROWS.structure(decode_row(session, SEALS, stored), Seal))
        except UNREADABLE as error:
            yield _finding(stored["number"], f"unreadable: {error}")

    yield from _chain_findings(seals)
    yield from _stretch_findings(session, seals)
    if against is not None:
        yield from _reference_findings(seals, against)


def _newest_seal(tx: KernelTransaction) -> Seal | None:
    return fetch_one(tx.session, Seal, NEWEST_SEAL, {})


def _save_next(previous: Seal | None, tx: KernelWriting, stretch: Stretch) -> Seal | None:
    """Save the seal over a stretch, unless another process has sealed it meanwhile."""
    session = tx.session
    if not session.is_sqlite:
        session.rows(LOCK_SEALS, {})
    newest = _newest_seal(tx)
    if newest != previous:
        return newest

    new = next_seal(tx, previous, stretch, now=tx.clock.now())
    session.step(INSERT_SEAL, parameters({SEALS: field_values(new)}))
    # A seal adds no change, so that a lost COMMIT must be looked up by its row.
    session.commit_checks.append(partial(_is_saved, new))
    return new


def _is_saved(saved: Seal, session: Session) -> bool:
    stored = session.first(SEAL, {"number": saved.number})
    return stored is not None and stored["hash"] == saved.hash


def _unsealed_entries(session: Session, starts_after: int) -> Entries:
    """Yield the entries of the finished changes after a point, in order."""
    if session.is_sqlite:
        statement = ENTRIES_ON_SQLITE.where(HISTORY.c.position > starts_after)
    else:
        is_later = text("history.txid > CAST(:after AS xid8)").bindparams(after=str(starts_after))
        statement = ENTRIES_ON_POSTGRESQL.where(is_later, IS_FINISHED)
    return _read_entries(session, statement)


def _sealed_entries(session: Session, ends_at: int) -> Entries:
    """Yield the entries of all changes up to a point, in order.

    A restored database may number its transactions below those of its seals: what was finished
    when it was sealed is compared, whatever the number of the next transaction is.
    """
    if session.is_sqlite:
        statement = ENTRIES_ON_SQLITE.where(HISTORY.c.position <= ends_at)
    else:
        is_sealed = text("history.txid <= CAST(:until AS xid8)").bindparams(until=str(ends_at))
        statement = ENTRIES_ON_POSTGRESQL.where(is_sealed)
    return _read_entries(session, statement)


def _read_entries(session: Session, statement: Query) -> Entries:
    for row in session.stream(statement, PAGE):
        yield row["point"], row["cursor"], row["hash"]


def _chain_findings(seals: list[Seal]) -> Iterator[Finding]:
    """Check that each seal follows from the one before it."""
    previous: Seal | None = None
    for sealed in seals:
        if not sealed.follows(previous):
            yield _finding(sealed.number, "does not follow from the seal before it")
        if sealed.hash != sealed.digest():
            yield _finding(sealed.number, "its hash does not match its content")
        previous = sealed


def _stretch_findings(session: Session, seals: list[Seal]) -> Iterator[Finding]:
    """Read all sealed changes once, and compare each stretch with its seal."""
    if not seals:
        return

    end = max(sealed.ends_at for sealed in seals)
    entries = _Entries(_sealed_entries(session, end))
    for sealed in seals:
        stretch = Stretch.read(sealed.starts_after, entries.until(sealed.ends_at))
        if stretch.changes != sealed.changes:
            detail = f"covers {sealed.changes} changes, of which {stretch.changes} are stored"
            yield _finding(sealed.number, detail)
        elif stretch != sealed.stretch:
            yield _finding(sealed.number, "a change that it covers is not the one that was sealed")


class _Entries:
    """The entries of all sealed changes, of which each stretch takes the next ones."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._next = next(entries, None)

    def until(self, ends_at: int) -> Entries:
        """Yield the entries up to a point."""
        while self._next is not None and self._next[0] <= ends_at:
            yield self._next
            self._next = next(self._entries, None)


def _reference_findings(seals: list[Seal], against: SealReference) -> Iterator[Finding]:
    by_number = {sealed.number: sealed for sealed in seals}
    stored = by_number.get(against.number)
    if stored is None:
        yield _finding(against.number, "the seal that was noted outside is missing")
    elif stored.hash != against.hash:
        detail = f"its hash is {stored.hash}, but {against.hash} was noted outside"
        yield _finding(against.number, detail)


def _finding(number: object, detail: str) -> Finding:
    return Finding(fault=Fault.SEAL, table=SEALS.name, entity_id=str(number), detail=detail)
