"""The registry of payment codes: one list for the documents and the tests.

A code is an error of a request, the outcome of an event, or an alias under which the seed names
another code. Those of errors are derived from their classes.
"""

from collections.abc import Iterator
from enum import StrEnum
from inspect import isclass
from typing import Final, TypeGuard

from attrs import field, frozen

from indelible.kernel import IdempotencyKeyConflict, IndelibleError, RequestInFlight
from indelible.kernel.money import CurrencyMismatch
from indelible.money.errors import gateway, ledger, payments, payouts


class CodeUse(StrEnum):
    """The places where a code appears."""

    ERROR = "ERROR"  # in a problem document
    OUTCOME = "OUTCOME"  # in the attempt of an event, or in an answer of success
    REASON = "REASON"  # in the state of a charge, a refund or a transfer
    INTERNAL = "INTERNAL"  # in logs and attempts only
    ALIAS = "ALIAS"  # a name of the seed for other codes


@frozen(kw_only=True)
class PaymentCode:
    """A code and its meaning; `stands_for` names the codes of an alias.

    The docstring of `error` says what the code of an error means.
    """

    code: str
    use: CodeUse
    meaning: str = ""
    error: type[IndelibleError] | None = None
    stands_for: tuple[str, ...] = field(default=())


MODULES: Final = (gateway, ledger, payments, payouts)
OF_THE_KERNEL: Final[tuple[type[IndelibleError], ...]] = (
    CurrencyMismatch,
    IdempotencyKeyConflict,
    RequestInFlight,
)
INTERNAL: Final[tuple[type[IndelibleError], ...]] = (
    gateway.GatewayParked,
    ledger.LedgerDuplicateEntry,
    ledger.LedgerImmutable,
    ledger.LedgerUnbalanced,
    payments.IntentInDoubt,
    payments.PaymentNotBooked,
    payments.RefundExists,
    payments.RefundFailed,
    payouts.ParkReasonReserved,
    payouts.PayeeChanged,
    payouts.TransferExists,
)
# The code of a guard of the database alone: the id of a charge follows from its item, so that a
# second one is STALE. PAYMENT_FAILED is a reason.
UNLISTED: Final[tuple[type[IndelibleError], ...]] = (payments.ChargeExists, payments.PaymentFailed)


def _error_codes() -> Iterator[PaymentCode]:
    """Yield the code of each error of payments."""
    for error in (*_errors_of_money(), *OF_THE_KERNEL):
        use = CodeUse.INTERNAL if error in INTERNAL else CodeUse.ERROR
        yield PaymentCode(code=error.code, use=use, error=error)


def _errors_of_money() -> Iterator[type[IndelibleError]]:
    for module in MODULES:
        for value in vars(module).values():
            is_own = getattr(value, "__module__", "") == module.__name__
            if is_own and _is_error(value) and value not in UNLISTED:
                yield value


def _is_error(value: object) -> TypeGuard[type[IndelibleError]]:
    return isclass(value) and issubclass(value, IndelibleError)


def _outcome(code: str, meaning: str) -> PaymentCode:
    return PaymentCode(code=code, use=CodeUse.OUTCOME, meaning=meaning)


def _reason(code: str, meaning: str) -> PaymentCode:
    return PaymentCode(code=code, use=CodeUse.REASON, meaning=meaning)


def _alias(code: str, *stands_for: str) -> PaymentCode:
    meaning = "A name of the seed for: " + ", ".join(stands_for) + "."
    return PaymentCode(code=code, use=CodeUse.ALIAS, meaning=meaning, stands_for=stands_for)


PAYMENT_CODES: Final = (
    *_error_codes(),
    # The error of the web, which core does not know.
    PaymentCode(
        code="IDEMPOTENCY_KEY_REQUIRED",
        use=CodeUse.ERROR,
        meaning="A request without an Idempotency-Key.",
    ),
    _outcome("IGNORED_BY_OPERATOR", "An operator has ended the event: it is not ours."),
    _outcome("PAYMENT_ALREADY_PROCESSED", "Another event has reported the same fact before."),
    _outcome("STALE_EVENT", "The event is older than one that was applied, and is ignored."),
    _outcome("STRIPE_EVENT_DUPLICATE", "The event was received before; it has no second effect."),
    _reason("EXPIRED", "The charge was not paid in time."),
    _reason("LATE_PAYMENT", "The payment came late, or its place was taken: it is refunded."),
    _reason(
        "LATE_WEBHOOK_AFTER_SETTLEMENT", "The payment became known after the settlement: refunded."
    ),
    _reason("PAYMENT_FAILED", "The bank or Stripe has declined the payment; another try may pay."),
    _reason("UNCLAIMED", "The payee did not claim the money in time."),
    # names of the seed and of the fact sheet
    _alias("IDEMPOTENCY_IN_PROGRESS", "REQUEST_IN_FLIGHT"),
    _alias(
        "WEBHOOK_INVALID",
        "ENVIRONMENT_MISMATCH",
        "STRIPE_SIGNATURE_INVALID",
        "WEBHOOK_MALFORMED",
        "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE",
    ),
)
