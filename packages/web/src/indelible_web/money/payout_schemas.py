"""The answers of the operator's routes of payouts and payees."""

from datetime import datetime

from attrs import frozen

from indelible.money import (
    PayeeStatus,
    PayoutJobStatus,
    TransferStatus,
)
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferAttempt
from indelible_web.http.views import fields_of


@frozen(kw_only=True, field_transformer=fields_of(OwedLine, leave_out=("paid_by",)))
class OwedLineView:
    """Money that a party is owed, and that no movement has paid.

    It is owed by a settlement, or since the money of a transfer came back.
    """

    movement_id: str
    number: int
    settlement_id: str | None
    reversed_transfer_id: str | None
    transfer_id: str | None


@frozen(
    kw_only=True,
    field_transformer=fields_of(
        Transfer,
        first=("id", "job_id", "settlement_id", "reference", "party"),
        leave_out=("must_look_up", "failure_count"),
    ),
)
class TransferView:
    """A transfer to a party."""

    id: str
    reference: str
    status: TransferStatus
    attempt_number: int
    reversed_minor: int
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


@frozen(kw_only=True, field_transformer=fields_of(TransferAttempt, leave_out=("transfer_id",)))
class TransferAttemptView:
    """A request to Stripe about a transfer, stored before it was made."""

    number: int


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


@frozen(kw_only=True, field_transformer=fields_of(PayoutJob, first=("id", "reference", "currency")))
class PayoutJobView:
    """The payout of a settlement."""

    transfer_count: int
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


@frozen(kw_only=True, field_transformer=fields_of(Payee))
class PayeeView:
    """A party that receives transfers, with its account at Stripe."""

    id: str
    destination: str | None
    seq: int


@frozen(kw_only=True)
class OnboardingView:
    """A payee, and the address of Stripe's onboarding pages for its account."""

    payee: PayeeView
    url: str
    expires_at: datetime
