"""The table of webhook rejections: one insert-only row for each request that was refused."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint

from indelible_sql.schema.columns import DIGEST, IDENTIFIER, INSTANT, NATURAL, required
from indelible_sql.schema.tables import table

WEBHOOK_REJECTIONS = table(
    "webhook_rejections",
    required("id", IDENTIFIER),
    required("endpoint", IDENTIFIER),
    required("code", IDENTIFIER),
    required("body_digest", DIGEST),
    required("body_size", NATURAL),
    required("at", INSTANT),
    Column("request_id", IDENTIFIER),
    required("hash", DIGEST),
    PrimaryKeyConstraint("id", name="webhook_rejections_pkey"),
    Index("webhook_rejections_at", "at", "id"),
    Index("webhook_rejections_endpoint", "endpoint", "at", "id"),
    has_rowid=False,
)
