"""Reads of several records that handlers and queries share."""

from typing import Final

from indelible.kernel import Actor, Head
from indelible.kernel.audit import ActorKind
from indelible.money.entities.lines import LineOwedAgain
from indelible.money.entities.payees import Payee
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.reconciliations import PaymentSwitch
from indelible.money.entities.values import MovementKind, TransferFailure
from indelible.money.lifecycle.ledger import MOVEMENT
from indelible.money.lifecycle.payouts import TRANSFER
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.rules.ledger.payouts import payout_key, reversal_proposed_key, unclaimed_key

REQUESTS: Final = frozenset({"plan", "reissue"})  # the actions that request a transfer


def is_settled(tx: MoneyRead, reference: str) -> bool:
    """Return True if the escrow of a reference was divided by a settlement."""
    where = {"kind": MovementKind.SETTLEMENT, "reference": reference}
    return bool(tx.money.movements.find(where, limit=1))


def is_covered(tx: MoneyRead, item: str) -> bool:
    """Return True if a settlement has counted an item."""
    return item in tx.money.movements.joins.covering_any((item,))


def payments_switch(tx: MoneyRead) -> PaymentSwitch | None:
    """Return the switch of payments, None if payments were never halted."""
    head = tx.money.switches.current()
    return None if head is None else head.entity


def payee_of(tx: MoneyRead, transfer: Transfer) -> Payee | None:
    """Return the payee of a transfer, None if its party was never registered."""
    head = tx.money.payees.of_party(transfer.party)
    return None if head is None else head.entity


def requester_of(tx: MoneyRead, head: Head[Transfer]) -> Actor | None:
    """Return who has requested a transfer, None for one that the program has planned."""
    requester: Actor | None = None
    for change in tx.history.of(TRANSFER.name, head.entity.id):
        if change.action in REQUESTS:
            requester = change.actor
    if requester is None or requester.kind is ActorKind.SYSTEM:
        return None
    return requester


def reversal_proposer(tx: MoneyRead, movement_id: str) -> Actor | None:
    """Return who has proposed to reverse a movement, None if nobody has."""
    proposal = tx.money.movements.of_key(reversal_proposed_key(movement_id))
    if proposal is None:
        return None
    (birth,) = tx.history.of(MOVEMENT.name, proposal.entity.id, limit=1)
    return birth.actor


def lines_owed_again(tx: MoneyRead, transfer: Transfer) -> list[LineOwedAgain]:
    """Return what is owed since money of a transfer came back, each with what is to pay it.

    Money comes back by a reversal at Stripe, or by the mirror of the transfer's movement.
    """
    key = payout_key(transfer.id)
    if transfer.failure_reason is TransferFailure.UNCLAIMED:
        key = unclaimed_key(transfer.id)
    movement = tx.money.movements.of_key(key)
    if movement is None:
        return []

    lines: list[LineOwedAgain] = []
    payout_id, after = movement.entity.id, 0
    while after < movement.entity.posting_count:
        page = tx.money.movements.postings(payout_id, after=after, limit=MAX_ROWS_PER_PAGE)
        for posting in page:
            after = posting.number
            lines.extend(_reversed_lines(tx, payout_id, posting.number))
    return lines


def _reversed_lines(tx: MoneyRead, payout_id: str, number: int) -> list[LineOwedAgain]:
    """Return the owed lines of the reversals of one payout line, oldest first.

    A reversal that was itself reversed pays its line, and its own reversal owes the line again.
    """
    lines: list[LineOwedAgain] = []
    for reversal in tx.money.movements.joins.reversals(payout_id, number):
        name = (reversal.movement.id, reversal.posting.number)
        payer = tx.money.transfers.joins.of_owed_line(*name)
        transfer_id = None if payer is None else payer.entity.id
        line = tx.money.movements.joins.owed_line(*name)
        lines.append(LineOwedAgain(line=line, transfer_id=transfer_id))
        correction = tx.money.movements.reversal_of(reversal.movement.id)
        if correction is not None:
            # The postings of a mirror have the numbers of those that it takes back.
            lines.extend(_reversed_lines(tx, correction.entity.id, reversal.posting.number))
    return lines
