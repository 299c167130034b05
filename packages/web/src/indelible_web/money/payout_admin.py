"""The operator's commands on payouts: plan, approve, park, try again, issue again, give up."""

from collections.abc import Callable
from typing import TypeVar

from indelible.app import WriteTx
from indelible.kernel import InvalidTransition
from indelible.kernel.history import Head
from indelible.money import (
    ApproveTransfer,
    MarkUnclaimed,
    ParkTransfer,
    PlanPayouts,
    ReissueTransfer,
)
from indelible.money.commands.payouts import UnparkTransfer
from indelible.money.entities.payouts import Transfer
from indelible.money.errors.ledger import MovementNotFound
from indelible.money.errors.payouts import (
    DestinationMismatch,
    DestinationNotApproved,
    FourEyesRequired,
    PayoutAccountMissing,
    TransferAlreadyApproved,
    TransferNotApproved,
    TransferNotFound,
    TransferNotReissuable,
    UnclaimedTooEarly,
)
from indelible.money.handlers.payouts.approving import (
    approve_transfer,
    park_transfer,
    unpark_transfer,
)
from indelible.money.handlers.payouts.ending import mark_unclaimed
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import ADMIN, OPS
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of
from indelible_web.money.admin_queries import ApprovalBody, TransferQuery
from indelible_web.money.payout_schemas import PlannedPayoutsView, TransferView

Command = TypeVar("Command")

PARKED_BY_OPERATOR = "operator"

routes = Routes("money_payouts", "Commands of operators on payouts.")


@routes.add(
    "POST /payouts/jobs/<settlement_id>/plan",
    OPS,
    request_type=PlanPayouts,
    response_type=PlannedPayoutsView,
    requires_idempotency_key=True,
    errors=(MovementNotFound,),
)
def plan_settlement_payouts(context: OperationContext, command: PlanPayouts) -> PlannedPayoutsView:
    """Create the payout job of a settlement with its transfers; a planned one keeps them."""

    def plan(tx: WriteTx, command: PlanPayouts) -> PlannedPayoutsView:
        saved = plan_payouts(tx, command)
        planned = saved.job.transfer_count if saved.is_new else 0
        head = tx.money.payout_jobs.get(saved.job.id)
        return view_of(PlannedPayoutsView, head, planned=planned)

    return context.run_recorded(plan, command)


@routes.add(
    "POST /payouts/transfers/<transfer_id>/approve",
    ADMIN,
    request_type=ApprovalBody,
    response_type=TransferView,
    requires_idempotency_key=True,
    errors=(
        DestinationMismatch,
        FourEyesRequired,
        InvalidTransition,
        TransferAlreadyApproved,
        TransferNotFound,
    ),
)
def approve_payout(context: OperationContext, body: ApprovalBody) -> TransferView:
    """Approve a transfer to its payee's destination and make it due; four eyes are required.

    Neither the one who has requested it nor the one who has set the destination may approve it.
    """
    return approve(context, body)


@routes.add(
    "POST /payouts/transfers/<transfer_id>/park",
    OPS,
    request_type=TransferQuery,
    response_type=TransferView,
    requires_idempotency_key=True,
    errors=(InvalidTransition, TransferNotApproved, TransferNotFound),
)
def park_payout(context: OperationContext, query: TransferQuery) -> TransferView:
    """Let an approved transfer wait until an operator tries it again."""
    return park(context, query.transfer_id)


@routes.add(
    "POST /payouts/transfers/<transfer_id>/unpark",
    OPS,
    request_type=UnparkTransfer,
    response_type=TransferView,
    requires_idempotency_key=True,
    errors=(DestinationNotApproved, InvalidTransition, PayoutAccountMissing, TransferNotFound),
)
def unpark_payout(context: OperationContext, command: UnparkTransfer) -> TransferView:
    """Try a parked transfer again now."""
    return context.run_recorded(showing_transfer(unpark_transfer), command)


@routes.add(
    "POST /payouts/transfers/<transfer_id>/reissue",
    OPS,
    request_type=ReissueTransfer,
    response_type=TransferView,
    requires_idempotency_key=True,
    errors=(TransferNotFound, TransferNotReissuable),
)
def reissue_payout(context: OperationContext, command: ReissueTransfer) -> TransferView:
    """Try a failed transfer again, or pay a reversed one again; another person approves it."""
    return context.run_recorded(showing_transfer(reissue_transfer), command)


@routes.add(
    "POST /payouts/transfers/<transfer_id>/unclaim",
    OPS,
    request_type=MarkUnclaimed,
    response_type=TransferView,
    requires_idempotency_key=True,
    errors=(InvalidTransition, TransferNotFound, UnclaimedTooEarly),
)
def unclaim_payout(context: OperationContext, command: MarkUnclaimed) -> TransferView:
    """End a parked transfer that nobody has claimed for 90 days, and keep its money."""
    return context.run_recorded(showing_transfer(mark_unclaimed), command)


def approve(context: OperationContext, body: ApprovalBody) -> TransferView:
    """Approve a transfer; the reason of the request is the one of the approval."""
    command = ApproveTransfer(
        transfer_id=body.transfer_id,
        approval_reason=context.reason,
        destination=body.destination,
    )
    return context.run_recorded(showing_transfer(approve_transfer), command)


def park(context: OperationContext, transfer_id: str) -> TransferView:
    """Park a transfer for an operator."""
    command = ParkTransfer(transfer_id=transfer_id, park_reason=PARKED_BY_OPERATOR)
    return context.run_recorded(showing_transfer(park_transfer), command)


def showing_transfer(
    handler: Callable[[WriteTx, Command], Head[Transfer]],
) -> Callable[[WriteTx, Command], TransferView]:
    """Return a handler that answers with the view of the transfer that it has saved."""

    def show(tx: WriteTx, command: Command) -> TransferView:
        return view_of(TransferView, handler(tx, command))

    return show
