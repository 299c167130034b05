"""Tokens: NFTs that are detected, generated, uploaded and revealed, by workers who never take the same one twice."""

from indelible.tokens import errors, repositories
from indelible.tokens.commands import (
    AuthorSaved,
    BlocksRecorded,
    BlocksRolledBack,
    RecordBlocks,
    RecoverToken,
    RequestScan,
    RetryToken,
    RollBackBlocks,
    SetAuthorPrompt,
    TokenSaved,
)
from indelible.tokens.entities import (
    Author,
    Block,
    ImageGenerationJob,
    IPFSUploadRecord,
    MintEvent,
    MintLog,
    RecordType,
    RevealTransaction,
    SystemState,
    Token,
)
from indelible.tokens.handlers import (
    fail_generation,
    finish_generation,
    record_blocks,
    recover_token,
    request_scan,
    retry_token,
    roll_back_blocks,
    set_author_prompt,
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
    JobStatus,
    MintStatus,
    RevealStatus,
    TokenStatus,
    UploadStatus,
)
from indelible.tokens.ports import Chain, TokensRead, TokensWrite
from indelible.tokens.queries import (
    AuthorTokens,
    TokenFigures,
    author_tokens,
    get_author,
    get_token,
    leaderboard,
    list_tokens,
    missing_tokens,
    token_history,
    token_stats,
)
from indelible.tokens.repositories import Repositories
from indelible.tokens.rules import (
    BlockBatch,
    BlockRange,
    Checkpoint,
    Reorg,
    ScanSettings,
    signed_message,
)
from indelible.tokens.tasks import Detection, Recovered, recover_missing

# commands
__all__ = [
    "RollBackBlocks",
    "RequestScan",
    "RecordBlocks",
    "RecoverToken",
    "RetryToken",
    "SetAuthorPrompt",
]
__all__ += [
    "start_generation",
    "fail_generation",
    "roll_back_blocks",
    "finish_generation",
    "request_scan",
    "record_blocks",
]
__all__ += ["recover_token", "retry_token", "set_author_prompt"]
# queries
__all__ += [
    "author_tokens",
    "token_stats",
    "get_author",
    "get_token",
    "leaderboard",
    "list_tokens",
    "missing_tokens",
]
__all__ += ["token_history"]
# values
__all__ += [
    "AUTHOR",
    "Author",
    "AuthorSaved",
    "AuthorTokens",
    "Block",
    "BlocksRolledBack",
    "Checkpoint",
    "IMAGE_JOB",
]
__all__ += [
    "IPFSUploadRecord",
    "ImageGenerationJob",
    "JobStatus",
    "MINT",
    "MintEvent",
    "MintLog",
    "MintStatus",
]
__all__ += [
    "ScanSettings",
    "BlockBatch",
    "BlocksRecorded",
    "REVEAL",
    "RecordType",
    "Reorg",
    "RevealStatus",
    "RevealTransaction",
]
__all__ += [
    "SYSTEM_STATE",
    "BlockRange",
    "SystemState",
    "TOKEN",
    "Token",
    "TokenFigures",
    "TokenSaved",
    "TokenStatus",
]
__all__ += ["UPLOAD", "UploadStatus", "signed_message"]
# the seven repositories of the hand-off, ports, work and errors
__all__ += ["Repositories", "repositories", "Chain", "TokensRead", "TokensWrite"]
__all__ += ["Detection", "Recovered", "recover_missing", "errors"]
