"""The forms on the console's pages of money; each asks for a reason, which is recorded."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible.kernel import IndelibleError
from indelible.money import (
    HaltPayments,
    MarkUnclaimed,
    PlanPayouts,
    ReissueTransfer,
    ReplayEvent,
    ResumePayments,
)
from indelible.money.commands.payouts import ANY_DESTINATION, UnparkTransfer
from indelible.money.handlers.payouts.approving import unpark_transfer
from indelible.money.handlers.payouts.ending import mark_unclaimed
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields
from indelible_web.console.page import ConsolePage
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import ADMIN, OPS
from indelible_web.money import inbox_admin, payment_admin, payout_admin, reconciliation_admin
from indelible_web.money.admin_queries import (
    ApprovalBody,
    BackfillBody,
    ReconciliationBody,
    RefundBody,
)
from indelible_web.money.admin_schemas import (
    BackfillView,
    InboxEventView,
    RefundView,
    RequestedTaskView,
    SwitchView,
)
from indelible_web.money.pages import (
    inbox_event,
    list_inbox,
    list_payments,
    list_reconciliation_reports,
    payment,
)
from indelible_web.money.payout_pages import list_payouts, payout
from indelible_web.money.payout_schemas import PlannedPayoutsView, TransferView
from indelible_web.money.texts import backfilled_text, planned_text

BY_OPERATOR: Final = "OPERATOR"
R = TypeVar("R")
Act = Callable[[OperationContext], R]


def halt_payments_form(console: ConsoleContext) -> Response:
    """Halt new payments and transfers."""

    def act(context: OperationContext) -> SwitchView:
        return payment_admin.halt_all_payments(context, HaltPayments(reason_code=BY_OPERATOR))

    return _act(
        console,
        act,
        SwitchView,
        "New payments and transfers are halted.",
        "list_payments",
        list_payments,
    )


def resume_payments_form(console: ConsoleContext) -> Response:
    """Allow new payments and transfers again."""

    def act(context: OperationContext) -> SwitchView:
        return payment_admin.resume_all_payments(context, ResumePayments())

    return _act(console, act, SwitchView, "Payments are resumed.", "list_payments", list_payments)


def refund_form(console: ConsoleContext, charge_id: str) -> Response:
    """Request the refund of all that is left of a charge."""

    def act(context: OperationContext) -> RefundView:
        return payment_admin.refund(context, RefundBody(charge_id=charge_id))

    return _act(
        console,
        act,
        RefundView,
        "The refund is requested.",
        "payment",
        payment,
        charge_id=charge_id,
    )


def replay_form(console: ConsoleContext, event_id: str) -> Response:
    """Process a dead letter again."""

    def act(context: OperationContext) -> InboxEventView:
        return inbox_admin.replay_stripe_event(context, ReplayEvent(event_id=event_id))

    notice = "The event is processed again."
    return _act(console, act, InboxEventView, notice, "inbox_event", inbox_event, event_id=event_id)


def backfill_form(console: ConsoleContext) -> Response:
    """Store the events that no webhook has delivered."""

    def act(context: OperationContext) -> BackfillView:
        return inbox_admin.backfill(context, BackfillBody())

    try:
        backfilled = _run(console, act, BackfillView)
    except IndelibleError as error:
        return list_inbox(console, error=error)

    return _show(console, backfilled_text(backfilled), "list_inbox")


def reconcile_form(console: ConsoleContext) -> Response:
    """Let a worker compare the books with Stripe now."""

    def act(context: OperationContext) -> RequestedTaskView:
        body = parse_fields(ReconciliationBody, request.form)
        return reconciliation_admin.request_reconciliation(context, body)

    notice = "A worker compares the books now. The report appears here."
    page = "list_reconciliation_reports"
    return _act(console, act, RequestedTaskView, notice, page, list_reconciliation_reports)


def plan_form(console: ConsoleContext) -> Response:
    """Create the transfers of a settlement."""

    def act(context: OperationContext) -> PlannedPayoutsView:
        command = parse_fields(PlanPayouts, request.form)
        return payout_admin.plan_settlement_payouts(context, command)

    try:
        planned = _run(console, act, PlannedPayoutsView)
    except IndelibleError as error:
        return list_payouts(console, error=error)

    return _show(console, planned_text(planned), "list_payouts")


def approve_form(console: ConsoleContext, transfer_id: str) -> Response:
    """Approve a transfer; its reason is the one of the approval."""

    def act(context: OperationContext) -> TransferView:
        compared = request.form.get("destination", ANY_DESTINATION)
        body = ApprovalBody(transfer_id=transfer_id, destination=compared or None)
        return payout_admin.approve(context, body)

    return _act_on_transfer(console, transfer_id, act, "Approved. A worker sends it.", scope=ADMIN)


def park_form(console: ConsoleContext, transfer_id: str) -> Response:
    """Let a transfer wait for an operator."""

    def act(context: OperationContext) -> TransferView:
        return payout_admin.park(context, transfer_id)

    return _act_on_transfer(console, transfer_id, act, "Parked.")


def unpark_form(console: ConsoleContext, transfer_id: str) -> Response:
    """Try a parked transfer again now."""

    def act(context: OperationContext) -> TransferView:
        command = UnparkTransfer(transfer_id=transfer_id)
        return context.run_recorded(payout_admin.showing_transfer(unpark_transfer), command)

    return _act_on_transfer(console, transfer_id, act, "A worker tries it now.")


def reissue_form(console: ConsoleContext, transfer_id: str) -> Response:
    """Try a failed transfer again, or pay a reversed one again; show the one to approve."""

    def act(context: OperationContext) -> TransferView:
        command = ReissueTransfer(transfer_id=transfer_id)
        return context.run_recorded(payout_admin.showing_transfer(reissue_transfer), command)

    try:
        reissued = _run(console, act, TransferView)
    except IndelibleError as error:
        return payout(console, transfer_id, error=error)

    notice = "Issued again. Another person approves it on this page."
    return _show(console, notice, "payout", transfer_id=reissued.id)


def unclaim_form(console: ConsoleContext, transfer_id: str) -> Response:
    """Keep the money of a transfer that nobody has claimed."""

    def act(context: OperationContext) -> TransferView:
        command = MarkUnclaimed(transfer_id=transfer_id)
        return context.run_recorded(payout_admin.showing_transfer(mark_unclaimed), command)

    return _act_on_transfer(console, transfer_id, act, "The money is kept as unclaimed.")


def _act_on_transfer(
    console: ConsoleContext,
    transfer_id: str,
    act: Act[TransferView],
    notice: str,
    scope: str = OPS,
) -> Response:
    return _act(
        console,
        act,
        TransferView,
        notice,
        "payout",
        payout,
        scope=scope,
        transfer_id=transfer_id,
    )


def _act(
    console: ConsoleContext,
    act: Act[R],
    response_type: type[R],
    notice: str,
    page_name: str,
    page: Callable[..., Response],
    *,
    scope: str = OPS,
    **path: Any,  # noqa: ANN401 - the parameters of each page's route
) -> Response:
    """Run a form's command and show its page; after an error the form keeps the reason."""
    try:
        _run(console, act, response_type, scope)
    except IndelibleError as error:
        return page(console, **path, error=error)

    return _show(console, notice, page_name, **path)


