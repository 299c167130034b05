"""Errors of token commands and of the chain."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Forbidden, Invalid, InvalidTransition, NotFound, Unavailable

InvalidStateTransition = InvalidTransition  # the name in seed 004


@frozen
class TokenNotFound(NotFound):
    """An unknown token."""

    message: ClassVar[str] = "Token {token_id} not found."
    token_id: str


@frozen
class AuthorNotFound(NotFound):
    """An unknown author."""

    message: ClassVar[str] = "Author {author_id} not found."
    author_id: str


@frozen
class RelatedRecordNotFound(NotFound):
    """An unknown mint event, image job, upload, reveal or system state."""

    code: ClassVar[str] = "TOKEN_PART_NOT_FOUND"
    message: ClassVar[str] = "Mint, job, upload, reveal or state {part_id} not found."
    part_id: str


@frozen
class TokenExists(Conflict):
    """A second token with the same on-chain id."""

    message: ClassVar[str] = "Token {token_id} exists already."
    token_id: int


@frozen
class AuthorExists(Conflict):
    """A second author with the same wallet."""

    message: ClassVar[str] = "An author with wallet {wallet_address} exists already."
    wallet_address: str


@frozen
class MintEventExists(Conflict):
    """A second mint event of one log, in the same block or in the chain."""

    message: ClassVar[str] = "Mint event {tx_hash}, log {log_index}, exists already."
    tx_hash: str
    log_index: int


@frozen
class MintOrphaned(Conflict):
    """A retry of a token whose mint is not in the chain."""

    message: ClassVar[str] = (
        "Token {token_id} cannot be retried: its mint is not in the canonical chain."
    )
    token_id: int


@frozen
class CheckpointMoved(Conflict):
    """A batch of blocks that does not follow the checkpoint."""

    message: ClassVar[str] = (
        "Blocks {first} to {last} do not follow the checkpoint: earlier blocks are unread, or "
        "the chain has changed."
    )
    first: int
    last: int


@frozen
class ArgumentMissing(Invalid, ValueError):
    """An argument that a transition needs and that is empty."""

    message: ClassVar[str] = "Argument {field} is required for this step."
    field: str


@frozen
class FieldRequired(Invalid):
    """A field without the value that the state of its entity requires."""

    message: ClassVar[str] = "Field {field} is required for {lifecycle} in state {status}."
    lifecycle: str
    status: str
    field: str


@frozen
class NotHex(Invalid):
    """A text that is not 0x followed by the right number of hexadecimal digits."""

    message: ClassVar[str] = (
        "Field {field} is invalid: expected 0x and {digits} hexadecimal digits."
    )
    field: str
    digits: int


@frozen
class BatchSizeWrong(Invalid):
    """A reveal of no token, of more than 50 tokens, or of one token twice."""

    message: ClassVar[str] = "The reveal has {size} tokens: expected 1 to 50, without repetition."
    size: int


@frozen
class MessageWrong(Invalid):
    """A signed message with another text than the expected one."""

    message: ClassVar[str] = "The signed message is wrong: expected {expected}."
    expected: str


@frozen
class MessageExpired(Forbidden):
    """A signed message that is more than five minutes from now."""

    message: ClassVar[str] = (
        "The signed message with timestamp {timestamp} is older than five minutes, or from "
        "the future."
    )
    timestamp: int


@frozen
class SignatureWrong(Forbidden):
    """A message that its wallet did not sign."""

    message: ClassVar[str] = "The message is not signed by wallet {wallet_address}."
    wallet_address: str


@frozen
class SignatureMalformed(Invalid):
    """A signature with the wrong form or length."""

    message: ClassVar[str] = (
        "The signature is malformed: expected 0x and an even number of hexadecimal digits, "
        "128 or 130 from a key, more from a contract."
    )


@frozen
class RangeTooLarge(Unavailable):
    """A range of blocks that is too large for the node.

    `advised_last` is the last block of a smaller range that the node suggested, if it did.
    """

    message: ClassVar[str] = "The node does not answer for blocks {first} to {last} at once."
    first: int
    last: int
    advised_last: int | None = None


@frozen
class ChainUnreachable(Unavailable):
    """A node that does not answer, or is not yet at the block."""

    message: ClassVar[str] = "The chain's node does not answer: {reason}."
    reason: str


@frozen
class InvalidNodeResponse(Unavailable):
    """An impossible response from a node."""

    code: ClassVar[str] = "CHAIN_WRONG"
    message: ClassVar[str] = "The chain's node returned an invalid response: {reason}."
    reason: str


@frozen
class ChainIdMismatch(Conflict):
    """A node of another chain than the configured one."""

    code: ClassVar[str] = "WRONG_CHAIN"
    message: ClassVar[str] = (
        "The node serves another chain: expected chain id {expected}, got {actual}."
    )
    expected: int
    actual: int


@frozen
class WrongContract(Conflict):
    """A checkpoint of another contract than the configured one."""

    message: ClassVar[str] = (
        "The data belongs to another contract: expected {expected}, got {actual}; each "
        "contract needs its own store."
    )
    expected: str
    actual: str


@frozen
class ContractCodeMissing(Conflict):
    """An address without code: a wrong address, or a contract that was destroyed."""

    message: ClassVar[str] = (
        "Contract {contract_id} has no code: expected a contract at this address of the chain."
    )
    contract_id: str


@frozen
class InterfaceMissing(Conflict):
    """A contract that does not support what the configured kind of contract has."""

    message: ClassVar[str] = (
        "Contract {contract_id} does not support {interface}: expected a contract of kind {kind}."
    )
    contract_id: str
    interface: str
    kind: str


@frozen
class ReorgTooDeep(Conflict):
    """A reorg that dropped every checkpoint that was compared."""

    message: ClassVar[str] = (
        "The reorg is too deep: the chain has none of the compared checkpoints, down to block "
        "{oldest}; an operator must intervene."
    )
    oldest: int


@frozen
class NoChain(Unavailable):
    """A call that needs a chain where none is configured."""

    message: ClassVar[str] = (
        "No chain is configured: set INDELIBLE_RPC_URL and its related settings."
    )
