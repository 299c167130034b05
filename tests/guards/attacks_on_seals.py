"""Illegal writes to seals: forged ones, and seals that are removed or changed."""

from collections.abc import Mapping

from sqlalchemy import Insert, delete, insert, select, update
from tests.guards.attack_parts import Kind
from tests.guards.raw_sql import by_rowid, replacing
from tests.guards.situation import SEAL_RECORD, Situation, insert_seal, insert_seal_record
from tests.guards.task_rows import LIVE_UNTIL
from tests.guards.writes import DAY

from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS

FAR_FUTURE = 10**15
OTHER_DIGEST = "b" * 64

LEGAL_ON_SEALS: Kind = {"a seal is added": lambda s: (insert_seal(s.seal),)}


def _first_seal(s: Situation, **columns: object) -> Insert:
    """Return the insert of a seal as the first one, with some columns changed."""
    return insert_seal(s.seal, **{"number": 1, "starts_after": 0, "prev_hash": "", **columns})


def _stored_seal(s: Situation, **columns: object) -> Insert:
    """Return the insert of the stored seal once more, with some columns changed."""
    return insert_seal(s.stored_seal, **columns)


ON_SEALS: Mapping[str, Kind] = {
    "a seal forged": {
        "a seal that leaves out changes": lambda s: (
            insert_seal(s.seal, starts_after=s.seal["starts_after"] + 1),
        ),
        "a seal that covers changes again": lambda s: (
            insert_seal(s.seal, starts_after=s.seal["starts_after"] - 1),
        ),
        "a seal after another one than the last": lambda s: (
            insert_seal(s.seal, prev_hash=OTHER_DIGEST),
        ),
        "a seal after none": lambda s: (insert_seal(s.seal, prev_hash=""),),
        "a seal that skips a number": lambda s: (insert_seal(s.seal, number=9),),
        "a second first seal": lambda s: (_first_seal(s),),
        "a first seal after another one": lambda s: (_first_seal(s, prev_hash=OTHER_DIGEST),),
        "a stored seal again": lambda s: (_stored_seal(s),),
        "a seal that ends before it begins": lambda s: (
            insert_seal(s.seal, ends_at=s.seal["starts_after"] - 1),
        ),
        "a seal of the day after tomorrow": lambda s: (insert_seal(s.seal, at=LIVE_UNTIL + DAY),),
        "a seal that ends in the future": lambda s: (insert_seal(s.seal, ends_at=FAR_FUTURE),),
    },
    "a sealed record forged": {
        "a record of a seal that does not exist": lambda _: (insert_seal_record(seal_number=9),),
        "a record, sealed twice": lambda _: (insert_seal_record(), insert_seal_record()),
        "sealed records, again": lambda _: (
            insert(SEAL_RECORDS).from_select(SEAL_RECORDS.columns.keys(), select(SEAL_RECORDS)),
        ),
    },
    "a record updated or deleted": {
        "a sealed record of another seal": lambda _: (update(SEAL_RECORDS).values(seal_number=2),),
        "sealed records, deleted": lambda _: (delete(SEAL_RECORDS),),
        "a seal with another digest": lambda _: (update(SEALS).values(feed_digest=OTHER_DIGEST),),
        "a seal of more changes": lambda _: (update(SEALS).values(changes=999),),
        "the last seal, deleted": lambda _: (delete(SEALS),),
        "a new seal, deleted": lambda s: (
            insert_seal(s.seal),
            delete(SEALS).where(SEALS.c.number == s.seal["number"]),
        ),
    },
}

# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_SEALS: Kind = {
    "a seal, replaced": lambda s: (replacing(_stored_seal(s, hash=OTHER_DIGEST)),),
    "a sealed record, replaced": lambda _: (
        insert_seal_record(),
        replacing(insert_seal_record()),
    ),
    "a sealed record, replaced by rowid": lambda _: (by_rowid(SEAL_RECORDS, SEAL_RECORD, 1),),
    "a seal, replaced by rowid": lambda s: (by_rowid(SEALS, s.seal, 1),),
}
