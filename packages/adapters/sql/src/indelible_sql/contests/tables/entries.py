"""The head of entries, and its record: the rosters."""

from typing import Final

from sqlalchemy import Index, UniqueConstraint

from indelible.contests.entities.entries import Entry
from indelible.contests.entities.records import Roster
from indelible_sql.schema.entity_tables import entity_head, entity_record, previous_key
from indelible_sql.schema.tables import key

PAYMENT_COLUMNS: Final = ("paid_minor", "paid_at", "payment_ref")

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
