"""The test controls: paths under /_simulator/ that no client of Stripe has."""

import re
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.accounts import AccountStatus, set_account
from indelible_stripe.simulator.answers import Answer, ApiError, JsonObject
from indelible_stripe.simulator.disputes import finish_dispute, open_dispute
from indelible_stripe.simulator.engine import Engine
from indelible_stripe.simulator.faults import FaultRule
from indelible_stripe.simulator.fields import Fields, StoryInvalid
from indelible_stripe.simulator.intents import cancel_due_authorizations, cancel_intent
from indelible_stripe.simulator.payments import Outcome, pay_intent
from indelible_stripe.simulator.refunds import create_refund, finish_refund
from indelible_stripe.simulator.sessions import expire_due_sessions, pay_session
from indelible_stripe.simulator.state import Kind
from indelible_stripe.simulator.transfers import create_reversal
from indelible_stripe.simulator.webhooks import WebhookSettings

PREFIX: Final = "/_simulator/"
MAX_DRAIN_SECONDS: Final = 60
NUMBER: Final = re.compile("[0-9]{1,9}", re.ASCII)


class DisputeStatus(StrEnum):
    """The statuses in which a dispute opens or closes."""

    NEEDS_RESPONSE = "needs_response"
    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WON = "won"
    LOST = "lost"
    WARNING_CLOSED = "warning_closed"
    PREVENTED = "prevented"


class RefundEnd(StrEnum):
    """The statuses that a refund can get."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    REQUIRES_ACTION = "requires_action"


def advance_clock(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Move the clock forward."""
    seconds = fields.whole("advance_seconds")
    fields.finish()
    engine.clock.advance(seconds)
    expire_due_sessions(engine.state)
    cancel_due_authorizations(engine.state)
    return {"now": engine.clock.seconds()}


