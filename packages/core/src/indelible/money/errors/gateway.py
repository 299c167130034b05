"""The errors that a gateway to Stripe raises; the stages decide by their type."""

from enum import StrEnum
from typing import ClassVar, Final

from attrs import frozen

from indelible.kernel import Conflict, GatewayFailed, Unavailable


class OutageOutcome(StrEnum):
    """The effect of a request that got no usable answer."""

    UNKNOWN = "UNKNOWN"
    NOT_DONE = "NOT_DONE"


@frozen
class GatewayOutage(GatewayFailed):
    """A request to Stripe that may succeed later: a timeout, a lost connection, 409, 429, 5xx.

    `retry_after_seconds` and `should_retry` are what Stripe's headers said, None without them.
    `is_replayed` is True if Stripe has repeated a failure that it stored under the idempotency key.
    """

    code: ClassVar[str] = "STRIPE_API_ERROR"
    message: ClassVar[str] = "Stripe did not answer as expected: {problem}; outcome {outcome}."
    problem: str
    outcome: OutageOutcome = OutageOutcome.UNKNOWN
    retry_after_seconds: int | None = None
    should_retry: bool | None = None
    is_replayed: bool = False


@frozen
class GatewayRejected(Conflict):
    """A request that Stripe has refused permanently; `stripe_code` is Stripe's own code."""

    code: ClassVar[str] = "STRIPE_REJECTED"
    message: ClassVar[str] = "Stripe refused the request: {stripe_code}: {problem}."
    stripe_code: str
    problem: str


class ParkReason(StrEnum):
    """The reasons for which a transfer waits without an attempt."""

    BALANCE_INSUFFICIENT = "balance_insufficient"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_RESTRICTED = "account_restricted"
    PAYMENTS_HALTED = "payments_halted"
    DESTINATION_UNAPPROVED = "destination_unapproved"
    TRANSFER_UNKNOWN = "transfer_unknown"  # Stripe has one that the store has lost


# The program ends a wait for one of these; any other reason is an operator's.
PROGRAM_REASONS: Final = frozenset(ParkReason)
# What a transfer waits for that only its payee can change.
PAYEE_REASONS: Final = frozenset({ParkReason.ACCOUNT_MISSING, ParkReason.ACCOUNT_RESTRICTED})


@frozen
class GatewayParked(Unavailable):
    """A transfer that waits for money, for its payee, or until none is unknown at Stripe."""

    code: ClassVar[str] = "TRANSFER_PARKED"
    message: ClassVar[str] = "The transfer waits because of {reason}."
    reason: ParkReason


@frozen
class IdempotencyMismatch(Conflict):
    """An idempotency key that Stripe knows with other parameters."""

    code: ClassVar[str] = "STRIPE_IDEMPOTENCY_MISMATCH"
    message: ClassVar[str] = "Stripe knows idempotency key {key} with other parameters."
    key: str


@frozen
class GatewayObjectNotFound(Conflict):
    """An object that Stripe does not have."""

    code: ClassVar[str] = "STRIPE_OBJECT_NOT_FOUND"
    message: ClassVar[str] = "Stripe has no object {object_id}."
    object_id: str