def _run(console: ConsoleContext, act: Act[R], response_type: type[R], scope: str = OPS) -> R:
    """Run the command of an operator's form."""
    context = console.operation(
        scope=scope, reason=form_text("reason"), response_type=response_type
    )
    return act(context)


def _show(
    console: ConsoleContext,
    notice: str,
    page_name: str,
    **path: Any,  # noqa: ANN401 - of the page
) -> Response:
    """Redirect to a page, and leave a notice for it."""
    console.notices.leave(notice)
    return redirect(url_for(f"console.{page_name}", **path), 303)


PAGES: Final = (
    ConsolePage(rule="/money/halt", view=halt_payments_form, method="POST"),
    ConsolePage(rule="/money/resume", view=resume_payments_form, method="POST"),
    ConsolePage(rule="/money/payments/<charge_id>/refund", view=refund_form, method="POST"),
    ConsolePage(rule="/money/inbox/backfill", view=backfill_form, method="POST"),
    ConsolePage(rule="/money/inbox/<event_id>/replay", view=replay_form, method="POST"),
    ConsolePage(rule="/money/reconciliations/start", view=reconcile_form, method="POST"),
    ConsolePage(rule="/money/payouts/plan", view=plan_form, method="POST"),
    ConsolePage(rule="/money/payouts/<transfer_id>/approve", view=approve_form, method="POST"),
    ConsolePage(rule="/money/payouts/<transfer_id>/park", view=park_form, method="POST"),
    ConsolePage(rule="/money/payouts/<transfer_id>/unpark", view=unpark_form, method="POST"),
    ConsolePage(rule="/money/payouts/<transfer_id>/reissue", view=reissue_form, method="POST"),
    ConsolePage(rule="/money/payouts/<transfer_id>/unclaim", view=unclaim_form, method="POST"),
)
