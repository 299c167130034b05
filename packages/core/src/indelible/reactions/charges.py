"""Open the charges of entries, and let charges follow their contests.

A contest may have more charges than one transaction should change. A stage goes through them, each
in a transaction of its own; a charge that is as it should be stays as it is.
"""

import logging
from typing import ClassVar, Final

from attrs import define, frozen

from indelible.app import ReadTx, WriteTx
from indelible.contests.commands.entries import RejectEntry
from indelible.contests.handlers.entries import reject_entry
from indelible.contests.lifecycle import ContestStatus, EntryStatus
from indelible.kernel import Actor, Change, Conflict, Store
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import RetryLater, Stage
from indelible.kernel.waking import wake
from indelible.money.commands.payments import ChargeCommand, ExtendCharge, OpenCharge, RequestRefund
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import RefundReason
from indelible.money.errors.payments import DisputeOpen, OrganizerDoesNotPay, RefundRunning
from indelible.money.handlers.charges import extend_charge, open_charge
from indelible.money.handlers.refunds import request_refund
from indelible.money.lifecycle.payments import UNPAID_CHARGE, ChargeStatus
from indelible.reactions.settlements import enqueue_settlement
from indelible.reactions.terms import has_failed_refund, payment_deadline

UPDATE_CHARGES_STAGE: Final = "update_charges"  # the id of a task is the contest's
CHARGES_PER_PAGE: Final = 200
LEASE_SECONDS: Final = 300
MAX_ATTEMPTS: Final = 12
CHARGES: Final = Actor.system("charges")
REASON: Final = "the contest of the charge has changed"
# The actions that may move the lock of a contest.
MOVING: Final = frozenset({"configure", "force_lock"})
OPEN_CHARGES: Final = UNPAID_CHARGE | {ChargeStatus.SUCCEEDED, ChargeStatus.PARTIALLY_REFUNDED}

logger = logging.getLogger("indelible.money")


def open_entry_charge(tx: WriteTx, change: Change) -> None:
    """Open the charge of an entry with a fee, which may be paid until the lock and its grace.

    An organizer pays for no entry of their own contest, and an unpaid entry does not play.
    """
    entry = tx.contests.entries.get(change.entity_id).entity
    if entry.status is not EntryStatus.PENDING_PAYMENT:
        return

    contest = tx.contests.contests.get(entry.contest_id).entity
    command = OpenCharge(
        reference=contest.id,
        party=entry.user_id,
        item=entry.id,
        amount_minor=entry.fee_minor,
        currency=entry.currency,
        expires_at=payment_deadline(contest),
        organizer=contest.organizer_id,
    )
    try:
        open_charge(tx, command)
    except OrganizerDoesNotPay as refusal:
        reject_entry(tx, RejectEntry(entry_id=entry.id, rejection_reason=refusal.code))


def follow_contest(tx: WriteTx, change: Change) -> None:
    """Let a stage update the charges of a contest, or post its settlement."""
    if change.to_state == ContestStatus.COMPLETE:
        enqueue_settlement(tx, change.entity_id)
        return

    if change.to_state == ContestStatus.CANCELLED or change.action in MOVING:
        wake(tx.tasks, UPDATE_CHARGES_STAGE, change.entity_id, tx.clock.now())


@frozen(kw_only=True)
class UpdateCharge(ChargeCommand):
    """Bring a charge to what its contest asks for."""

    command_name: ClassVar[str] = "update_charge"


def update_charge(tx: WriteTx, command: UpdateCharge) -> None:
    """Refund the charge of a canceled contest, or move the time until which it may be paid.

    Raises:
        DisputeOpen: The charge is disputed.
    """
    charge = tx.money.charges.get(command.charge_id).entity
    contest = tx.contests.contests.lock(charge.reference).entity
    charge = tx.money.charges.lock(charge.id).entity
    if contest.is_canceled:
        _end_charge(tx, charge)
    elif charge.is_unpaid and not contest.is_terminal:
        deadline = payment_deadline(contest)
        extend_charge(tx, ExtendCharge(charge_id=charge.id, expires_at=deadline))


def _end_charge(tx: WriteTx, charge: Charge) -> None:
    """Return what was paid; a charge that was not paid expires now."""
    now = tx.clock.now()
    if charge.is_unpaid and charge.expires_at > now:
        extend_charge(tx, ExtendCharge(charge_id=charge.id, expires_at=now))
    if charge.is_refundable and not has_failed_refund(tx, charge):
        command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.CANCELLED)
        request_refund(tx, command)


def open_charges(tx: ReadTx, contest_id: str, after: str) -> tuple[Charge, ...]:
    """Return the next charges of a contest that may have to change, in order of id."""
    heads = tx.money.charges.of_reference(
        contest_id, statuses=OPEN_CHARGES, after=after, limit=CHARGES_PER_PAGE
    )
    return tuple(head.entity for head in heads)


@define(kw_only=True)
class UpdateCharges:
    """Brings the charges of a contest to what its state asks for, one by one."""

    store: Store[ReadTx, WriteTx]

    def stage(self) -> Stage[WriteTx, str, None]:
        """Return the stage; its tasks stay in the database."""
        return Stage(
            name=UPDATE_CHARGES_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=None,
            perform=self.perform,
            lease_seconds=LEASE_SECONDS,
            max_attempts=MAX_ATTEMPTS,
        )

    def perform(self, contest_id: str, handle: LeaseHandle) -> None:
        """Update all charges of a contest that may have to change.

        Raises: RetryLater if a charge was refused for a reason that no later change announces.
        """
        after = ""
        refused = 0
        while True:
            page = self.store.read(open_charges, contest_id, after)
            for charge in page:
                handle.check()
                if not self._update(charge):
                    refused += 1
            if len(page) < CHARGES_PER_PAGE:
                break
            after = page[-1].id

        if refused:
            raise RetryLater(f"{refused} charges of contest {contest_id} were refused")

    def _update(self, charge: Charge) -> bool:
        """Update one charge; one that refuses it stops no other.

        Return False if it has to be tried again. The end of a dispute or a refund changes the
        charge, and the reaction to that follows the contest.
        """
        command = UpdateCharge(charge_id=charge.id)
        try:
            self.store.run(update_charge, command, actor=CHARGES, reason=REASON)
        except Conflict as error:
            logger.warning("[Payment] charge %s is not updated: %s", charge.id, error.code)
            return isinstance(error, DisputeOpen | RefundRunning)
        return True