def set_outage(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Turn an outage on or off, or plan one of some seconds."""
    if "seconds" in fields.values:
        seconds = fields.whole("seconds")
        after_seconds = fields.whole("after_seconds", 0)
        fields.finish()
        engine.faults.plan_outage(after_seconds=after_seconds, seconds=seconds)
    else:
        is_out = fields.boolean("on")
        fields.finish()
        engine.faults.is_out = is_out
        if not is_out:
            engine.faults.outages.clear()
    return {"out": engine.faults.is_out, "outages": len(engine.faults.outages)}


def set_faults(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Put other fault rules in force."""
    rules = tuple(FaultRule.read(rule) for rule in fields.objects("faults"))
    fields.finish()
    engine.faults.replace(rules)
    return {"faults": len(rules)}


def set_balance(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Set the available balance of currencies by top-ups or withdrawals."""
    state = engine.state
    for currency, amount in fields.all_amounts().items():
        change = amount - balance.available_minor(state, currency)
        if change:
            balance.add_transaction(state, "topup", None, change, currency)
    return balance.balance(state)


def set_account_status(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Give a connected account a state, and create it if there is none."""
    status = fields.choice("transfers", AccountStatus)
    balances = fields.amounts("balance")
    fields.finish()
    for currency, amount in balances.items():
        engine.state.account_balances[ids[0], currency] = amount
    return set_account(engine.state, ids[0], status)


def pay(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Pay an intent or a session as a cardholder does."""
    outcome = fields.choice("outcome", Outcome, Outcome.SUCCEED)
    fields.finish()
    state = engine.state
    if ids[0].startswith("cs_"):
        return pay_session(state, state.get(Kind.SESSION, ids[0]), outcome)
    intent = pay_intent(state, state.get(Kind.INTENT, ids[0]), outcome)
    if outcome is Outcome.DISPUTE:
        open_dispute(state, state.get(Kind.CHARGE, intent["latest_charge"]))
    return intent


def cancel(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Cancel an intent in Stripe's dashboard."""
    fields.finish()
    return cancel_intent(engine.state, ids, {})


def open_one_dispute(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Open a dispute of a paid intent."""
    state = engine.state
    intent = state.get(Kind.INTENT, fields.text("payment_intent"))
    charge = state.get(Kind.CHARGE, intent["latest_charge"])
    amount = fields.optional_whole("amount", minimum=1)
    status = fields.choice("status", DisputeStatus, DisputeStatus.NEEDS_RESPONSE)
    reason = fields.text("reason", "fraudulent")
    due_by = fields.optional_whole("due_by")
    fields.finish()
    return open_dispute(
        state, charge, amount=amount, status=status.value, reason=reason, due_by=due_by
    )


def close_one_dispute(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Close a dispute."""
    status = fields.choice("status", DisputeStatus)
    fields.finish()
    return finish_dispute(engine.state, engine.state.get(Kind.DISPUTE, ids[0]), status.value)


def refund_outside(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Refund an intent in Stripe's dashboard."""
    params: JsonObject = {"payment_intent": fields.text("payment_intent")}
    amount = fields.optional_whole("amount", minimum=1)
    if amount is not None:
        params["amount"] = amount
    fields.finish()
    return create_refund(engine.state, (), params)


def end_refund(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Give a refund its next status."""
    status = fields.choice("status", RefundEnd)
    fields.finish()
    return finish_refund(engine.state, engine.state.get(Kind.REFUND, ids[0]), status.value)


def reverse_outside(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Reverse a transfer in Stripe's dashboard."""
    amount = fields.optional_whole("amount", minimum=1)
    fields.finish()
    return create_reversal(engine.state, ids, {} if amount is None else {"amount": amount})


def set_webhooks(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Send webhooks to another endpoint, or with other faults."""
    engine.sender.settings = WebhookSettings.read(fields)
    return {"url": engine.sender.settings.url}


def send_event(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Send an event once more."""
    fields.finish()
    event = engine.state.get(Kind.EVENT, ids[0])
    engine.sender.send(event, copy=3)
    return event


def drain_webhooks(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Send all webhooks that wait for their first attempt, and wait for the end."""
    seconds = fields.whole("seconds", 30, maximum=MAX_DRAIN_SECONDS)
    fields.finish()
    is_idle = engine.sender.drain(seconds)
    return {"idle": is_idle, "waiting": engine.sender.waiting()}


def read_journal(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Return the journal after a number, whole or only its problems."""
    after, problems = fields.text("after", "0"), fields.text("problems", "0")
    fields.finish()
    if NUMBER.fullmatch(after) is None:
        raise fields.wrong("after", "a whole number")
    if problems not in ("0", "1"):
        raise fields.wrong("problems", "0 or 1")

    entries = engine.journal.select(after=int(after), only_problems=problems == "1")
    return {"entries": list(entries)}


def read_counts(engine: Engine, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    """Return how many objects, requests, faults and webhooks there were."""
    fields.finish()
    objects = {kind.value: len(values) for kind, values in engine.state.objects.items()}
    return {
        "now": engine.clock.seconds(),
        "objects": objects,
        "faults": dict(sorted(engine.faults.hits.items())),
        "webhooks": {
            **dict(sorted(engine.sender.counts.items())),
            "waiting": engine.sender.waiting(),
        },
        "lost_events": list(engine.sender.lost),
        "balance": dict(sorted(engine.state.totals_minor.items())),
        **engine.journal.counts(),
    }


Control = Callable[[Engine, tuple[str, ...], Fields], JsonObject]
CONTROLS: Final[tuple[tuple[str, str, Control], ...]] = (
    ("POST", "clock", advance_clock),
    ("POST", "outage", set_outage),
    ("POST", "faults", set_faults),
    ("POST", "balance", set_balance),
    ("POST", r"accounts/([\w-]+)", set_account_status),
    ("POST", r"(?:intents|sessions)/([\w-]+)/pay", pay),
    ("POST", r"intents/([\w-]+)/cancel", cancel),
    ("POST", "disputes", open_one_dispute),
    ("POST", r"disputes/([\w-]+)/close", close_one_dispute),
    ("POST", "refunds", refund_outside),
    ("POST", r"refunds/([\w-]+)", end_refund),
    ("POST", r"transfers/([\w-]+)/reverse", reverse_outside),
    ("POST", "webhooks", set_webhooks),
    ("POST", "webhooks/drain", drain_webhooks),
    ("POST", r"events/([\w-]+)/send", send_event),
    ("GET", "journal", read_journal),
    ("GET", "counts", read_counts),
)
WITHOUT_LOCK: Final = (drain_webhooks,)


def control(engine: Engine, method: str, path: str, values: dict[str, Any]) -> Answer:
    """Answer a test control; a wrong one is a 400 with its code."""
    for own_method, pattern, function in CONTROLS:
        match = re.fullmatch(re.escape(PREFIX) + pattern, path, re.ASCII)
        if match is None or own_method != method:
            continue
        fields = Fields(f"control {method} {path}", values)
        try:
            return Answer(HTTPStatus.OK, _run(engine, function, match.groups(), fields))
        except StoryInvalid as error:
            body = {"error": {"code": error.code, "message": error.describe()}}
            return Answer(HTTPStatus.BAD_REQUEST, body)
        except ApiError as error:
            return error.answer()

    return ApiError(f"No control {method} {path}", status=HTTPStatus.NOT_FOUND).answer()


def _run(engine: Engine, function: Control, ids: tuple[str, ...], fields: Fields) -> JsonObject:
    if function in WITHOUT_LOCK:
        return function(engine, ids, fields)
    with engine.lock:
        subject = f"{fields.subject} {engine.journal.next_number} {engine.next_control()}"
        engine.state.begin(subject, request_id=None, key=None)
        return function(engine, ids, fields)
