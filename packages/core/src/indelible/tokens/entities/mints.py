"""Mints of tokens, one entity for each block that a mint was included in."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, Self

from attrs import field, frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.kinds import Count, Instant, Natural, kinds
from indelible.kernel.values import bounded_int
from indelible.tokens.entities.fields import (
    TOKEN_ID,
    ChainHash,
    DecimalTuple,
    Quantity,
    TokenNumber,
    Wallet,
    Wei,
)
from indelible.tokens.errors import RelatedRecordNotFound
from indelible.tokens.lifecycle import MINT, MintStatus


@frozen(kw_only=True, field_transformer=kinds)
class MintEvent(Aggregate):
    """A mint in one block. The same transaction in another block is another mint event.

    The tokens are `quantity` consecutive ids, or those of the `batch`. `batch` and `copies`, of
    ERC-1155 mints, have numbers as texts of decimal digits.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = MINT
    missing_error = RelatedRecordNotFound
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

    tx_hash: ChainHash
    log_index: Natural
    block_number: Count
    block_hash: ChainHash
    block_timestamp: Instant
    token_id: TokenNumber = field(validator=bounded_int, metadata=TOKEN_ID)
    quantity: Quantity
    author_wallet: Wallet
    recipient: Wallet
    total_paid: Wei = "0"
    detected_at: Instant
    batch: DecimalTuple | None = None
    copies: DecimalTuple | None = None
    status: MintStatus

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
