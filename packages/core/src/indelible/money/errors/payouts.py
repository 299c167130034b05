"""The errors of payees, transfers, payout jobs and reconciliations."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, NotFound


@frozen
class PayeeNotFound(NotFound):
    """A party that has no payee."""

    message: ClassVar[str] = "Payee {party} not found."
    party: str


@frozen
class TransferNotFound(NotFound):
    """A transfer that does not exist."""

    message: ClassVar[str] = "Transfer {transfer_id} not found."
    transfer_id: str


@frozen
class PayoutJobNotFound(NotFound):
    """A settlement that has no payout job."""

    message: ClassVar[str] = "Payout job {settlement_id} not found."
    settlement_id: str


@frozen
class ReconciliationNotFound(NotFound):
    """A reconciliation that does not exist."""

    message: ClassVar[str] = "Reconciliation {reconciliation_id} not found."
    reconciliation_id: str


@frozen
class SwitchNotFound(NotFound):
    """The switch of payments before they were ever halted."""

    code: ClassVar[str] = "PAYMENT_SWITCH_NOT_FOUND"
    message: ClassVar[str] = "Switch {switch_id} not found: payments were never halted."
    switch_id: str


@frozen
class PayeeChanged(Conflict):
    """A payee that has changed while its account was read at Stripe."""

    message: ClassVar[str] = (
        "Payee {party} has changed since its account was read: expected seq {expected}, got "
        "{actual}."
    )
    party: str
    expected: int
    actual: int


@frozen
class PayoutAccountMissing(Conflict):
    """A payout to a party that has no account at Stripe that can receive it."""

    message: ClassVar[str] = (
        "Party {party} cannot receive payouts: expected payee state READY, got {status}."
    )
    party: str
    status: str


@frozen
class DestinationTaken(Conflict):
    """An account at Stripe that another payee has."""

    message: ClassVar[str] = "Destination {destination} belongs to another payee."
    destination: str


@frozen
class PayoutAlreadyScheduled(Conflict):
    """A second payout job of a settlement, or a second transfer of an owed line."""

    message: ClassVar[str] = "The payout of {subject} is scheduled already."
    subject: str


@frozen
class TransferExists(Conflict):
    """A second transfer with the id of one of Stripe's transfers."""

    message: ClassVar[str] = "Transfer {stripe_transfer_id} of Stripe belongs to another transfer."
    stripe_transfer_id: str


@frozen
class TransferNotApproved(Conflict):
    """A transfer that nobody has approved."""

    message: ClassVar[str] = (
        "Transfer {transfer_id} is not approved: it waits already, and can only be approved."
    )
    transfer_id: str


@frozen
class TransferAlreadyApproved(Conflict):
    """A second approval of a transfer."""

    message: ClassVar[str] = (
        "Transfer {transfer_id} was approved already, by {approved_by}; nothing was changed."
    )
    transfer_id: str
    approved_by: str


@frozen
class TransferMismatch(Conflict):
    """A transfer at Stripe that differs from the one that names it."""

    message: ClassVar[str] = (
        "Field {field} of transfer {transfer_id} differs at Stripe: expected {expected}, got "
        "{actual}."
    )
    transfer_id: str
    field: str
    expected: str
    actual: str


@frozen
class FourEyesRequired(Conflict):
    """An approval by the one who has requested the transfer, or has set where it goes."""

    message: ClassVar[str] = (
        "Transfer {transfer_id} needs the approval of a second person, got {approved_by}, who "
        "{conflict}."
    )
    transfer_id: str
    approved_by: str
    conflict: str


@frozen
class DestinationNotApproved(Conflict):
    """A transfer whose payee has another destination than its approval covers."""

    message: ClassVar[str] = (
        "The destination of transfer {transfer_id} is not approved: expected an approval by "
        "somebody else than {set_by}, who has set it."
    )
    transfer_id: str
    set_by: str


@frozen
class DestinationMismatch(Conflict):
    """An approval of another destination than the payee has."""

    message: ClassVar[str] = (
        "The payee of transfer {transfer_id} has another destination than was compared: expected "
        "{expected}, got {actual}, set by {set_by}."
    )
    transfer_id: str
    expected: str
    actual: str
    set_by: str


@frozen
class ParkReasonReserved(Invalid):
    """A transfer that an operator parks for a reason that the program ends by itself."""

    message: ClassVar[str] = (
        "Park reason {reason} of transfer {transfer_id} is reserved: expected none of {reserved}."
    )
    transfer_id: str
    reason: str
    reserved: str


@frozen
class TransferNotReissuable(Conflict):
    """A transfer that leaves nothing to pay again."""

    message: ClassVar[str] = (
        "Transfer {transfer_id} cannot be issued again: expected an owed line that no transfer "
        "pays, got none in state {status}."
    )
    transfer_id: str
    status: str


@frozen
class UnclaimedTooEarly(Conflict):
    """A transfer whose payee is ready or still has time, or that waits for something else."""

    message: ClassVar[str] = (
        "Transfer {transfer_id} is not unclaimed: expected a payee who is missing for {days} days, "
        "got payee status {payee_status} and a wait for {waits_for} since {since}."
    )
    transfer_id: str
    days: int
    payee_status: str
    waits_for: str
    since: str


@frozen
class ReversalTooLarge(Conflict):
    """A reversal of more than a transfer has left."""

    message: ClassVar[str] = (
        "Reversal {reversal_id} of transfer {transfer_id} is too large: expected at most "
        "{left_minor}, got {amount_minor}."
    )
    reversal_id: str
    transfer_id: str
    left_minor: int
    amount_minor: int


@frozen
class PayoutJobNotFinished(Conflict):
    """The end of a payout job with transfers that are not terminal."""

    message: ClassVar[str] = (
        "Payout job {settlement_id} is not finished: expected {expected} terminal transfers, got "
        "{actual}."
    )
    settlement_id: str
    expected: int
    actual: int


@frozen
class ReconciliationRunning(Conflict):
    """A second reconciliation of the same scope while one is under way."""

    message: ClassVar[str] = "A reconciliation of scope {scope} is under way."
    scope: str
