"""Payees and transfers of the golden settlement, for the suites of payouts."""

from typing import Final

from indelible import money
from indelible.kernel import Actor
from indelible.money import (
    AttachDestination,
    Payee,
    PayoutJobSaved,
    PlanPayouts,
    RegisterPayee,
    ReversalObject,
    Transfer,
    TransferObject,
)
from indelible.money.commands.payouts import (
    ApproveTransfer,
    BeginTransfer,
    EnablePayee,
    RecordReversal,
    RecordTransferFailure,
    RecordTransferSent,
)
from indelible.money.entities.ids import transfer_id
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.handlers.payouts.approving import approve_transfer
from indelible.money.handlers.payouts.ending import record_reversal
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.handlers.payouts.sending import (
    begin_call,
    begin_transfer,
    record_transfer_failure,
    record_transfer_sent,
)
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.payouts import FailureDecision, transfer_group, transfer_metadata
from indelible.testing.money.scenarios import USD, WON, Books, settled_books
from indelible.testing.stores import BEGINNING, NOOR, AnyStore, do, within

SETTLEMENT: Final = "s1"
PROGRAM: Final = Actor.system("worker")


def account_of(party: str) -> str:
    """Return the account of a party at Stripe."""
    return f"acct_{party}"


def ready_payee(store: AnyStore, party: str) -> Payee:
    """Register a payee that sets its account itself, and enable it."""
    do(store, register_payee, RegisterPayee(party=party))
    attach = AttachDestination(party=party, destination=account_of(party))
    do(store, attach_destination, attach, actor=Actor.user(party))
    return do(store, enable_payee, EnablePayee(party=party)).entity


def plan(store: AnyStore, settlement_id: str = SETTLEMENT) -> PayoutJobSaved:
    """Plan the payouts of a settlement, as the program does."""
    return do(store, plan_payouts, PlanPayouts(settlement_id=settlement_id), actor=PROGRAM)


def planned(store: AnyStore) -> Books:
    """Return books with the golden settlement, and with its planned payouts."""
    books = settled_books(store)
    plan(store)
    return books


def id_of(party: str) -> str:
    """Return the id of the transfer to a party of the golden settlement."""
    return transfer_id(SETTLEMENT, party)


def transfer_of(store: AnyStore, party: str) -> Transfer:
    """Return the transfer to a party of the golden settlement."""
    return store.read(lambda tx: tx.money.transfers.get(id_of(party))).entity


def approve(store: AnyStore, party: str, *, actor: Actor = NOOR) -> Transfer:
    """Approve the transfer to a party."""
    command = ApproveTransfer(transfer_id=id_of(party), approval_reason="checked")
    return do(store, approve_transfer, command, actor=actor).entity


def called(store: AnyStore, party: str) -> Transfer:
    """Return the approved transfer to a ready payee, before the answer to its request."""
    ready_payee(store, party)
    approve(store, party)
    command = BeginTransfer(transfer_id=id_of(party))
    within(store, lambda tx: begin_transfer(tx, command))
    # The first transfer of a job is looked up before its call.
    within(store, lambda tx: begin_call(tx, command))
    return transfer_of(store, party)


def parked(store: AnyStore, party: str, reason: ParkReason) -> Transfer:
    """Return the transfer to a party after a worker has parked it."""
    command = RecordTransferFailure(
        transfer_id=id_of(party),
        attempt_number=transfer_of(store, party).attempt_number,
        decision=FailureDecision(action="park", code=reason, message=reason),
    )
    return do(store, record_transfer_failure, command).entity


def reported(transfer: Transfer, stripe_transfer_id: str) -> TransferObject:
    """Return Stripe's transfer that names one of ours."""
    return TransferObject(
        id=stripe_transfer_id,
        amount_minor=transfer.amount_minor,
        amount_reversed_minor=0,
        currency=transfer.currency,
        destination=account_of(transfer.party),
        transfer_group=transfer_group(transfer.reference),
        created=BEGINNING,
        metadata=transfer_metadata(transfer),
    )


def sent(store: AnyStore, party: str) -> Transfer:
    """Return the completed transfer to a party."""
    transfer = called(store, party)
    command = RecordTransferSent(
        transfer_id=transfer.id,
        reported=reported(transfer, f"tr_{party}"),
        proof=Proof.by_event(f"evt_{party}"),
    )
    return do(store, record_transfer_sent, command).entity


def reverse(
    store: AnyStore, party: str, amount_minor: int | None = None, *, reversal_id: str = "trr_1"
) -> Transfer:
    """Return the transfer to a party after Stripe has taken all or a part of it back."""
    command = RecordReversal(
        transfer_id=id_of(party),
        reported=ReversalObject(
            id=reversal_id,
            transfer=f"tr_{party}",
            amount_minor=amount_minor or WON[party],
            currency=USD,
            created=BEGINNING,
        ),
        proof=Proof.by_event(f"evt_{reversal_id}"),
    )
    return do(store, record_reversal, command).entity


def reissue(store: AnyStore, transfer: Transfer) -> Transfer:
    """Issue a transfer again."""
    command = money.ReissueTransfer(transfer_id=transfer.id)
    return do(store, money.reissue_transfer, command).entity
