"""What `indelible.tokens` is going to have: to be deleted when it is there, and its names imported instead."""

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, Unavailable


@frozen(kw_only=True)
class Block:
    """One block of the chain; hashes are 0x and 64 lower-case digits."""

    number: int
    hash: str
    parent_hash: str
    at: datetime


@frozen(kw_only=True)
class MintLog:
    """What one log says was minted, and where the log stands; addresses are 0x and 40 lower-case digits."""

    tx_hash: str
    log_index: int
    block_number: int
    block_hash: str
    block_timestamp: datetime
    minter: str
    author_wallet: str
    start_token_id: int
    quantity: int
    total_paid: int


@frozen
class RangeTooLarge(Unavailable):
    """The node does not answer for so many blocks at once."""

    code: ClassVar[str] = "RANGE_TOO_LARGE"
    first: int
    last: int
    advised_last: int | None


@frozen
class ChainUnreachable(Unavailable):
    """The node of the chain does not answer, or not yet."""

    code: ClassVar[str] = "CHAIN_UNREACHABLE"
    reason: str


@frozen
class WrongChain(Conflict):
    """The node serves another chain than the configured one."""

    code: ClassVar[str] = "WRONG_CHAIN"
    expected: int
    found: int


@frozen
class ChainWrong(Unavailable):
    """The node of the chain answered what cannot be."""

    code: ClassVar[str] = "CHAIN_WRONG"
    reason: str


@frozen
class SignatureMalformed(Invalid):
    """The signature is not one of a wallet: hexadecimal digits, for at least 64 bytes."""

    code: ClassVar[str] = "SIGNATURE_MALFORMED"
