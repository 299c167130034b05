"""Approve transfers, and let an operator park one and try it again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from indelible.kernel import Head, InvalidTransition
from indelible.kernel.aggregates import change_for
from indelible.kernel.audit import ActorKind
from indelible.kernel.history import Update
from indelible.kernel.task_errors import TaskEnded, TaskNotFound
from indelible.money import commands, errors
from indelible.money.commands import TransferSaved
from indelible.money.entities import Transfer
from indelible.money.handlers.payees import require_ready
from indelible.money.handlers.saving import save
from indelible.money.lifecycle import TRANSFER, TransferStatus
from indelible.money.ports import MoneyWrite
from indelible.money.repositories import requester_of
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE

POLICY_REASON: Final = "automatic approval"


def approve_transfer(tx: MoneyWrite, command: commands.ApproveTransfer) -> TransferSaved:
    """Approve a transfer and make it due.

    Raises:
        TransferAlreadyApproved: Somebody has approved the transfer before.
        FourEyesRequired: The one who has requested the transfer may not approve it.
        InvalidTransition: The transfer is not pending.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    if head.entity.approved_by is not None:
        raise errors.TransferAlreadyApproved(head.entity.id, head.entity.approved_by)

    if requester_of(tx, head) == tx.actor:
        raise errors.FourEyesRequired(head.entity.id, str(tx.actor))
    return _approve(tx, head, command.approval_reason)


def approve_automatically(tx: MoneyWrite, command: commands.TransferCommand) -> TransferSaved:
    """Approve a transfer by the setting; one that an operator has requested waits for another."""
    head = tx.money.transfers.lock(command.transfer_id)
    is_requested = requester_of(tx, head) is not None
    if head.entity.is_approved or is_requested:
        return saved(head)
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
        transfer = head.entity.approved(str(tx.actor), POLICY_REASON, now=now)
        change = change_for(tx, head, transfer, "approve")
        updates.append(Update(head, change, transfer))
        dues[transfer.id] = now
    tx.money.transfers.save_all(updates)
    tx.tasks.enqueue(SEND_TRANSFER_STAGE, dues)


def park_transfer(tx: MoneyWrite, command: commands.ParkTransfer) -> TransferSaved:
    """Let a transfer wait until an operator unparks it.

    Its task is stopped, and what makes the task due again does not send the transfer.

    Raises:
        TransferNotApproved: The transfer waits for its approval already.
        InvalidTransition: A request is under way, or the transfer has ended.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    if not head.entity.is_approved:
        raise errors.TransferNotApproved(head.entity.id)
    if head.entity.status is TransferStatus.PROCESSING:
        raise _not_now(head.entity, "park")

    transfer = head.entity.parked(
        command.park_reason, must_look_up=head.entity.may_exist, now=tx.clock.now()
    )
    head = save(tx, tx.money.transfers, head, transfer, "park")
    _stop_task(tx, transfer.id)
    return saved(head)


def unpark_transfer(tx: MoneyWrite, command: commands.UnparkTransfer) -> TransferSaved:
    """Make a parked transfer due now.

    Raises:
        InvalidTransition: The transfer is not parked.
        PayoutAccountMissing: Its payee cannot receive it.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    transfer = head.entity.unparked(now=tx.clock.now())
    payee = tx.money.payees.of_party(transfer.party)
    require_ready(None if payee is None else payee.entity, transfer.party)
    head = save(tx, tx.money.transfers, head, transfer, "unpark")
    wake_transfer(tx, transfer.id)
    return saved(head)


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


def saved(head: Head[Transfer]) -> TransferSaved:
    """Return a transfer with its seq."""
    return TransferSaved(transfer=head.entity, seq=head.revision.seq)


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


def _approve(tx: MoneyWrite, head: Head[Transfer], reason: str) -> TransferSaved:
    transfer = head.entity.approved(str(tx.actor), reason, now=tx.clock.now())
    head = save(tx, tx.money.transfers, head, transfer, "approve")
    wake_transfer(tx, transfer.id)
    return saved(head)
