"""The head of provider feeds, and its record: the fetches."""

from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.records import Fetch
from indelible_sql.schema.checks import number_or_null
from indelible_sql.schema.entity_tables import entity_head, entity_record, previous_key
from indelible_sql.schema.tables import key

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
FETCHES = entity_record(
    "provider_fetches",
    Fetch,
    ProviderFeed,
    key("provider_fetches_feed", ["provider_event_id"], "provider_feeds", ["id"]),
    previous_key("provider_fetches", Fetch, ProviderFeed),
    # An export contains payloads after all changes.
    key("provider_fetches_payload", ["payload_digest"], "payloads", ["digest"], deferred=True),
)
