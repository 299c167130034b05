"""Backfills of Stripe's events, over HTTP and in the console: checked, limited and counted."""

import json
import weakref
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import pytest
from attrs import define, evolve, field
from tests.core.money.gateway import ScriptedGateway
from tests.core.money.payments import event_body
from tests.web.console.visitor import Site
from tests.web.harness import SETTINGS, Json, Web, memory, problem, saved
from tests.web.paying import Till

from indelible.money import EventObject, EventOrigin
from indelible.money.errors.gateway import GatewayOutage
from indelible.testing.stores import BEGINNING, AnyStore
from indelible_web.money import inbox_admin
from indelible_web.money.missing_events import BATCH

PATH: Final = "/admin/payments/backfill"
OBJECT: Final = {"id": "pi_1", "object": "payment_intent"}
MAX: Final = inbox_admin.MAX_BACKFILLED


@define
class ListingGateway(ScriptedGateway):
    """A Stripe in memory with a list of bodies; `most_alive` counts its events in memory."""

    bodies: list[bytes] = field(factory=list[bytes])
    is_down: bool = False
    most_alive: int = 0

    def list_events(self, *, since: datetime, types: Sequence[str] = ()) -> Iterator[EventObject]:
        """Yield an event for each body, then fail if Stripe is down."""
        del since, types
        alive: list[weakref.ref[EventObject]] = []
        for number, body in enumerate(self.bodies, start=1):
            event = listed(number, body)
            alive = [reference for reference in alive if reference() is not None]
            alive.append(weakref.ref(event))
            self.most_alive = max(self.most_alive, len(alive))
            yield event

        if self.is_down:
            raise GatewayOutage("no answer")


def listed(number: int, body: bytes) -> EventObject:
    """Return an event of Stripe's list with these bytes."""
    return EventObject(
        id=f"evt_{number}",
        type="payment_intent.processing",
        created=BEGINNING,
        livemode=False,
        api_version=None,
        object_id="pi_1",
        account=None,
        body=body,
    )


def body_of(number: int, **changes: object) -> bytes:
    """Return the bytes of an event; changes replace members."""
    body = event_body(f"evt_{number}", "payment_intent.processing", OBJECT, BEGINNING)
    return json.dumps({**json.loads(body), **changes}).encode()


def bodies(first: int, last: int, **changes: object) -> list[bytes]:
    return [body_of(number, **changes) for number in range(first, last + 1)]


@pytest.fixture
def stripe() -> ListingGateway:
    return ListingGateway()


@pytest.fixture
def store() -> AnyStore:
    return memory()


@pytest.fixture
def desk(store: AnyStore, stripe: ListingGateway) -> Till:
    """Return an application whose caller is an operator."""
    till = Till(store, stripe, Web(store, stripe=stripe))
    till.web.key = till.web.new_key("admin")
    return till


def backfill(till: Till, once: str = "key-1") -> Json:
    """Send a backfill, and return its answer."""
    return saved(till.web.post(PATH, json={"reason": "a test"}, once=once), 200)


def words_after_form(store: AnyStore, stripe: ListingGateway) -> str:
    """Send the form of the console, and return the words of the page that follows."""
    operator = Site(store, stripe=stripe).member("console", "admin")
    operator.get("/console/money/inbox")
    operator.send("/backfill", reason="a test")
    operator.follow()
    return operator.page.words


def test_a_backfill_stores_what_no_webhook_has_delivered_once(
    desk: Till, stripe: ListingGateway
) -> None:
    stripe.bodies = bodies(1, BATCH + 2)
    desk.deliver(stripe.bodies[0])
    answer = backfill(desk)

    assert answer["stored"] == [f"evt_{number}" for number in range(2, BATCH + 3)]
    assert (answer["refused"], answer["refused_count"], answer["left"]) == ([], 0, 0)
    head = desk.store.read(lambda tx: tx.money.events.get(f"evt_{BATCH + 2}"))
    assert head.entity.origin is EventOrigin.BACKFILL

    stripe.bodies = bodies(1, BATCH + 3)
    assert backfill(desk) == answer
    assert backfill(desk, once="key-2")["stored"] == [f"evt_{BATCH + 3}"]


def test_one_request_stores_a_limited_number_and_counts_the_rest(
    desk: Till, stripe: ListingGateway
) -> None:
    left = 5 * BATCH
    stripe.bodies = bodies(1, MAX + left)
    first = backfill(desk)
    assert stripe.most_alive <= BATCH + 2  # a long list is never in memory at once
    second = backfill(desk, once="key-2")

    assert (len(first["stored"]), first["left"]) == (MAX, left)
    assert (len(second["stored"]), second["left"]) == (min(MAX, left), max(0, left - MAX))


@pytest.mark.parametrize(
    "changes",
    [{"livemode": True}, {"account": "acct_other"}, {"id": ""}, {"id": "x" * 1_000}],
    ids=["mode", "account", "malformed", "too long"],
)
def test_an_event_that_a_webhook_would_refuse_is_not_stored(
    desk: Till, stripe: ListingGateway, changes: Json
) -> None:
    stripe.bodies = [body_of(1, **changes), body_of(2)]
    answer = backfill(desk)

    assert problem(desk.deliver(stripe.bodies[0]))[0] >= 400
    assert (answer["stored"], answer["refused"]) == (["evt_2"], ["evt_1"])
    assert (answer["refused_count"], answer["left"]) == (1, 0)
    assert [event.id for event in desk.events()] == ["evt_2"]


def test_events_are_checked_against_the_settings_of_the_service(
    store: AnyStore, stripe: ListingGateway
) -> None:
    web = Web(store, evolve(SETTINGS, stripe_livemode=True), stripe=stripe)
    web.key = web.new_key("admin")
    stripe.bodies = [body_of(1), body_of(2, livemode=True)]
    answer = backfill(Till(store, stripe, web))

    assert (answer["stored"], answer["refused"]) == (["evt_2"], ["evt_1"])


def test_refused_events_never_keep_later_ones_from_being_stored(
    desk: Till, stripe: ListingGateway
) -> None:
    stripe.bodies = [*bodies(1, MAX + 1, livemode=True), body_of(MAX + 2)]
    answer = backfill(desk)

    assert answer["stored"] == [f"evt_{MAX + 2}"]
    assert (len(answer["refused"]), answer["refused_count"]) == (MAX, MAX + 1)
    assert answer["left"] == 0


def test_nothing_is_stored_if_stripe_does_not_finish_its_list(
    desk: Till, stripe: ListingGateway
) -> None:
    stripe.bodies = bodies(1, BATCH + 1)
    stripe.is_down = True
    answer = desk.web.post(PATH, json={"reason": "a test"}, once="key-1")

    assert problem(answer) == (502, "STRIPE_API_ERROR")
    assert desk.events() == []


# The console


def test_the_console_tells_what_is_left_and_what_was_refused(
    store: AnyStore, stripe: ListingGateway
) -> None:
    stripe.bodies = [body_of(1, livemode=True)]

    words = words_after_form(store, stripe)
    assert "1 event was refused, such as evt_1" in words
    assert "No event is missing." not in words

    stripe.bodies = bodies(1, MAX + 3)

    words = words_after_form(store, stripe)
    assert "200 missing events were stored. 3 more are missing: send the form again." in words
    assert "3 missing events were stored." in words_after_form(store, stripe)
    assert "No event is missing." in words_after_form(store, stripe)
