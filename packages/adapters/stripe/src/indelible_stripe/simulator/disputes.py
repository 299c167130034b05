"""Disputes of charges, as a bank opens and closes them."""

from copy import deepcopy
from typing import Final

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.objects import new_dispute
from indelible_stripe.simulator.state import Kind, State
from indelible_stripe.simulator.texts import update_texts

OPEN_STATUSES: Final = (
    "needs_response",
    "under_review",
    "warning_needs_response",
    "warning_under_review",
)
CLOSED_STATUSES: Final = ("won", "lost", "warning_closed", "prevented")


def open_dispute(
    state: State,
    charge: JsonObject,
    *,
    amount: int | None = None,
    status: str = "needs_response",
    reason: str = "fraudulent",
    due_by: int | None = None,
) -> JsonObject:
    """Open a dispute; an inquiry (`warning_...`) withdraws no money.

    `due_by` is the time until which evidence is taken, in Unix seconds: by default in a week; 0
    where the bank allows no response.

    Raises:
        ApiError: The charge was not paid, or is disputed already.
    """
    if not charge["paid"] or charge["disputed"]:
        raise ApiError(f"Charge {charge['id']} is not paid, or is disputed already.")
    dispute = new_dispute(
        state, charge, charge["amount"] if amount is None else amount, status=status, reason=reason
    )
    if due_by is not None:
        dispute["evidence_details"]["due_by"] = due_by
    state.add(Kind.DISPUTE, dispute)
    charge["disputed"] = True
    state.emit("charge.dispute.created", dispute)
    if not status.startswith("warning_"):
        _withdraw(state, dispute)
    return dispute


def _withdraw(state: State, dispute: JsonObject) -> None:
    transaction = balance.add_transaction(
        state,
        "adjustment",
        dispute["id"],
        -dispute["amount"],
        dispute["currency"],
        fee=state.settings.dispute_fee_minor,
        category="dispute",
    )
    dispute["balance_transactions"].append(deepcopy(transaction))
    state.emit("charge.dispute.funds_withdrawn", dispute)


def finish_dispute(state: State, dispute: JsonObject, status: str) -> JsonObject:
    """Close a dispute; a win, or a prevented dispute, returns the amount without the fee.

    Raises:
        ApiError: The dispute is closed already.
    """
    if dispute["status"] not in OPEN_STATUSES:
        raise ApiError(f"Dispute {dispute['id']} is {dispute['status']}: it is already closed.")
    previous = {"status": dispute["status"]}
    dispute["status"] = status
    if dispute["balance_transactions"] and status in ("won", "prevented"):
        transaction = balance.add_transaction(
            state,
            "adjustment",
            dispute["id"],
            dispute["amount"],
            dispute["currency"],
            category="dispute_reversal",
        )
        dispute["balance_transactions"].append(deepcopy(transaction))
        state.emit("charge.dispute.funds_reinstated", dispute)
    state.emit("charge.dispute.closed", dispute, previous=previous)
    return dispute


def close_dispute(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Accept a dispute: it is lost."""
    return finish_dispute(state, state.get(Kind.DISPUTE, ids[0]), "lost")


def update_dispute(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Add evidence to a dispute, and submit it unless the request says otherwise."""
    dispute = state.get(Kind.DISPUTE, ids[0])
    if dispute["status"] not in OPEN_STATUSES:
        raise ApiError(f"Dispute {dispute['id']} is {dispute['status']}: it is already closed.")
    dispute["evidence"].update(params.get("evidence") or {})
    update_texts(dispute, params)
    previous = {"status": dispute["status"]}
    if params.get("evidence"):
        dispute["evidence_details"]["has_evidence"] = True
    is_submitted = params.get("submit", True)
    if params.get("evidence") and is_submitted:
        dispute["evidence_details"]["submission_count"] += 1
        is_inquiry = dispute["status"].startswith("warning_")
        dispute["status"] = "warning_under_review" if is_inquiry else "under_review"
    state.emit("charge.dispute.updated", dispute, previous=previous)
    return dispute
