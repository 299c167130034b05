"""Mints of tokens, one entity for each block that a mint was included in."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.values import COUNT, bounded_int, instance_of, is_identifier, is_instant
from indelible.tokens.entities.fields import (
    NATURAL,
    QUANTITY,
    TOKEN_ID,
    TokenNumber,
    is_decimal_tuple,
    is_hash,
    is_wallet,
    lowercase,
    optional_tuple,
)
from indelible.tokens.lifecycle import MINT, MintStatus

WEI: Final = {"max_length": 78}  # decimal digits, enough for any number below 2**256


@frozen(kw_only=True)
class MintEvent(Aggregate):
    """A mint in one block. The same transaction in another block is another mint event.

    The tokens are `quantity` consecutive ids, or those of the `batch`. `batch` and `copies`, of
    ERC-1155 mints, have numbers as texts of decimal digits.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = MINT
    fixed: ClassVar[tuple[str, ...]] = (
        "tx_hash",
        "log_index",
        "block_number",
        "block_hash",
        "block_timestamp",
        "token_id",
        "quantity",
        "author_wallet",
        "recipient",
        "total_paid",
        "detected_at",
        "batch",
        "copies",
    )

    tx_hash: str = field(converter=lowercase, validator=is_hash)
    log_index: int = field(validator=bounded_int, metadata=NATURAL)
    block_number: int = field(validator=bounded_int, metadata=COUNT)
    block_hash: str = field(converter=lowercase, validator=is_hash)
    block_timestamp: datetime = field(validator=is_instant)
    token_id: TokenNumber = field(validator=bounded_int, metadata=TOKEN_ID)
    quantity: int = field(validator=bounded_int, metadata=QUANTITY)
    author_wallet: str = field(converter=lowercase, validator=is_wallet)
    recipient: str = field(converter=lowercase, validator=is_wallet)
    total_paid: str = field(default="0", validator=is_identifier, metadata=WEI)
    detected_at: datetime = field(validator=is_instant)
    batch: tuple[str, ...] | None = field(
        default=None, converter=optional_tuple, validator=optional(is_decimal_tuple)
    )
    copies: tuple[str, ...] | None = field(
        default=None, converter=optional_tuple, validator=optional(is_decimal_tuple)
    )
    status: MintStatus = field(validator=instance_of(MintStatus))

    def orphan(self) -> Self:
        """Return the mint with its block dropped from the chain."""
        return self.transition("orphan")

    def restore(self) -> Self:
        """Return the mint with its block back in the chain."""
        return self.transition("restore")

    @property
    def is_canonical(self) -> bool:
        """Return True while the mint's block is in the chain."""
        return self.status is MintStatus.CANONICAL

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Return the key that sorts mints in chain order."""
        return self.block_number, self.log_index, self.id

    @property
    def token_ids(self) -> Sequence[int]:
        """Return the on-chain ids of the minted tokens, each of them once."""
        if self.batch is not None:
            return tuple(dict.fromkeys(int(text) for text in self.batch))
        return range(self.token_id, self.token_id + self.quantity)

    @property
    def token_fields(self) -> dict[str, Any]:
        """Return the fields that each minted token takes from the mint."""
        return {
            "minter_address": self.recipient,
            "mint_timestamp": self.block_timestamp,
            "mint_event_id": self.id,
        }
