"""Lists of Stripe's are read in parts, and a list that is too long proves nothing."""

from collections.abc import Sequence

import pytest
from tests.core.money.payments import PaymentRun, event_body
from tests.core.money.weeks import HOURS, Week

from indelible.money.entities.stripe_objects import EventObject
from indelible.money.entities.values import ReconciliationScope
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.tasks import intents, reconciling


def lost_event(week: Week, number: int, event_type: str) -> EventObject:
    """Return an event that Stripe lists and that was never received."""
    at = week.clock.now()
    body = event_body(f"evt_{number}", event_type, {"id": "tr_1"}, at)
    return EventObject(
        id=f"evt_{number}",
        type=event_type,
        created=at,
        livemode=False,
        api_version=None,
        object_id="tr_1",
        account=None,
        body=body,
    )


def test_missing_events_are_stored_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    week = Week.empty()
    week.books.events = [lost_event(week, number, "transfer.created") for number in range(5)]
    week.clock.advance(HOURS)
    pages: list[int] = []
    unknown = vars(reconciling)["_unknown_events"]

    def counted(tx: object, event_ids: Sequence[str]) -> object:
        pages.append(len(event_ids))
        return unknown(tx, event_ids)

    monkeypatch.setattr(reconciling, "_unknown_events", counted)
    monkeypatch.setattr(reconciling, "EVENTS_PER_PAGE", 2)
    _, discrepancies = week.reconcile(ReconciliationScope.CHEAP)

    assert pages == [2, 2, 1]
    assert [one.subject for one in discrepancies] == [f"evt_{number}" for number in range(5)]
    assert week.event("evt_4").id == "evt_4"


def test_events_of_types_that_nobody_subscribes_to_are_not_missing() -> None:
    week = Week.empty()
    week.books.events = [lost_event(week, 1, "balance.available")]
    week.clock.advance(HOURS)

    _, discrepancies = week.reconcile(ReconciliationScope.CHEAP)

    assert discrepancies == ()


def test_a_list_of_intents_that_is_too_long_ends_as_the_outage(
    run: PaymentRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        run.opened_intent(f"other-{number}")
    monkeypatch.setattr(intents, "MAX_LISTED_INTENTS", 2)
    charge = run.open()
    outage = GatewayOutage(problem="HTTP 500", is_replayed=True)
    run.gateway.failures.before["create_payment_intent"] = [outage]

    with pytest.raises(GatewayOutage):
        run.start(charge)

    assert len(run.gateway.intents) == 3
