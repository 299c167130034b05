"""The commands on payees, transfers, payout jobs, reconciliations and the switch."""

from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    instance_of,
    is_identifier,
    non_blank_line,
)
from indelible.money.entities import ReconciliationScope


@frozen(kw_only=True)
class RegisterPayee:
    """Register a party that receives payouts."""

    command_name: ClassVar[str] = "register_payee"
    party: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class AttachDestination:
    """Store the account at Stripe that receives the payouts of a party."""

    command_name: ClassVar[str] = "attach_destination"
    party: str = field(validator=is_identifier, metadata=IDENTIFIER)
    destination: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class PlanPayouts:
    """Create the payout job of a settlement with its transfers; a planned one keeps them."""

    command_name: ClassVar[str] = "plan_payouts"
    settlement_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ApproveTransfer:
    """Approve a transfer, with the reason of the one who approves."""

    command_name: ClassVar[str] = "approve_transfer"
    transfer_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    approval_reason: str = field(validator=non_blank_line, metadata=LINE)


@frozen(kw_only=True)
class TransferCommand:
    """A command on a transfer."""

    transfer_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ParkTransfer(TransferCommand):
    """Let a transfer wait until its payee or the balance has changed."""

    command_name: ClassVar[str] = "park_transfer"
    park_reason: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ReissueTransfer(TransferCommand):
    """Try a failed transfer again, or pay the lines of a reversed one again."""

    command_name: ClassVar[str] = "reissue_transfer"


@frozen(kw_only=True)
class MarkUnclaimed(TransferCommand):
    """End a parked transfer that nobody has claimed, and keep its money as unclaimed."""

    command_name: ClassVar[str] = "mark_unclaimed"


@frozen(kw_only=True)
class HaltPayments:
    """Refuse new payments until somebody resumes them."""

    command_name: ClassVar[str] = "halt_payments"
    reason_code: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ResumePayments:
    """Allow new payments again."""

    command_name: ClassVar[str] = "resume_payments"


@frozen(kw_only=True)
class StartReconciliation:
    """Start a comparison of the books with Stripe."""

    command_name: ClassVar[str] = "start_reconciliation"
    scope: ReconciliationScope = field(validator=instance_of(ReconciliationScope))
