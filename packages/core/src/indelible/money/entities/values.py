"""Values of money and the limits of their fields. This module imports no lifecycle."""

from enum import StrEnum
from typing import Annotated, Any, Final

from attrs import Attribute

from indelible.kernel.kinds import Kind
from indelible.kernel.money import CURRENCY_CHARACTERS, MAX_AMOUNT_MINOR, MAX_SUM_MINOR
from indelible.kernel.values import UNSTORABLE, bounded_int, is_identifier, is_text, value_text
from indelible.money.errors.payments import InvalidAmount

NATURAL: Final = {"minimum": 0, "maximum": 2**63 - 1}
AMOUNT: Final = {"minimum": 1, "maximum": MAX_AMOUNT_MINOR}
AMOUNT_OR_ZERO: Final = {"minimum": 0, "maximum": MAX_AMOUNT_MINOR}
# The sum of the postings of one movement, and the balance of an account.
SUM: Final = {"minimum": 0, "maximum": MAX_SUM_MINOR}
SIGNED_SUM: Final = {"minimum": -MAX_SUM_MINOR, "maximum": MAX_SUM_MINOR}
CURRENCY: Final = {"max_length": CURRENCY_CHARACTERS}
# An account's id holds the reference beside a kind and a currency.
REFERENCE: Final = {"max_length": 150}
KEY: Final = {"max_length": 200}
# Stripe repeats a failure that it has stored under an idempotency key: another key follows.
MAX_KEYS_PER_REQUEST: Final = 20
MAX_MESSAGE_LENGTH: Final = 1_000
MESSAGE: Final = {"max_length": MAX_MESSAGE_LENGTH}
TRUNCATED: Final = " [truncated]"
UNREADABLE: Final = "\ufffd"  # in place of a character that no database can store


class Side(StrEnum):
    """The sides of a posting, and the side on which an account's balance grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class AccountKind(StrEnum):
    """The kinds of accounts; `escrow` is what the players of a reference have paid in."""

    STRIPE_BALANCE = "stripe_balance"
    DISPUTE_RECEIVABLE = "dispute_receivable"
    ESCROW = "escrow"
    REFUND_CLEARING = "refund_clearing"
    WINNER_PAYABLE = "winner_payable"
    UNCLAIMED_PRIZES = "unclaimed_prizes"
    PLATFORM_RAKE = "platform_rake"
    PLATFORM_ROUNDING = "platform_rounding"
    STRIPE_FEES = "stripe_fees"
    DISPUTE_LOSSES = "dispute_losses"
    GOODWILL = "goodwill"

    @property
    def side(self) -> Side:
        """Return the side on which the balance grows: debit for assets and expenses."""
        return Side.DEBIT if self in DEBIT_KINDS else Side.CREDIT

    @property
    def has_reference(self) -> bool:
        """Return True if there is an account of this kind for each reference."""
        return self in REFERENCE_KINDS


DEBIT_KINDS: Final = frozenset(
    {
        AccountKind.STRIPE_BALANCE,
        AccountKind.DISPUTE_RECEIVABLE,
        AccountKind.STRIPE_FEES,
        AccountKind.DISPUTE_LOSSES,
        AccountKind.GOODWILL,
    }
)
# These have an account for each reference, and are never negative.
REFERENCE_KINDS: Final = frozenset(
    {AccountKind.ESCROW, AccountKind.REFUND_CLEARING, AccountKind.WINNER_PAYABLE}
)


class MovementKind(StrEnum):
    """The kinds of movements: one for each fact that is booked.

    PAYMENT_QUARANTINED books money of another amount or currency than its charge's. REVERSAL is
    the mirror of a movement that was posted in error. REVERSAL_PROPOSED moves no money: it notes
    who has proposed a reversal, which a second person approves.
    """

    ENTRY_FEE = "ENTRY_FEE"
    PAYMENT_QUARANTINED = "PAYMENT_QUARANTINED"
    PROCESSING_FEE = "PROCESSING_FEE"
    REFUND_REQUESTED = "REFUND_REQUESTED"
    REFUND_SUCCEEDED = "REFUND_SUCCEEDED"
    REFUND_FAILED = "REFUND_FAILED"
    DISPUTE_OPENED = "DISPUTE_OPENED"
    DISPUTE_WON = "DISPUTE_WON"
    DISPUTE_LOST = "DISPUTE_LOST"
    DISPUTE_RESIDUE = "DISPUTE_RESIDUE"
    GUARANTEE_TOPUP = "GUARANTEE_TOPUP"
    SETTLEMENT = "SETTLEMENT"
    PAYOUT_CREATED = "PAYOUT_CREATED"
    PAYOUT_FAILED = "PAYOUT_FAILED"
    PAYOUT_REVERSED = "PAYOUT_REVERSED"
    UNCLAIMED = "UNCLAIMED"
    REVERSAL = "REVERSAL"
    REVERSAL_PROPOSED = "REVERSAL_PROPOSED"


# These move no money.
NOTES: Final = frozenset({MovementKind.PAYOUT_FAILED, MovementKind.REVERSAL_PROPOSED})
# A settlement without winners moves no money either.
MAY_BE_EMPTY: Final = NOTES | {MovementKind.SETTLEMENT}
# A settled item stays covered once, and a note has nothing to take back.
NOT_REVERSIBLE: Final = NOTES | {MovementKind.SETTLEMENT}
# The platform itself decides these; two operators may take one back, also a reversal of theirs.
# All others book what Stripe has reported: only the opposite report takes them back.
REVERSED_BY_OPERATORS: Final = frozenset(
    {MovementKind.GUARANTEE_TOPUP, MovementKind.UNCLAIMED, MovementKind.REVERSAL}
)


class OutcomeCode(StrEnum):
    """The reasons for which a charge was canceled or refunded."""

    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REQUESTED = "REQUESTED"
    LATE_PAYMENT = "LATE_PAYMENT"
    LATE_WEBHOOK_AFTER_SETTLEMENT = "LATE_WEBHOOK_AFTER_SETTLEMENT"
    FULL = "FULL"
    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    OUTSIDE = "OUTSIDE"  # in Stripe's dashboard


class RefundReason(StrEnum):
    """The reasons of a refund."""

    REQUESTED = "REQUESTED"
    LATE_PAYMENT = "LATE_PAYMENT"
    LATE_WEBHOOK_AFTER_SETTLEMENT = "LATE_WEBHOOK_AFTER_SETTLEMENT"
    CANCELLED = "CANCELLED"
    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    FULL = "FULL"
    OUTSIDE = "OUTSIDE"  # in Stripe's dashboard


class AttemptKind(StrEnum):
    """The kinds of requests about an effect at Stripe."""

    CALL = "CALL"
    LOOKUP = "LOOKUP"


class EventOrigin(StrEnum):
    """The ways on which an event of Stripe arrives."""

    WEBHOOK = "webhook"
    BACKFILL = "backfill"


class EventOutcome(StrEnum):
    """The outcomes of an attempt to process an event."""

    PROCESSED = "PROCESSED"
    DUPLICATE = "DUPLICATE"
    IGNORED = "IGNORED"
    FAILED = "FAILED"


class ReconciliationScope(StrEnum):
    """The scopes of a reconciliation: the hourly one and the daily one."""

    CHEAP = "CHEAP"
    FULL = "FULL"


class ReconciliationRule(StrEnum):
    """The rules of a reconciliation; `rules/reconciliation.py` says what each compares."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"
    R6 = "R6"
    R7 = "R7"
    R8 = "R8"
    R9 = "R9"
    R10 = "R10"
    R11 = "R11"
    R12 = "R12"


