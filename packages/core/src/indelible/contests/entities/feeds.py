"""Provider feeds: the fetches of a tournament's data, shared by all its contests."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from attrs import frozen

from indelible.contests.entities.records import Fetch
from indelible.contests.entities.values import (
    FetchOutcome,
    FetchResult,
)
from indelible.contests.errors import FeedNotFound
from indelible.contests.lifecycle import PROVIDER_FEED, FeedStatus
from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Compared, Together
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.history import Record
from indelible.kernel.kinds import Digest, Instant, Natural, kinds


@frozen(kw_only=True, field_transformer=kinds)
class ProviderFeed(Aggregate):
    """The feed of one tournament; its id is the provider's event id.

    `last_success_at` and `last_payload_digest` belong to the last fetch that returned data.
    `failures` counts the fetches since then.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PROVIDER_FEED
    missing_error = FeedNotFound
    version_field: ClassVar[str] = "fetch_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (Fetch,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "success_complete",
            Compared("failures", "<=", "fetch_number", expected="at most {}, the fetches"),
            Together("last_success_at", "last_payload_digest"),
        ),
    )

    status: FeedStatus
    fetch_number: Natural
    last_success_at: Instant | None = None
    last_payload_digest: Digest | None = None
    failures: Natural = 0

    @classmethod
    def opened(cls, provider_event_id: str, *, now: datetime) -> Self:
        """Return the feed of a tournament, before its first fetch."""
        return cls.create("open", now=now, id=provider_event_id)

    @property
    def is_polling(self) -> bool:
        """Return True if the tournament is fetched."""
        return self.status is FeedStatus.POLLING

    def fetched(self, result: FetchResult, payload_digest: str | None, *, now: datetime) -> Self:
        """Return the feed after one more fetch."""
        if result.outcome is not FetchOutcome.OK:
            return self.transition("fetch", now=now, failures=self.failures + 1)

        return self.transition(
            "fetch",
            now=now,
            failures=0,
            last_success_at=result.finished_at,
            last_payload_digest=payload_digest,
        )

    def new_fetch(self, result: FetchResult, payload_digest: str | None) -> Fetch:
        """Return the fetch that the feed's number points to."""
        return Fetch(
            provider_event_id=self.id,
            number=self.fetch_number,
            requested_at=result.requested_at,
            finished_at=result.finished_at,
            outcome=result.outcome,
            http_status=result.http_status,
            attempts=result.attempts,
            payload_digest=payload_digest,
            content_type=result.content_type,
            error=result.error,
        )

    def stopped(self, *, now: datetime) -> Self:
        """Return the feed that is no longer fetched."""
        return self.transition("stop", now=now)

    def polling(self, *, now: datetime) -> Self:
        """Return the feed that is fetched again."""
        return self.transition("poll", now=now)
