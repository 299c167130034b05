"""Checkout sessions with inline prices."""

from copy import deepcopy
from typing import Final

from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.connect_objects import new_line_item, new_session
from indelible_stripe.simulator.disputes import open_dispute
from indelible_stripe.simulator.lists import page_of
from indelible_stripe.simulator.objects import new_intent
from indelible_stripe.simulator.parts import missing_param
from indelible_stripe.simulator.payments import Outcome, check_amount, pay_intent
from indelible_stripe.simulator.state import Kind, State
from indelible_stripe.simulator.texts import new_metadata

MIN_SECONDS: Final = 30 * 60
MAX_SECONDS: Final = 24 * 60 * 60


def create_session(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Open a session for items with inline prices."""
    for name in ("mode", "success_url", "line_items"):
        if not params.get(name):
            raise missing_param(name)
    items = [_line_item(state, number, item) for number, item in enumerate(params["line_items"])]
    currencies = {item["currency"] for item in items}
    if len(currencies) != 1:
        raise ApiError("All line items need the same currency.", param="line_items")
    amount = sum(item["amount_total"] for item in items)
    check_amount(amount)
    now = state.clock.seconds()
    expires_at = params.get("expires_at", now + MAX_SECONDS)
    if not MIN_SECONDS <= expires_at - now <= MAX_SECONDS:
        message = (
            "The `expires_at` timestamp must be from 30 minutes to 24 hours after the creation of"
            f" the Checkout Session: got {expires_at - now} seconds"
        )
        raise ApiError(message, param="expires_at")

    session = new_session(state, amount, currencies.pop(), expires_at, params)
    state.objects[Kind.SESSION][session["id"]] = session
    state.line_items[session["id"]] = items
    intent_data = params.get("payment_intent_data", {})
    state.open_sessions[session["id"]] = {**intent_data, "metadata": new_metadata(intent_data)}
    if "payment_method_types" in params:
        methods = session["payment_method_types"]
        state.open_sessions[session["id"]]["payment_method_types"] = methods
    return session


def _line_item(state: State, number: int, item: JsonObject) -> JsonObject:
    """Return a line item with its inline price."""
    name = f"line_items[{number}]"
    price = item.get("price_data")
    if price is None:
        raise missing_param(f"{name}[price_data]")
    for required in ("unit_amount", "product_data"):
        if required not in price:
            raise missing_param(f"{name}[price_data][{required}]")
    if "quantity" not in item:
        raise missing_param(f"{name}[quantity]")
    return new_line_item(state, item["quantity"], price)


def line_items_of(state: State, session_id: str) -> JsonObject:
    """Return the first page of the line items of a session."""
    return _line_items(state, session_id, {})


def list_line_items(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Return a page of the line items of a session."""
    state.get(Kind.SESSION, ids[0])
    return _line_items(state, ids[0], params)


def _line_items(state: State, session_id: str, params: JsonObject) -> JsonObject:
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return page_of(deepcopy(state.line_items[session_id]), url, params)


def expire_session(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Expire an open session."""
    session = state.get(Kind.SESSION, ids[0])
    if session["status"] != "open":
        message = f"Only open sessions can be expired; this one is {session['status']}."
        raise ApiError(message)
    return _expire(state, session)


def _expire(state: State, session: JsonObject) -> JsonObject:
    state.open_sessions.pop(session["id"], None)
    session["status"] = "expired"
    session["url"] = None
    intent_id = session["payment_intent"]
    if intent_id is not None:
        intent = state.get(Kind.INTENT, intent_id)
        intent["status"] = "canceled"
        intent["canceled_at"] = state.clock.seconds()
        state.emit("payment_intent.canceled", intent)
    state.emit("checkout.session.expired", session)
    return session


def expire_due_sessions(state: State) -> None:
    """Expire every open session whose time has passed."""
    now = state.clock.seconds()
    for session_id in tuple(state.open_sessions):
        session = state.objects[Kind.SESSION][session_id]
        if session["expires_at"] <= now:
            _expire(state, session)


def pay_session(state: State, session: JsonObject, outcome: Outcome) -> JsonObject:
    """Attempt to pay a session as a customer on its page does.

    Raises:
        ApiError: The session is not open.
    """
    if session["status"] != "open":
        raise ApiError(f"This session is {session['status']}: it cannot be paid.")
    intent = _intent_of(state, session)
    pay_intent(state, intent, outcome)
    if outcome in (Outcome.DECLINE, Outcome.REQUIRE_ACTION):
        return session

    state.open_sessions.pop(session["id"], None)
    session["status"] = "complete"
    session["url"] = None
    is_paid = intent["status"] == "succeeded"
    session["payment_status"] = "paid" if is_paid else "unpaid"
    state.emit("checkout.session.completed", session)
    if outcome is Outcome.DISPUTE:
        open_dispute(state, state.get(Kind.CHARGE, intent["latest_charge"]))
    return session


def _intent_of(state: State, session: JsonObject) -> JsonObject:
    """Return the intent of a session; the first attempt to pay creates it."""
    if session["payment_intent"] is not None:
        return state.get(Kind.INTENT, session["payment_intent"])
    params = state.open_sessions[session["id"]]
    intent = new_intent(state, session["amount_total"], session["currency"], params)
    state.add(Kind.INTENT, intent)
    session["payment_intent"] = intent["id"]
    state.emit("payment_intent.created", intent)
    return intent
