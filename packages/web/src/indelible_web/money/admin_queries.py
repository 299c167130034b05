"""The requests of the operator's routes of money."""

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.values import IDENTIFIER, bounded_int, instance_of, is_identifier
from indelible.money import (
    AccountKind,
    ChargeStatus,
    DisputeStatus,
    InboxStatus,
    MovementKind,
    PayeeStatus,
    PayoutJobStatus,
    ReconciliationScope,
    TransferStatus,
)
from indelible.money.commands.payouts import ANY_DESTINATION
from indelible.money.entities.values import AMOUNT, is_amount
from indelible_web.http.number_lists import WrittenInteger
from indelible_web.http.paging import PageQuery
from indelible_web.money.queries import ADDRESS, COUNTRY, is_address

MINUTES = {"minimum": 1, "maximum": 43_200}
HOURS = {"minimum": 1, "maximum": 720}
EMAIL = {"max_length": 320}


def _identifier_or_none() -> str | None:
    return field(default=None, validator=optional(is_identifier), metadata=IDENTIFIER)


@frozen(kw_only=True)
class AccountListQuery(PageQuery):
    """A page of the accounts, of one kind or of one reference."""

    kind: AccountKind | None = field(default=None, validator=optional(instance_of(AccountKind)))
    reference: str | None = _identifier_or_none()


@frozen(kw_only=True)
class AccountLinesQuery(PageQuery):
    """A page of the postings of an account."""

    account_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class MovementListQuery(PageQuery):
    """A page of the movements, of one kind or of one reference."""

    kind: MovementKind | None = field(default=None, validator=optional(instance_of(MovementKind)))
    reference: str | None = _identifier_or_none()


@frozen(kw_only=True)
class MovementQuery:
    """A query on one movement."""

    movement_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class PostingsQuery(MovementQuery, PageQuery):
    """A page of the postings of a movement."""


@frozen(kw_only=True)
class ChargeListQuery(PageQuery):
    """A page of the charges, in one state, of one reference or of one party."""

    status: ChargeStatus | None = field(default=None, validator=optional(instance_of(ChargeStatus)))
    reference: str | None = _identifier_or_none()
    party: str | None = _identifier_or_none()


@frozen(kw_only=True)
class ChargeQuery:
    """A query on one charge."""

    charge_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class RefundBody(ChargeQuery):
    """A refund; without an amount, of all that is left."""

    amount_minor: WrittenInteger | None = field(
        default=None, validator=optional(is_amount), metadata=AMOUNT
    )


@frozen(kw_only=True)
class InboxListQuery(PageQuery):
    """A page of the inbox, in one state or of one type."""

    status: InboxStatus | None = field(default=None, validator=optional(instance_of(InboxStatus)))
    event_type: str | None = _identifier_or_none()


@frozen(kw_only=True)
class StripeEventQuery:
    """A query on one event of Stripe."""

    event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class BackfillBody:
    """A backfill of the events of the last hours from Stripe's list."""

    hours: int = field(default=72, validator=bounded_int, metadata=HOURS)


@frozen(kw_only=True)
class WebhookRejectionListQuery(PageQuery):
    """A page of the refused requests of Stripe's webhook."""


@frozen(kw_only=True)
class DisputeListQuery(PageQuery):
    """A page of the disputes, in one state or all."""

    status: DisputeStatus | None = field(
        default=None, validator=optional(instance_of(DisputeStatus))
    )


@frozen(kw_only=True)
class ReconciliationListQuery(PageQuery):
    """A page of the reconciliations, of one scope or all."""

    scope: ReconciliationScope | None = field(
        default=None, validator=optional(instance_of(ReconciliationScope))
    )


@frozen(kw_only=True)
class ReconciliationQuery:
    """A query on one reconciliation."""

    reconciliation_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class DiscrepancyQuery(ReconciliationQuery, PageQuery):
    """A page of the discrepancies of a reconciliation."""


@frozen(kw_only=True)
class ReconciliationBody:
    """A reconciliation to run now."""

    scope: ReconciliationScope = field(validator=instance_of(ReconciliationScope))


@frozen(kw_only=True)
class OwedQuery(PageQuery):
    """A page of the owed lines that nobody has paid, of one reference or of one party."""

    reference: str | None = _identifier_or_none()
    party: str | None = _identifier_or_none()


@frozen(kw_only=True)
class TransferListQuery(PageQuery):
    """A page of the transfers, in one state, of one payout job, reference or party."""

    status: TransferStatus | None = field(
        default=None, validator=optional(instance_of(TransferStatus))
    )
    job_id: str | None = _identifier_or_none()
    reference: str | None = _identifier_or_none()
    party: str | None = _identifier_or_none()


@frozen(kw_only=True)
class TransferQuery:
    """A query on one transfer."""

    transfer_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ApprovalBody(TransferQuery):
    """The approval of a transfer, to the destination that the approver has compared."""

    destination: str | None = field(
        default=ANY_DESTINATION, validator=optional(is_identifier), metadata=IDENTIFIER
    )


@frozen(kw_only=True)
class AttemptsQuery(TransferQuery, PageQuery):
    """A page of the attempts of a transfer."""


@frozen(kw_only=True)
class StuckQuery(PageQuery):
    """The transfers that have not ended and did not change for some minutes."""

    stuck_minutes: int = field(default=30, validator=bounded_int, metadata=MINUTES)


@frozen(kw_only=True)
class JobListQuery(PageQuery):
    """A page of the payout jobs, in one state or all."""

    status: PayoutJobStatus | None = field(
        default=None, validator=optional(instance_of(PayoutJobStatus))
    )


@frozen(kw_only=True)
class JobProgressQuery:
    """A query on one payout job, which has the id of its settlement."""

    settlement_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class PayeeListQuery(PageQuery):
    """A page of the payees, in one state or all."""

    status: PayeeStatus | None = field(default=None, validator=optional(instance_of(PayeeStatus)))


@frozen(kw_only=True)
class PayeeQuery:
    """A query on one payee."""

    party: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class OnboardingBody(PayeeQuery):
    """An account at Stripe for a payee, and the pages to which its onboarding leads back."""

    country: str = field(validator=is_identifier, metadata=COUNTRY)
    email: str | None = field(default=None, validator=optional(is_identifier), metadata=EMAIL)
    refresh_url: str = field(validator=is_address, metadata=ADDRESS)
    return_url: str = field(validator=is_address, metadata=ADDRESS)
