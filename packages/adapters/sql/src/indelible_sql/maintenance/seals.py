"""Seal the finished part of the feed, and the records outside of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve, frozen
from sqlalchemy import Table, Text, cast, exists, select, text

from indelible.kernel import Actor, UsageError, instant_text
from indelible.kernel.retention import MAX_CLOCK_DIFFERENCE, OperationalTable
from indelible.kernel.seals import FeedEntry, Seal, SealedRecord, Stretch, next_seal
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.feed_end import feed_end_of
from indelible_sql.kernel.history import fetch_one
from indelible_sql.kernel.pruned_tables import TABLES_BY_AGE
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS, lock_seals
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.database_time import READ_TIME
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.tables import HISTORY, rows_by
from indelible_sql.schema.writes import row
from indelible_sql.store.kernel_store import AnySqlStore
from indelible_sql.store.transactions import KernelTransaction, KernelWriting

PAGE = 5_000
MAX_RECORDS = 20_000  # of one seal: the first seal of a large database is followed by others
NEWEST_SEAL = select(SEALS).order_by(SEALS.c.number.desc()).limit(1)
SEAL = rows_by(SEALS, "number")
INSERT_SEAL = row(SEALS)
INSERT_RECORDS_ON_SQLITE = """
    INSERT INTO seal_records (record_table, record_hash, seal_number)
    SELECT value ->> 0, value ->> 1, :seal_number
    FROM json_each(:records)
"""
INSERT_RECORDS_ON_POSTGRESQL = """
    INSERT INTO {prefix}seal_records (record_table, record_hash, seal_number)
    SELECT value ->> 0, value ->> 1, :seal_number
    FROM jsonb_array_elements(CAST(:records AS jsonb))
