"""The rules of payouts: who may send what when, and what follows from a failure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import frozen

from indelible.kernel import Actor, IndelibleError, Lifecycle
from indelible.kernel.audit import ActorKind
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PAYOUT_JOB
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.stripe_objects import TransferObject
from indelible.money.entities.values import TransferFailure
from indelible.money.errors.gateway import (
    PAYEE_REASONS,
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayParked,
    ParkReason,
)
from indelible.money.errors.payouts import TransferMismatch
from indelible.money.lifecycle.payouts import TRANSFER, PayeeStatus, PayoutJobStatus, TransferStatus

PLAN_TRANSFERS_STAGE: Final = "plan_transfers"  # the id of a task is the job's
SEND_TRANSFER_STAGE: Final = "send_transfer"  # the id of a task is the transfer's
COMPLETE_PAYOUT_JOB_STAGE: Final = "complete_payout_job"  # the id of the job
SWEEP_PAYOUTS_STAGE: Final = "sweep_payouts"  # recurring
PAYOUT_STAGE_LIFECYCLES: Final[Mapping[str, Lifecycle[StrEnum] | None]] = {
    PLAN_TRANSFERS_STAGE: PAYOUT_JOB,
    SEND_TRANSFER_STAGE: TRANSFER,
    COMPLETE_PAYOUT_JOB_STAGE: PAYOUT_JOB,
    SWEEP_PAYOUTS_STAGE: None,
}

# Stripe may forget a key after 24 hours; a forgotten key would make a second transfer.
LOOK_UP_AFTER: Final = timedelta(hours=20)
UNCLAIMED_AFTER: Final = timedelta(days=90)
# A request without an answer may still be under way: no look-up follows it sooner.
MIN_LOOK_UP_SECONDS: Final = 60
# What a change of the payee can end.
WOKEN_BY_PAYEE: Final = PAYEE_REASONS | {ParkReason.DESTINATION_UNAPPROVED}
PARK_SECONDS: Final = 3_600
# Stripe can refuse a payee that is READY here: it is asked again once a day.
PAYEE_RETRY_AFTER: Final = timedelta(hours=24)
TRANSFER_METADATA: Final = "transfer_id"
SETTLEMENT_METADATA: Final = "settlement_id"

# SQLite has one writer, which a longer transaction would hold for too long.
TRANSFERS_PER_STEP: Final = 1_000


@frozen(kw_only=True)
class PayoutPolicy:
    """The settings of payouts: with automatic approval no operator is needed.

    A transaction plans at most `transfers_per_step` transfers, so that it ends within seconds.
    """

    automatic_approval: bool = False
    transfers_per_step: int = TRANSFERS_PER_STEP


MANUAL: Final = PayoutPolicy()
AUTOMATIC: Final = PayoutPolicy(automatic_approval=True)


class SendStep(StrEnum):
    """The next step of a worker about a transfer."""

    CALL = "CALL"
    LOOK_UP = "LOOK_UP"
    PARK = "PARK"
    NOTHING = "NOTHING"


@frozen(kw_only=True)
class SendFacts:
    """The facts that decide the next step of a transfer, besides itself.

    `job_status` is None for a transfer without a job, `payee_status` for an unknown payee.
    `is_destination_approved` is True if the transfer may go to the payee's destination.
    `is_reference_known` is True if this process has asked Stripe since its start which transfers
    the reference has.
    """

    payee_status: PayeeStatus | None
    destination: str | None
    is_destination_approved: bool
    job_status: PayoutJobStatus | None
    is_halted: bool
    is_reference_known: bool


@frozen(kw_only=True)
class SendDecision:
    """The next step of a transfer, and what it waits for if it is parked."""

    step: SendStep
    park_reason: ParkReason | None = None


@frozen(kw_only=True)
class FailureDecision:
    """The consequence of a failed request: an action of the transfer, and when to try again."""

    action: str
    code: str
    message: str
    must_look_up: bool = False
    failure: TransferFailure | None = None
    after_seconds: float | None = None


def next_step(transfer: Transfer, facts: SendFacts, *, now: datetime) -> SendDecision:
    """Decide the next step of a transfer.

    A transfer that cannot be sent now, and may exist at Stripe, is looked up before it waits.
    One that an operator holds stays parked, whatever makes its task due.
    """
    if transfer.is_terminal or transfer.is_parked_by_operator or not transfer.is_approved:
        return SendDecision(step=SendStep.NOTHING)

    reason = park_reason(transfer, facts)
    if reason is not None and not transfer.may_exist:
        return SendDecision(step=SendStep.PARK, park_reason=reason)
    if reason is not None or needs_look_up(transfer, facts, now=now):
        return SendDecision(step=SendStep.LOOK_UP)
    return SendDecision(step=SendStep.CALL)


def park_reason(transfer: Transfer, facts: SendFacts) -> ParkReason | None:
    """Return what a transfer has to wait for, None if it can be sent.

    A halt of payments lets what is under way go on.
    """
    if facts.payee_status is PayeeStatus.RESTRICTED:
        return ParkReason.ACCOUNT_RESTRICTED
    if facts.payee_status is not PayeeStatus.READY or facts.destination is None:
        return ParkReason.ACCOUNT_MISSING
    if not facts.is_destination_approved:
        return ParkReason.DESTINATION_UNAPPROVED
    if facts.is_halted and not transfer.may_exist:
        return ParkReason.PAYMENTS_HALTED
    return None


def needs_new_approval(transfer: Transfer) -> bool:
    """Return True if a transfer waits because its approval covers another destination."""
    is_parked = transfer.status is TransferStatus.PARKED
    return is_parked and transfer.failure_code == ParkReason.DESTINATION_UNAPPROVED


def destination_to_approve(payee: Payee | None, approver: Actor) -> str | None:
    """Return the destination that an approval covers: none for a program, which has seen none."""
    if payee is None or approver.kind is ActorKind.SYSTEM:
        return None
    return payee.destination


def needs_account(payee: Payee | None) -> bool:
    """Return True if a winner has to open an account: it is not registered, or has none yet."""
    return payee is None or payee.status is PayeeStatus.NEW


def is_destination_approved(transfer: Transfer, payee: Payee) -> bool:
    """Return True if a transfer may go to its payee's present destination.

    The payee has set it with a key of its own, or the approval covers it. Who has set a destination
    cannot approve a transfer to it, so that it takes two persons to choose where money goes.
    """
    if payee.has_own_destination:
        return True
    return payee.destination is not None and payee.destination == transfer.approved_destination


def needs_look_up(transfer: Transfer, facts: SendFacts, *, now: datetime) -> bool:
    """Return True if Stripe has to be asked for an existing transfer before the next request.

    A restored backup may have forgotten requests, also such under keys of later generations. So
    Stripe is asked before the first request of a job, before the first request of a process for a
    reference, and where nothing was stored for 20 hours, after which Stripe may forget a key.
    """
    known_since = transfer.first_attempt_at or transfer.created_at
    has_moved = transfer.first_attempt_at is not None and transfer.destination != facts.destination
    return (
        transfer.must_look_up
        or has_moved
        or facts.job_status is PayoutJobStatus.PENDING
        or now - known_since >= LOOK_UP_AFTER
        or (not facts.is_reference_known and not _may_be_under_way(transfer, now=now))
    )


def decide_failure(transfer: Transfer, error: IndelibleError, *, now: datetime) -> FailureDecision:
    """Decide what follows from an error of the gateway: park, try again or fail."""
    if isinstance(error, GatewayParked):
        # Stripe repeats the answer to a key, although the reason may pass.
        return FailureDecision(
            action="park", code=error.reason, message=str(error), must_look_up=True
        )
    if isinstance(error, GatewayObjectNotFound):
        code = ParkReason.ACCOUNT_MISSING
        return FailureDecision(action="park", code=code, message=str(error), must_look_up=True)
    if not isinstance(error, GatewayOutage):
        return _failed(TransferFailure.REJECTED, error.code, error)
    if transfer.retry_until is not None and now >= transfer.retry_until:
        return _failed(TransferFailure.BUDGET_SPENT, error.code, error)

    return FailureDecision(
        action="retry",
        code=error.code,
        message=str(error),
        must_look_up=error.should_retry is False,
        after_seconds=error.retry_after_seconds,
    )


def retry_seconds(transfer: Transfer, decision: FailureDecision) -> float | None:
    """Return the seconds until the next attempt, None for the schedule of the stage."""
    if decision.after_seconds is None:
        return None
    if transfer.must_look_up:
        return max(decision.after_seconds, MIN_LOOK_UP_SECONDS)
    return max(decision.after_seconds, 1)


def check_reported(transfer: Transfer, reported: TransferObject) -> None:
    """Check that Stripe's transfer is the one that names ours.

    Raises:
        TransferMismatch: Its amount, its currency or its id differs.
    """
    expected: dict[str, object] = {
        "amount_minor": transfer.amount_minor,
        "currency": transfer.currency,
    }
    actual: dict[str, object] = {
        "amount_minor": reported.amount_minor,
        "currency": reported.currency,
    }
    if transfer.status is TransferStatus.COMPLETED:
        expected["stripe_transfer_id"] = transfer.stripe_transfer_id
        actual["stripe_transfer_id"] = reported.id
    for name, value in expected.items():
        if actual[name] != value:
            raise TransferMismatch(transfer.id, name, str(value), str(actual[name]))


def is_undone(transfer: Transfer, reported: TransferObject) -> bool:
    """Return True for another transfer of the same id that was taken back whole.

    A restored database may have lost the settlement of it, and owe its party another amount now.
    """
    is_equal = (reported.amount_minor, reported.currency) == (
        transfer.amount_minor,
        transfer.currency,
    )
    return reported.is_taken_back and not is_equal


def transfer_group(reference: str) -> str:
    """Return the name of the group of a reference's transfers at Stripe."""
    return f"reference:{reference}"


