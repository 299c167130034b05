"""The tables of seals: insert-only, one chain without gaps, never ahead of the feed; their lock."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Text, UniqueConstraint, text

from indelible.kernel.retention import MAX_CLOCK_DIFFERENCE
from indelible_sql.engine.session import Session
from indelible_sql.schema.checks import previous_number
from indelible_sql.schema.columns import (
    ACTOR,
    DIGEST,
    DIGEST_OR_EMPTY,
    IDENTIFIER,
    INSTANT,
    NATURAL,
    NONBLANK_TEXT,
    ORDINAL,
    required,
)
from indelible_sql.schema.database_time import seconds_ahead
from indelible_sql.schema.feed import latest_end
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.isolation import ISOLATION, check_isolation, if_read_committed
from indelible_sql.schema.tables import key, table

SEALS = table(
    "seals",
    required("number", ORDINAL),
    previous_number("number"),
    required("starts_after", NATURAL),
    required("ends_at", NATURAL),
    required("changes", NATURAL),
    required("feed_digest", DIGEST),
    required("records", NATURAL),
    required("records_digest", DIGEST),
    required("actor", ACTOR),
    required("reason", NONBLANK_TEXT),
    required("at", INSTANT),
    required("prev_hash", DIGEST_OR_EMPTY),
    required("hash", DIGEST),
    PrimaryKeyConstraint("number", name="seals_pkey"),
    UniqueConstraint("number", "ends_at", "hash", name="seals_end"),
    key(
        "seals_predecessor",
        ["previous_number", "starts_after", "prev_hash"],
        "seals",
        ["number", "ends_at", "hash"],
    ),
    CheckConstraint(
        "CASE WHEN number = 1 THEN starts_after = 0 AND prev_hash = '' ELSE prev_hash <> '' END",
        name="seals_first",
    ),
    CheckConstraint("starts_after <= ends_at", name="seals_stretch"),
    has_rowid=False,
)

# The records outside of the feed that a seal covers: they have no order of their own.
SEAL_RECORDS = table(
    "seal_records",
    required("record_table", IDENTIFIER),
    required("record_hash", DIGEST),
    required("seal_number", ORDINAL),
    PrimaryKeyConstraint("record_table", "record_hash", name="seal_records_pkey"),
    key("seal_records_seal", ["seal_number"], "seals", ["number"]),
    has_rowid=False,
)


_LOCK: Final = text(
    f"SELECT {ISOLATION} AS isolation"
    " FROM pg_advisory_xact_lock(hashtextextended('indelible seals', 0))"
).columns(isolation=Text())
# The clock of the process that saves a seal may be ahead of the database by this much.
_MAX_AHEAD_SECONDS: Final = int(MAX_CLOCK_DIFFERENCE.total_seconds())


def seal_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards that a seal ends within the feed, and is of no later time.

    After a seal that ends later, no change could be sealed for a long time. After one of a later
    time, `verify` would take the seals that follow for younger than they are. A seal must see which
    rows were deleted.
    """
    is_finished = f"NEW.ends_at <= {latest_end(dialect)}"
    yield Guard(
        table=SEALS,
        rule="finished",
        event="INSERT",
        condition=if_read_committed(is_finished, dialect),
    )
    yield Guard(
        table=SEALS,
        rule="not_ahead",
        event="INSERT",
        condition=f"NEW.at <= {seconds_ahead(_MAX_AHEAD_SECONDS, dialect)}",
    )


def lock_seals(session: Session) -> None:
    """Wait until no other transaction saves a seal or deletes rows; SQLite has one writer anyway.

    No seal is then refused as a second one of its number, and none lists a row that is being
    deleted.
    """
    if session.is_sqlite:
        return

    (row,) = session.rows_at_once(_LOCK, {})
    check_isolation(row["isolation"])
