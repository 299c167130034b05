"""Send a transfer: each attempt is stored before its request, and its result after it.

No handler here is open during a request. The posting and the state of a result are stored in one
transaction. A job is locked before its transfers.
"""

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.execution import execute
from indelible.money.commands.payouts import (
    BeginTransfer,
    RecordTransferFailure,
    RecordTransferSent,
)
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import AttemptKind
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.saving import save
from indelible.money.lifecycle.payouts import PayoutJobStatus, TransferStatus
from indelible.money.repositories.reads import payee_of, payments_switch
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.drafts import OwedPayment, Proof
from indelible.money.rules.ledger.payouts import payout_created, payout_failed
from indelible.money.rules.payouts import (
    COMPLETE_PAYOUT_JOB_STAGE,
    FailureDecision,
    SendDecision,
    SendFacts,
    SendStep,
    check_reported,
    is_destination_approved,
    needs_account,
    next_step,
    park_reason,
)


@frozen(kw_only=True)
class SendWork:
    """The next work on a transfer. An attempt is stored unless the step is PARK.

    With `adopts_others` a look-up completes the other transfers that Stripe has, too.
    """

    transfer: Transfer
    decision: SendDecision
    adopts_others: bool = False

    @property
    def step(self) -> SendStep:
        """Return the step."""
        return self.decision.step


def begin_transfer(tx: MoneyWrite, command: BeginTransfer) -> SendWork | None:
    """Decide the next step of a transfer, and store the attempt of a request.

    Return None for a transfer that has ended, waits for its approval, or was parked by an operator.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    transfer = head.entity
    facts = _send_facts(tx, transfer, command)
    decision = next_step(transfer, facts, now=tx.clock.now())
    if decision.step is SendStep.NOTHING:
        return None
    if decision.step is SendStep.PARK:
        return SendWork(transfer=transfer, decision=decision)

    now = tx.clock.now()
    destination = facts.destination or transfer.destination or ""
    if decision.step is SendStep.LOOK_UP:
        attempted = transfer.looking_up(destination, now=now)
        head = _save_attempt(tx, head, attempted, AttemptKind.LOOKUP)
    else:
        attempted = transfer.calling(destination, now=now)
        head = _save_attempt(tx, head, attempted, AttemptKind.CALL)
    is_job_new = facts.job_status is PayoutJobStatus.PENDING
    adopts_others = is_job_new or not facts.is_reference_known
    return SendWork(transfer=head.entity, decision=decision, adopts_others=adopts_others)


def begin_call(tx: MoneyWrite, command: BeginTransfer) -> SendWork | None:
    """Store the attempt of a request after a look-up has found no transfer.

    Return None if the transfer was completed meanwhile.
    """
    transfer = tx.money.transfers.get(command.transfer_id).entity
    job = _lock_job(tx, transfer)
    head = tx.money.transfers.lock(command.transfer_id)
    transfer = head.entity
    if transfer.status is not TransferStatus.PROCESSING:
        return None

    if job is not None and job.entity.status is PayoutJobStatus.PENDING:
        execute(tx, tx.money.payout_jobs, PayoutJob.start(job))
    facts = _send_facts(tx, transfer, command)
    reason = park_reason(transfer, facts)
    if reason is not None:
        decision = SendDecision(step=SendStep.PARK, park_reason=reason)
        return SendWork(transfer=transfer, decision=decision)

    attempted = transfer.calling_after_lookup(facts.destination or "", now=tx.clock.now())
    head = _save_attempt(tx, head, attempted, AttemptKind.CALL)
    return SendWork(transfer=head.entity, decision=SendDecision(step=SendStep.CALL))


def record_transfer_sent(tx: MoneyWrite, command: RecordTransferSent) -> Head[Transfer]:
    """Complete a transfer that Stripe has, and post its movement; a repetition does nothing.

    Raises:
        TransferMismatch: Stripe's transfer has another amount, currency or id.
        OwedLinePaid: Its money was kept as unclaimed.
    """
    head = tx.money.transfers.lock(command.transfer_id)
    reported = command.reported
    check_reported(head.entity, reported)
    if head.entity.status is TransferStatus.COMPLETED:
        return head

    now = tx.clock.now()
    transfer = head.entity.completed(reported.id, reported.destination, now=now)
    action = "complete" if head.entity.status is TransferStatus.PROCESSING else "adopt"
    head = save(tx, tx.money.transfers, head, transfer, action)
    draft = payout_created(
        transfer_id=transfer.id,
        reference=transfer.reference,
        currency=transfer.currency,
        lines=payments_of(tx, transfer),
        proof=command.proof,
    )
    post_movement(tx, draft, occurred_at=reported.created)
    job_may_end(tx, transfer)
    return head


def record_transfer_failure(tx: MoneyWrite, command: RecordTransferFailure) -> Head[Transfer]:
    """Apply the failure of an attempt, unless a later attempt or Stripe's event was first."""
    head = tx.money.transfers.lock(command.transfer_id)
    transfer, decision = head.entity, command.decision
    if transfer.attempt_number != command.attempt_number or transfer.is_terminal:
        return head

    if decision.action == "park":
        return _park(tx, head, decision)
    if transfer.status is not TransferStatus.PROCESSING:
        return head

    now = tx.clock.now()
    if decision.failure is None:
        failed = transfer.to_retry(
            decision.code, decision.message, must_look_up=decision.must_look_up, now=now
        )
    else:
        failed = transfer.failed(decision.failure, decision.code, decision.message, now=now)
    head = save(tx, tx.money.transfers, head, failed, decision.action)
    _post_failure(tx, failed)
    if failed.is_terminal:
        job_may_end(tx, failed)
    return head


