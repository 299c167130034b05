"""Values read from the chain: blocks, logs of a contract, and the contract's code."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import asdict, frozen

from indelible.kernel import Invalid
from indelible.kernel.kinds import Count, Identifier, Instant, Label, Natural, kinds
from indelible.kernel.values import NumberOutOfRange, value_text
from indelible.tokens.entities.fields import (
    MAX_UINT256,
    ChainHash,
    Quantity,
    Uint256,
    Uint256Tuple,
    Wallet,
)

# The field of an invalid log whose data is not what its event declares.
LOG_DATA: Final = "data"


@frozen(kw_only=True, field_transformer=kinds)
class Block:
    """A block of the chain."""

    number: Natural
    hash: ChainHash
    parent_hash: ChainHash
    at: Instant

    def mint(
        self,
        tx_hash: str,
        log_index: int,
        **values: Any,  # noqa: ANN401 - fields of MintLog
    ) -> "MintLog | InvalidLog":
        """Return a mint in this block, or an invalid log if one of its fields is wrong.

        `values` are fields of MintLog: `minter`, `author_wallet`, `start_token_id` and others.
        """
        position = LogPosition(
            tx_hash=tx_hash,
            log_index=log_index,
            block_number=self.number,
            block_hash=self.hash,
        )
        return position.mint(block_timestamp=self.at, **values)


@frozen(kw_only=True, field_transformer=kinds)
class LogPosition:
    """The position of a log in the chain."""

    tx_hash: ChainHash
    log_index: Natural
    block_number: Natural
    block_hash: ChainHash

    def mint(self, **values: Any) -> "MintLog | InvalidLog":  # noqa: ANN401 - fields of MintLog
        """Return the mint with these further fields, or an invalid log if one of them is wrong."""
        try:
            return MintLog(**asdict(self), **values)
        except Invalid as error:
            return self.invalid(str(error.detail.get("field", LOG_DATA)), error.describe())

    def invalid(self, name: str, problem: str) -> "InvalidLog":
        """Return the log as invalid because of this field."""
        return InvalidLog(**asdict(self), problem=problem, field=name)


@frozen(kw_only=True, field_transformer=kinds)
class InvalidLog(LogPosition):
    """A log of the contract that cannot be a mint: one of its fields has an impossible value."""

    problem: Label
    field: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class MintLog(LogPosition):
    """A mint as the chain reports it. `total_paid` is in wei.

    The tokens are `quantity` consecutive ids, or those of the `batch`, which may repeat an id.
    `copies` are the numbers of copies of an ERC-1155 mint, one for each id of the batch, or one.
    """

    block_number: Count
    block_timestamp: Instant
    minter: Wallet
    author_wallet: Wallet
    start_token_id: Uint256
    quantity: Quantity = 1
    total_paid: Uint256 = 0
    batch: Uint256Tuple | None = None
    copies: Uint256Tuple | None = None

    def __attrs_post_init__(self) -> None:
        last = self.start_token_id + self.quantity - 1
        if self.batch is None and last > MAX_UINT256:
            maximum = MAX_UINT256 + 1 - self.start_token_id
            raise NumberOutOfRange("quantity", 1, maximum, value_text(self.quantity))
        if self.batch is not None and len(set(self.batch)) != self.quantity:
            number = len(set(self.batch))
            raise NumberOutOfRange("quantity", number, number, value_text(self.quantity))
        if self.copies is not None and len(self.copies) != len(self.batch or (0,)):
            number = len(self.batch or (0,))
            raise NumberOutOfRange("copies", number, number, value_text(len(self.copies)))

    @property
    def position(self) -> LogPosition:
        """Return the position of the log alone."""
        return LogPosition(
            tx_hash=self.tx_hash,
            log_index=self.log_index,
            block_number=self.block_number,
            block_hash=self.block_hash,
        )

    @property
    def token_ids(self) -> Sequence[int]:
        """Return the on-chain ids of the minted tokens, each of them once."""
        if self.batch is not None:
            return tuple(dict.fromkeys(self.batch))
        return range(self.start_token_id, self.start_token_id + self.quantity)

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
            "batch": _decimals(self.batch),
            "copies": _decimals(self.copies),
        }


def _decimals(numbers: tuple[int, ...] | None) -> tuple[str, ...] | None:
    """Return numbers as texts of decimal digits."""
    if numbers is None:
        return None
    return tuple(str(number) for number in numbers)


ContractLog = MintLog | InvalidLog


@frozen(kw_only=True)
class ContractState:
    """The code behind a contract's address.

    `code_hash` is a digest of the code. `implementation` is the address that a proxy calls, and
    `implementation_hash` the digest of the code there; both are '' for other contracts.
    """

    code_hash: str
    implementation: str = ""
    implementation_hash: str = ""
