"""The head of provider feeds, and its record: the fetches."""

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.values import HTTP_STATUS, MAX_MESSAGE_LENGTH, FetchOutcome
from indelible_sql.schema.checks import number_or_null, previous_number, quoted
from indelible_sql.schema.columns import (
    CONTENT,
    DIGEST,
    IDENTIFIER,
    INSTANT,
    ORDINAL,
    required,
)
from indelible_sql.schema.entity_tables import entity_head
from indelible_sql.schema.tables import key, table

FEEDS = entity_head(
    "provider_feeds",
    ProviderFeed,
    # The last fetch, NULL before the first.
    number_or_null("newest_fetch", "fetch_number"),
    key(
        "provider_feeds_fetch",
        ["id", "newest_fetch"],
        "provider_fetches",
        ["provider_event_id", "number"],
        deferred=True,
    ),
)
FETCHES = table(
    "provider_fetches",
    required("provider_event_id", IDENTIFIER),
    required("number", ORDINAL),
    previous_number("number"),
    required("requested_at", INSTANT),
    required("finished_at", INSTANT),
    required("outcome", IDENTIFIER),
    Column("http_status", ORDINAL),
    required("attempts", ORDINAL),
    Column("payload_digest", DIGEST),
    Column("content_type", CONTENT),
    Column("error", CONTENT),
    PrimaryKeyConstraint("provider_event_id", "number", name="provider_fetches_pkey"),
    key("provider_fetches_feed", ["provider_event_id"], "provider_feeds", ["id"]),
    key(
        "provider_fetches_previous",
        ["provider_event_id", "previous_number"],
        "provider_fetches",
        ["provider_event_id", "number"],
    ),
    # An export contains payloads after all changes.
    key("provider_fetches_payload", ["payload_digest"], "payloads", ["digest"], deferred=True),
    CheckConstraint(f"outcome IN ({quoted(FetchOutcome)})", name="provider_fetches_outcome_known"),
    CheckConstraint("requested_at <= finished_at", name="provider_fetches_times"),
    CheckConstraint(
        f"http_status BETWEEN {HTTP_STATUS['minimum']} AND {HTTP_STATUS['maximum']}",
        name="provider_fetches_http_status_known",
    ),
    CheckConstraint(
        f"outcome <> '{FetchOutcome.OK}' OR payload_digest IS NOT NULL AND error IS NULL",
        name="provider_fetches_success_has_payload",
    ),
    CheckConstraint(
        f"length(error) <= {MAX_MESSAGE_LENGTH} AND length(content_type) <= {MAX_MESSAGE_LENGTH}",
        name="provider_fetches_texts_short",
    ),
    has_rowid=False,
)
