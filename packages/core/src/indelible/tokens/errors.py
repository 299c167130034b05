"""What can be wrong with a command on tokens, and with the chain."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Forbidden, Invalid, InvalidTransition, NotFound, Unavailable

InvalidStateTransition = InvalidTransition  # the hand-off's name of it


@frozen
class TokenNotFound(NotFound):
    """No token has this id."""

    code: ClassVar[str] = "TOKEN_NOT_FOUND"
    token_id: str


@frozen
class AuthorNotFound(NotFound):
    """No author has this wallet or id."""

    code: ClassVar[str] = "AUTHOR_NOT_FOUND"
    author_id: str


@frozen
class RelatedRecordNotFound(NotFound):
    """No mint, job, upload or reveal has this id, and no value of the state this key."""

    code: ClassVar[str] = "TOKEN_PART_NOT_FOUND"
    part_id: str


@frozen
class TokenExists(Conflict):
    """There is a token of this number on the chain already."""

    code: ClassVar[str] = "TOKEN_EXISTS"
    token_id: int


@frozen
class AuthorExists(Conflict):
    """There is an author with this wallet already."""

    code: ClassVar[str] = "AUTHOR_EXISTS"
    wallet_address: str


@frozen
class MintEventExists(Conflict):
    """This occurrence of a mint is kept already."""

    code: ClassVar[str] = "MINT_EVENT_EXISTS"
    tx_hash: str
    log_index: int


@frozen
class MintOrphaned(Conflict):
    """The token's mint is not in the chain: it waits until the chain has it again."""

    code: ClassVar[str] = "MINT_ORPHANED"
    token_id: int


@frozen
class CheckpointMoved(Conflict):
    """Blocks before these are unread, or the chain has changed since these were asked for."""

    code: ClassVar[str] = "CHECKPOINT_MOVED"
    first: int
    last: int


@frozen
class ArgumentMissing(Invalid, ValueError):
    """This step needs a value, and none was given."""

    code: ClassVar[str] = "ARGUMENT_MISSING"
    field: str


@frozen
class NotHex(Invalid):
    """The text is not 0x and so many hexadecimal digits."""

    code: ClassVar[str] = "NOT_HEX"
    field: str
    digits: int


@frozen
class BatchSizeWrong(Invalid):
    """A reveal holds 1 to 50 tokens, each once."""

    code: ClassVar[str] = "BATCH_SIZE_WRONG"
    size: int


@frozen
class MessageWrong(Invalid):
    """The signed message is not exactly the one that is asked for."""

    code: ClassVar[str] = "MESSAGE_WRONG"
    expected: str


@frozen
class MessageExpired(Forbidden):
    """The signed message is older than five minutes, or from the future."""

    code: ClassVar[str] = "MESSAGE_EXPIRED"
    timestamp: int


@frozen
class SignatureWrong(Forbidden):
    """The wallet did not sign this message."""

    code: ClassVar[str] = "SIGNATURE_WRONG"
    wallet_address: str


@frozen
class SignatureMalformed(Invalid):
    """A signature is 0x and an even number of hexadecimal digits: 128 or 130 of a key, more of a contract."""

    code: ClassVar[str] = "SIGNATURE_MALFORMED"


@frozen
class RangeTooLarge(Unavailable):
    """The node does not answer for so many blocks at once."""

    code: ClassVar[str] = "RANGE_TOO_LARGE"
    first: int
    last: int
    advised_last: int | None = None


@frozen
class ChainUnreachable(Unavailable):
    """The chain's node does not answer, or not yet."""

    code: ClassVar[str] = "CHAIN_UNREACHABLE"
    reason: str


@frozen
class InvalidNodeResponse(Unavailable):
    """The chain's node gave an answer that cannot be."""

    code: ClassVar[str] = "CHAIN_WRONG"
    reason: str


@frozen
class ChainIdMismatch(Conflict):
    """The node serves another chain."""

    code: ClassVar[str] = "WRONG_CHAIN"
    expected: int
    found: int


@frozen
class WrongContract(Conflict):
    """What was read is of another contract than the one that is set up; each has a store of its own."""

    code: ClassVar[str] = "WRONG_CONTRACT"
    expected: str
    found: str


@frozen
class ReorgTooDeep(Conflict):
    """The chain has changed below everything that is remembered of it: an operator must look."""

    code: ClassVar[str] = "REORG_TOO_DEEP"
    oldest: int


@frozen
class NoChain(Unavailable):
    """No chain is set up here: INDELIBLE_RPC_URL and its companions say which."""

    code: ClassVar[str] = "NO_CHAIN"