"""
ENTRIES: Query = select(
    HISTORY.c.position.label("point"),
    cast(HISTORY.c.position, Text).label("cursor"),
    HISTORY.c.hash,
).order_by(HISTORY.c.position)

Entries = Iterator[FeedEntry]


@frozen(kw_only=True)
class Unsealed:
    """Everything that the newest seal does not cover, and that seal."""

    newest: Seal | None
    stretch: Stretch
    records: Sequence[SealedRecord]
    deleted: Mapping[OperationalTable, int]  # rows that were deleted before the records were read

    @property
    def is_empty(self) -> bool:
        """Return True if a further seal would cover nothing."""
        return self.stretch.changes == 0 and not self.records


def seal(store: AnySqlStore, *, actor: Actor, reason: str) -> Seal | None:
    """Seal all finished changes and records that no seal covers, and return the newest seal.

    Nothing is written where everything is covered. Returns None where nothing was ever sealed.
    Rows are read before the transaction that writes: other writers do not wait. They are read
    again if another process has saved a seal meanwhile, which need not cover the same rows.
    """
    while True:
        unsealed = store.read(read_unsealed)
        if unsealed.is_empty:
            return unsealed.newest

        saved = store.run(_save_seal, unsealed, actor=actor, reason=reason)
        if saved is not None and len(unsealed.records) < MAX_RECORDS:
            return saved


def newest_seal(store: AnySqlStore) -> Seal | None:
    """Return the newest seal, or None where nothing was ever sealed."""
    return store.read(_newest_seal)


def read_unsealed(tx: KernelTransaction) -> Unsealed:
    """Return the finished changes and the records that no seal covers."""
    newest = _newest_seal(tx)
    starts_after = 0 if newest is None else newest.ends_at
    stretch = Stretch.read(starts_after, _unsealed_entries(tx.session, starts_after))
    records: list[SealedRecord] = []
    for table in tx.catalog.sealed_records:
        remaining = MAX_RECORDS - len(records)
        records.extend(_unsealed_records(tx.session, table, remaining))

    return Unsealed(
        newest=newest,
        stretch=stretch,
        records=records,
        deleted=tx.operational_rows.deleted(),
    )


def sealed_entries(session: Session, ends_at: int) -> Entries:
    """Yield the entries of all changes up to a point, in order."""
    return _read_entries(session, ENTRIES.where(HISTORY.c.position <= ends_at))


def _newest_seal(tx: KernelTransaction) -> Seal | None:
    return fetch_one(tx.session, Seal, NEWEST_SEAL, {})


def _save_seal(tx: KernelWriting, unsealed: Unsealed) -> Seal | None:
    """Save the next seal; return None if another has saved one meanwhile, or nothing is left.

    Rows that were deleted after they were read are left out.
    """
    session = tx.session
    lock_seals(session)
    newest = _newest_seal(tx)
    if newest != unsealed.newest:
        return None

    unsealed = evolve(unsealed, records=_stored_records(tx, unsealed))
    if unsealed.is_empty:
        return None

    now = tx.clock.now()
    _check_time(session, now)
    new = next_seal(tx, newest, unsealed.stretch, unsealed.records, now=now)
    session.step(INSERT_SEAL, parameters({SEALS: field_values(new)}))
    if unsealed.records:
        _save_records(session, new, unsealed.records)
    # A seal adds no change, so that a lost COMMIT must be looked up by its row.
    session.commit_checks.append(partial(_is_saved, new))
    return new


def _check_time(session: Session, now: datetime) -> None:
    """Raise UsageError for the time of a seal that the guard of seals refuses."""
    (row,) = session.rows(READ_TIME, {})
    database_now: datetime = row["now"]
    if now > database_now + MAX_CLOCK_DIFFERENCE:
        raise UsageError(
            f"a seal would have the time {instant_text(now)}, more than a day after the"
            f" database's time {instant_text(database_now)}"
        )


def _stored_records(tx: KernelTransaction, unsealed: Unsealed) -> Sequence[SealedRecord]:
    """Return the records that no deletion has removed since they were read."""
    deleted = tx.operational_rows.deleted()
    stored = unsealed.records
    for name, table in TABLES_BY_AGE.items():
        if deleted.get(name) != unsealed.deleted.get(name):
            stored = _stored_records_of(tx.session, table, stored)

    return stored


def _stored_records_of(
    session: Session, table: Table, records: Sequence[SealedRecord]
) -> Sequence[SealedRecord]:
    """Return the records without those of a table that are not stored any more."""
    hashes = [record.record_hash for record in records if record.record_table == table.name]
    statement = select(table.c.hash).where(in_json_list(table.c.hash, "hashes"))
    stored_hashes = {row["hash"] for row in session.rows(statement, {"hashes": hashes})}
    remaining: list[SealedRecord] = []
    for record in records:
        if record.record_table != table.name or record.record_hash in stored_hashes:
            remaining.append(record)

    return remaining


def _save_records(session: Session, saved: Seal, records: Sequence[SealedRecord]) -> None:
    template = INSERT_RECORDS_ON_SQLITE
    if not session.is_sqlite:
        template = INSERT_RECORDS_ON_POSTGRESQL
    prefix = prefix_of(session, session.schema)
    pairs = [[record.record_table, record.record_hash] for record in records]
    values = {"seal_number": saved.number, "records": json.dumps(pairs)}
    session.step(text(template.format(prefix=prefix)), values)


def _is_saved(saved: Seal, session: Session) -> bool:
    stored = session.first(SEAL, {"number": saved.number})
    return stored is not None and stored["hash"] == saved.hash


def _unsealed_entries(session: Session, starts_after: int) -> Entries:
    """Yield the entries of the finished changes after a point, in order."""
    statement = ENTRIES.where(HISTORY.c.position > starts_after)
    if not session.is_sqlite:
        statement = statement.where(HISTORY.c.position <= feed_end_of(session))
    return _read_entries(session, statement)


def _read_entries(session: Session, statement: Query) -> Entries:
    for entry in session.stream(statement, PAGE):
        yield entry["point"], entry["cursor"], entry["hash"]


def _unsealed_records(session: Session, table: Table, limit: int) -> Iterator[SealedRecord]:
    is_sealed = exists().where(
        SEAL_RECORDS.c.record_table == table.name, SEAL_RECORDS.c.record_hash == table.c.hash
    )
    statement: Query = select(table.c.hash).where(~is_sealed).order_by(table.c.hash).limit(limit)
    for record in session.stream(statement, PAGE):
        yield SealedRecord(table.name, record["hash"])