def transfer_metadata(transfer: Transfer) -> dict[str, str]:
    """Return the metadata by which a transfer is found again at Stripe."""
    return {TRANSFER_METADATA: transfer.id, SETTLEMENT_METADATA: transfer.settlement_id}


def park_seconds(code: str) -> float:
    """Return the seconds until a parked transfer is tried again, unless it is woken before."""
    if code in PAYEE_REASONS:
        return PAYEE_RETRY_AFTER.total_seconds()
    return PARK_SECONDS


def may_try_payee(transfer: Transfer, payee: Payee | None, *, now: datetime) -> bool:
    """Return True if a transfer that waits for its payee can be tried again.

    A payee that has not changed since the transfer was parked gets the same refusal of Stripe, so
    it is tried again only after a day.
    """
    if payee is None or not payee.is_ready:
        return False
    has_changed = payee.updated_at > transfer.updated_at
    return has_changed or now - transfer.updated_at >= PAYEE_RETRY_AFTER


def is_unclaimed(transfer: Transfer, payee: Payee | None, *, now: datetime) -> bool:
    """Return True if the payee of a parked transfer has not claimed the money in time.

    The money of a payee that can receive transfers stays owed, however long it waits.
    """
    if payee is not None and payee.is_ready:
        return False
    is_waiting = transfer.status is TransferStatus.PARKED and transfer.parked_at is not None
    if not is_waiting or transfer.failure_code not in PAYEE_REASONS:
        return False
    return transfer.parked_at is not None and now - transfer.parked_at >= UNCLAIMED_AFTER


def may_try_again(transfer: Transfer) -> bool:
    """Return True if the transfer itself can be issued again, because it was never paid."""
    is_unclaimed = transfer.failure_reason is TransferFailure.UNCLAIMED
    return transfer.status is TransferStatus.FAILED_TERMINAL and not is_unclaimed


def _may_be_under_way(transfer: Transfer, *, now: datetime) -> bool:
    """Return True if a look-up could miss the last request, because Stripe still works on it."""
    waited = now - transfer.updated_at
    return transfer.may_exist and waited < timedelta(seconds=MIN_LOOK_UP_SECONDS)


def _failed(failure: TransferFailure, code: str, error: IndelibleError) -> FailureDecision:
    return FailureDecision(
        action="fail", code=code, message=str(error), must_look_up=True, failure=failure
    )
