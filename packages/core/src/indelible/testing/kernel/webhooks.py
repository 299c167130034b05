"""Requirements on records of refused webhook requests."""

import hashlib
from datetime import timedelta
from functools import partial
from typing import Final

from attrs import evolve

from indelible.app import WriteTx
from indelible.kernel.values import InvalidDigest, NumberOutOfRange
from indelible.kernel.webhooks import (
    REJECTION_LIMITS,
    RecordWebhookRejection,
    WebhookRejection,
    list_webhook_rejections,
    record_webhook_rejection,
)
from indelible.testing.stores import BEGINNING, AnyStore, do, refusal, within
from indelible.testing.suite import Suite

BODY: Final = b'{"id": "evt_1"}'
PER_MINUTE, PER_DAY = REJECTION_LIMITS


def refuse(store: AnyStore, endpoint: str = "stripe", body: bytes = BODY) -> bool:
    """Record a refused request and return True if it was stored."""
    command = RecordWebhookRejection.of(endpoint, "STRIPE_SIGNATURE_INVALID", body)
    return do(store, record_webhook_rejection, command)


def listed(
    store: AnyStore, *, endpoint: str | None = None, before: str = "", limit: int = 500
) -> tuple[WebhookRejection, ...]:
    """Return a page of the rejections."""
    return store.read(list_webhook_rejections, endpoint=endpoint, before=before, limit=limit)


def rejection_of(
    rejection_id: str, endpoint: str = "stripe", *, seconds: float = 0
) -> WebhookRejection:
    """Return a rejection with an id of its own, so many seconds after the beginning."""
    unhashed = WebhookRejection(
        id=rejection_id,
        endpoint=endpoint,
        code="WEBHOOK_MALFORMED",
        body_digest="a" * 64,
        body_size=3,
        at=BEGINNING + timedelta(seconds=seconds),
    )
    return unhashed.with_hash()


def add(store: AnyStore, *rejections: WebhookRejection) -> None:
    """Store rejections in one transaction."""

    def write(tx: WriteTx) -> None:
        for rejection in rejections:
            tx.webhook_rejections.add(rejection)

    within(store, write)


def ids(rejections: tuple[WebhookRejection, ...]) -> list[str]:
    """Return the ids of rejections."""
    return [rejection.id for rejection in rejections]


class WebhookRejectionsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_refused_request_is_stored_by_digest_and_size(self, store: AnyStore) -> None:
        assert refuse(store)

        (rejection,) = listed(store)
        assert (rejection.endpoint, rejection.code) == ("stripe", "STRIPE_SIGNATURE_INVALID")
        assert rejection.body_digest == hashlib.sha256(BODY).hexdigest()
        assert (rejection.body_size, rejection.request_id) == (len(BODY), "request-1")
        assert rejection.hash == rejection.record_digest()
        assert store.feed().changes == ()

    def test_refused_requests_are_listed_newest_first_a_page_at_a_time(
        self, store: AnyStore
    ) -> None:
        for _ in range(5):
            refuse(store)

        rejections = listed(store)
        first = listed(store, limit=2)
        second = listed(store, before=first[-1].id, limit=2)
        third = listed(store, before=second[-1].id, limit=2)
        assert (*first, *second, *third) == rejections
        times = [rejection.at for rejection in rejections]
        assert times == sorted(times, reverse=True)
        assert listed(store, before=third[-1].id) == listed(store, before="nowhere") == ()

    def test_refused_requests_of_one_time_and_endpoint_are_listed_in_order(
        self, store: AnyStore
    ) -> None:
        add(store, rejection_of("b"), rejection_of("c", "alchemy"), rejection_of("a"))

        assert ids(listed(store)) == ["c", "b", "a"]
        assert ids(listed(store, endpoint="stripe")) == ["b", "a"]
        assert ids(listed(store, endpoint="stripe", before="b")) == ["a"]

    def test_a_flood_stores_no_more_than_the_limit_of_a_minute(self, store: AnyStore) -> None:
        add(store, rejection_of("old", seconds=-PER_MINUTE.period.total_seconds()))
        stored = [refuse(store) for _ in range(PER_MINUTE.max_stored + 5)]

        assert stored.count(True) == PER_MINUTE.max_stored
        assert not stored[-1]
        assert len(listed(store)) == 1 + PER_MINUTE.max_stored

    def test_a_flood_stores_no_more_than_the_limit_of_a_day(self, store: AnyStore) -> None:
        hour = 3_600
        earlier = [
            rejection_of(f"early-{number}", seconds=-hour) for number in range(PER_DAY.max_stored)
        ]
        add(store, *earlier[1:])

        assert [refuse(store), refuse(store)] == [True, False]

    def test_each_endpoint_has_its_own_limit(self, store: AnyStore) -> None:
        add(store, *(rejection_of(f"{number}") for number in range(PER_DAY.max_stored)))

        assert not refuse(store)
        assert refuse(store, "alchemy")

    def test_a_rejection_that_cannot_be_right_is_refused(self, store: AnyStore) -> None:
        right = rejection_of("a")

        for text in ("", "0" * 63, "A" * 64):
            error = refusal(partial(evolve, right, body_digest=text))
            assert isinstance(error, InvalidDigest), text
        assert isinstance(refusal(lambda: evolve(right, body_size=-1)), NumberOutOfRange)
        assert listed(store) == ()
