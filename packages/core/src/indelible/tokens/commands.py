"""Commands on tokens, and the results of their handlers."""

from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.kinds import Count, Identifier, kinds
from indelible.kernel.values import bounded_int, non_blank_line
from indelible.tokens.entities.chain import ContractState, InvalidLog
from indelible.tokens.entities.fields import PROMPT, TOKEN_ID, TokenNumber, is_wallet, lowercase
from indelible.tokens.entities.tokens import Token
from indelible.tokens.rules.notices import ChainFault
from indelible.tokens.rules.scanning import MAX_TOKENS_PER_BATCH, BlockBatch, Reorg


@frozen(kw_only=True, field_transformer=kinds)
class RetryToken:
    """Start a failed or generating token again from its detection."""

    command_name: ClassVar[str] = "retry_token"
    token_id: TokenNumber = field(validator=bounded_int, metadata=TOKEN_ID)
    expected_seq: Count


@frozen(kw_only=True)
class SetAuthorPrompt:
    """Set the prompt of a wallet. The caller has verified that the wallet asks for it."""

    command_name: ClassVar[str] = "edit_author"
    wallet_address: str = field(converter=lowercase, validator=is_wallet)
    prompt_text: str = field(validator=non_blank_line, metadata=PROMPT)


@frozen(kw_only=True, field_transformer=kinds)
class RecordBlocks:
    """Record a batch of blocks, and move the checkpoint to its end."""

    command_name: ClassVar[str] = "record_blocks"
    batch: BlockBatch


@frozen(kw_only=True, field_transformer=kinds)
class RollBackBlocks:
    """Orphan the mints of blocks that the chain has dropped, and move the checkpoint back.

    Mints with up to `max_tokens` tokens are orphaned, or a single mint with more. The next scan
    finds the others, because the checkpoint is before them.
    """

    command_name: ClassVar[str] = "roll_back_blocks"
    reorg: Reorg
    max_tokens: Count = MAX_TOKENS_PER_BATCH


@frozen(kw_only=True, field_transformer=kinds)
class ReportChainFault:
    """Show that detection pauses because of a fault of the chain or of the contract."""

    command_name: ClassVar[str] = "report_chain_fault"
    fault: ChainFault


@frozen(kw_only=True, field_transformer=kinds)
class RecordContract:
    """Record the code that a contract has now. It ends a fault of the chain."""

    command_name: ClassVar[str] = "record_contract"
    contract_id: Identifier
    state: ContractState | None = None


@frozen(kw_only=True)
class AcknowledgeContract:
    """Remove the notice that the contract's code has changed."""

    command_name: ClassVar[str] = "acknowledge_contract"


@frozen(kw_only=True)
class RecoverToken:
    """Add a token that the chain has and the store has not.

    `metadata_cid` is the one of a token that is already revealed, else None.
    """

    command_name: ClassVar[str] = "recover_token"
    token_id: TokenNumber = field(validator=bounded_int, metadata=TOKEN_ID)
    author_wallet: str = field(converter=lowercase, validator=is_wallet)
    metadata_cid: str | None = None


@frozen(kw_only=True, field_transformer=kinds)
class RequestScan:
    """Make the scan of the chain due now. `hint_id` is the id of the webhook event."""

    command_name: ClassVar[str] = "request_scan"
    hint_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class CancelUnperformedTasks:
    """Cancel the first waiting tasks of the stages of tokens that no worker performs."""

    command_name: ClassVar[str] = "cancel_unperformed_tasks"
    limit: Count


@frozen(kw_only=True)
class TokenSaved:
    """A token as saved, and its seq."""

    token: Token
    seq: int


@frozen(kw_only=True)
class BlocksRecorded:
    """The number of new mints in a batch of blocks, and of the tokens detected from them.

    `quarantined` are the logs that cannot be mints and were not known before.
    """

    mints: int
    tokens: int
    quarantined: tuple[InvalidLog, ...] = ()


@frozen(kw_only=True)
class BlocksRolledBack:
    """The number of orphaned mints and of their tokens.

    `already_revealed` are the on-chain ids of those that were revealed: a reveal is public and
    cannot be undone.
    """

    mints: int
    tokens: int
    already_revealed: tuple[int, ...]
