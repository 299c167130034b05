"""The commands on the ledger."""

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import field, frozen

from indelible.kernel.money import is_currency
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier
from indelible.money.entities.values import (
    AMOUNT_OR_ZERO,
    CURRENCY,
    REFERENCE,
    is_amount,
)
from indelible.money.rules.ledger import SettlementLine


def _tuple_of(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    """Return a sequence as a tuple, and any other value as it is."""
    is_sequence = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    return tuple(value) if is_sequence else value


@frozen(kw_only=True)
class Settle:
    """Divide the escrow of a reference: what winners are owed, and what the platform keeps.

    `lines` are the parties' amounts, in order. `top_up_minor` is what the platform adds to the
    escrow before. `items` are the items that the settlement has counted.
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


@frozen(kw_only=True)
class ReverseMovement:
    """Mirror a movement that was posted in error."""

    command_name: ClassVar[str] = "reverse_movement"
    movement_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
