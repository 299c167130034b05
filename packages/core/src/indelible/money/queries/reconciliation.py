"""Queries of a reconciliation: what the rules compare of the books; none of them writes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

from indelible.kernel import Head
from indelible.kernel.bulk import Bulk
from indelible.money.entities.ids import movement_id
from indelible.money.entities.ledger import Account, CoveredItem, Posting
from indelible.money.entities.lines import LedgerLine
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import AccountKind, MovementKind
from indelible.money.lifecycle.ledger import MOVEMENT
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.reads import is_settled
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.rules.ledger.payouts import settlement_key
from indelible.money.rules.reconciliation import (
    GRACE,
    BookSums,
    Compared,
    PaidCharges,
    SentTransfer,
    SettlementDigest,
)

MAX_REPORTED = 500  # of a kind; more are the same discrepancy
MAX_JOBS = 500
# The charges that were paid once, in whatever state they are.
PAID = frozenset(
    {
        ChargeStatus.SUCCEEDED,
        ChargeStatus.REFUND_PENDING,
        ChargeStatus.PARTIALLY_REFUNDED,
        ChargeStatus.REFUNDED,
        ChargeStatus.DISPUTED,
        ChargeStatus.CHARGED_BACK,
    }
)
# The charges whose money may be in the escrow of their reference.
IN_ESCROW = PAID - {ChargeStatus.REFUNDED, ChargeStatus.CHARGED_BACK}
COLLECTED = frozenset({MovementKind.ENTRY_FEE, MovementKind.PAYMENT_QUARANTINED})
OWED_AGAIN = frozenset({MovementKind.PAYOUT_REVERSED, MovementKind.REVERSAL})


def book_sums(tx: MoneyRead) -> BookSums:
    """Return what R1 compares."""
    return BookSums(
        inconsistent=tx.money.movements.joins.inconsistent(limit=MAX_REPORTED),
        misbalanced=tx.money.movements.joins.misbalanced(limit=MAX_REPORTED),
        balances=tx.money.accounts.joins.sums(),
    )


def paid_charges(tx: MoneyRead) -> PaidCharges:
    """Return what R4 compares."""
    unbooked = tuple(
        head.entity.id for head in tx.money.charges.joins.without_movement(limit=MAX_REPORTED)
    )
    counts = tx.money.charges.count_by_status()
    booked_count = 0
    for kind_sum in tx.money.movements.joins.sums():
        if kind_sum.kind in COLLECTED:
            booked_count += kind_sum.movements
    return PaidCharges(
        unbooked=unbooked,
        paid_count=sum(counts.get(status, 0) for status in PAID),
        booked_count=booked_count,
    )


def unfinished_events(tx: MoneyRead, now: datetime) -> tuple[str, ...]:
    """Return what R5 reports: events that were received long ago and have no outcome."""
    heads = tx.money.events.unfinished(now - GRACE, limit=MAX_REPORTED)
    return tuple(head.entity.id for head in heads)


def escrows(tx: MoneyRead) -> tuple[Compared, ...]:
    """Return what R7 compares: the escrows of references that are settled or have ended."""
    compared: list[Compared] = []
    for account in _nonzero(tx, AccountKind.ESCROW):
        reference = account.reference or ""
        if not is_settled(tx, reference) and _has_held_charge(tx, reference):
            continue
        pair = Compared(
            subject=account.id,
            currency=account.currency,
            expected_minor=_residue_minor(tx, reference, account.currency),
            actual_minor=account.balance_minor,
        )
        compared.append(pair)
    return tuple(compared)


def payables(tx: MoneyRead, now: datetime) -> tuple[Compared, ...]:
    """Return what R8 compares.

    Money that came back and was not issued again has no transfer; nor has a settlement of the last
    minutes that is not planned yet.
    """
    expected: dict[tuple[str, str], int] = {}
    for unpaid in tx.money.transfers.joins.unpaid_sums():
        expected[unpaid.reference, unpaid.currency] = unpaid.amount_minor
    actual: dict[tuple[str, str], int] = {}
    for account in _nonzero(tx, AccountKind.WINNER_PAYABLE):
        actual[account.reference or "", account.currency] = account.balance_minor

    unplanned = _young_unplanned(tx, now)
    in_steps = _young_in_steps(tx, now)
    compared: list[Compared] = []
    for reference, currency in sorted({*expected, *actual}):
        waiting_minor = _waiting_minor(tx, reference, currency, unplanned, in_steps)
        pair = Compared(
            subject=f"{AccountKind.WINNER_PAYABLE}:{reference}:{currency}",
            currency=currency,
            expected_minor=expected.get((reference, currency), 0) + waiting_minor,
            actual_minor=actual.get((reference, currency), 0),
        )
        compared.append(pair)
    return tuple(compared)


def negative_accounts(tx: MoneyRead) -> tuple[Compared, ...]:
    """Return what R10 reports: the accounts of references with less than nothing."""
    negative: list[Compared] = []
    for kind in AccountKind:
        if not kind.has_reference:
            continue
        for account in _nonzero(tx, kind):
            if account.balance_minor < 0:
                pair = Compared(
                    subject=account.id,
                    currency=account.currency,
                    expected_minor=0,
                    actual_minor=account.balance_minor,
                )
                negative.append(pair)
    return tuple(negative)


def settlement_digests(tx: MoneyRead, *, limit: int = MAX_REPORTED) -> tuple[SettlementDigest, ...]:
    """Return what R11 compares, of the newest settlements."""
    heads = tx.money.movements.find(
        {"kind": MovementKind.SETTLEMENT}, order=("-created_at", "-id"), limit=limit
    )
    digests: list[SettlementDigest] = []
    for head in heads:
        movement_id = head.entity.id
        (birth,) = tx.history.of(MOVEMENT.name, movement_id, limit=1)
        postings, items = _rows_of(tx, movement_id)
        computed = [
            Bulk.of(Posting, postings).summary(),
            Bulk.of(CoveredItem, items).summary(),
        ]
        stored = [birth.data.get("postings"), birth.data.get("covered_items")]
        digests.append(
            SettlementDigest(
                movement_id=movement_id,
                stored=_digest_text(stored),
                computed=_digest_text(computed),
            )
        )
    return tuple(digests)


def recent_jobs(tx: MoneyRead, since: datetime) -> tuple[PayoutJob, ...]:
    """Return the payout jobs that have changed since a time, newest first."""
    heads = tx.money.payout_jobs.find({}, order=("-updated_at", "-id"), limit=MAX_JOBS)
    return tuple(head.entity for head in heads if head.entity.updated_at >= since)


def sent_transfers(tx: MoneyRead, reference: str) -> tuple[SentTransfer, ...]:
    """Return our transfers of a reference for R9."""
    sent: list[SentTransfer] = []
    for transfer in _transfers_of(tx, reference):
        sent.append(
            SentTransfer(
                id=transfer.id,
                stripe_id=transfer.stripe_transfer_id,
                amount_minor=transfer.amount_minor,
                currency=transfer.currency,
                destination=transfer.destination,
            )
        )
    return tuple(sent)


def lines_since(tx: MoneyRead, account_id: str, since: datetime) -> tuple[LedgerLine, ...]:
    """Return the postings of an account that were posted since a time, newest first."""
    lines: list[LedgerLine] = []
    before = ""
    while True:
        page = tx.money.movements.joins.lines_of_account(
            account_id, before=before, limit=MAX_ROWS_PER_PAGE
        )
        for line in page:
            if line.movement.created_at < since:
                return tuple(lines)
            lines.append(line)
        if len(page) < MAX_ROWS_PER_PAGE:
            return tuple(lines)
        before = page[-1].position


def _nonzero(tx: MoneyRead, kind: AccountKind) -> Iterator[Account]:
    after = ""
    while True:
        heads: Sequence[Head[Account]] = tx.money.accounts.nonzero(
            kind, after=after, limit=MAX_ROWS_PER_PAGE
        )
        for head in heads:
            yield head.entity
        if len(heads) < MAX_ROWS_PER_PAGE:
            return
        after = heads[-1].entity.id


def _has_held_charge(tx: MoneyRead, reference: str) -> bool:
    heads = tx.money.charges.of_reference(reference, statuses=IN_ESCROW, after="", limit=1)
    return bool(heads)


def _residue_minor(tx: MoneyRead, reference: str, currency: str) -> int:
    """Return the money of open disputes that stays in an escrow until they are closed."""
    disputes = tx.money.disputes.joins.open_of_reference(reference)
    residue = 0
    for head in disputes:
        if not head.entity.covered and head.entity.currency == currency:
            residue += head.entity.amount_minor
    return residue


def _young_unplanned(tx: MoneyRead, now: datetime) -> frozenset[str]:
    """Return the settlement movements of the last minutes that have no payout job."""
    heads = tx.money.movements.joins.unplanned_settlements(limit=MAX_REPORTED)
    return frozenset(head.entity.id for head in heads if now - head.entity.created_at < GRACE)


def _young_in_steps(tx: MoneyRead, now: datetime) -> frozenset[str]:
    """Return the settlement movements of the last minutes whose job lacks transfers still."""
    movements: set[str] = set()
    for head in tx.money.payout_jobs.incomplete(after="", limit=MAX_JOBS):
        job = head.entity
        planned = sum(tx.money.transfers.count_of_job(job.id).values())
        if now - job.created_at < GRACE and planned < job.transfer_count:
            movements.add(movement_id(settlement_key(job.id)))
    return frozenset(movements)


def _waiting_minor(
    tx: MoneyRead,
    reference: str,
    currency: str,
    unplanned: frozenset[str],
    in_steps: frozenset[str],
) -> int:
    """Return what a reference owes without a transfer, and rightly so."""
    waiting = 0
    after = ("", 0)
    while True:
        page = tx.money.movements.joins.owed_lines(
            reference=reference, unpaid=True, after=after, limit=MAX_ROWS_PER_PAGE
        )
        for line in page:
            is_waiting = line.movement_id in unplanned
            if line.kind in OWED_AGAIN or line.movement_id in in_steps:
                is_waiting = tx.money.transfers.joins.of_owed_line(*line.name) is None
            if is_waiting and line.currency == currency:
                waiting += line.amount_minor
        if len(page) < MAX_ROWS_PER_PAGE:
            return waiting
        after = page[-1].name


def _rows_of(tx: MoneyRead, movement_id: str) -> tuple[list[Posting], list[CoveredItem]]:
    """Return the rows of a settlement as they are stored."""
    postings: list[Posting] = []
    while True:
        page = tx.money.movements.postings(
            movement_id, after=len(postings), limit=MAX_ROWS_PER_PAGE
        )
        postings.extend(page)
        if len(page) < MAX_ROWS_PER_PAGE:
            break
    items: list[str] = []
    while True:
        covered = tx.money.movements.covered_items(
            movement_id, after=len(items), limit=MAX_ROWS_PER_PAGE
        )
        items.extend(covered)
        if len(covered) < MAX_ROWS_PER_PAGE:
            break
    rows = [CoveredItem(number=number, item=item) for number, item in enumerate(items, 1)]
    return postings, rows


def _digest_text(summaries: Sequence[object]) -> str:
    """Return the digests of rows as one line."""
    digests: list[str] = []
    for summary in summaries:
        digest: object = None
        if isinstance(summary, dict):
            digest = cast("dict[str, object]", summary).get("digest")
        digests.append(str(digest))
    return " ".join(digests)


def _transfers_of(tx: MoneyRead, reference: str) -> Iterator[Transfer]:
    offset = 0
    while True:
        heads = tx.money.transfers.find(
            {"reference": reference}, limit=MAX_ROWS_PER_PAGE, offset=offset
        )
        for head in heads:
            yield head.entity
        if len(heads) < MAX_ROWS_PER_PAGE:
            return
        offset += MAX_ROWS_PER_PAGE