class Remedy(StrEnum):
    """The end of a discrepancy without an operator; one that has a remedy halts nothing.

    STORED: the reconciliation has stored the missing event itself. AWAITED: an event that it has
    stored may explain the difference; a full reconciliation follows, and decides.
    """

    STORED = "STORED"
    AWAITED = "AWAITED"


class TransferFailure(StrEnum):
    """The reasons for which a transfer has failed terminally."""

    REJECTED = "REJECTED"
    BUDGET_SPENT = "BUDGET_SPENT"
    UNCLAIMED = "UNCLAIMED"


def account_id(kind: AccountKind, reference: str | None, currency: str) -> str:
    """Return the id of an account."""
    return f"{kind}:{reference or '-'}:{currency}"


def message_text(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    """Return a message that can be stored, cut with a mark; any other value as it is."""
    if not isinstance(value, str):
        return value

    storable = UNSTORABLE.sub(UNREADABLE, value)
    if len(storable) <= MAX_MESSAGE_LENGTH:
        return storable
    return storable[: MAX_MESSAGE_LENGTH - len(TRUNCATED)] + TRUNCATED


def is_amount(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate an amount in whole minor units; a float, a boolean and a text are refused."""
    minimum = attribute.metadata["minimum"]
    maximum = attribute.metadata["maximum"]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not minimum <= value <= maximum:
        raise InvalidAmount(attribute.name, minimum, maximum, value_text(value))


# The kinds of fields that money has of its own.
Amount = Annotated[int, Kind(is_amount, AMOUNT, column="amount_minor")]
AmountOrZero = Annotated[int, Kind(is_amount, AMOUNT_OR_ZERO, column="amount_minor")]
Sum = Annotated[int, Kind(bounded_int, SUM, column="sum_minor")]
SignedSum = Annotated[int, Kind(bounded_int, SIGNED_SUM, column="sum_minor")]
Reference = Annotated[str, Kind(is_identifier, REFERENCE, column="identifier")]
Message = Annotated[str, Kind(is_text, MESSAGE, message_text, column="content")]
