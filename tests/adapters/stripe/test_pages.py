"""The hosted pages: a payer pays, is declined or authenticates; a payee is onboarded."""

import re
from datetime import UTC, datetime
from html import unescape

import httpx
from tests.adapters.stripe.controls import Controlled, controlled

from indelible.money.entities.stripe_objects import Session

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def open_session(run: Controlled) -> Session:
    return run.gateway.create_checkout_session(
        amount_minor=2_501,
        currency="USD",
        description="Entry <1>",
        success_url="http://127.0.0.1/ok?session={CHECKOUT_SESSION_ID}",
        cancel_url="http://127.0.0.1/no",
        expires_at=None,
        metadata={"charge_id": "7"},
        idempotency_key="pi:7:g1",
    )


def press(url: str, button: str) -> httpx.Response:
    """Press a button of a page by its text, as a browser does."""
    page = httpx.get(url)
    assert page.status_code == 200
    action = re.search(r'action="([^"]+)"', page.text)
    target = httpx.URL(url).join(unescape(action[1])) if action else httpx.URL(url)
    name = re.search(rf'name="outcome" value="(\w+)">{re.escape(button)}<', page.text)
    data = {"outcome": name[1]} if name else {}
    assert button in page.text
    return httpx.post(target, data=data)


def test_paid_checkout_leads_to_the_success_address() -> None:
    with controlled() as run:
        session = open_session(run)
        assert session.url is not None

        response = press(session.url, "Pay $25.01")

        assert response.status_code == 303
        expected = f"http://127.0.0.1/ok?session={session.id}"
        assert response.headers["Location"] == expected
        paid = run.gateway.retrieve_checkout_session(session.id)
        assert paid.status == "complete"
        assert paid.payment_intent is not None
        intent = run.gateway.retrieve_payment_intent(paid.payment_intent)
        assert (intent.status, intent.metadata) == ("succeeded", {"charge_id": "7"})
        assert httpx.get(session.url).status_code == 410


def test_declined_payer_may_try_again() -> None:
    with controlled() as run:
        session = open_session(run)
        assert session.url is not None

        declined = press(session.url, "Pay with a declined card")
        assert "Your card was declined" in declined.text
        paid = press(session.url, "Pay $25.01")

        assert paid.status_code == 303
        reread = run.gateway.retrieve_checkout_session(session.id)
        assert reread.payment_intent is not None
        types = [event.type for event in run.gateway.list_events(since=LONG_AGO)]
        assert types.count("payment_intent.created") == 1


def test_session_expires_by_the_clock() -> None:
    with controlled() as run:
        session = open_session(run)
        run.control("clock", advance_seconds=86_401)

        assert run.gateway.retrieve_checkout_session(session.id).status == "expired"


def test_payer_authenticates_on_a_page() -> None:
    with controlled() as run:
        intent = run.gateway.create_payment_intent(
            amount_minor=500, currency="USD", metadata={}, idempotency_key="pi:1:g1"
        )
        waiting = run.control(f"intents/{intent.id}/pay", outcome="require_action")

        press(waiting["next_action"]["redirect_to_url"]["url"], "Complete")

        assert run.gateway.retrieve_payment_intent(intent.id).status == "succeeded"


def test_a_button_that_no_page_has_is_refused() -> None:
    with controlled() as run:
        session = open_session(run)
        page = run.browser.post(f"{run.url}/checkout/{session.id}/pay", data={"outcome": "steal"})

        assert page.status_code == 400
        assert "No such outcome: steal" in page.text
        assert run.gateway.retrieve_checkout_session(session.id).status == "open"


def test_payee_is_onboarded_on_a_page() -> None:
    with controlled() as run:
        account = run.gateway.create_account(
            party="p1", email=None, country="US", idempotency_key="account:1"
        )
        link = run.gateway.create_account_link(
            account_id=account.id, refresh_url="http://127.0.0.1/r", return_url="http://127.0.0.1/b"
        )

        press(link.url, "Complete onboarding")

        assert run.gateway.retrieve_account(account.id).transfers_active is True
