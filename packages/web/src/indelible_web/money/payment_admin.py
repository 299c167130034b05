"""The operator's routes of payments: charges, refunds, disputes, and the switch."""

from datetime import datetime
from typing import Final

from attrs import frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import InvalidTransition, ListOrder
from indelible.kernel.transaction import single_statement
from indelible.money import (
    ChargeFilter,
    DisputeFilter,
    HaltPayments,
    PaymentSwitch,
    RefundReason,
    RequestRefund,
    ResumePayments,
    SwitchStatus,
)
from indelible.money.errors.payments import (
    ChargeNotFound,
    DisputeOpen,
    InvalidAmount,
    RefundNotAllowed,
    RefundRunning,
)
from indelible.money.errors.payouts import SwitchNotFound
from indelible.money.handlers.refunds import request_refund
from indelible.money.handlers.switches import halt_payments, resume_payments
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of
from indelible_web.money.admin_lists import page_of_heads
from indelible_web.money.admin_queries import (
    ChargeListQuery,
    ChargeQuery,
    DisputeListQuery,
    RefundBody,
)
from indelible_web.money.admin_schemas import ChargeView, DisputeView, RefundView, SwitchView

NEVER_HALTED: Final = SwitchView(
    status=SwitchStatus.OPEN, is_halted=False, reason_code=None, halted_at=None
)
MAX_DUE: Final = 100

routes = Routes("money_payments", "Payments of all parties, for operators.")


@frozen(kw_only=True)
class ChargeDetailView:
    """A charge with its refunds and its disputes."""

    charge: ChargeView
    refunds: tuple[RefundView, ...]
    disputes: tuple[DisputeView, ...]


@frozen(kw_only=True)
class DueDisputesView:
    """The disputes that need a response, the most urgent first."""

    items: tuple[DisputeView, ...]


@routes.pages(
    "GET /payments/charges",
    OPS,
    request_type=ChargeListQuery,
    response_type=ChargeView,
    reads_with_key=True,
)
def list_all_charges(context: OperationContext, query: ChargeListQuery) -> Page[ChargeView]:
    """List the charges of all parties, newest first."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.charges,
        ChargeFilter(status=query.status, order=ListOrder.NEWEST),
        ChargeView,
        reference=query.reference,
        party=query.party,
    )


@routes.add(
    "GET /payments/charges/<charge_id>",
    OPS,
    request_type=ChargeQuery,
    response_type=ChargeDetailView,
    errors=(ChargeNotFound,),
)
def get_any_charge(context: OperationContext, query: ChargeQuery) -> ChargeDetailView:
    """Show a charge with its refunds and its disputes."""
    return context.store.read(read_charge, query.charge_id)


@routes.add(
    "POST /payments/charges/<charge_id>/refund",
    OPS,
    request_type=RefundBody,
    response_type=RefundView,
    requires_idempotency_key=True,
    errors=(ChargeNotFound, DisputeOpen, InvalidAmount, RefundNotAllowed, RefundRunning),
)
def refund_charge(context: OperationContext, body: RefundBody) -> RefundView:
    """Request the refund of a charge, of all that is left without an amount."""
    return refund(context, body)


@routes.pages(
    "GET /payments/disputes",
    OPS,
    request_type=DisputeListQuery,
    response_type=DisputeView,
    reads_with_key=True,
)
def list_disputes(context: OperationContext, query: DisputeListQuery) -> Page[DisputeView]:
    """List the disputes, newest first."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.disputes,
        DisputeFilter(status=query.status, order=ListOrder.NEWEST),
        DisputeView,
    )


@routes.add(
    "GET /payments/disputes/due", OPS, request_type=EmptyQuery, response_type=DueDisputesView
)
def list_due_disputes(context: OperationContext, _: EmptyQuery) -> DueDisputesView:
    """List the 100 disputes that need a response first; there is one page.

    `GET /payments/disputes` lists all disputes.
    """
    items = context.store.read(
        due_disputes, until=datetime.max.replace(tzinfo=context.clock.now().tzinfo)
    )
    return DueDisputesView(items=items)


@routes.add(
    "GET /payments/switch",
    OPS,
    request_type=EmptyQuery,
    response_type=SwitchView,
    reads_with_key=True,
)
def get_payment_switch(context: OperationContext, _: EmptyQuery) -> SwitchView:
    """Show whether new payments and transfers are halted, and why."""
    return context.read(read_switch)


@routes.add(
    "POST /payments/halt",
    OPS,
    request_type=HaltPayments,
    response_type=SwitchView,
    requires_idempotency_key=True,
)
def halt_all_payments(context: OperationContext, command: HaltPayments) -> SwitchView:
    """Refuse new payments and new transfers; what is under way goes on."""

    def halt(tx: WriteTx, command: HaltPayments) -> SwitchView:
        return switch_view(halt_payments(tx, command).entity)

    return context.run_recorded(halt, command)


@routes.add(
    "POST /payments/resume",
    OPS,
    request_type=ResumePayments,
    response_type=SwitchView,
    requires_idempotency_key=True,
    errors=(InvalidTransition, SwitchNotFound),
)
def resume_all_payments(context: OperationContext, command: ResumePayments) -> SwitchView:
    """Allow new payments and transfers again."""

    def resume(tx: WriteTx, command: ResumePayments) -> SwitchView:
        return switch_view(resume_payments(tx, command).entity)

    return context.run_recorded(resume, command)


def refund(context: OperationContext, body: RefundBody) -> RefundView:
    """Request a refund for an operator."""
    command = RequestRefund(
        charge_id=body.charge_id,
        reason_code=RefundReason.REQUESTED,
        amount_minor=body.amount_minor,
    )

    def request(tx: WriteTx, command: RequestRefund) -> RefundView:
        saved = request_refund(tx, command)
        return view_of(RefundView, tx.money.refunds.get(saved.refund.id))

    return context.run_recorded(request, command)


def read_charge(tx: ReadTx, charge_id: str) -> ChargeDetailView:
    """Return a charge with its refunds and its disputes.

    Raises:
        ChargeNotFound: There is no such charge.
    """
    charge = view_of(ChargeView, tx.money.charges.get(charge_id))
    refunds = tx.money.refunds.of_charge(charge_id)
    disputes = tx.money.disputes.of_charge(charge_id)
    return ChargeDetailView(
        charge=charge,
        refunds=tuple(view_of(RefundView, head) for head in refunds),
        disputes=tuple(view_of(DisputeView, head) for head in disputes),
    )


def due_disputes(tx: ReadTx, *, until: datetime) -> tuple[DisputeView, ...]:
    """Return disputes that need a response by a time, the most urgent first."""
    heads = tx.money.disputes.due(until, limit=MAX_DUE)
    return tuple(view_of(DisputeView, head) for head in heads)


@single_statement
def read_switch(tx: ReadTx) -> SwitchView:
    """Return the switch of payments."""
    head = tx.money.switches.current()
    return NEVER_HALTED if head is None else switch_view(head.entity)


def switch_view(switch: PaymentSwitch) -> SwitchView:
    """Return the view of a switch."""
    return project(SwitchView, switch)
