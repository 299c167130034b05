"""Tokens: NFTs that workers detect on a chain, generate, upload and reveal."""

from indelible.tokens import errors, repositories
from indelible.tokens.commands import (
    AcknowledgeContract,
    BlocksRecorded,
    BlocksRolledBack,
    RecordBlocks,
    RecordContract,
    RecoverToken,
    ReportChainFault,
    RequestScan,
    RetryToken,
    RollBackBlocks,
    SetAuthorPrompt,
    TokenSaved,
)
from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.chain import (
    Block,
    ContractLog,
    ContractState,
    InvalidLog,
    LogPosition,
    MintLog,
)
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.pipeline import (
    ImageGenerationJob,
    IPFSUploadRecord,
    RecordType,
    RevealTransaction,
    SystemState,
)
from indelible.tokens.entities.tokens import Token
from indelible.tokens.handlers.authors import set_author_prompt
from indelible.tokens.handlers.blocks import record_blocks, request_scan, roll_back_blocks
from indelible.tokens.handlers.contract import (
    acknowledge_contract,
    record_contract,
    report_chain_fault,
)
from indelible.tokens.handlers.tokens import (
    fail_generation,
    finish_generation,
    recover_token,
    retry_token,
    start_generation,
)
from indelible.tokens.lifecycle import (
    AUTHOR,
    IMAGE_JOB,
    MINT,
    REVEAL,
    SYSTEM_STATE,
    TOKEN,
    UPLOAD,
    ImageJobStatus,
    MintStatus,
    RevealStatus,
    TokenStatus,
    UploadStatus,
)
from indelible.tokens.ports import Chain, TokenFilter
from indelible.tokens.queries import (
    AuthorTokens,
    TokenFigures,
    author_tokens,
    chain_notices,
    get_author,
    get_token,
    leaderboard,
    list_tokens,
    missing_tokens,
    quarantined_logs,
    token_history,
    token_stats,
    unknown_tokens,
)
from indelible.tokens.repositories import Repositories
from indelible.tokens.repositories.finders import TokensRead, TokensWrite
from indelible.tokens.rules.messages import signed_message
from indelible.tokens.rules.notices import ChainFault, ChainNotice
from indelible.tokens.rules.scanning import BlockBatch, BlockRange, Checkpoint, Reorg, ScanSettings
from indelible.tokens.rules.tasks import TokenPolicy
from indelible.tokens.tasks.detection import Detection
from indelible.tokens.tasks.recording import record_batch
from indelible.tokens.tasks.recovery import Recovered, recover_missing

__all__ = [
    # commands and their results
    "AcknowledgeContract",
    "BlocksRecorded",
    "BlocksRolledBack",
    "RecordBlocks",
    "RecordContract",
    "RecoverToken",
    "ReportChainFault",
    "RequestScan",
    "RetryToken",
    "RollBackBlocks",
    "SetAuthorPrompt",
    "TokenSaved",
    # handlers
    "acknowledge_contract",
    "fail_generation",
    "finish_generation",
    "record_blocks",
    "record_contract",
    "recover_token",
    "report_chain_fault",
    "request_scan",
    "retry_token",
    "roll_back_blocks",
    "set_author_prompt",
    "start_generation",
    # queries
    "AuthorTokens",
    "TokenFigures",
    "author_tokens",
    "chain_notices",
    "get_author",
    "get_token",
    "leaderboard",
    "list_tokens",
    "missing_tokens",
    "quarantined_logs",
    "token_history",
    "token_stats",
    "unknown_tokens",
    # entities and values
    "Author",
    "Block",
    "BlockBatch",
    "BlockRange",
    "ChainFault",
    "ChainNotice",
    "Checkpoint",
    "ContractLog",
    "ContractState",
    "IPFSUploadRecord",
    "ImageGenerationJob",
    "InvalidLog",
    "LogPosition",
    "MintEvent",
    "MintLog",
    "RecordType",
    "Reorg",
    "RevealTransaction",
    "ScanSettings",
    "TokenPolicy",
    "SystemState",
    "Token",
    "signed_message",
    # lifecycles and states
    "AUTHOR",
    "IMAGE_JOB",
    "MINT",
    "REVEAL",
    "SYSTEM_STATE",
    "TOKEN",
    "UPLOAD",
    "ImageJobStatus",
    "MintStatus",
    "RevealStatus",
    "TokenStatus",
    "UploadStatus",
    # repositories, ports, tasks and errors
    "Chain",
    "TokenFilter",
    "Detection",
    "Recovered",
    "Repositories",
    "TokensRead",
    "TokensWrite",
    "errors",
    "record_batch",
    "recover_missing",
    "repositories",
]
