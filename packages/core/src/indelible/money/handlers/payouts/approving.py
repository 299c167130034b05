"""Approve transfers, and let an operator park one and try it again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from indelible.kernel import Head, InvalidTransition
from indelible.kernel.aggregates import change_for
from indelible.kernel.audit import ActorKind
from indelible.kernel.history import Update
from indelible.kernel.task_errors import TaskEnded, TaskNotFound
from indelible.money.commands.payouts import (
    ANY_DESTINATION,
    ApproveTransfer,
    ParkTransfer,
    TransferCommand,
    UnparkTransfer,
)
from indelible.money.entities.payouts import Transfer
from indelible.money.errors.payouts import (
    DestinationMismatch,
    DestinationNotApproved,
    FourEyesRequired,
    TransferAlreadyApproved,
    TransferNotApproved,
)
from indelible.money.handlers.payees import require_ready
from indelible.money.handlers.saving import save
from indelible.money.lifecycle.payouts import TRANSFER, TransferStatus
from indelible.money.repositories.reads import payee_of, requester_of
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.payouts import (
    SEND_TRANSFER_STAGE,
    destination_to_approve,
    is_destination_approved,
    needs_new_approval,
)

POLICY_REASON: Final = "automatic approval"


def approve_transfer(tx: MoneyWrite, command: ApproveTransfer) -> Head[Transfer]:
    """Approve a transfer to its payee's present destination, and make it due.

    A transfer that is parked because its approval covers another destination is approved again.

    Raises:
        TransferAlreadyApproved: Somebody has approved the transfer before.
        FourEyesRequired: The one who has requested the transfer, or has set its payee's
            destination, may not approve it.
        DestinationMismatch: The payee has another destination than the approver has compared.
        InvalidTransition: The transfer is neither pending nor waits for another approval.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    transfer = head.entity
    if transfer.approved_by is not None and not needs_new_approval(transfer):
        raise TransferAlreadyApproved(transfer.id, transfer.approved_by)

    _require_second_person(tx, head)
    _require_compared_destination(tx, transfer, command.destination)
    return _approve(tx, head, command.approval_reason)


def approve_automatically(tx: MoneyWrite, command: TransferCommand) -> Head[Transfer]:
    """Approve a transfer by the setting; one that an operator has requested waits for another."""
    head = tx.money.transfers.lock(command.transfer_id)
    is_requested = requester_of(tx, head) is not None
    if head.entity.is_approved or is_requested:
        return head
    return _approve(tx, head, POLICY_REASON)


def approve_planned(tx: MoneyWrite, heads: Sequence[Head[Transfer]]) -> None:
    """Approve the transfers of a settlement that this transaction has planned, all at once.

    Those that an operator plans wait for somebody else.
    """
    if tx.actor.kind is not ActorKind.SYSTEM or not heads:
        return

    now = tx.clock.now()
    updates: list[Update[Transfer]] = []
    dues: dict[str, datetime] = {}
    for head in heads:
        transfer = head.entity.approved(str(tx.actor), POLICY_REASON, destination=None, now=now)
        change = change_for(tx, head, transfer, "approve")
        updates.append(Update(head, change, transfer))
        dues[transfer.id] = now
    tx.money.transfers.save_all(updates)
    tx.tasks.enqueue(SEND_TRANSFER_STAGE, dues)


def park_transfer(tx: MoneyWrite, command: ParkTransfer) -> Head[Transfer]:
    """Let a transfer wait until an operator unparks it.

    Its task is stopped, and what makes the task due again does not send the transfer.

    Raises:
        TransferNotApproved: The transfer waits for its approval already.
        InvalidTransition: A request is under way, or the transfer has ended.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    if not head.entity.is_approved:
        raise TransferNotApproved(head.entity.id)
    if head.entity.status is TransferStatus.PROCESSING:
        raise _not_now(head.entity, "park")

    transfer = head.entity.parked(
        command.park_reason, must_look_up=head.entity.may_exist, now=tx.clock.now()
    )
    head = save(tx, tx.money.transfers, head, transfer, "park")
    _stop_task(tx, transfer.id)
    return head


def unpark_transfer(tx: MoneyWrite, command: UnparkTransfer) -> Head[Transfer]:
    """Make a parked transfer due now.

    Raises:
        InvalidTransition: The transfer is not parked.
        PayoutAccountMissing: Its payee cannot receive it.
        DestinationNotApproved: Its payee has another destination than was approved.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    transfer = head.entity.unparked(now=tx.clock.now())
    payee = require_ready(payee_of(tx, transfer), transfer.party)
    if not is_destination_approved(transfer, payee):
        raise DestinationNotApproved(transfer.id, str(payee.destination_set_by))
    head = save(tx, tx.money.transfers, head, transfer, "unpark")
    wake_transfer(tx, transfer.id)
    return head


def wake_transfer(tx: MoneyWrite, transfer_id: str) -> None:
    """Make the task of a transfer due now, also if it is dead."""
    try:
        task = tx.tasks.get(SEND_TRANSFER_STAGE, transfer_id)
    except TaskNotFound:
        task = None
    if task is not None and (task.dead_reason or task.cancel_reason) is not None:
        tx.tasks.requeue(SEND_TRANSFER_STAGE, transfer_id)
        return
    tx.tasks.enqueue(SEND_TRANSFER_STAGE, {transfer_id: tx.clock.now()})


def _stop_task(tx: MoneyWrite, transfer_id: str) -> None:
    """Cancel the task of a transfer that waits for an operator."""
    try:
        tx.tasks.cancel(SEND_TRANSFER_STAGE, transfer_id)
    except (TaskNotFound, TaskEnded):
        return


def _not_now(transfer: Transfer, action: str) -> InvalidTransition:
    edges = [edge for edge in TRANSFER.edges if edge.from_state == transfer.status]
    allowed = tuple(sorted({edge.action for edge in edges}))
    return InvalidTransition(TRANSFER.name, transfer.status, action, allowed)


def _require_second_person(tx: MoneyWrite, head: Head[Transfer]) -> None:
    """Refuse an approval by the one who has requested the transfer, or has set where it goes."""
    if requester_of(tx, head) == tx.actor:
        raise FourEyesRequired(head.entity.id, str(tx.actor), "has requested it")
    payee = payee_of(tx, head.entity)
    if payee is not None and payee.destination_set_by == str(tx.actor):
        raise FourEyesRequired(head.entity.id, str(tx.actor), "has set the account of its payee")


def _require_compared_destination(tx: MoneyWrite, transfer: Transfer, compared: str | None) -> None:
    """Refuse an approval whose payee has got another account since the approver looked."""
    payee = payee_of(tx, transfer)
    destination = None if payee is None else payee.destination
    if compared in (ANY_DESTINATION, destination):
        return
    set_by = None if payee is None else payee.destination_set_by
    raise DestinationMismatch(
        transfer.id, compared or "no account", destination or "no account", set_by or "nobody"
    )


def _approve(tx: MoneyWrite, head: Head[Transfer], reason: str) -> Head[Transfer]:
    destination = destination_to_approve(payee_of(tx, head.entity), tx.actor)
    transfer = head.entity.approved(
        str(tx.actor), reason, destination=destination, now=tx.clock.now()
    )
    head = save(tx, tx.money.transfers, head, transfer, "approve")
    wake_transfer(tx, transfer.id)
    return head
