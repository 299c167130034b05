"""What a caller can ask for, and what it gets."""

from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_identifier,
    non_blank_line,
)
from indelible.tokens.entities import PROMPT, Author, Token, is_wallet, lowercase
from indelible.tokens.rules import BlockBatch, Reorg


@frozen(kw_only=True)
class RetryToken:
    """Give a failed token another chance."""

    command_name: ClassVar[str] = "retry_token"
    token_id: int = field(validator=bounded_int, metadata=COUNT)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class SetAuthorPrompt:
    """Let a wallet's tokens be made from a prompt; who asks has shown that the wallet is theirs."""

    command_name: ClassVar[str] = "edit_author"
    wallet_address: str = field(converter=lowercase, validator=is_wallet)
    prompt_text: str = field(validator=non_blank_line, metadata=PROMPT)


@frozen(kw_only=True)
class RecordBlocks:
    """Keep what the chain says of some blocks, and go on behind them."""

    command_name: ClassVar[str] = "record_blocks"
    page: BlockBatch = field(validator=instance_of(BlockBatch))


@frozen(kw_only=True)
class RollBackBlocks:
    """Quarantine what was minted in blocks that the chain has dropped, and read on from the last that it kept."""

    command_name: ClassVar[str] = "roll_back_blocks"
    reorg: Reorg = field(validator=instance_of(Reorg))


@frozen(kw_only=True)
class RecoverToken:
    """Keep a token that the chain has and nobody told of."""

    command_name: ClassVar[str] = "recover_token"
    token_id: int = field(validator=bounded_int, metadata=COUNT)
    author_wallet: str = field(converter=lowercase, validator=is_wallet)
    metadata_cid: str | None = None  # of one that is revealed


@frozen(kw_only=True)
class RequestScan:
    """Say that the chain has something new: a hint, which is believed only as far as to look sooner."""

    command_name: ClassVar[str] = "request_scan"
    hint_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class TokenSaved:
    """The token as it stands, and its seq."""

    token: Token
    seq: int


@frozen(kw_only=True)
class AuthorSaved:
    """The author as they stand, and their seq."""

    author: Author
    seq: int


@frozen(kw_only=True)
class BlocksRecorded:
    """What was new in a page."""

    mints: int
    tokens: int


@frozen(kw_only=True)
class BlocksRolledBack:
    """What was quarantined, and which tokens were revealed before: what everybody saw cannot be taken back."""

    mints: int
    tokens: int
    already_revealed: tuple[int, ...]
