"""The requests of the operator's routes of money."""

from typing import Annotated, ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.kinds import Identifier, Kind, kinds
from indelible.kernel.values import bounded_int, is_identifier
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
from indelible_web.money.queries import Address, Country

Minutes = Annotated[int, Kind(bounded_int, {"minimum": 1, "maximum": 43_200})]
Hours = Annotated[int, Kind(bounded_int, {"minimum": 1, "maximum": 720})]
Email = Annotated[str, Kind(is_identifier, {"max_length": 320})]


@frozen(kw_only=True, field_transformer=kinds)
class AccountListQuery(PageQuery):
    """A page of the accounts, of one kind or of one reference."""

    kind: AccountKind | None = None
    reference: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class AccountLinesQuery(PageQuery):
    """A page of the postings of an account."""

    account_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class MovementListQuery(PageQuery):
    """A page of the movements, of one kind or of one reference."""

    kind: MovementKind | None = None
    reference: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class MovementQuery:
    """A query on one movement."""

    movement_id: Identifier


@frozen(kw_only=True)
class PostingsQuery(MovementQuery, PageQuery):
    """A page of the postings of a movement."""


@frozen(kw_only=True, field_transformer=kinds)
class ChargeListQuery(PageQuery):
    """A page of the charges, in one state, of one reference or of one party."""

    status: ChargeStatus | None = None
    reference: Identifier | None = None
    party: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class ChargeQuery:
    """A query on one charge."""

    charge_id: Identifier


@frozen(kw_only=True)
class RefundBody(ChargeQuery):
    """A refund; without an amount, of all that is left."""

    amount_minor: WrittenInteger | None = field(
        default=None, validator=optional(is_amount), metadata=AMOUNT
    )


@frozen(kw_only=True, field_transformer=kinds)
class InboxListQuery(PageQuery):
    """A page of the inbox, in one state or of one type."""

    status: InboxStatus | None = None
    event_type: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class StripeEventQuery:
    """A query on one event of Stripe."""

    event_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class BackfillBody:
    """A backfill of the events of the last hours from Stripe's list."""

    command_name: ClassVar[str] = "backfill_events"
    hours: Hours = 72


@frozen(kw_only=True)
class WebhookRejectionListQuery(PageQuery):
    """A page of the refused requests of Stripe's webhook."""


@frozen(kw_only=True, field_transformer=kinds)
class DisputeListQuery(PageQuery):
    """A page of the disputes, in one state or all."""

    status: DisputeStatus | None = None


@frozen(kw_only=True, field_transformer=kinds)
class ReconciliationListQuery(PageQuery):
    """A page of the reconciliations, of one scope or all."""

    scope: ReconciliationScope | None = None


@frozen(kw_only=True, field_transformer=kinds)
class ReconciliationQuery:
    """A query on one reconciliation."""

    reconciliation_id: Identifier


@frozen(kw_only=True)
class DiscrepancyQuery(ReconciliationQuery, PageQuery):
    """A page of the discrepancies of a reconciliation."""


@frozen(kw_only=True, field_transformer=kinds)
class ReconciliationBody:
    """A reconciliation to run now."""

    command_name: ClassVar[str] = "request_reconciliation"
    scope: ReconciliationScope


@frozen(kw_only=True, field_transformer=kinds)
class OwedQuery(PageQuery):
    """A page of the owed lines that nobody has paid, of one reference or of one party."""

    reference: Identifier | None = None
    party: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class TransferListQuery(PageQuery):
    """A page of the transfers, in one state, of one payout job, reference or party."""

    status: TransferStatus | None = None
    job_id: Identifier | None = None
    reference: Identifier | None = None
    party: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class TransferQuery:
    """A query on one transfer."""

    transfer_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ApprovalBody(TransferQuery):
    """The approval of a transfer, to the destination that the approver has compared."""

    destination: Identifier | None = ANY_DESTINATION


@frozen(kw_only=True)
class AttemptsQuery(TransferQuery, PageQuery):
    """A page of the attempts of a transfer."""


@frozen(kw_only=True, field_transformer=kinds)
class StuckQuery(PageQuery):
    """The transfers that have not ended and did not change for some minutes."""

    stuck_minutes: Minutes = 30


@frozen(kw_only=True, field_transformer=kinds)
class JobListQuery(PageQuery):
    """A page of the payout jobs, in one state or all."""

    status: PayoutJobStatus | None = None


@frozen(kw_only=True, field_transformer=kinds)
class JobProgressQuery:
    """A query on one payout job, which has the id of its settlement."""

    settlement_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class PayeeListQuery(PageQuery):
    """A page of the payees, in one state or all."""

    status: PayeeStatus | None = None


@frozen(kw_only=True, field_transformer=kinds)
class PayeeQuery:
    """A query on one payee."""

    party: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class OnboardingBody(PayeeQuery):
    """An account at Stripe for a payee, and the pages to which its onboarding leads back."""

    command_name: ClassVar[str] = "onboard_payee"
    country: Country
    email: Email | None = None
    refresh_url: Address
    return_url: Address
