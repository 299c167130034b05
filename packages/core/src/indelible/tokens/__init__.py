"""Tokens: NFTs that are detected, generated, uploaded and revealed, by workers who never take the same one twice."""

from indelible.tokens import errors, repositories
from indelible.tokens.commands import (
    AuthorSaved,
    BlocksDropped,
    DropBlocks,
    HintDetection,
    KeepPage,
    PageKept,
    RecoverToken,
    RetryToken,
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
    begin_generation,
    bury_generation,
    drop_blocks,
    finish_generation,
    hint_detection,
    keep_page,
    recover_token,
    retry_token,
    set_author_prompt,
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
    figures,
    get_author,
    get_token,
    leaderboard,
    list_tokens,
    missing_tokens,
    token_history,
)
from indelible.tokens.repositories import Repositories
from indelible.tokens.rules import Checkpoint, Pace, Page, Reorg, Span, signed_message
from indelible.tokens.tasks import Detection, Recovered, recover_missing

# commands
__all__ = ["DropBlocks", "HintDetection", "KeepPage", "RecoverToken", "RetryToken", "SetAuthorPrompt"]
__all__ += ["begin_generation", "bury_generation", "drop_blocks", "finish_generation", "hint_detection", "keep_page"]
__all__ += ["recover_token", "retry_token", "set_author_prompt"]
# queries
__all__ += ["author_tokens", "figures", "get_author", "get_token", "leaderboard", "list_tokens", "missing_tokens"]
__all__ += ["token_history"]
# values
__all__ += ["AUTHOR", "Author", "AuthorSaved", "AuthorTokens", "Block", "BlocksDropped", "Checkpoint", "IMAGE_JOB"]
__all__ += ["IPFSUploadRecord", "ImageGenerationJob", "JobStatus", "MINT", "MintEvent", "MintLog", "MintStatus"]
__all__ += ["Pace", "Page", "PageKept", "REVEAL", "RecordType", "Reorg", "RevealStatus", "RevealTransaction"]
__all__ += ["SYSTEM_STATE", "Span", "SystemState", "TOKEN", "Token", "TokenFigures", "TokenSaved", "TokenStatus"]
__all__ += ["UPLOAD", "UploadStatus", "signed_message"]
# the seven repositories of the hand-off, ports, work and errors
__all__ += ["Repositories", "repositories", "Chain", "TokensRead", "TokensWrite"]
__all__ += ["Detection", "Recovered", "recover_missing", "errors"]
