"""Values read from the chain: blocks and mint logs."""

from datetime import datetime
from typing import Any

from attrs import field, frozen

from indelible.kernel.values import COUNT, bounded_int, is_instant
from indelible.tokens.entities.fields import NATURAL, QUANTITY, is_hash, is_wallet, lowercase


@frozen(kw_only=True)
class Block:
    """A block of the chain."""

    number: int = field(validator=bounded_int, metadata=NATURAL)
    hash: str = field(converter=lowercase, validator=is_hash)
    parent_hash: str = field(converter=lowercase, validator=is_hash)
    at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class MintLog:
    """A mint as the chain reports it. `total_paid` is in wei."""

    tx_hash: str = field(converter=lowercase, validator=is_hash)
    log_index: int = field(validator=bounded_int, metadata=NATURAL)
    block_number: int = field(validator=bounded_int, metadata=COUNT)
    block_hash: str = field(converter=lowercase, validator=is_hash)
    block_timestamp: datetime = field(validator=is_instant)
    minter: str = field(converter=lowercase, validator=is_wallet)
    author_wallet: str = field(converter=lowercase, validator=is_wallet)
    start_token_id: int = field(validator=bounded_int, metadata=COUNT)
    quantity: int = field(validator=bounded_int, metadata=QUANTITY)
    total_paid: int = field(validator=bounded_int, metadata={"minimum": 0, "maximum": 2**256 - 1})

    @property
    def event_fields(self) -> dict[str, Any]:
        """Return the fields of the mint event that records this log."""
        return {
            "tx_hash": self.tx_hash,
            "log_index": self.log_index,
            "block_number": self.block_number,
            "block_hash": self.block_hash,
            "block_timestamp": self.block_timestamp,
            "token_id": self.start_token_id,
            "quantity": self.quantity,
            "author_wallet": self.author_wallet,
            "recipient": self.minter,
            "total_paid": str(self.total_paid),
        }
