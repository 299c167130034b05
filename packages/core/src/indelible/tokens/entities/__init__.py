"""Entities of the token pipeline and the chain values they are built from.

A transition such as `Token.mark_generating` takes no clock. It returns the next entity with
`updated_at` unchanged: the repository that saves it compares `updated_at` with the stored
entity, refuses an entity that was read too early, and sets the instant of the change.
`save_all` saves over heads instead, and compares the seq of each head with the stored one.
"""

from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.chain import (
    LOG_DATA,
    Block,
    ContractLog,
    ContractState,
    InvalidLog,
    LogPosition,
    MintLog,
)
from indelible.tokens.entities.fields import (
    HANDLE,
    MAX_TOKENS_PER_MINT,
    MAX_UINT256,
    NATURAL,
    PROMPT,
    QUANTITY,
    TOKEN_ID,
    UINT256,
    Document,
    TokenNumber,
    is_hash,
    is_wallet,
    lowercase,
    require,
)
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.pipeline import (
    MAX_TOKENS_PER_REVEAL,
    ImageGenerationJob,
    IPFSUploadRecord,
    RecordType,
    RevealTransaction,
    SystemState,
)
from indelible.tokens.entities.tokens import Token

__all__ = [
    "HANDLE",
    "LOG_DATA",
    "MAX_TOKENS_PER_MINT",
    "MAX_TOKENS_PER_REVEAL",
    "MAX_UINT256",
    "NATURAL",
    "PROMPT",
    "QUANTITY",
    "TOKEN_ID",
    "UINT256",
    "Author",
    "Block",
    "ContractLog",
    "ContractState",
    "Document",
    "IPFSUploadRecord",
    "ImageGenerationJob",
    "InvalidLog",
    "LogPosition",
    "MintEvent",
    "MintLog",
    "RecordType",
    "RevealTransaction",
    "SystemState",
    "Token",
    "TokenNumber",
    "is_hash",
    "is_wallet",
    "lowercase",
    "require",
]
