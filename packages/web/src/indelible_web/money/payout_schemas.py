"""The answers of the operator's routes of payouts and payees."""

from datetime import datetime

from attrs import frozen

from indelible.money import (
    AttemptKind,
    MovementKind,
    PayeeStatus,
    PayoutJobStatus,
    TransferFailure,
    TransferStatus,
)


@frozen(kw_only=True)
class OwedLineView:
    """Money that a party is owed, and that no movement has paid.

    It is owed by a settlement, or since the money of a transfer came back.
    """

    movement_id: str
    number: int
    kind: MovementKind
    party: str
    reference: str
    currency: str
    amount_minor: int
    owed_since: datetime
    settlement_id: str | None
    reversed_transfer_id: str | None
    transfer_id: str | None


@frozen(kw_only=True)
class TransferView:
    """A transfer to a party."""

    id: str
    job_id: str | None
    settlement_id: str
    reference: str
    party: str
    status: TransferStatus
    amount_minor: int
    currency: str
    line_count: int
    reissue_of: str | None
    approved_by: str | None
    approved_at: datetime | None
    approval_reason: str | None
    approved_destination: str | None
    destination: str | None
    generation: int
    attempt_number: int
    first_attempt_at: datetime | None
    retry_until: datetime | None
    failure_code: str | None
    failure_message: str | None
    failure_reason: TransferFailure | None
    stripe_transfer_id: str | None
    parked_at: datetime | None
    completed_at: datetime | None
    reversed_minor: int
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class TransferDetailView(TransferView):
    """A transfer with the numbers of its requests, and the transfers that replace it."""

    calls: int
    look_ups: int
    is_adopted: bool
    reissued_as: tuple[str, ...]
    can_reissue: bool
    payee_status: PayeeStatus | None
    payee_destination: str | None
    payee_destination_set_by: str | None


@frozen(kw_only=True)
class TransferAttemptView:
    """A request to Stripe about a transfer, stored before it was made."""

    number: int
    generation: int
    idempotency_key: str
    kind: AttemptKind
    started_at: datetime


@frozen(kw_only=True)
class FoundTransferView:
    """A transfer that Stripe has."""

    stripe_transfer_id: str
    amount_minor: int
    amount_reversed_minor: int
    currency: str
    destination: str
    created: datetime


@frozen(kw_only=True)
class LookupView:
    """A transfer, and those at Stripe that name it; nothing was changed."""

    transfer: TransferView
    matches: tuple[FoundTransferView, ...]


@frozen(kw_only=True)
class PayoutJobView:
    """The payout of a settlement."""

    id: str
    reference: str
    currency: str
    status: PayoutJobStatus
    transfer_count: int
    total_minor: int
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class PlannedPayoutsView(PayoutJobView):
    """The payout of a settlement, and the number of transfers that this request has planned."""

    planned: int


@frozen(kw_only=True)
class StateCount:
    """The number of transfers in a state."""

    status: TransferStatus
    transfers: int


@frozen(kw_only=True)
class JobProgressView:
    """The progress of a payout job: the number of its transfers by state."""

    id: str
    status: PayoutJobStatus
    transfer_count: int
    ended: int
    states: tuple[StateCount, ...]


@frozen(kw_only=True)
class PayeeView:
    """A party that receives transfers, with its account at Stripe."""

    id: str
    status: PayeeStatus
    destination: str | None
    destination_set_by: str | None
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class OnboardingView:
    """A payee, and the address of Stripe's onboarding pages for its account."""

    payee: PayeeView
    url: str
    expires_at: datetime
