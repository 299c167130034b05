"""The hosted pages that a browser can click: Checkout, authentication and onboarding."""

import re
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlencode

from attrs import frozen

from indelible_stripe.simulator.accounts import AccountStatus, set_account
from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.engine import Engine
from indelible_stripe.simulator.payments import Outcome, pay_intent
from indelible_stripe.simulator.sessions import expire_due_sessions, pay_session
from indelible_stripe.simulator.state import Kind, State

CHECKOUT: Final = re.compile(r"/checkout/(cs_\w+)(?:/(pay))?", re.ASCII)
AUTHENTICATE: Final = re.compile(r"/authenticate/(pi_\w+)", re.ASCII)
SETUP: Final = re.compile(r"/setup/(acct_\w+)/\w+", re.ASCII)
TEMPLATE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px sans-serif;max-width:30em;margin:4em auto}}button{{font:inherit;margin:.3em}}
</style></head><body><h1>{title}</h1>{body}
<p><small>Simulated Stripe: no money moves.</small></p></body></html>
"""


@frozen
class Page:
    """A page for a browser, or a redirect to `location`."""

    status: int
    html: str = ""
    location: str | None = None


def answer_page(engine: Engine, method: str, path: str, form: str) -> Page | None:
    """Return the page of a path, or None if it is no page."""
    for pattern, function in (
        (CHECKOUT, _checkout),
        (AUTHENTICATE, _authenticate),
        (SETUP, _setup),
    ):
        match = pattern.fullmatch(path)
        if match is None:
            continue
        with engine.lock:
            engine.state.begin(f"page {path} {engine.next_control()}", request_id=None, key=None)
            try:
                return function(engine.state, match[1], method, form)
            except ApiError as error:
                return _page(error.message, "", status=error.status)

    return None


def price_text(amount: int, currency: str) -> str:
    """Return an amount for people, `$5.00`."""
    symbol = "$" if currency == "usd" else f"{currency.upper()} "
    return f"{symbol}{amount // 100}.{amount % 100:02}"


def _read_outcome(form: str) -> Outcome:
    """Return the outcome that a button sends, without one that the payment succeeds.

    Raises: ApiError.
    """
    names = parse_qs(form).get("outcome", [Outcome.SUCCEED.value])
    if names[0] not in {outcome.value for outcome in Outcome}:
        raise ApiError(f"No such outcome: {names[0][:20]}", param="outcome")
    return Outcome(names[0])


def _checkout(state: State, session_id: str, method: str, form: str) -> Page:
    expire_due_sessions(state)
    session = state.get(Kind.SESSION, session_id)
    if method == "POST":
        pay_session(state, session, _read_outcome(form))
        if session["status"] == "complete":
            return _redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id))
        intent = state.get(Kind.INTENT, session["payment_intent"])
        if intent["next_action"] is not None:
            return _redirect(intent["next_action"]["redirect_to_url"]["url"])
    if session["status"] != "open":
        return _page(f"This checkout is {session['status']}", "", status=HTTPStatus.GONE)
    return _page("Checkout", _checkout_form(state, session))


def _checkout_form(state: State, session: JsonObject) -> str:
    price = price_text(session["amount_total"], session["currency"])
    message = ""
    if session["payment_intent"] is not None:
        error = state.get(Kind.INTENT, session["payment_intent"])["last_payment_error"]
        if error is not None:
            message = f'<p role="alert">{escape(error["message"])}</p>'
    back = ""
    if session["cancel_url"] is not None:
        back = f'<a href="{escape(session["cancel_url"])}">Back</a>'
    return f"""{message}<form method="post" action="/checkout/{session["id"]}/pay">
<button name="outcome" value="succeed">Pay {escape(price)}</button>
<button name="outcome" value="decline">Pay with a declined card</button>
<button name="outcome" value="process">Pay by bank transfer</button>
</form>{back}"""


def _authenticate(state: State, intent_id: str, method: str, form: str) -> Page:
    intent = state.get(Kind.INTENT, intent_id)
    if method == "POST":
        action: JsonObject = intent["next_action"] or {}
        return_url = action.get("redirect_to_url", {}).get("return_url")
        pay_intent(state, intent, _read_outcome(form))
        if return_url is not None:
            query = urlencode({"payment_intent": intent_id, "redirect_status": intent["status"]})
            return _redirect(f"{return_url}{'&' if '?' in return_url else '?'}{query}")
        return _page(f"The payment is {intent['status']}", "")
    buttons = """<form method="post"><button name="outcome" value="succeed">Complete</button>
<button name="outcome" value="decline">Fail</button></form>"""
    return _page("Authenticate the payment", buttons)


def _setup(state: State, account_id: str, method: str, form: str) -> Page:
    state.get(Kind.ACCOUNT, account_id)
    if method == "POST":
        set_account(state, account_id, AccountStatus.ACTIVE)
        return _page("Onboarding is complete", "")
    return _page("Onboarding", '<form method="post"><button>Complete onboarding</button></form>')


def _page(title: str, body: str, *, status: int = HTTPStatus.OK) -> Page:
    return Page(status, TEMPLATE.format(title=escape(title), body=body))


def _redirect(location: str) -> Page:
    return Page(HTTPStatus.SEE_OTHER, location=location)
