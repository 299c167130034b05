"""The commands on the ledger."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from attrs import Factory, field, frozen

from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.money import is_currency
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier
from indelible.money.entities.values import AMOUNT_OR_ZERO, CURRENCY, REFERENCE, is_amount
from indelible.money.rules.ledger.drafts import MovementDraft, SettlementLine
from indelible.money.rules.ledger.payouts import settlement


def _tuple_of(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    """Return a sequence as a tuple, and any other value as it is."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        return value
    return tuple(cast("Sequence[object]", value))


def _draft_of(command: "Settle") -> MovementDraft:
    return settlement(
        settlement_id=command.settlement_id,
        reference=command.reference,
        currency=command.currency,
        lines=command.lines,
        rake_minor=command.rake_minor,
        rounding_minor=command.rounding_minor,
        retained_minor=command.retained_minor,
        items=command.items,
    )


@frozen(kw_only=True)
class Settle:
    """Divide the escrow of a reference: what winners are owed, and what the platform keeps.

    `lines` are the parties' amounts, in order. `top_up_minor` is what the platform adds to the
    escrow before. `items` are the items that the settlement has counted. `draft` is prepared when
    the command is created: the lines of a large settlement take seconds.
    """

    command_name: ClassVar[str] = "settle"
    settlement_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    reference: str = field(validator=is_identifier, metadata=REFERENCE)
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    lines: tuple[SettlementLine, ...] = field(converter=_tuple_of, validator=instance_of(tuple))
    rake_minor: int = field(validator=is_amount, metadata=AMOUNT_OR_ZERO)
    rounding_minor: int = field(validator=is_amount, metadata=AMOUNT_OR_ZERO)
    retained_minor: int = field(validator=is_amount, metadata=AMOUNT_OR_ZERO)
    top_up_minor: int = field(validator=is_amount, metadata=AMOUNT_OR_ZERO)
    items: tuple[str, ...] = field(converter=_tuple_of, validator=instance_of(tuple))
    draft: MovementDraft = field(
        init=False, repr=False, eq=False, default=Factory(_draft_of, takes_self=True)
    )


@frozen(kw_only=True, field_transformer=kinds)
class ProposeReversal:
    """Propose to reverse a movement that was posted in error; another person approves it."""

    command_name: ClassVar[str] = "propose_reversal"
    movement_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ApproveReversal:
    """Approve the proposed reversal of a movement, and post it."""

    command_name: ClassVar[str] = "approve_reversal"
    movement_id: Identifier
