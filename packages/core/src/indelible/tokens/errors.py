"""What can be wrong with a command on tokens, and with the chain."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Forbidden, Invalid, InvalidTransition, NotFound, Unavailable

InvalidStateTransition = InvalidTransition  # the hand-off's name of it


@frozen
class TokenNotFound(NotFound):
    """No token has this id."""

    code: ClassVar[str] = "TOKEN_NOT_FOUND"
    message: ClassVar[str] = "Token {token_id} not found."
    token_id: str


@frozen
class AuthorNotFound(NotFound):
    """No author has this wallet or id."""

    code: ClassVar[str] = "AUTHOR_NOT_FOUND"
    message: ClassVar[str] = "Author {author_id} not found."
    author_id: str


@frozen
class RelatedRecordNotFound(NotFound):
    """No mint, job, upload or reveal has this id, and no value of the state this key."""

    code: ClassVar[str] = "TOKEN_PART_NOT_FOUND"
    message: ClassVar[str] = "Mint, job, upload, reveal or state {part_id} not found."
    part_id: str


@frozen
class TokenExists(Conflict):
    """There is a token of this number on the chain already."""

    code: ClassVar[str] = "TOKEN_EXISTS"
    message: ClassVar[str] = "Token {token_id} exists already."
    token_id: int


@frozen
class AuthorExists(Conflict):
    """There is an author with this wallet already."""

    code: ClassVar[str] = "AUTHOR_EXISTS"
    message: ClassVar[str] = "An author with wallet {wallet_address} exists already."
    wallet_address: str


@frozen
class MintEventExists(Conflict):
    """This occurrence of a mint is kept already."""

    code: ClassVar[str] = "MINT_EVENT_EXISTS"
    message: ClassVar[str] = "Mint event {tx_hash}, log {log_index}, exists already."
    tx_hash: str
    log_index: int


@frozen
class MintOrphaned(Conflict):
    """The token's mint is not in the chain: it waits until the chain has it again."""

    code: ClassVar[str] = "MINT_ORPHANED"
    message: ClassVar[str] = "Token {token_id} waits: its mint is not in the canonical chain."
    token_id: int


@frozen
class CheckpointMoved(Conflict):
    """Blocks before these are unread, or the chain has changed since these were asked for."""

    code: ClassVar[str] = "CHECKPOINT_MOVED"
    message: ClassVar[str] = (
        "Blocks {first} to {last} do not follow the checkpoint: earlier blocks are unread, or "
        "the chain has changed."
    )
    first: int
    last: int


@frozen
class ArgumentMissing(Invalid, ValueError):
    """This step needs a value, and none was given."""

    code: ClassVar[str] = "ARGUMENT_MISSING"
    message: ClassVar[str] = "Argument {field} is required for this step."
    field: str


@frozen
class NotHex(Invalid):
    """The text is not 0x and so many hexadecimal digits."""

    code: ClassVar[str] = "NOT_HEX"
    message: ClassVar[str] = (
        "Field {field} is invalid: expected 0x and {digits} hexadecimal digits."
    )
    field: str
    digits: int


@frozen
class BatchSizeWrong(Invalid):
    """A reveal holds 1 to 50 tokens, each once."""

    code: ClassVar[str] = "BATCH_SIZE_WRONG"
    message: ClassVar[str] = "The reveal has {size} tokens: expected 1 to 50, without repetition."
    size: int


@frozen
class MessageWrong(Invalid):
    """The signed message is not exactly the one that is asked for."""

    code: ClassVar[str] = "MESSAGE_WRONG"
    message: ClassVar[str] = "The signed message is wrong: expected {expected}."
    expected: str


@frozen
class MessageExpired(Forbidden):
    """The signed message is older than five minutes, or from the future."""

    code: ClassVar[str] = "MESSAGE_EXPIRED"
    message: ClassVar[str] = (
        "The signed message with timestamp {timestamp} is older than five minutes, or from "
        "the future."
    )
    timestamp: int


@frozen
class SignatureWrong(Forbidden):
    """The wallet did not sign this message."""

    code: ClassVar[str] = "SIGNATURE_WRONG"
    message: ClassVar[str] = "The message is not signed by wallet {wallet_address}."
    wallet_address: str


@frozen
class SignatureMalformed(Invalid):
    """A signature is 0x and an even number of hexadecimal digits: 128 or 130 of a key, more of a contract."""

    code: ClassVar[str] = "SIGNATURE_MALFORMED"
    message: ClassVar[str] = (
        "The signature is malformed: expected 0x and an even number of hexadecimal digits, "
        "128 or 130 from a key, more from a contract."
    )


@frozen
class RangeTooLarge(Unavailable):
    """The node does not answer for so many blocks at once."""

    code: ClassVar[str] = "RANGE_TOO_LARGE"
    message: ClassVar[str] = "The node does not answer for blocks {first} to {last} at once."
    first: int
    last: int
    advised_last: int | None = None


@frozen
class ChainUnreachable(Unavailable):
    """The chain's node does not answer, or not yet."""

    code: ClassVar[str] = "CHAIN_UNREACHABLE"
    message: ClassVar[str] = "The chain's node does not answer: {reason}."
    reason: str


@frozen
class InvalidNodeResponse(Unavailable):
    """The chain's node gave an answer that cannot be."""

    code: ClassVar[str] = "CHAIN_WRONG"
    message: ClassVar[str] = "The chain's node returned an invalid response: {reason}."
    reason: str


@frozen
class ChainIdMismatch(Conflict):
    """The node serves another chain."""

    code: ClassVar[str] = "WRONG_CHAIN"
    message: ClassVar[str] = (
        "The node serves another chain: expected chain id {expected}, got {found}."
    )
    expected: int
    found: int


@frozen
class WrongContract(Conflict):
    """What was read is of another contract than the one that is set up; each has a store of its own."""

    code: ClassVar[str] = "WRONG_CONTRACT"
    message: ClassVar[str] = (
        "The data belongs to another contract: expected {expected}, got {found}. Each "
        "contract needs its own store."
    )
    expected: str
    found: str


@frozen
class ReorgTooDeep(Conflict):
    """The chain has changed below everything that is remembered of it: an operator must look."""

    code: ClassVar[str] = "REORG_TOO_DEEP"
    message: ClassVar[str] = (
        "The chain was reorganized below block {oldest}, the oldest one that is remembered: "
        "an operator must intervene."
    )
    oldest: int


@frozen
class NoChain(Unavailable):
    """No chain is set up here: INDELIBLE_RPC_URL and its companions say which."""

    code: ClassVar[str] = "NO_CHAIN"
    message: ClassVar[str] = (
        "No chain is configured: set INDELIBLE_RPC_URL and its related settings."
    )
