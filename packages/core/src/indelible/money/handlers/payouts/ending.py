"""End payouts: reversals, unclaimed money, and the count that completes a job."""

from indelible.kernel.execution import execute
from indelible.kernel.history import Head
from indelible.money.commands.payouts import (
    CompletePayoutJob,
    MarkUnclaimed,
    RecordReversal,
    RecordTransferSent,
)
from indelible.money.commands.results import PayoutJobSaved
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.stripe_objects import ReversalObject, TransferObject
from indelible.money.errors.ledger import MovementNotFound
from indelible.money.errors.payouts import PayoutJobNotFinished, ReversalTooLarge, UnclaimedTooEarly
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.payouts.sending import job_may_end, payments_of, record_transfer_sent
from indelible.money.handlers.saving import save
from indelible.money.lifecycle.payouts import TERMINAL_TRANSFER, PayoutJobStatus
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.reads import payee_of
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import KNOWN, Decision
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import EventEvidence
from indelible.money.rules.ledger.drafts import PayoutReversal, Proof
from indelible.money.rules.ledger.payouts import payout_key, payout_reversed, unclaimed
from indelible.money.rules.payouts import TRANSFER_METADATA, UNCLAIMED_AFTER, is_unclaimed

NOT_OURS = Decision(code="TRANSFER_NOT_FOUND")
REVERSED = "transfer.reversed"


def complete_payout_job(tx: MoneyWrite, command: CompletePayoutJob) -> PayoutJobSaved:
    """Complete a job whose transfers have all ended; a complete one stays as it is.

    Raises:
        PayoutJobNotFinished: Some of its transfers have not ended.
    """
    head = tx.money.payout_jobs.lock(command.job_id)
    job = head.entity
    if job.status is PayoutJobStatus.COMPLETE:
        return PayoutJobSaved(job=job, seq=head.revision.seq, is_new=False)

    ended = count_ended(tx, job.id)
    if ended != job.transfer_count:
        raise PayoutJobNotFinished(job.id, job.transfer_count, ended)
    head = execute(tx, tx.money.payout_jobs, PayoutJob.complete(head))
    return PayoutJobSaved(job=head.entity, seq=head.revision.seq, is_new=False)


def count_ended(tx: MoneyWrite, job_id: str) -> int:
    """Return the number of a job's transfers that have ended."""
    counts = tx.money.transfers.count_of_job(job_id)
    return sum(counts.get(status, 0) for status in TERMINAL_TRANSFER)


def mark_unclaimed(tx: MoneyWrite, command: MarkUnclaimed) -> Head[Transfer]:
    """End a parked transfer that nobody has claimed in time, and keep its money as unclaimed.

    Raises:
        UnclaimedTooEarly: The payee has time left or is ready, or the transfer waits for
            something else.
        InvalidTransition: The transfer is not parked.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    transfer, now = head.entity, tx.clock.now()
    following = transfer.unclaimed(now=now)
    payee = payee_of(tx, transfer)
    if not is_unclaimed(transfer, payee, now=now):
        raise UnclaimedTooEarly(
            transfer_id=transfer.id,
            days=UNCLAIMED_AFTER.days,
            payee_status="none" if payee is None else payee.status,
            waits_for=str(transfer.failure_code),
            since=str(transfer.parked_at),
        )

    head = save(tx, tx.money.transfers, head, following, "unclaim")
    draft = unclaimed(
        transfer_id=transfer.id,
        reference=transfer.reference,
        currency=transfer.currency,
        lines=payments_of(tx, transfer),
        proof=Proof(f"transfer:{transfer.id}", f"transfer:{transfer.id}"),
    )
    post_movement(tx, draft)
    job_may_end(tx, following)
    return head


def record_reversal(tx: MoneyWrite, command: RecordReversal) -> Head[Transfer]:
    """Post a reversal of a completed transfer, whole or in part; a known one does nothing.

    The lines are reversed in their order, as far as the amount reaches.

    Raises:
        ReversalTooLarge: Less is left of the transfer.
        InvalidTransition: The transfer is not completed.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    transfer, reported = head.entity, command.reported
    if tx.money.movements.of_key(f"reversal:{reported.id}") is not None:
        return head
    left_minor = transfer.amount_minor - transfer.reversed_minor
    if reported.amount_minor > left_minor:
        raise ReversalTooLarge(reported.id, transfer.id, left_minor, reported.amount_minor)

    following = transfer.reversed(reported.amount_minor, now=tx.clock.now())
    draft = payout_reversed(
        reversal_ref=reported.id,
        reference=transfer.reference,
        currency=transfer.currency,
        lines=_reversed_lines(tx, transfer, reported),
        proof=command.proof,
    )
    # The databases refuse a reversal that no movement has booked.
    post_movement(tx, draft, occurred_at=reported.created)
    return save(tx, tx.money.transfers, head, following, "record_reversal")


def apply_transfer(
    tx: MoneyWrite, event: ParsedEvent, facts: TransferObject, evidence: EventEvidence
) -> Decision:
    """Apply an event about a transfer: it is adopted, and its reversals are posted.

    A transfer that names none of ours is left to the reconciliation.

    Raises:
        TransferNotFound: The transfer that it names is not planned, as after a restored backup.
        TransferMismatch: It differs from the one that it names.
    """
    named = facts.metadata.get(TRANSFER_METADATA)
    if named is None:
        return NOT_OURS

    proof = Proof.by_event(event.id)
    before = tx.money.transfers.get(named).revision.seq
    sent = RecordTransferSent(transfer_id=named, reported=facts, proof=proof)
    after = record_transfer_sent(tx, sent)
    for reversal in evidence.reversals:
        command = RecordReversal(transfer_id=named, reported=reversal, proof=proof)
        after = record_reversal(tx, command)
    return KNOWN if after.revision.seq == before else Decision(actions=(event.type,))


def _reversed_lines(
    tx: MoneyWrite, transfer: Transfer, reported: ReversalObject
) -> list[PayoutReversal]:
    """Divide a reversal among the lines of a payout that have money left."""
    movement = tx.money.movements.of_key(payout_key(transfer.id))
    if movement is None:
        raise MovementNotFound(payout_key(transfer.id))

    open_minor = reported.amount_minor
    lines: list[PayoutReversal] = []
    payout_id, after = movement.entity.id, 0
    while open_minor > 0:
        page = tx.money.movements.postings(payout_id, after=after, limit=MAX_ROWS_PER_PAGE)
        if not page:
            break
        for posting in page:
            after = posting.number
            earlier = tx.money.movements.joins.reversals(payout_id, posting.number)
            left_minor = posting.amount_minor
            left_minor -= sum(line.posting.amount_minor for line in earlier)
            amount_minor = min(left_minor, open_minor)
            if amount_minor <= 0:
                continue
            open_minor -= amount_minor
            line = PayoutReversal(
                movement_id=payout_id,
                number=posting.number,
                party=transfer.party,
                amount_minor=amount_minor,
            )
            lines.append(line)
    return lines