def payments_of(tx: MoneyWrite, transfer: Transfer) -> list[OwedPayment]:
    """Return the payments of the owed lines of a transfer."""
    payments: list[OwedPayment] = []
    for line in tx.money.transfers.lines(transfer.id):
        payment = OwedPayment(
            movement_id=line.owed_movement_id,
            number=line.owed_number,
            party=transfer.party,
            amount_minor=line.amount_minor,
        )
        payments.append(payment)
    return payments


def job_may_end(tx: MoneyWrite, transfer: Transfer) -> None:
    """Let the job of a transfer that has ended be counted."""
    if transfer.job_id is not None:
        tx.tasks.enqueue(COMPLETE_PAYOUT_JOB_STAGE, {transfer.job_id: tx.clock.now()})


def _park(tx: MoneyWrite, head: Head[Transfer], decision: FailureDecision) -> Head[Transfer]:
    """Store what a transfer waits for now, unless it is the same as before or an operator's.

    A payee that has never had an account is asked for one: the change `request_account` tells hosts
    to notify the winner.
    """
    transfer, code, now = head.entity, decision.code, tx.clock.now()
    if transfer.status is not TransferStatus.PARKED:
        parked = transfer.parked(code, must_look_up=decision.must_look_up, now=now)
        head = save(tx, tx.money.transfers, head, parked, "park")
    elif transfer.is_parked_by_operator or transfer.failure_code == code:
        return head
    else:
        head = save(tx, tx.money.transfers, head, transfer.reparked(code, now=now), "repark")

    if code == ParkReason.ACCOUNT_MISSING and needs_account(payee_of(tx, transfer)):
        requested = head.entity.transition("request_account", now=now)
        head = save(tx, tx.money.transfers, head, requested, "request_account")
    return head


def _send_facts(tx: MoneyWrite, transfer: Transfer, command: BeginTransfer) -> SendFacts:
    payee = payee_of(tx, transfer)
    job_status: PayoutJobStatus | None = None
    if transfer.job_id is not None:
        job_status = tx.money.payout_jobs.get(transfer.job_id).entity.status
    switch = payments_switch(tx)
    return SendFacts(
        payee_status=None if payee is None else payee.status,
        destination=None if payee is None else payee.destination,
        is_destination_approved=payee is not None and is_destination_approved(transfer, payee),
        job_status=job_status,
        is_halted=switch is not None and switch.is_halted,
        is_reference_known=command.is_reference_known,
    )


def _lock_job(tx: MoneyWrite, transfer: Transfer) -> Head[PayoutJob] | None:
    """Lock the job of a transfer if it has not started."""
    if transfer.job_id is None:
        return None
    head = tx.money.payout_jobs.get(transfer.job_id)
    if head.entity.status is not PayoutJobStatus.PENDING:
        return None
    return tx.money.payout_jobs.lock(transfer.job_id)


def _save_attempt(
    tx: MoneyWrite, head: Head[Transfer], transfer: Transfer, kind: AttemptKind
) -> Head[Transfer]:
    records = (transfer.new_attempt(kind),)
    return save(tx, tx.money.transfers, head, transfer, "claim", records=records)


def _post_failure(tx: MoneyWrite, transfer: Transfer) -> None:
    draft = payout_failed(
        transfer_id=transfer.id,
        attempt_number=transfer.attempt_number,
        reference=transfer.reference,
        currency=transfer.currency,
        proof=Proof(f"transfer:{transfer.id}", f"transfer:{transfer.id}"),
    )
    post_movement(tx, draft)
