"""The commands on payees, transfers, payout jobs, reconciliations and the switch."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, cast

from attrs import field, frozen

from indelible.kernel.kinds import Count, Flag, Identifier, Label, kinds
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier, text_tuple
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.reconciliations import RULES, Discrepancy
from indelible.money.entities.stripe_objects import ReversalObject, TransferObject
from indelible.money.entities.values import Message, ReconciliationScope
from indelible.money.errors.gateway import PROGRAM_REASONS
from indelible.money.errors.payouts import ParkReasonReserved
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.payouts import FailureDecision

# No account of Stripe has this id.
ANY_DESTINATION: Final[str | None] = "*"


def _tuple_of(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    """Return a sequence as a tuple, and any other value as it is."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        return value
    return tuple(cast("Sequence[object]", value))


@frozen(kw_only=True, field_transformer=kinds)
class RegisterPayee:
    """Register a party that receives payouts."""

    command_name: ClassVar[str] = "register_payee"
    party: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class AttachDestination:
    """Store the account at Stripe that receives the payouts of a party."""

    command_name: ClassVar[str] = "attach_destination"
    party: Identifier
    destination: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class PayeeCommand:
    """A command on a payee."""

    party: Identifier


@frozen(kw_only=True)
class EnablePayee(PayeeCommand):
    """Allow transfers to a payee: Stripe has enabled its account."""

    command_name: ClassVar[str] = "enable_payee"


@frozen(kw_only=True)
class RestrictPayee(PayeeCommand):
    """Stop transfers to a payee: Stripe has restricted its account."""

    command_name: ClassVar[str] = "restrict_payee"


@frozen(kw_only=True, field_transformer=kinds)
class RefreshPayee(PayeeCommand):
    """Apply the state of a payee's account that was read at Stripe.

    `known_seq` is the seq of the payee before the request: what has changed since is newer.
    """

    command_name: ClassVar[str] = "refresh_payee"
    destination: Identifier
    known_seq: Count
    transfers_active: Flag


@frozen(kw_only=True)
class ClosePayee(PayeeCommand):
    """Stop transfers to a payee for good: the party was deleted, or its account was closed."""

    command_name: ClassVar[str] = "close_payee"


@frozen(kw_only=True)
class ReopenPayee(PayeeCommand):
    """Let a closed payee name an account again."""

    command_name: ClassVar[str] = "reopen_payee"


@frozen(kw_only=True, field_transformer=kinds)
class PlanPayouts:
    """Create the payout job of a settlement with its transfers; a planned one keeps them."""

    command_name: ClassVar[str] = "plan_payouts"
    settlement_id: Identifier


@frozen(kw_only=True)
class PlanTransfers:
    """Create the next transfers of a payout job, for these parties with their owed lines."""

    command_name: ClassVar[str] = "plan_transfers"
    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    lines: Mapping[str, Sequence[OwedLine]]


@frozen(kw_only=True, field_transformer=kinds)
class ApproveTransfer:
    """Approve a transfer, with the reason of the one who approves.

    `destination` is the account that this person has compared, None for no account yet. The
    approval is refused if the payee has another one by now, unless it is `ANY_DESTINATION`.
    """

    command_name: ClassVar[str] = "approve_transfer"
    transfer_id: Identifier
    approval_reason: Label
    destination: Identifier | None = ANY_DESTINATION


@frozen(kw_only=True, field_transformer=kinds)
class TransferCommand:
    """A command on a transfer."""

    transfer_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ParkTransfer(TransferCommand):
    """Let a transfer wait until an operator unparks it."""

    command_name: ClassVar[str] = "park_transfer"
    park_reason: Identifier

    def __attrs_post_init__(self) -> None:
        if self.park_reason in PROGRAM_REASONS:
            reserved = ", ".join(sorted(PROGRAM_REASONS))
            raise ParkReasonReserved(self.transfer_id, self.park_reason, reserved)


@frozen(kw_only=True)
class UnparkTransfer(TransferCommand):
    """Try a parked transfer again now."""

    command_name: ClassVar[str] = "unpark_transfer"


@frozen(kw_only=True, field_transformer=kinds)
class BeginTransfer(TransferCommand):
    """Store the next attempt of a transfer, before the request to Stripe.

    `is_reference_known` is True if the process has asked Stripe since its start which transfers
    the reference has.
    """

    command_name: ClassVar[str] = "begin_transfer"
    is_reference_known: Flag = False


@frozen(kw_only=True, field_transformer=kinds)
class RecordTransferSent(TransferCommand):
    """Complete a transfer that Stripe has, and post its movement."""

    command_name: ClassVar[str] = "record_transfer_sent"
    reported: TransferObject
    proof: Proof


@frozen(kw_only=True, field_transformer=kinds)
class RecordTransferFailure(TransferCommand):
    """Apply the failure of an attempt; a later attempt makes it meaningless."""

    command_name: ClassVar[str] = "record_transfer_failure"
    attempt_number: int = field(validator=instance_of(int))
    decision: FailureDecision


@frozen(kw_only=True, field_transformer=kinds)
class RecordReversal(TransferCommand):
    """Post that Stripe has taken a transfer back, whole or in part; a known reversal does nothing.

    The lines that were paid are owed again.
    """

    command_name: ClassVar[str] = "record_reversal"
    reported: ReversalObject
    proof: Proof


@frozen(kw_only=True, field_transformer=kinds)
class CompletePayoutJob:
    """Complete a payout job if all its transfers have ended."""

    command_name: ClassVar[str] = "complete_payout_job"
    job_id: Identifier


@frozen(kw_only=True)
class ReissueTransfer(TransferCommand):
    """Try a failed transfer again, or pay the lines of a reversed one again."""

    command_name: ClassVar[str] = "reissue_transfer"


@frozen(kw_only=True)
class MarkUnclaimed(TransferCommand):
    """End a parked transfer that nobody has claimed, and keep its money as unclaimed."""

    command_name: ClassVar[str] = "mark_unclaimed"


@frozen(kw_only=True, field_transformer=kinds)
class HaltPayments:
    """Refuse new payments and transfers until somebody resumes them."""

    command_name: ClassVar[str] = "halt_payments"
    reason_code: Identifier


@frozen(kw_only=True)
class ResumePayments:
    """Allow new payments and transfers again."""

    command_name: ClassVar[str] = "resume_payments"


@frozen(kw_only=True, field_transformer=kinds)
class StartReconciliation:
    """Start a comparison of the books with Stripe."""

    command_name: ClassVar[str] = "start_reconciliation"
    scope: ReconciliationScope


@frozen(kw_only=True, field_transformer=kinds)
class FinishReconciliation:
    """Store what a reconciliation has found, and halt payments if it has found a difference."""

    command_name: ClassVar[str] = "finish_reconciliation"
    reconciliation_id: Identifier
    checked: tuple[str, ...] = field(validator=text_tuple, metadata=RULES)
    discrepancies: tuple[Discrepancy, ...] = field(
        converter=_tuple_of, validator=instance_of(tuple)
    )


@frozen(kw_only=True, field_transformer=kinds)
class FailReconciliation:
    """Store that a reconciliation could not be finished: it proves nothing."""

    command_name: ClassVar[str] = "fail_reconciliation"
    reconciliation_id: Identifier
    error_code: Identifier
    error_message: Message
