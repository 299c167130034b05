"""The registry of payment codes: one list for the documents, the routes and the tests.

A code is an error of a request, the outcome of an event, or an alias under which the seed names
another code. Codes of the web alone are listed too, so that the list is complete.
"""

from enum import StrEnum
from typing import Final

from attrs import frozen


class CodeUse(StrEnum):
    """The places where a code appears."""

    ERROR = "ERROR"  # in a problem document
    OUTCOME = "OUTCOME"  # in the attempt of an event, or in an answer of success
    REASON = "REASON"  # in the state of a charge, a refund or a transfer
    INTERNAL = "INTERNAL"  # in logs and attempts only
    ALIAS = "ALIAS"  # a name of the seed for other codes


@frozen(kw_only=True)
class PaymentCode:
    """A code with the HTTP status of its answer; `stands_for` names the codes of an alias."""

    code: str
    http_status: int
    use: CodeUse
    meaning: str
    stands_for: tuple[str, ...] = ()


def _error(code: str, http_status: int, meaning: str) -> PaymentCode:
    return PaymentCode(code=code, http_status=http_status, use=CodeUse.ERROR, meaning=meaning)


def _outcome(code: str, meaning: str) -> PaymentCode:
    return PaymentCode(code=code, http_status=200, use=CodeUse.OUTCOME, meaning=meaning)


def _reason(code: str, meaning: str) -> PaymentCode:
    return PaymentCode(code=code, http_status=200, use=CodeUse.REASON, meaning=meaning)


def _internal(code: str, http_status: int, meaning: str) -> PaymentCode:
    return PaymentCode(code=code, http_status=http_status, use=CodeUse.INTERNAL, meaning=meaning)


def _alias(code: str, http_status: int, *stands_for: str) -> PaymentCode:
    return PaymentCode(
        code=code,
        http_status=http_status,
        use=CodeUse.ALIAS,
        meaning="A name of the seed for: " + ", ".join(stands_for) + ".",
        stands_for=stands_for,
    )


