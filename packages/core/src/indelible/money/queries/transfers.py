"""Queries on one transfer: its requests, where its money went, and what is owed without one."""

from typing import Final

from attrs import frozen

from indelible.kernel.transaction import single_statement
from indelible.money.entities.lines import OwedLine, OwedSum
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import AttemptKind, MovementKind
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.reads import lines_owed_again
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.rules.ledger.payouts import settlement_of_key, transfer_of_key
from indelible.money.rules.payouts import may_try_again

PAGE_SIZE: Final = 50


@frozen(kw_only=True)
class AttemptCounts:
    """The numbers of a transfer's attempts by kind, and the kind of the last one."""

    calls: int = 0
    look_ups: int = 0
    last: AttemptKind | None = None


@frozen(kw_only=True)
class Reissues:
    """The transfers that pay money of a transfer again, and if another one is possible."""

    transfer_ids: tuple[str, ...] = ()
    is_possible: bool = False


@frozen(kw_only=True)
class OwedCause:
    """The cause of an owed line: a settlement, or a transfer whose money has come back.

    Both are None for a line of a movement that a host has posted.
    """

    settlement_id: str | None = None
    transfer_id: str | None = None


def count_attempts(tx: MoneyRead, transfer_id: str) -> AttemptCounts:
    """Count the requests that make a transfer, and those that look for it."""
    numbers = {AttemptKind.CALL: 0, AttemptKind.LOOKUP: 0}
    last: AttemptKind | None = None
    after = 0
    while True:
        page = tx.money.transfers.attempts(transfer_id, after=after, limit=MAX_ROWS_PER_PAGE)
        for attempt in page:
            numbers[attempt.kind] += 1
            after, last = attempt.number, attempt.kind
        if len(page) < MAX_ROWS_PER_PAGE:
            break

    return AttemptCounts(
        calls=numbers[AttemptKind.CALL], look_ups=numbers[AttemptKind.LOOKUP], last=last
    )


def is_adopted(status: TransferStatus, attempts: AttemptCounts) -> bool:
    """Return True if a transfer was found at Stripe: no last request of ours has made it.

    A look-up has found it, or an event has reported it before any request.
    """
    return status is TransferStatus.COMPLETED and attempts.last is not AttemptKind.CALL


def find_reissues(tx: MoneyRead, transfer: Transfer) -> Reissues:
    """Return the transfers that replace a transfer whose money has come back."""
    if may_try_again(transfer):
        return Reissues(is_possible=True)

    transfer_ids: list[str] = []
    is_possible = False
    for again in lines_owed_again(tx, transfer):
        is_possible = is_possible or again.is_open
        if again.transfer_id is not None and again.transfer_id not in transfer_ids:
            transfer_ids.append(again.transfer_id)
    return Reissues(transfer_ids=tuple(transfer_ids), is_possible=is_possible)


@single_statement
def owed_without_transfer(
    tx: MoneyRead,
    *,
    reference: str | None = None,
    after: tuple[str, int] = ("", 0),
    limit: int = PAGE_SIZE,
) -> tuple[OwedLine, ...]:
    """Return the next unpaid owed lines after a name that no transfer is to pay."""
    return tx.money.transfers.joins.owed_without_transfer(
        reference=reference, after=after, limit=limit
    )


@single_statement
def sums_without_transfer(tx: MoneyRead) -> tuple[OwedSum, ...]:
    """Return the sums of the unpaid owed lines that no transfer is to pay, by currency."""
    return tx.money.transfers.joins.sums_without_transfer()


def cause_of(tx: MoneyRead, line: OwedLine) -> OwedCause:
    """Return the settlement that owes a line, or the transfer whose money has come back."""
    if line.kind is MovementKind.SETTLEMENT:
        settlement = tx.money.movements.get(line.movement_id).entity
        return OwedCause(settlement_id=settlement_of_key(settlement.key))

    postings = tx.money.movements.postings(line.movement_id, after=line.number - 1, limit=1)
    reversed_line = postings[0].reversed_line
    if reversed_line is None:
        return OwedCause()

    payout_id, _ = reversed_line
    payout = tx.money.movements.get(payout_id).entity
    return OwedCause(transfer_id=transfer_of_key(payout.key))
