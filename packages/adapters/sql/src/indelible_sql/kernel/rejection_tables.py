"""The table of rejections: an insert-only row for each command without an effect."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint

from indelible_sql.schema.columns import (
    ACTOR,
    DIGEST,
    IDENTIFIER,
    INSTANT,
    NONBLANK_TEXT,
    required,
)
from indelible_sql.schema.tables import table

REJECTIONS = table(
    "rejections",
    required("id", IDENTIFIER),
    required("command", IDENTIFIER),
    required("code", IDENTIFIER),
    required("message", NONBLANK_TEXT),
    required("actor", ACTOR),
    required("reason", NONBLANK_TEXT),
    Column("request_id", IDENTIFIER),
    required("command_digest", DIGEST),
    required("at", INSTANT),
    required("hash", DIGEST),
    PrimaryKeyConstraint("id", name="rejections_pkey"),
    Index("rejections_at", "at", "id"),
    Index("rejections_command", "command", "at", "id"),
    has_rowid=False,
)