PAYMENT_CODES: Final = (
    # requests
    _error("ALREADY_PAID", 409, "The charge takes no payment: it was paid, refunded or canceled."),
    _error("AMOUNT_MISMATCH", 422, "A payment has another amount than its charge."),
    _error("CHARGE_NOT_FOUND", 404, "No charge has this id, or it belongs to another party."),
    _error("CURRENCY_MISMATCH", 422, "A payment has another currency than its charge."),
    _error("DISPUTE_OPEN", 409, "A dispute of the charge excludes the command."),
    _error("DUPLICATE_INTENT", 409, "The payment intent or session belongs to another charge."),
    _error("IDEMPOTENCY_KEY_CONFLICT", 409, "The key was used with another request."),
    _error("IDEMPOTENCY_KEY_REQUIRED", 400, "The request has no Idempotency-Key."),
    _error("INVALID_AMOUNT", 422, "The amount is no whole number of minor units in range."),
    _error("ORGANIZER_DOES_NOT_PAY", 422, "Organizers do not pay for what they organize."),
    _error("PAYMENTS_NOT_CONFIGURED", 503, "The service has no key of Stripe."),
    _error("PAYMENTS_HALTED", 503, "New payments are halted until an operator resumes them."),
    _error("REFUND_NOT_ALLOWED", 409, "The charge's state or amount excludes the refund."),
    _error("REQUEST_IN_FLIGHT", 409, "The first request with this key is still running."),
    _error("STRIPE_API_ERROR", 502, "Stripe did not answer as expected; try again."),
    _error("REFUND_NOT_FOUND", 404, "No refund has this id."),
    _error("REFUND_RUNNING", 409, "A refund of the charge with another amount is under way."),
    _error("DISPUTE_NOT_FOUND", 404, "No dispute has this id."),
    _error("STRIPE_IDEMPOTENCY_MISMATCH", 409, "Stripe knows the key with other parameters."),
    _error("STRIPE_OBJECT_NOT_FOUND", 409, "Stripe does not have the object."),
    _error("STRIPE_REJECTED", 409, "Stripe has refused the request for good."),
    # webhooks
    _error("ENVIRONMENT_MISMATCH", 400, "The event has another mode, account or API version."),
    _error("STRIPE_SIGNATURE_INVALID", 400, "The webhook's signature is missing or wrong."),
    _error("WEBHOOK_MALFORMED", 400, "The webhook's header or body cannot be read."),
    _error("WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE", 400, "The signature is too old or too new."),
    # events
    _error("PAYMENT_INTENT_NOT_FOUND", 409, "No charge has the event's payment intent yet."),
    _error("STRIPE_EVENT_NOT_FOUND", 404, "No event with this id was received."),
    _internal("PAYMENT_INTENT_IN_DOUBT", 409, "Only Stripe knows the state of the intent."),
    _internal("PAYMENT_NOT_BOOKED", 409, "The event has overtaken the one of its payment."),
    _internal("REFUND_EXISTS", 409, "Stripe's refund belongs to another refund."),
    _outcome("PAYMENT_ALREADY_PROCESSED", "Another event has reported the same fact before."),
    _outcome("STALE_EVENT", "The event is older than one that was applied, and is ignored."),
    _outcome("STRIPE_EVENT_DUPLICATE", "The event was received before; it has no second effect."),
    # payouts
    _error("PAYOUT_ACCOUNT_MISSING", 409, "The party has no account that can receive money."),
    _error("PAYOUT_ALREADY_SCHEDULED", 409, "The settlement or the owed line has its payout."),
    _error("DESTINATION_MISMATCH", 409, "The payee has another destination than was compared."),
    _error("DESTINATION_NOT_APPROVED", 409, "The approval covers another destination."),
    _error("DESTINATION_TAKEN", 409, "The account at Stripe belongs to another payee."),
    _error("FOUR_EYES_REQUIRED", 409, "Another person must approve it."),
    _internal("PAYEE_CHANGED", 409, "The payee changed while its account was read at Stripe."),
    _internal("PARK_REASON_RESERVED", 422, "A program parks with this reason, no operator."),
    _error("PAYEE_NOT_FOUND", 404, "The party is not registered."),
    _error("PAYOUT_JOB_NOT_FINISHED", 409, "Some transfers of the job have not ended."),
    _error("PAYOUT_JOB_NOT_FOUND", 404, "The settlement has no payout job."),
    _error("REVERSAL_TOO_LARGE", 409, "Less is left of the transfer than was taken back."),
    _error("TRANSFER_ALREADY_APPROVED", 409, "The transfer has its approval; nothing was changed."),
    _error("TRANSFER_MISMATCH", 409, "Stripe's transfer differs from the one that names it."),
    _error("TRANSFER_NOT_APPROVED", 409, "The transfer waits for its approval."),
    _error("TRANSFER_NOT_FOUND", 404, "No transfer has this id."),
    _error("TRANSFER_NOT_REISSUABLE", 409, "No line is owed that a new transfer could pay."),
    _error("UNCLAIMED_TOO_EARLY", 409, "The payee still has time to claim the money."),
    _internal("TRANSFER_EXISTS", 409, "Stripe's transfer belongs to another transfer."),
    _internal("TRANSFER_PARKED", 503, "The transfer waits for its payee or for money."),
    # operation
    _error("PAYMENT_SWITCH_NOT_FOUND", 404, "Payments were never halted."),
    _error("RECONCILIATION_NOT_FOUND", 404, "No reconciliation has this id."),
    _error("RECONCILIATION_RUNNING", 409, "A reconciliation of this scope is under way."),
    # reasons
    _reason("EXPIRED", "The charge was not paid in time."),
    _reason("LATE_PAYMENT", "The payment came late, or its place was taken: it is refunded."),
    _reason(
        "LATE_WEBHOOK_AFTER_SETTLEMENT", "The payment became known after the settlement: refunded."
    ),
    _reason("PAYMENT_FAILED", "The bank or Stripe has declined the payment; another try may pay."),
    _reason("UNCLAIMED", "The payee did not claim the money in time."),
    # the ledger
    _error("ACCOUNT_NOT_FOUND", 404, "No movement has used the account."),
    _error("BALANCE_NEGATIVE", 409, "A movement would take more than the account has."),
    _error("ITEM_COVERED", 409, "Another settlement has counted the item."),
    _error("MOVEMENT_HAS_EVIDENCE", 409, "Only the opposite report of Stripe takes it back."),
    _error("MOVEMENT_NOT_FOUND", 404, "No movement has this id."),
    _error("MOVEMENT_NOT_REVERSIBLE", 409, "The movement is of a kind that has no mirror."),
    _error("MOVEMENT_REVERSED", 409, "The movement has its mirror already."),
    _error("OWED_LINE_NOT_FOUND", 404, "The posting does not exist, or owes nothing."),
    _error("OWED_LINE_PAID", 409, "The owed line was paid."),
    _error("PAYOUT_LINE_NOT_FOUND", 404, "The posting does not exist, or pays nothing."),
    _error("PAYOUT_LINE_REVERSED", 409, "Less is left of the payout than would be reversed."),
    _error("POSTING_REFUSED", 409, "The posting does not fit its movement or its line."),
    _error(
        "REVERSAL_NEEDS_SECOND_PERSON", 409, "Who has proposed the reversal may not approve it."
    ),
    _error("REVERSAL_NOT_PROPOSED", 409, "Nobody has proposed to reverse the movement."),
    _internal("LEDGER_DUPLICATE_ENTRY", 409, "A movement's key exists with other content."),
    _internal("LEDGER_IMMUTABLE", 500, "A movement or a posting cannot be changed or removed."),
    _internal("LEDGER_UNBALANCED", 500, "A movement's sums do not match its postings."),
    _internal("REFUND_FAILED", 502, "Stripe has refused the refund; its money went back."),
    # names of the seed and of the fact sheet
    _alias("IDEMPOTENCY_IN_PROGRESS", 409, "REQUEST_IN_FLIGHT"),
    _alias(
        "WEBHOOK_INVALID",
        400,
        "ENVIRONMENT_MISMATCH",
        "STRIPE_SIGNATURE_INVALID",
        "WEBHOOK_MALFORMED",
        "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE",
    ),
)
