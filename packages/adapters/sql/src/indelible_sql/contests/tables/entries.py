"""The head of entries, and its record: the rosters."""

from typing import Final

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from indelible.contests.entities.entries import Entry
from indelible.contests.entities.records import Roster
from indelible.contests.lifecycle import EntryStatus
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_head, entity_record, previous_key
from indelible_sql.schema.tables import key

PAYMENT_COLUMNS: Final = ("paid_minor", "paid_at", "payment_ref")
UNPAID: Final = (EntryStatus.PENDING_PAYMENT, EntryStatus.REJECTED)

ENTRIES = entity_head(
    "entries",
    Entry,
    UniqueConstraint("contest_id", "user_id", "entry_number", name="entries_number"),
    UniqueConstraint("contest_id", "place_number", name="entries_place_number"),
    key(
        "entries_contest",
        ["contest_id", "fee_minor", "currency"],
        "contests",
        ["id", "fee_minor", "currency"],
    ),
    key(
        "entries_roster",
        ["id", "roster_number", "roster_digest"],
        "rosters",
        ["entry_id", "number", "roster_digest"],
        deferred=True,
    ),
    *entity_checks("entries", Entry, until="paid_in_full"),
    # By hand: one case holds the presence of three fields, and one of them depends on an amount.
    CheckConstraint(
        f"CASE WHEN status IN ({quoted(UNPAID)})"
        " THEN paid_minor IS NULL AND paid_at IS NULL AND payment_ref IS NULL"
        " ELSE paid_minor IS NOT NULL AND paid_at IS NOT NULL"
        " AND (payment_ref IS NULL) = (paid_minor = 0) END",
        name="entries_payment_of_status",
    ),
    # The eligible entries of a contest, in order of id, and the entries of a list.
    Index("entries_status", "contest_id", "status", "id"),
    Index("entries_of_contest", "contest_id", "id"),
    Index("entries_created_at", "contest_id", "created_at", "id"),
    Index("entries_updated_at", "contest_id", "updated_at", "id"),
    Index("entries_of_user", "user_id", "id"),
)
ROSTERS = entity_record(
    "rosters",
    Roster,
    Entry,
    UniqueConstraint("entry_id", "number", "roster_digest", name="rosters_digest"),
    key("rosters_entry", ["entry_id"], "entries", ["id"]),
    previous_key("rosters", Roster, Entry),
)
